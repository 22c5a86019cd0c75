"""The answer to a question about options and a budget."""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from supportnet.analysis.outputs.decision import option_rows, write_decision
from supportnet.analysis.results.result import Result
from supportnet.analysis.wording.decision import answer_lines, decision_cautions, what_changes_the_answer
from supportnet.analysis.wording.formatting import counted
from supportnet.experiments.decision.decide import answer
from supportnet.experiments.decision.plan import DecisionPlan
from supportnet.experiments.decision.question import Question
from supportnet.experiments.decision.result import DecisionResult
from supportnet.experiments.ensemble.estimates import contains
from supportnet.experiments.execution.workers import threads
from supportnet.experiments.posterior.posterior import Posterior
from supportnet.sim.arguments import with_checked_arguments
from supportnet.sim.scenario.layers import sizes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True, repr=False)
class Decision(DecisionResult, Result):
    """Which options, or mix of them, a budget is best spent on, how surely, for whom, and what would change it.

    Made by `decide`; `verdicts`, `costs`, `steps`, `prices` and `assumptions` are tables (docs/decide.md).

    Parameters
    ----------
    plan : DecisionPlan
        The question, the mixes of its options, and the replicates.
    search, tried : Tried
        Every mix in few replicates, and the best ones simulated anew.
    under_others : pandas.DataFrame
        The answer under other assumptions.

    Examples
    --------
    >>> import supportnet as sn
    >>> from pathlib import Path
    >>> question = 'title = "Befriending?"\\npeople = 100\\nbudget_per_person = 1000\\noptions = ["befriending"]'
    >>> _ = Path("question.toml").write_text(question)
    >>> found = sn.decide("question.toml", patients=20, weeks=4, replicates=2, uncertainty="none")
    >>> list(found.costs["scenario"])
    ['befriending']
    """

    command = "decide"
    card_height = 3.6

    @classmethod
    def of(cls, found: DecisionResult) -> "Decision":
        return cls(**{field.name: getattr(found, field.name) for field in fields(found)})

    @property
    def run_identity(self) -> str:
        """SHA-256, in hexadecimal, of all that the numbers depend on."""
        return self.plan.identity

    @property
    def title(self) -> str:
        """The question."""
        return self.plan.question.file.title

    @property
    def size(self) -> str:
        """How much was simulated."""
        baseline, compared = self.plan.question.baseline, self.tried.comparison
        mixes = counted(len(self.plan.mixes), "option or mix", "options and mixes")
        return f"{mixes}, {baseline.size}, {counted(compared.n_replicates, 'replicate')}, seed {compared.seed}"

    @property
    def interval(self) -> str:
        """What the intervals contain."""
        return contains(self.tried.comparison.posterior)

    @property
    def cautions(self) -> list[str]:
        """Cautions that apply to these results."""
        return decision_cautions(self)

    def headline(self) -> pd.DataFrame:
        rows = {row["letters"]: row for row in option_rows(self)}
        cells = {
            name: {"option": row["title"], "recovery": f"{row['gain']} ({row['ends']})", "a year": row["price"]}
            for name, row in rows.items()
        }
        return pd.DataFrame(cells).T

    def summary(self) -> pd.DataFrame:
        """What each strategy gains and costs.

        Returns
        -------
        pandas.DataFrame
            Index scenario: difference in QPR points with mcse, lower, upper, share_better and verdict, and the columns
            of `costs`.
        """
        rows = self.verdicts[self.verdicts["outcome"] == "qpr"].set_index("scenario")
        gains = rows[["difference", "mcse", "lower", "upper", "share_better", "verdict"]]
        return gains.join(self.costs.set_index("scenario"))

    def to_dataframe(self) -> pd.DataFrame:
        """Differences of every strategy from the baseline, with their verdicts.

        Returns
        -------
        pandas.DataFrame
            One row a strategy and outcome, as `verdicts`.
        """
        return self.verdicts

    def to_dict(self) -> dict[str, Any]:
        question, compared = self.plan.question, self.tried.comparison
        return {
            "question": question.file.title,
            "answer": [line._asdict() for line in answer_lines(self)],
            "recommended": self.recommended,
            "baseline": self.names[0],
            "people": question.file.people,
            "budget": {"total": question.budget * question.file.people, "per_person": question.budget},
            "currency": question.prices.currency,
            "price_year": question.prices.price_year,
            "replicates": compared.n_replicates,
            "seed": compared.seed,
            "verdicts": self.verdicts.to_dict("records"),
            "cost": self.costs.set_index("scenario").to_dict("index"),
            "for_whom": [] if self.for_whom is None else self.for_whom.to_dict("records"),
            "budgets": self.steps.to_dict("records"),
            "prices": self.prices.to_dict("records"),
            "assumptions": self.assumptions.to_dict("records"),
            "changes": [*what_changes_the_answer(self)],
            "parts": {name: list(parts) for name, parts in self.parts.items() if parts},
            "interval": self.interval,
            "cautions": self.cautions,
        }

    def plot(self, ax: "Axes | None" = None) -> "Figure":
        """What options and mixes gain, with their intervals and prices.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Axes to draw on, instead of a new figure.

        Returns
        -------
        matplotlib.figure.Figure
            The new figure, or that of the axes.
        """
        from supportnet.analysis.figures.decision import decision_figure

        return decision_figure(self, ax)

    def write(self, folder: Path) -> list[str]:
        return write_decision(self, folder)


@with_checked_arguments
def decide(
    question: str | os.PathLike[str],
    *,
    replicates: int | Sequence[int] | None = None,
    precision: float | None = None,
    time_limit: float | None = None,
    seed: int = 1,
    workers: int | None = None,
    patients: int | None = None,
    weeks: int | None = None,
    values: Mapping[str, object] | None = None,
    uncertainty: str | None = None,
    posterior: Posterior | str | os.PathLike[str] | None = None,
    progress: Callable[[float], None] | None = None,
) -> Decision:
    """Answer a question about options and a budget: what `supportnet decide` does, with the same numbers.

    Parameters
    ----------
    question : str or path
        A question file (docs/decide.md).
    replicates : int or sequence of int, optional
        Number of replicates of the answer, or their numbers (from 0). If left out, as many as `precision` asks for.
    precision : float, optional
        Replicates are added until the Monte Carlo standard error of each difference in recovery is this share of the
        difference. .1 if left out.
    time_limit : float, optional
        Minutes after which `precision` adds no more replicates. 3 if left out.
    seed : int
        Random seed, 0 or more; the same seed reproduces the same results.
    workers : int, optional
        Threads; results do not depend on them. All processors if left out.
    patients : int, optional
        People in the simulated area, instead of the baseline's own.
    weeks : int, optional
        Weeks to simulate, instead of the baseline's own.
    values : mapping, optional
        Values by dotted name, such as ``{"services.turnover": 0.2}``, in all scenarios.
    uncertainty : {"parameters", "none"}, optional
        Whether to draw uncertain parameters from the posterior. If left out, they are drawn if it covers the preset.
    posterior : Posterior, str or path, optional
        The posterior of another calibration than the shipped one.
    progress : callable, optional
        Called with the share of each step that is done, 0–1.

    Returns
    -------
    Decision
        The recommended options, what they gain and cost, for whom, and what would change the answer.

    Raises
    ------
    UserInputError
        For everything that is wrong with the question or the scenarios and prices that it names.

    Examples
    --------
    >>> import supportnet as sn
    >>> from pathlib import Path
    >>> question = 'title = "Befriending?"\\npeople = 100\\nbudget_per_person = 1000\\noptions = ["befriending"]'
    >>> _ = Path("question.toml").write_text(question)
    >>> sn.decide("question.toml", patients=20, weeks=4, replicates=2, uncertainty="none")
    <Decision: Befriending?; 1 option or mix, 20 people, 4 weeks, 2 replicates, seed 1>
    """
    asked = Question.load(question, sizes(patients, weeks, values))
    plan = DecisionPlan.of(
        asked, replicates, seed, precision=precision, time_limit=time_limit, uncertainty=uncertainty,
        posterior=posterior,
    )  # fmt: skip
    return Decision.of(answer(plan, threads(workers), lambda step: nullcontext(progress)))
