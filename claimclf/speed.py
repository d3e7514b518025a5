"""How fast systems label the same articles: paired and interleaved on one machine, medians and spread."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from claimclf.articles import Article
from claimclf.contestants import Contestant
from claimclf.errors import needs_extra
from claimclf.predict import ClaimClassifier
from claimclf.runtime.processor import features, model_name

_COLD = """
import time; start = time.perf_counter()
from claimclf.predict import ClaimClassifier
import sys; text = sys.stdin.read()
ClaimClassifier.load(sys.argv[1], threads=int(sys.argv[2])).article(text)
took = time.perf_counter() - start
import json, resource
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
try:  # on Linux the parent's peak is inherited in ru_maxrss
    peak = next(int(l.split()[1]) / 1024 for l in open("/proc/self/status") if l.startswith("VmHWM"))
except OSError:
    pass
print(json.dumps([took, peak]))
"""


@dataclass(frozen=True)
class Timing:
    """Seconds of each round of one system over all articles, and how many sentences a round has."""

    system: str
    sentences: int
    articles: int
    rounds: tuple[float, ...]

    @property
    def sentences_a_second(self) -> float:
        """By the median round."""
        return self.sentences / statistics.median(self.rounds)


@dataclass(frozen=True)
class Speed:
    """All that one run measured; `base` is the system that ratios are taken to, round by round.

    `latency` has the 50th, 95th and 99th percentile of one article, in ms; `cold` seconds of a new process to its first
    article, and its peak memory in MiB; `ceiling` the machine's matrix products in GFLOP/s by type of number, and
    `reached` what ours does of them.
    """

    timings: tuple[Timing, ...]
    base: str
    latency: tuple[float, float, float]
    cold: tuple[float, float]
    ceiling: Mapping[str, float]
    reached: float
    threads: int

    def ratio(self, timing: Timing) -> tuple[float, float, float]:
        """How many times as fast as the base: the median of the rounds, the least and the most."""
        base = next(t for t in self.timings if t.system == self.base)
        found = [b / own for b, own in zip(base.rounds, timing.rounds, strict=True)]
        return statistics.median(found), min(found), max(found)

    def describe(self) -> str:
        """The run as lines of text."""
        known = ", ".join(sorted(features())) or "unknown"
        lines = [f"{model_name()}; {known}; {self.threads} thread(s)", ""]
        lines.append(f"{'system':<52}{'sentences/s':>12}{'articles/s':>12}{'times the pipeline (spread)':>32}")
        for t in sorted(self.timings, key=lambda t: -t.sentences_a_second):
            middle, low, high = self.ratio(t)
            times = f"{middle:.2f} [{low:.2f}, {high:.2f}]"
            per_article = t.articles / statistics.median(t.rounds)
            lines.append(f"{t.system:<52}{t.sentences_a_second:>12.1f}{per_article:>12.1f}{times:>32}")
        p50, p95, p99 = self.latency
        lines += ["", f"one article: p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms"]
        lines.append(f"a new process to its first article: {self.cold[0]:.2f} s, peak memory {self.cold[1]:.0f} MiB")
        for kind, most in self.ceiling.items():
            share = self.reached / most
            lines.append(
                f"matrix products, {kind}: {most:,.0f} GFLOP/s; ours does {self.reached:,.0f}, {share:.2f} of it"
            )
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """The run as plain JSON."""
        return {
            "cpu": model_name(),
            "features": sorted(features()),
            "threads": self.threads,
            "base": self.base,
            "timings": [{"system": t.system, "sentences": t.sentences, "rounds": t.rounds} for t in self.timings],
            "latency_ms": self.latency,
            "cold_s": self.cold[0],
            "peak_mib": self.cold[1],
            "gflops": dict(self.ceiling),
            "reached_gflops": self.reached,
        }


def interleaved(
    systems: Mapping[str, Contestant], articles: Sequence[Article], rounds: int, say: Callable[[str], None]
) -> tuple[Timing, ...]:
    """Time every system on all articles, in turn, `rounds` times; a first pass warms up and does not count."""
    took: dict[str, list[float]] = {name: [] for name in systems}
    sentences = sum(len(article.sentences) for article in articles)
    for name, run in systems.items():
        run(articles[: max(1, len(articles) // 4)])
        say(f"ready: {name}")
    for number in range(rounds):
        for name, run in systems.items():
            start = time.perf_counter()
            done = run(articles)
            took[name].append(time.perf_counter() - start)
            if done != sentences:
                raise AssertionError(f"{name} labelled {done} of {sentences} sentences")
        say(f"round {number + 1} of {rounds}")
    return tuple(Timing(name, sentences, len(articles), tuple(times)) for name, times in took.items())


def latency(classifier: ClaimClassifier, articles: Sequence[Article]) -> tuple[float, float, float]:
    """The 50th, 95th and 99th percentile of the time of one article as a user gives it, in ms."""
    took = []
    for article in articles:
        start = time.perf_counter()
        classifier.article(article.text)
        took.append(1000 * (time.perf_counter() - start))
    p50, p95, p99 = np.percentile(took, [50, 95, 99])
    return float(p50), float(p95), float(p99)


def cold_start(model: str, text: str, threads: int, repeats: int = 5) -> tuple[float, float]:
    """The median seconds from `import` to the first article in a new process, and its peak memory in MiB."""
    command = [sys.executable, "-c", _COLD, model, str(threads)]
    found = [
        json.loads(subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout)
        for _ in range(repeats)
    ]
    return statistics.median(t for t, _ in found), max(memory for _, memory in found)


def gemm_ceiling(threads: int, seconds: float = 0.5) -> dict[str, float]:
    """GFLOP/s of large matrix products of torch, by type of number: what this machine could do at best."""
    with needs_extra("train"):
        import torch
    torch.set_num_threads(threads)
    one, two = torch.randn(1024, 1536), torch.randn(1536, 1536)
    half = [m.bfloat16() for m in (one, two)]
    whole = [torch.randint(-100, 100, m.shape, dtype=torch.int8) for m in (one, two)]
    products: dict[str, Callable[[], Any]] = {
        "fp32": lambda: one @ two,
        "bf16": lambda: half[0] @ half[1],
        "int8": lambda: torch._int_mm(*whole),
    }
    work = 2 * one.shape[0] * one.shape[1] * two.shape[1] / 1e9
    found = {}
    for kind, product in products.items():
        product()
        best, until = 0.0, time.perf_counter() + seconds
        while time.perf_counter() < until:
            start = time.perf_counter()
            product()
            best = max(best, work / (time.perf_counter() - start))
        found[kind] = best
    return found


def network_work(classifier: ClaimClassifier, articles: Sequence[Article]) -> float:
    """GFLOP of the matrix products that labelling `articles` takes: weights, and attention."""
    config = json.loads((classifier.folder / "config.json").read_text()) if classifier.folder else {}
    wide, deep, inner = config["hidden_size"], config["num_hidden_layers"], config["intermediate_size"]
    total = 0.0
    for article in articles:
        for window in classifier.encoder.windows(article.text, [s.span for s in article.sentences]):
            n = len(window.input_ids)
            total += deep * (2 * n * (4 * wide * wide + 2 * wide * inner) + 4 * n * n * wide)
    return total / 1e9
