/* Plays an older x86-64 CPU on a newer one, at full speed: programs that ask the CPU what it can do hear less.

       gcc -O2 -shared -fPIC -o /tmp/play_cpu.so tools/play_cpu.c -ldl
       PLAY_CPU=avx2 LD_PRELOAD=/tmp/play_cpu.so python scripts/benchmark.py speed DEV       # no AVX-512, VNNI or AMX
       PLAY_CPU=vnni LD_PRELOAD=/tmp/play_cpu.so python scripts/benchmark.py precision DEV   # AVX-512 and VNNI; no bf16, AMX
       PLAY_CPU=bf16 …                                                                       # all but AMX

   Linux can make the instruction `cpuid` fault (arch_prctl(2), ARCH_SET_CPUID) where the CPU can (`cpuid_fault` in
   /proc/cpuinfo); the fault is answered here with the real answer less what is to be hidden, and so is a reading of
   /proc/cpuinfo. Where the CPU cannot, tools/plant_cpuid.py makes copies of libraries that fault. Unlike the switches
   of single libraries, this reaches them all: torch, oneDNN, MKL, OpenVINO, MLAS. */

#define _GNU_SOURCE
#include <asm/prctl.h>
#include <cpuid.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#ifndef ARCH_SET_CPUID
#define ARCH_SET_CPUID 0x1012
#endif

#define BIT(n) (1u << (n))

static int plain_avx2, keeps_bf16; /* neither: AVX-512 and VNNI stay */
static int planted;                /* ud2 stands for cpuid */

static void hide(unsigned leaf, unsigned sub, unsigned *a, unsigned *b, unsigned *c, unsigned *d) {
    if (leaf == 7 && sub == 0) {
        *d &= ~(BIT(22) | BIT(23) | BIT(24) | BIT(25)); /* AMX bf16, AVX-512 fp16, AMX tile, AMX int8 */
        if (plain_avx2) {
            *b &= ~(BIT(16) | BIT(17) | BIT(21) | BIT(26) | BIT(27) | BIT(28) | BIT(30) | BIT(31)); /* AVX-512 */
            *c &= ~(BIT(1) | BIT(6) | BIT(11) | BIT(12) | BIT(14));                                 /* VNNI and others */
            *d &= ~(BIT(2) | BIT(3) | BIT(8));
        }
    } else if (leaf == 7 && sub == 1) {
        *a &= ~BIT(21); /* AMX fp16 */
        if (!keeps_bf16) *a &= ~BIT(5); /* AVX-512 bf16 */
        if (plain_avx2) {
            *a &= ~(BIT(4) | BIT(23)); /* AVX-VNNI, AVX-IFMA */
            *d &= ~(BIT(4) | BIT(5) | BIT(10) | BIT(19)); /* AVX-VNNI-int8 and others, AVX10 */
        }
    } else if (leaf == 0x1D || leaf == 0x1E || leaf == 0x24) {
        *a = *b = *c = *d = 0; /* tiles, AVX10 */
    }
}

static void on_fault(int number, siginfo_t *info, void *context) {
    greg_t *r = ((ucontext_t *)context)->uc_mcontext.gregs;
    const unsigned char *at = (const unsigned char *)r[REG_RIP];
    (void)info;
    if (at[0] != 0x0F || at[1] != (planted ? 0x0B : 0xA2)) { /* not cpuid: a real fault */
        signal(number, SIG_DFL);
        return;
    }
    unsigned leaf = (unsigned)r[REG_RAX], sub = (unsigned)r[REG_RCX], a, b, c, d;
    if (!planted) syscall(SYS_arch_prctl, ARCH_SET_CPUID, 1);
    __cpuid_count(leaf, sub, a, b, c, d);
    if (!planted) syscall(SYS_arch_prctl, ARCH_SET_CPUID, 0);
    hide(leaf, sub, &a, &b, &c, &d);
    r[REG_RAX] = a, r[REG_RBX] = b, r[REG_RCX] = c, r[REG_RDX] = d;
    r[REG_RIP] += 2;
}

static int hidden(const char *flag, size_t length) {
    if (!strncmp(flag, "amx", 3)) return 1;
    if (length == 11 && !strncmp(flag, "avx512_fp16", 11)) return 1;
    if (length == 11 && !strncmp(flag, "avx512_bf16", 11)) return !keeps_bf16;
    return plain_avx2 && (!strncmp(flag, "avx512", 6) || !strncmp(flag, "avx_vnni", 8));
}

/* /proc/cpuinfo without the hidden flags, as a file in memory. */
static int filtered_cpuinfo(int real) {
    int made = memfd_create("cpuinfo", 0);
    FILE *in = fdopen(real, "r"), *out = fdopen(dup(made), "w");
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, in) > 0) {
        if (strncmp(line, "flags", 5)) {
            fputs(line, out);
            continue;
        }
        for (char *word = line; *word;) {
            size_t length = strcspn(word, " \n");
            int skip = hidden(word, length);
            if (!skip) fwrite(word, 1, length + (word[length] != 0), out);
            else if (word[length] == '\n') fputc('\n', out);
            word += length + (word[length] != 0);
        }
    }
    free(line);
    fclose(in);
    fclose(out);
    lseek(made, 0, SEEK_SET);
    return made;
}

#define OPENER(name)                                                                    \
    int name(const char *path, int flags, ...) {                                        \
        static int (*real)(const char *, int, ...);                                     \
        va_list more;                                                                   \
        va_start(more, flags);                                                          \
        mode_t mode = va_arg(more, mode_t);                                             \
        va_end(more);                                                                   \
        if (!real) real = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, #name);     \
        int file = real(path, flags, mode);                                             \
        return file >= 0 && !strcmp(path, "/proc/cpuinfo") ? filtered_cpuinfo(file) : file; \
    }

OPENER(open)
OPENER(open64)

__attribute__((constructor)) static void begin(void) {
    const char *asked = getenv("PLAY_CPU");
    if (!asked) return;
    plain_avx2 = !strcmp(asked, "avx2");
    keeps_bf16 = !strcmp(asked, "bf16");
    if (!plain_avx2 && !keeps_bf16 && strcmp(asked, "vnni")) {
        fprintf(stderr, "PLAY_CPU=%s: only avx2, vnni and bf16 are known\n", asked);
        exit(2);
    }
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK};
    planted = getenv("PLANTED") != NULL;
    sigaction(planted ? SIGILL : SIGSEGV, &action, NULL);
    if (!planted && syscall(SYS_arch_prctl, ARCH_SET_CPUID, 0)) {
        perror("this CPU cannot play another without tools/plant_cpuid.py (no cpuid_fault)");
        exit(2);
    }
}
