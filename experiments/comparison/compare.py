"""What-ifs: several scenarios with the same people and the same random streams, and how they differ."""

from supportnet.experiments.comparison.comparison import EnsembleComparison
from supportnet.experiments.comparison.plan import ComparisonPlan
from supportnet.experiments.ensemble.replication import Progress, simulate, what_failed
from supportnet.experiments.execution.store import Store


def compare_ensembles(
    plan: ComparisonPlan, workers: int = 2, progress: Progress | None = None, store: Store | None = None,
    follow: bool = True,
) -> EnsembleComparison:  # fmt: skip
    """The scenarios of a plan, one after the other, each by all workers. store: keeps finished replicates. follow: keep
    people's recovery, for effects by group, where random streams are the same."""
    ensembles = []
    for position, run in enumerate(plan.runs):

        def report(share: float, before: int = position) -> None:
            if progress:
                progress((before + share) / len(plan.runs))

        ensembles.append(simulate(run, workers, report, follow=follow and not plan.independent, store=store))
    comparison = EnsembleComparison(plan, tuple(ensembles))
    if not comparison.n_replicates:  # each failed in some scenario
        failed = next(one.error for world in ensembles for one in world.failed)
        raise what_failed(failed, plan.scenarios[0].population.patients, workers)
    return comparison
