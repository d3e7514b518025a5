"""Are the intervals and the gate what they say? Two models of known quality on articles drawn from a known population.

Stories differ in length, in their mix of labels and in how hard they are, and both models find the same stories hard;
on a share of the sentences both draw one answer, as two versions of one model would give. Macro-F1 of the
population is known from a very large draw, so intervals and verdicts can be counted against it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from claimclf.evaluation.bootstrap import Method, interval, resamples
from claimclf.evaluation.gate import Mode, Rule, enough, judge
from claimclf.evaluation.scores import macro_f1
from claimclf.labels import LABELS

_K = len(LABELS)
_MIX = np.array([0.55, 0.31, 0.05, 0.09])  # of the labels in news
_RIGHT = np.array([0.93, 0.86, 0.60, 0.82])  # how often each label is found
_INSTEAD = np.array([[0, 0.8, 0.05, 0.15], [0.7, 0, 0.15, 0.15], [0.25, 0.7, 0, 0.05], [0.35, 0.6, 0.05, 0]])
_LENGTH, _SPREAD, _HARDNESS = 16.0, 6.0, 0.5


@dataclass(frozen=True, slots=True)
class Population:
    """Pairs of models; the second one finds each label less often, by `worse` in log odds.

    `shared` is the share of the sentences on which both draw one answer; on the others they agree by chance, most often
    on what is right.
    """

    worse: float = 0.0
    shared: float = 0.85

    def draw(self, sentences: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """Confusion counts of both models, (stories, 2, labels, labels), of about as many `sentences`."""
        of, true, said = self._answers(sentences, rng)
        counts = np.zeros((int(of.max()) + 1, 2, _K, _K), dtype=np.int64)
        for model, answers in enumerate(said):
            np.add.at(counts, (of, np.full(len(of), model), true, answers), 1)
        return counts

    def alike(self, sentences: int = 200_000, seed: int = 0) -> float:
        """The share of the sentences to which both models give one label."""
        one, two = self._answers(sentences, np.random.default_rng(seed))[2]
        return float((one == two).mean())

    def _answers(
        self, sentences: int, rng: np.random.Generator
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], list[NDArray[np.int64]]]:
        """The story of each sentence, its label, and what both models say."""
        stories = max(2, round(sentences / _LENGTH))
        sizes = np.maximum(1, rng.normal(_LENGTH, _SPREAD, stories).round().astype(int))
        of = np.repeat(np.arange(stories), sizes)
        mixes = rng.dirichlet(_MIX * 8, stories)
        true = (rng.random(len(of))[:, None] > np.cumsum(mixes, axis=1)[of]).sum(axis=1).clip(0, _K - 1)
        hard = rng.normal(0, _HARDNESS, stories)[of]
        odds = np.log(_RIGHT / (1 - _RIGHT))[true] - hard
        luck, other = rng.random((2, len(of))), rng.random((2, len(of)))
        shared = rng.random(len(of)) < self.shared
        luck[1][shared], other[1][shared] = luck[0][shared], other[0][shared]
        wrong = (other[..., None] > np.cumsum(_INSTEAD, axis=1)[true]).sum(axis=2).clip(0, _K - 1)
        right = [luck[model] < 1 / (1 + np.exp(loss - odds)) for model, loss in enumerate((0.0, self.worse))]
        return of, true, [np.where(right[model], true, wrong[model]) for model in (0, 1)]

    def truth(self, sentences: int = 2_000_000, seed: int = 0) -> tuple[float, float]:
        """Macro-F1 of both models in the population."""
        counts = self.draw(sentences, np.random.default_rng(seed)).sum(axis=0)
        return macro_f1(counts[0]), macro_f1(counts[1])


def planted(drop: float, shared: float) -> Population:
    """The population in which the second model's macro-F1 is `drop` lower, by bisection."""
    low, high = 0.0, 3.0
    for _ in range(18):
        middle = (low + high) / 2
        first, second = Population(middle, shared).truth(400_000)
        low, high = (middle, high) if first - second < drop else (low, middle)
    return Population((low + high) / 2, shared)


def verdicts(
    population: Population, rules: dict[Mode, Rule], runs: int, sentences: int, repeats: int, seed: int
) -> dict[Mode, dict[bool | None, float]]:
    """How often a gate on BCa intervals passes (True), fails (False) and is undecided (None), a mode at a time."""
    rng = np.random.default_rng(seed)
    found: dict[Mode, dict[bool | None, float]] = {mode: {True: 0, False: 0, None: 0} for mode in rules}
    for run in range(runs):
        counts = population.draw(sentences, rng)
        draws = resamples(len(counts), repeats, seed + run)
        gained = interval(counts, lambda pair: macro_f1(pair[1]) - macro_f1(pair[0]), draws, method="bca")
        for mode, rule in rules.items():
            decides = enough(int(counts[:, 0].sum()), len(counts), mode)
            found[mode][judge(rule, gained, decides, mode).passed] += 1 / runs
    return found


def coverage(runs: int, sentences: int, repeats: int, seed: int, method: Method = "bca") -> float:
    """How often the 95% interval of macro-F1 holds the population's value."""
    truth, _ = Population().truth()
    rng, held = np.random.default_rng(seed), 0
    for run in range(runs):
        counts = Population().draw(sentences, rng)[:, 0]
        found = interval(counts, macro_f1, resamples(len(counts), repeats, seed + run), method=method)
        held += found.low <= truth <= found.high
    return held / runs
