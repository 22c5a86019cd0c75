"""What is told of the library's scenarios stays as it is with more replicates: `-s` prints how often it changes."""

from collections import Counter
from dataclasses import replace
from itertools import combinations

import pandas as pd
import pytest

from supportnet.experiments.comparison.adaptive import with_replicates
from supportnet.experiments.comparison.compare import compare_ensembles
from supportnet.experiments.comparison.comparison import EnsembleComparison
from supportnet.experiments.comparison.plan import ComparisonPlan
from supportnet.experiments.comparison.verdicts import BETTER, HIGHER, LOWER, NONE, UNKNOWN, WORSE
from supportnet.experiments.posterior.posterior import shipped_draws_path
from supportnet.sim.scenario.files import library

REPLICATES = (20, 40, 100, 200)
OPPOSITE = {BETTER: WORSE, WORSE: BETTER, HIGHER: LOWER, LOWER: HIGHER}

pytestmark = pytest.mark.slow


def first_replicates(found: EnsembleComparison, n: int) -> EnsembleComparison:
    """The same comparison with its first replicates only."""
    plan = with_replicates(found.plan, range(n))
    worlds = [
        replace(world, plan=run, replicates=world.replicates[:n], values=world.values[:n])
        for world, run in zip(found.worlds, plan.runs, strict=True)
    ]
    return EnsembleComparison(plan, tuple(worlds))


def verdicts(found: EnsembleComparison) -> pd.Series:
    return found.differences.set_index(["scenario", "outcome"])["verdict"]


@pytest.mark.skipif(shipped_draws_path() is None, reason="no posterior of this model is shipped")
def test_verdicts__never_turn_round_and_are_seldom_taken_back() -> None:
    plan = ComparisonPlan.of(["today", *(name for name in library() if name != "today")], max(REPLICATES),
                             values={"weeks": 104})  # fmt: skip
    whole = compare_ensembles(plan, 2, follow=False)
    told = {n: verdicts(first_replicates(whole, n)) for n in REPLICATES}
    changes = Counter[tuple[int, int, str]]()
    for few, many in combinations(REPLICATES, 2):
        for one, other in zip(told[few], told[many], strict=True):
            if one in OPPOSITE:
                kind = "turned" if other == OPPOSITE[one] else "kept" if other == one else "taken back"
                changes[few, many, kind] += 1
    for (few, many, kind), n in sorted(changes.items()):
        print(f"{few} to {many} replicates: {n} of {len(told[few])} {kind}")
    for n, each in told.items():
        print(n, "replicates:", dict(Counter(each)))
    assert not any(kind == "turned" for _, _, kind in changes)
    for (few, many, kind), n in changes.items():
        if kind == "taken back":
            assert n <= 0.035 * len(told[few]), (few, many)
    assert Counter(told[200])[UNKNOWN] < Counter(told[20])[UNKNOWN]
    assert Counter(told[200])[NONE] > 0
