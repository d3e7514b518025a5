"""Copies of installed packages in which no library can ask the CPU what it can do without play_cpu.c hearing of it.

    python tools/plant_cpuid.py /tmp/played
    PYTHONPATH=/tmp/played PLANTED=1 PLAY_CPU=avx2 LD_PRELOAD=/tmp/play_cpu.so python scripts/benchmark.py speed DEV

For CPUs whose `cpuid` cannot be made to fault: in the copies each `cpuid` is an instruction that does not exist, `ud2`,
which is as long. `objdump` (binutils) tells where they are. It reads for two minutes.
"""

import argparse
import re
import shutil
import struct
import subprocess
import sysconfig
from pathlib import Path

CPUID, UD2 = b"\x0f\xa2", b"\x0f\x0b"
PACKAGES = ["onnxruntime", "openvino", "torch", "numpy", "numpy.libs"]


def plant(library: Path) -> int:
    """Replace every `cpuid` of a 64-bit ELF library in place; the number of them."""
    content = bytearray(library.read_bytes())
    if content[:5] != b"\x7fELF\x02" or CPUID not in content:
        return 0
    disassembly = subprocess.Popen(["objdump", "-d", "--no-show-raw-insn", library], stdout=subprocess.PIPE)
    found = subprocess.run(
        ["grep", "-P", r"\tcpuid"], stdin=disassembly.stdout, capture_output=True, text=True, check=False
    )
    if disassembly.wait() != 0 or found.returncode > 1:
        raise SystemExit(f"{library}: objdump or grep failed")
    addresses = [int(address, 16) for address in re.findall(r"^\s*([0-9a-f]+):", found.stdout, re.MULTILINE)]
    for address in addresses:
        place = _offset(content, address)
        if content[place : place + 2] != CPUID:
            raise SystemExit(f"{library}: no cpuid at {address:x}")
        content[place : place + 2] = UD2
    library.write_bytes(content)
    return len(addresses)


def _offset(elf: bytearray, address: int) -> int:
    """Where in the file the byte is that is loaded at `address`, by the ELF program headers."""
    (table,), (size, count) = struct.unpack_from("<Q", elf, 32), struct.unpack_from("<HH", elf, 54)
    for at in range(table, table + size * count, size):
        kind, _, offset, start, _, length = struct.unpack_from("<IIQQQQ", elf, at)
        if kind == 1 and start <= address < start + length:
            return offset + address - start
    raise SystemExit(f"no segment has {address:x}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, metavar="OUT", help="a new folder for the copies")
    parser.add_argument("packages", nargs="*", default=PACKAGES, metavar="PACKAGE", help=f"({' '.join(PACKAGES)})")
    arguments = parser.parse_args()
    installed = Path(sysconfig.get_path("purelib"))
    for name in arguments.packages:
        if not (installed / name).is_dir():
            print(f"{name}: not installed, left out")
            continue
        copy = shutil.copytree(installed / name, arguments.out / name)
        for library in sorted(copy.rglob("*.so*")):
            if count := plant(library):
                print(f"{library}: {count}", flush=True)


if __name__ == "__main__":
    main()
