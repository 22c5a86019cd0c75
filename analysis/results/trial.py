"""Simulated randomised trials."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from supportnet.analysis.outputs.trial import trial_cautions, trial_foot, with_hash, write_trials
from supportnet.analysis.results.result import ResultByName
from supportnet.analysis.wording.formatting import counted, rounded
from supportnet.experiments.ensemble.estimates import contains
from supportnet.experiments.execution.workers import threads
from supportnet.experiments.posterior.posterior import Posterior
from supportnet.experiments.randomised.design import departures, design_values, frozen
from supportnet.experiments.trials.effects import effects_of
from supportnet.experiments.trials.plan import REPLICATES, SEED, TrialPlan
from supportnet.experiments.trials.published import beside_published
from supportnet.sim.arguments import with_checked_arguments
from supportnet.sim.errors import UserInputError, nearest
from supportnet.sim.scenario.layers import sizes
from supportnet.sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HEADLINES = ("recovery", "distress", "network_size", "relapses")
KINDS = {"smd": "standardised mean difference", "ratio": "risk ratio"}
ONCE = ("programme", "preset", "entry", "control", "entered", "frozen", "changed", "kind", "value")


@dataclass(frozen=True, repr=False)
class Trial(ResultByName):
    """Effects of one or more trials, with intervals, and published ones if there are any.

    Made by `trial`. `trial["recovery"]` is a table of the effects on an outcome, time by time: standardised mean
    differences (Hedges' g) and risk ratios. `published` has published effects of the same programmes.

    Parameters
    ----------
    plan : TrialPlan
        Designs, replicates and seed.
    effects : pandas.DataFrame
        One row a programme, outcome and week after entry: kind (smd or ratio), value, mcse, lower, upper, n.

    Examples
    --------
    >>> import supportnet as sn
    >>> one = sn.trial("befriending", replicates=2, patients=100, places=20, uncertainty="none")
    >>> list(one["recovery"].columns)
    ['when', 'kind', 'value', 'mcse', 'lower', 'upper', 'n']
    """

    command = "trial"
    card_height = 4.4
    plan: TrialPlan
    effects: pd.DataFrame  # as `effects` of supportnet.experiments.trials.effects; and frozen, changed

    @classmethod
    def of(cls, plan: TrialPlan, effects: Sequence[pd.DataFrame]) -> "Trial":
        return cls(plan, with_hash(pd.concat(effects, ignore_index=True), plan.designs))

    @cached_property
    def published(self) -> pd.DataFrame:
        """Published effects of the same programmes, with the simulated ones."""
        return with_hash(beside_published(self.effects, list(self.plan.designs)), self.plan.designs)

    @property
    def run_identity(self) -> str:
        """SHA-256, in hexadecimal, of all that the effects depend on."""
        return self.plan.identity

    @property
    def programmes(self) -> list[str]:
        """Programmes on trial, in order."""
        return [design.programme for design in self.plan.designs]

    @property
    def title(self) -> str:
        return f"Simulated trial{'s' * (len(self.programmes) > 1)} of {', '.join(self.programmes)}"

    @property
    def size(self) -> str:
        design, sampling = self.plan.designs[0], self.plan.sampling
        people = counted(design.scenario.population.patients, "person", "people")
        replicates = counted(len(sampling.replicates), "replicate")
        return f"{counted(design.places, 'place')} among {people}, {replicates}, seed {sampling.seed}"

    @property
    def interval(self) -> str:
        return contains(self.plan.sampling.posterior)

    @property
    def cautions(self) -> list[str]:
        return trial_cautions(self.effects, self.plan.designs, self.plan.sampling)

    def __getitem__(self, outcome: str) -> pd.DataFrame:
        """Effects on an outcome by programme and week. Raises UserInputError for a name that is none."""
        known = self.keys()
        if outcome not in known:
            raise UserInputError(
                "no such outcome in a trial", found=outcome, expected=", ".join(known), remedy=nearest(outcome, known)
            )
        rows = self.effects[self.effects["outcome"] == outcome]
        return rows.set_index(["programme", "week"])[["when", "kind", "value", "mcse", "lower", "upper", "n"]]

    def keys(self) -> list[str]:
        return list(self.effects["outcome"].unique())

    def summary(self) -> pd.DataFrame:
        """Effects at the end of treatment.

        Returns
        -------
        pandas.DataFrame
            Index programme and outcome: week, kind (smd or ratio), value, mcse, lower, upper (95 %), n.
        """
        rows = self.effects[self.effects["when"] == "end of treatment"]
        return rows.set_index(["programme", "outcome"])[["week", "kind", "value", "mcse", "lower", "upper", "n"]]

    def headline(self) -> pd.DataFrame:
        several = len(self.programmes) > 1
        rows = self.effects[self.effects["when"] == "end of treatment"]
        rows = rows[rows["outcome"].isin(HEADLINES[:1] if several else HEADLINES)]
        cells = {
            row["programme"] if several else row["outcome"]: {
                "effect": rounded(row["value"], 2),
                "95 % interval": effect_interval(row),
                "kind": KINDS[row["kind"]],
            }
            for row in rows.to_dict("records")
        }  # fmt: skip
        return pd.DataFrame(cells).T

    def to_dataframe(self) -> pd.DataFrame:
        """All effects.

        Returns
        -------
        pandas.DataFrame
            One row a programme, outcome and week after entry.
        """
        return self.effects

    def to_dict(self) -> dict[str, Any]:
        each = []
        for design in self.plan.designs:
            of = self.effects[self.effects["programme"] == design.programme]
            rows = [{**_without_common(row), row["kind"]: row["value"]} for row in of.to_dict("records")]
            made = {"entered": of["entered"].iloc[0], "frozen": frozen(), "changed": departures(design)}
            each.append({**design_values(design), **made, "effects": rows})
        whole = each[0] if len(each) == 1 else {"programmes": each}
        return {**whole, **self.about, "published": self.published.to_dict("records")}

    @property
    def about(self) -> dict[str, Any]:
        """What all effects have in common, as plain values."""
        sampling = self.plan.sampling
        return {
            "run_identity": self.run_identity, "seed": sampling.seed, "replicates": len(sampling.replicates),
            "patients": self.plan.designs[0].scenario.population.patients,
            "posterior": self.plan.request["posterior"], "interval": self.interval, "cautions": self.cautions,
        }  # fmt: skip

    def plot(self, ax: "Axes | None" = None) -> "Figure":
        """A forest plot of the effects; on given axes, standardised mean differences only.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Axes to draw on, instead of a new figure.

        Returns
        -------
        matplotlib.figure.Figure
            The new figure, or that of the axes.
        """
        from supportnet.analysis.figures.forest import forest_figure

        return forest_figure(self.effects, self.published, trial_foot(self.effects, self.about), ax)

    def write(self, folder: Path) -> list[str]:
        about = {**self.plan.request, **self.about, **self.plan.asked}
        return write_trials(self.effects, self.published, about, folder)

    @classmethod
    def load(cls, folder: str | os.PathLike[str], posterior: str | os.PathLike[str] | None = None) -> "Trial":
        """The trials in a folder that `save` or `supportnet trial` wrote.

        Parameters
        ----------
        folder : str or path-like
            Where they were saved.
        posterior : str or path-like, optional
            The posterior they were made with, if not the shipped one.

        Returns
        -------
        Trial
            With the same effects.

        Raises
        ------
        UserInputError
            If the folder holds no such results, files are damaged or of another version, or the area was not a scenario
            of the library with values by name: others are not saved.
        """
        from supportnet.analysis.results.reading import read_trials

        return cls(*read_trials(Path(folder), os.fspath(posterior or "")))


@with_checked_arguments
def trial(
    programme: str,
    scenario: Scenario | str | os.PathLike[str] | None = None,
    *,
    replicates: int | Sequence[int] = REPLICATES,
    seed: int = SEED,
    workers: int | None = None,
    entry: str | None = None,
    control: str | None = None,
    cut: int | None = None,
    places: int | None = None,
    patients: int | None = None,
    values: Mapping[str, object] | None = None,
    uncertainty: str | None = None,
    posterior: Posterior | str | os.PathLike[str] | None = None,
    progress: Callable[[float], None] | None = None,
) -> Trial:
    """Simulate a randomised trial of a programme: what `supportnet trial` does, with the same numbers.

    People enter when they meet a criterion, are randomised, measured with error, and some are lost to follow-up.
    A model for reasoning about systems: no evidence that a programme works.

    Parameters
    ----------
    programme : str
        One of the ten programmes, or ``"all"``: the ten trials as written down beforehand.
    scenario : Scenario, str or path, optional
        The area in which it takes place; the one written down beforehand if left out.
    replicates : int or sequence of int
        Number of replicates, or their numbers (from 0); a replicate does not depend on the others.
    seed : int
        Random seed, 0 or more; the same seed reproduces the same results.
    workers : int, optional
        Threads; results do not depend on them. All processors if left out.
    entry : {"anybody", "crisis", "distress", "lonely", "withdrawn"}, optional
        Who may enter; as written down beforehand if left out.
    control : {"usual_care", "waiting_list", "attention"}, optional
        What the control arm gets; as written down beforehand if left out.
    cut : int, optional
        Measured PHQ-9 score, 0–27, from which distress meets the criterion.
    places : int, optional
        People randomised, both arms together.
    patients : int, optional
        People in the area, instead of the scenario's own.
    values : mapping, optional
        Values by dotted name, such as ``{"services.caseload": 15}``.
    uncertainty : {"parameters", "none"}, optional
        Whether to draw uncertain parameters from the posterior, two replicates per draw. If left out, they are drawn if
        the posterior covers the preset.
    posterior : Posterior, str or path, optional
        The posterior of another calibration than the shipped one.
    progress : callable, optional
        Called with the share of the work that is done, 0–1.

    Returns
    -------
    Trial
        Standardised mean differences (Hedges' g) and risk ratios at the end of treatment and later, with 95 %
        intervals of their means over trials.

    Raises
    ------
    UserInputError
        For an unknown programme, a design that does not fit, or too few draws.

    Examples
    --------
    >>> import supportnet as sn
    >>> one = sn.trial("befriending", replicates=2, patients=100, places=20, uncertainty="none")
    >>> one.programmes
    ['befriending']
    >>> sorted(one.effects["kind"].unique())
    ['ratio', 'smd']
    """
    plan = TrialPlan.of(
        programme, scenario, replicates, seed,
        values=sizes(patients, None, values),
        uncertainty=uncertainty, posterior=posterior, entry=entry, control=control, cut=cut, places=places,
    )  # fmt: skip
    return Trial.of(plan, effects_of(plan, threads(workers), progress))


def effect_interval(row: Mapping[Any, Any]) -> str:
    """The interval of an effect, with two decimals; a dash where there is none."""
    return f"{rounded(row['lower'], 2)} to {rounded(row['upper'], 2)}" if row["lower"] == row["lower"] else "–"


def _without_common(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(key): value for key, value in row.items() if key not in ONCE}
