"""As many replicates as a comparison needs: doubled until its differences are known well enough, within a time."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from supportnet.experiments.comparison.compare import compare_ensembles
from supportnet.experiments.comparison.comparison import EnsembleComparison
from supportnet.experiments.comparison.plan import ComparisonPlan
from supportnet.experiments.comparison.verdicts import smallest_differences
from supportnet.experiments.ensemble.ensemble import Ensemble, Persons
from supportnet.experiments.ensemble.plan import RunPlan
from supportnet.experiments.ensemble.replication import Progress
from supportnet.experiments.execution.store import Store
from supportnet.experiments.posterior.propagation import LIVES
from supportnet.sim.errors import UserInputError

OUTCOME = "qpr"  # whose differences are to be known
FIRST, MOST = 40, 320  # replicates; of draws, as many as there are
SMALL = 0.05  # of the smallest difference that matters: errors of smaller differences are held against this one
Stage = Callable[[int], AbstractContextManager[Progress | None]]  # of so many replicates: shows its progress


@dataclass(frozen=True)
class Precision:
    """When there are enough replicates."""

    error: float = 0.1  # Monte Carlo standard error of a difference, as a share of the difference
    minutes: float = 2.0  # after which no more replicates are begun

    def __post_init__(self) -> None:
        for name, argument, value in (("error", "precision", self.error), ("minutes", "time_limit", self.minutes)):
            if not 0.0 < value < math.inf:
                expected = {"error": "a share, for example 0.1", "minutes": "minutes, for example 2"}[name]
                raise UserInputError("must be a number above 0", argument=argument, found=value, expected=expected)


@dataclass(frozen=True)
class PreciseComparison:
    """A comparison with as many replicates as were needed, or possible."""

    comparison: EnsembleComparison
    error: float  # the largest Monte Carlo standard error of a difference in recovery, as a share of it
    seconds: float
    asked: Precision

    @property
    def is_precise(self) -> bool:
        """Whether all differences are known as well as was asked."""
        return self.error <= self.asked.error


def precision_asked(
    replicates: object = None, error: float | None = None, minutes: float | None = None
) -> Precision | None:
    """The precision that is asked for, or None where a number of replicates is. Raises UserInputError for both."""
    given = {name: value for name, value in (("error", error), ("minutes", minutes)) if value is not None}
    if replicates is None:
        return Precision(**given)
    if given:
        argument = {"error": "precision", "minutes": "time_limit"}[next(iter(given))]
        raise UserInputError(
            "is not used with a number of replicates", argument=argument, found=next(iter(given.values())),
            expected="replicates until something is precise, or so many", remedy="leave one of them out",
        )  # fmt: skip
    return None


def compare_until_precise(
    plan: ComparisonPlan, asked: Precision, workers: int = 2, stage: Stage = lambda n: nullcontext(),
    store: Store | None = None,
) -> PreciseComparison:  # fmt: skip
    """The scenarios of a plan with as many replicates as their differences in personal recovery need.

    Replicates are doubled until the largest error is as small as asked, none are left, or as many again as there are
    would take longer than is allowed.
    """
    started, found = time.monotonic(), None
    for begin, end in pairwise((0, *numbers_of_replicates(plan))):
        with stage(end) as progress:
            more = compare_ensembles(with_replicates(plan, range(begin, end)), workers, progress, store)
        found = comparison_with_more(found, more) if found else more
        error, seconds = relative_error(found), time.monotonic() - started
        if error <= asked.error or 2.0 * seconds > 60.0 * asked.minutes:
            break
    assert found is not None  # of no plan are there no replicates
    return PreciseComparison(found, error, seconds, asked)


def numbers_of_replicates(plan: ComparisonPlan) -> Iterator[int]:
    """How many to try, the last being the most."""
    n, most = FIRST, most_replicates(plan)
    while n < most:
        yield n
        n *= 2
    yield most


def most_replicates(plan: ComparisonPlan) -> int:
    """How many replicates there can be: of draws each has so many, of numbers as set there is no end."""
    return LIVES * len(plan.sampling.posterior.values) if plan.sampling.posterior else MOST


def first_stage(plan: ComparisonPlan) -> ComparisonPlan:
    """The same plan with the fewest replicates that a precision is judged by."""
    return with_replicates(plan, range(next(numbers_of_replicates(plan))))


def with_replicates(plan: ComparisonPlan, replicates: range) -> ComparisonPlan:
    """The same plan with these replicates."""
    return replace(plan, sampling=replace(plan.sampling, replicates=replicates))


def comparison_with_more(found: EnsembleComparison, more: EnsembleComparison) -> EnsembleComparison:
    """The same comparison with more replicates."""
    plan = with_replicates(found.plan, range(len(found.plan.sampling.replicates) + len(more.plan.sampling.replicates)))
    worlds = zip(found.worlds, more.worlds, plan.runs, strict=True)
    return EnsembleComparison(plan, tuple(ensemble_with_more(one, other, run) for one, other, run in worlds))


def ensemble_with_more(one: Ensemble, other: Ensemble, plan: RunPlan) -> Ensemble:
    """Replicates of one scenario, followed by more of them."""
    persons = None
    if one.persons and other.persons:
        columns = zip(one.persons, other.persons, strict=True)
        persons = Persons(*(np.concatenate([first, more]) for first, more in columns))
    return Ensemble(
        plan=plan, replicates=(*one.replicates, *other.replicates), values=np.concatenate([one.values, other.values]),
        persons=persons, failed=(*one.failed, *other.failed),
    )  # fmt: skip


def relative_error(found: EnsembleComparison) -> float:
    """The largest Monte Carlo standard error of a difference in personal recovery, as a share of the difference, or of
    a small one; not known of a single replicate."""
    rows = found.differences[found.differences["outcome"] == OUTCOME]
    least = SMALL * smallest_differences(found.plan.smallest)[OUTCOME]
    return float((rows["mcse"] / rows["difference"].abs().clip(lower=least)).max(skipna=False))
