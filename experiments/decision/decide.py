"""The answer to a question: every mix is tried, the best are simulated anew, and what is told comes from these."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

import pandas as pd

from supportnet.experiments.comparison.adaptive import compare_until_precise
from supportnet.experiments.comparison.assumptions import assumptions_of, without_each
from supportnet.experiments.comparison.compare import compare_ensembles
from supportnet.experiments.comparison.comparison import EnsembleComparison
from supportnet.experiments.decision.choice import NOTHING, gaining_more
from supportnet.experiments.decision.mixes import Mix
from supportnet.experiments.decision.plan import DecisionPlan
from supportnet.experiments.decision.result import DecisionResult
from supportnet.experiments.decision.tried import Tried
from supportnet.experiments.ensemble.replication import Progress
from supportnet.experiments.execution.store import Store
from supportnet.experiments.posterior.propagation import LIVES

FINALISTS = 3  # mixes that are simulated anew, and one more that the budget does not pay for
UNDER_OTHERS = 20  # replicates under each other assumption
Stage = Callable[[str], AbstractContextManager[Progress | None]]  # of a step in words: shows its progress


def answer(
    plan: DecisionPlan, workers: int = 2, stage: Stage = lambda step: nullcontext(), store: Store | None = None
) -> DecisionResult:
    """The answer to a question; the same for any number of workers. store: keeps finished replicates."""
    with stage(f"Trying {len(plan.mixes)} options and mixes of them") as progress:
        search = Tried(plan.question, compare_ensembles(plan.search, workers, progress, store, follow=False))
    found = simulate_anew(plan, finalists(search, plan.mixes), workers, stage, store)
    tried = Tried(plan.question, found)
    with stage("Trying other assumptions") as progress:
        return DecisionResult(plan, search, tried, under_others(tried, workers, progress, store))


def simulate_anew(
    plan: DecisionPlan, mixes: list[Mix], workers: int, stage: Stage, store: Store | None
) -> EnsembleComparison:
    """The baseline, options and these mixes in replicates of their own, as many as are asked for or needed."""
    scenarios = (*plan.options.scenarios, *(mix.scenario for mix in mixes))
    compared, step = replace(plan.options, scenarios=scenarios), f"Simulating {len(scenarios)} of them anew"
    if plan.precision:
        return compare_until_precise(
            compared, plan.precision, workers, lambda n: stage(f"{step}, {n} times"), store
        ).comparison
    with stage(step) as progress:
        return compare_ensembles(compared, workers, progress, store)


def finalists(search: Tried, mixes: tuple[Mix, ...]) -> list[Mix]:
    """Mixes to be simulated anew: of those that gain more for more money, the best ones that the budget pays for, and
    the best of all if it does not."""
    gains, gross = search.samples.effect.mean(axis=0), search.gross
    may_be = [k for k, why in enumerate(search.why_not) if k != NOTHING and not why]
    paid_for = gaining_more([k for k in may_be if gross[k] <= search.question.budget], gains, gross)
    chosen = [*paid_for[-FINALISTS:], *([search.chosen] if search.chosen != NOTHING else [])]
    chosen += gaining_more(may_be, gains, gross)[-1:]
    return [mixes[k - 1] for k in dict.fromkeys(chosen) if len(mixes[k - 1].parts) > 1]


def under_others(tried: Tried, workers: int, progress: Progress | None, store: Store | None) -> pd.DataFrame:
    """The answer compared with the baseline under other assumptions, as `without_each`: about what it brings, and the
    weights that no data say. Empty where the answer is to change nothing."""
    if tried.chosen == NOTHING:
        return pd.DataFrame()
    plan = tried.comparison.plan
    scenarios = (plan.scenarios[0], plan.scenarios[tried.chosen])
    n = max(LIVES, min(UNDER_OTHERS, len(tried.comparison.shared)) // LIVES * LIVES)
    sampling = replace(plan.sampling, replicates=plan.sampling.replicates[:n])
    changes = assumptions_of(scenarios, mechanisms=False, posterior=plan.sampling.posterior)
    return without_each(replace(plan, scenarios=scenarios, sampling=sampling), changes, workers, progress, store)
