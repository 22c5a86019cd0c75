"""Which studies would narrow policy answers most."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from supportnet.analysis.files.result_folder import PROVENANCE
from supportnet.analysis.files.writing import write_csv, write_json
from supportnet.analysis.results.result import Result
from supportnet.analysis.wording.formatting import counted, number
from supportnet.experiments.comparison.compare import compare_ensembles
from supportnet.experiments.comparison.comparison import EnsembleComparison
from supportnet.experiments.economics.priorities_plan import OUTCOMES, PEOPLE, PrioritiesPlan
from supportnet.experiments.economics.value_of_studies import StudyValues, policy_answers, value_of_studies
from supportnet.experiments.execution.workers import threads
from supportnet.experiments.posterior.posterior import Posterior
from supportnet.sim.arguments import with_checked_arguments
from supportnet.sim.provenance import commit, machine, versions
from supportnet.sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHOWN, STUDIES = 10, 3  # parameters in a table or figure, and in words
INTERVAL = (
    "share of the variance between draws that a study would remove in expectation, mean over policy answers, with its "
    "standard error over draws (SE); a study is assumed to measure the parameter itself, without bias "
    "(docs/what-next.md)"
)
ALL_NOISE = (
    "Monte Carlo noise explains all variance between draws: nothing can be said about parameters; use more draws"
)


@dataclass(frozen=True, repr=False)
class ResearchPriorities(Result):
    """By how much a study of each parameter would narrow policy answers.

    Made by `what_next` and by `supportnet validate --what-next`. A policy answer is what a scenario changes in an
    outcome, at each draw of the posterior (docs/what-next.md).

    Parameters
    ----------
    plan : PrioritiesPlan
        Scenarios, replicates, draws, and the number of people in a study.
    comparison : EnsembleComparison
        The scenarios, simulated.

    Examples
    --------
    >>> import supportnet as sn
    >>> sn.what_next("posterior.parquet").studies  # doctest: +SKIP
    """

    command = "what-next"
    plan: PrioritiesPlan
    comparison: EnsembleComparison

    @cached_property
    def values(self) -> StudyValues:
        """What a study of each parameter would be worth, and the policy answers."""
        return value_of_studies(
            policy_answers(self.comparison, OUTCOMES), self.plan.people, self.plan.comparison.sampling.seed
        )

    @property
    def parameters(self) -> pd.DataFrame:
        """One row a parameter, the largest reduction first: parameter, moves_with (others that draws cannot tell from
        it), unit, sd (over draws), reliability (of the study), exact (share of the variance that exact knowledge would
        remove), reduction (that the study would), se, most_scenario, most_outcome (the answer narrowed most),
        stands_out (from draws that are shuffled)."""
        return self.values.parameters

    @property
    def answers(self) -> pd.DataFrame:
        """One row a policy answer: scenario, outcome, sd (between draws, without Monte Carlo noise), noise (the share
        of the variance that is Monte Carlo noise)."""
        return self.values.answers

    @property
    def studies(self) -> list[str]:
        """The three studies that would narrow policy answers most, of those that stand out, one sentence each."""
        worth = self.parameters[self.parameters["stands_out"]].head(STUDIES)
        return [
            f"Measure {parameter_names(row)} ({row['unit']}) in {counted(self.plan.people, 'person', 'people')}: this "
            f"would take {reduction_in_words(row)} off the variance of the answers, most off {row['most_scenario']}, "
            f"{row['most_outcome']}"
            for row in worth.to_dict("records")
        ]

    @property
    def run_identity(self) -> str:
        """SHA-256, in hexadecimal, of all that the result depends on."""
        return self.plan.identity

    @property
    def title(self) -> str:
        """Title in plain words."""
        people = counted(self.plan.people, "person", "people")
        return f"What a study of {people} would take off the variance of policy answers"

    @property
    def size(self) -> str:
        """How much was simulated."""
        sampling, answers = self.plan.comparison.sampling, counted(len(self.answers), "policy answer")
        replicates = counted(len(sampling.replicates), "replicate")
        draws = f"{replicates} of {counted(self.plan.n_draws, 'different draw')}"
        return f"{counted(len(self.parameters), 'parameter')}, {answers}, {draws}, seed {sampling.seed}"

    @property
    def interval(self) -> str:
        """What the standard errors contain."""
        return INTERVAL

    @property
    def cautions(self) -> list[str]:
        """That draws do not show which study is worth doing, if they do not."""
        table = self.parameters
        if table["exact"].isna().all():
            return [ALL_NOISE]
        if table["stands_out"].any():
            return []
        return [
            f"no parameter stands out from what the best of {len(table):,} reaches where draws are shuffled: these "
            "draws do not show which study is worth doing"
        ]

    def headline(self) -> pd.DataFrame:
        rows = self.parameters.head(SHOWN).to_dict("records")
        return pd.DataFrame({
            parameter_names(row): {
                "reduction": reduction_in_words(row), "stands out": "yes" if row["stands_out"] else "no",
                "most": f"{row['most_scenario']}, {row['most_outcome']}",
            } for row in rows
        }).T  # fmt: skip

    def summary(self) -> pd.DataFrame:
        return self.parameters.set_index("parameter")[["reduction", "se", "exact", "reliability", "stands_out"]]

    def to_dataframe(self) -> pd.DataFrame:
        return self.parameters

    def to_dict(self) -> dict[str, Any]:
        sampling = self.plan.comparison.sampling
        return {
            "run_identity": self.run_identity,
            "people": self.plan.people,
            "seed": sampling.seed,
            "replicates": len(sampling.replicates),
            "posterior": self.plan.request["posterior"],
            "interval": self.interval,
            "studies": self.studies,
            "parameters": self.parameters.to_dict("records"),
            "answers": self.answers.to_dict("records"),
            "cautions": self.cautions,
        }

    def plot(self, ax: "Axes | None" = None) -> "Figure":
        from supportnet.analysis.figures.what_next import what_next_figure

        table = self.parameters.head(SHOWN)
        names = [parameter_names(row) for row in table.to_dict("records")]
        return what_next_figure(table.assign(name=names), self.title, self.size, self.cautions, ax)

    def write(self, folder: Path) -> list[str]:
        from supportnet.analysis.figures.style import save_figure  # slow to load

        write_csv(self.parameters, folder / "what_next.csv")
        save_figure(self.plot(), folder)
        about = {name: value for name, value in self.to_dict().items() if name != "parameters"}
        made = {"versions": versions(), "commit": commit(), "machine": machine()}
        write_json({**about, **self.plan.request, **made}, folder / PROVENANCE)
        return sorted(path.name for path in folder.iterdir())


def parameter_names(row: Any) -> str:
    """A parameter, and how many others move together with it."""
    others = len(row["moves_with"].split(", ")) if row["moves_with"] else 0
    return f"{row['parameter']} and {others:,} more" if others else str(row["parameter"])


def reduction_in_words(row: Any) -> str:
    """The share of the variance that a study would remove, with its standard error."""
    se = 100.0 * row["se"]
    return f"{number(100.0 * row['reduction'], se)} % (SE {number(se, se)})"


@with_checked_arguments
def what_next(
    posterior: Posterior | str | os.PathLike[str] | None = None,
    people: int = PEOPLE,
    replicates: int | Sequence[int] | None = None,
    seed: int = 201,
    workers: int | None = None,
    *,
    scenarios: Sequence[Scenario | str | os.PathLike[str]] = (),
    progress: Callable[[float], None] | None = None,
) -> ResearchPriorities:
    """By how much a study of each parameter would narrow policy answers, as `supportnet validate --what-next` tells.

    Parameters
    ----------
    posterior : Posterior, str or path-like, optional
        The posterior of another calibration than the shipped one.
    people : int
        Number of people in a study.
    replicates : int or sequence of int, optional
        Number of replicates, or their numbers (from 0), two for each draw. All draws of the posterior if left out.
    seed : int
        Random seed; the same seed reproduces the same results.
    workers : int, optional
        Threads; results do not depend on them. All processors if left out.
    scenarios : sequence of Scenario, str or path, optional
        The baseline, and the scenarios that answers are about. If left out, `today` and every scenario of the library
        for people with psychosis, but cuts.
    progress : callable, optional
        Called with the share of the work that is done, 0–1.

    Returns
    -------
    ResearchPriorities
        The expected reduction of the answers' variance by a study of each parameter, and the three studies first.

    Raises
    ------
    UserInputError
        If there is no such posterior, or it has too few different draws.

    Examples
    --------
    >>> import supportnet as sn
    >>> sn.what_next(people=500).headline()  # doctest: +SKIP
    """
    plan = PrioritiesPlan.of(posterior, people, replicates, seed, scenarios)
    return ResearchPriorities(plan, compare_ensembles(plan.comparison, threads(workers), progress, follow=False))
