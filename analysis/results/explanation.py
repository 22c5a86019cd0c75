"""A difference between two scenarios, or the level of an outcome in one, attributed to mechanisms."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from supportnet.analysis.outputs.attribution import write_explained
from supportnet.analysis.results.result import ResultByName, estimate_in_words
from supportnet.analysis.wording.attribution import attribution_sentence, labels_of, ordered_parts, share_rows
from supportnet.analysis.wording.caveats import explain_cautions
from supportnet.analysis.wording.formatting import counted, name_in_words
from supportnet.experiments.comparison.attribution import Attribution, AttributionPlan, attribute
from supportnet.experiments.ensemble.ensemble import outcomes_asked
from supportnet.experiments.ensemble.estimates import contains
from supportnet.experiments.execution.workers import threads
from supportnet.experiments.posterior.posterior import Posterior
from supportnet.sim.arguments import with_checked_arguments
from supportnet.sim.errors import UserInputError, nearest
from supportnet.sim.scenario.layers import sizes
from supportnet.sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


class Share(NamedTuple):
    """The share of one mechanism, resource or kind of relationship in a difference."""

    value: float
    mcse: float  # Monte Carlo standard error
    lower: float  # 95 % interval
    upper: float
    knockout: float  # what is lost when it alone is held, or switched off
    knockout_lower: float
    knockout_upper: float


@dataclass(frozen=True, repr=False)
class Explanation(ResultByName, Attribution):
    """Shares of the difference in one outcome, with intervals: exact Shapley values.

    Made by `explain`. `explanation["trust"]` is a share, in the unit of the outcome; "without" is the difference with
    all held, "difference" the total. `shares(outcome)` are those of another outcome, `pairs(outcome)` interactions;
    `sentence` says what they show. Of one scenario, the difference is from itself with everything switched off.

    Parameters
    ----------
    plan : AttributionPlan
        Both scenarios, or the one, what the difference is attributed to, replicates and seed.
    values : numpy.ndarray
        (coalitions, scenarios, replicates, outcomes) in the last week, in the order and the units of `OUTCOMES`; bit i
        of a coalition says whether player i is free.
    outcome : str
        The outcome shown first.
    interactions : bool
        Whether to write pairwise interactions too.

    Examples
    --------
    >>> import supportnet as sn, tempfile
    >>> why = sn.explain("today", "befriending", over="relationships", replicates=2, patients=20, weeks=4,
    ...                  uncertainty="none")
    >>> why.players
    ['professional', 'peer', 'friend', 'family']
    >>> sn.Explanation.load(why.save(tempfile.mkdtemp()))["peer"] == why["peer"]
    True
    """

    command = "explain"
    card_height = 3.2
    outcome: str = "recovery"
    interactions: bool = False  # of pairs, too

    @classmethod
    def of(cls, attribution: Attribution, outcome: str, interactions: bool = False) -> "Explanation":
        return cls(attribution.plan, attribution.values, outcome, interactions)

    @property
    def run_identity(self) -> str:
        """SHA-256, in hexadecimal, of all that the shares depend on."""
        return self.plan.identity

    @property
    def title(self) -> str:
        names = [world.name for world in self.worlds]
        if self.of_level:
            return f"What {self.over} contribute to {self.outcome}: {names[0]}"
        return f"What explains the difference in {self.outcome}: {names[1]} compared with {names[0]}"

    @property
    def size(self) -> str:
        first = self.worlds[0]
        people, weeks = counted(first.population.patients, "person", "people"), counted(first.weeks, "week")
        return f"{people}, {weeks}, {counted(len(self.replicates), 'replicate')}, seed {self.seed}"

    @property
    def interval(self) -> str:
        return contains(self.posterior)

    @property
    def sentence(self) -> str:
        return attribution_sentence(self, self.outcome)

    @property
    def cautions(self) -> list[str]:
        return explain_cautions(self, self.outcome)

    def __getitem__(self, player: str) -> Share:
        """A share, and what is lost if it alone is held. Raises UserInputError for an unknown name."""
        shares = self.summary()
        if player not in shares.index:
            raise UserInputError(
                f"no such part of {self.over}", found=player, expected=", ".join(shares.index),
                remedy=nearest(player, shares.index),
            )  # fmt: skip
        (row,) = shares.loc[[player]].to_dict("records")
        return Share(**{name: row[name] for name in Share._fields})

    def keys(self) -> list[str]:
        return list(self.summary().index)

    def summary(self) -> pd.DataFrame:
        """Shares with their intervals.

        Returns
        -------
        pandas.DataFrame
            A row for each player, the difference with all held ("without"; of one scenario 0), and the total
            ("difference"): value, mcse, lower, upper, knockout (what is lost when it alone is held, or switched off),
            knockout_lower, knockout_upper.
        """
        return self.shares(self.outcome)

    def headline(self) -> pd.DataFrame:
        rows = share_rows(self, self.outcome)
        labels = {name: name_in_words(name) for name in self.players} | labels_of(self)
        order = ordered_parts(self.summary(), self.players, labels)
        return pd.DataFrame({labels[name]: estimate_in_words(rows[name], "value") for name in order}).T

    def to_dataframe(self) -> pd.DataFrame:
        """Shares with their intervals.

        Returns
        -------
        pandas.DataFrame
            As `summary`.
        """
        return self.summary()

    def to_xarray(self) -> "xarray.Dataset":
        """Every outcome in the last week under each coalition, as labelled arrays. Needs the extra `xarray`.

        Returns
        -------
        xarray.Dataset
            One variable an outcome, with its unit: (coalition, scenario, replicate), the baseline first. Coordinates
            named after the players say which of them are free in a coalition.

        Raises
        ------
        UserInputError
            If xarray is not installed.
        """
        from supportnet.analysis.results.arrays import dataset

        numbers = range(len(self.values))
        axes = {"coalition": numbers, "scenario": [one.name for one in self.worlds], "replicate": self.replicates}
        about = {"over": self.over, "held": self.held, "seed": self.seed}
        free = {player: ("coalition", [bool(n >> i & 1) for n in numbers]) for i, player in enumerate(self.players)}
        return dataset(self.values, axes, about).assign_coords(free)

    def to_dict(self) -> dict[str, Any]:
        shares = self.summary().to_dict("index")
        whole, without, left = shares.pop("difference"), shares.pop("without"), self.share_left(self.outcome)
        return {
            "baseline": self.worlds[0].name,
            "other": None if self.of_level else self.worlds[1].name,
            "outcome": self.outcome,
            "over": self.over,
            "held": self.held,
            "replicates": len(self.replicates),
            "seed": self.seed,
            "run_identity": self.run_identity,
            "sentence": self.sentence,
            "interval": self.interval,
            "cautions": self.cautions,
            "difference": whole["value"],
            "difference_interval": [whole["lower"], whole["upper"]],
            "without": without["value"],
            "without_interval": [without["lower"], without["upper"]],
            "share_left": left.value,
            "share_left_interval": [left.lower, left.upper],
            "shares": shares,
            "interactions": self.pairs(self.outcome).to_dict("records") if self.interactions else [],
        }

    def plot(self, ax: "Axes | None" = None) -> "Figure":
        """A waterfall from the difference with all held to the total difference.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Axes to draw on, instead of a new figure.

        Returns
        -------
        matplotlib.figure.Figure
            The new figure, or that of the axes.
        """
        from supportnet.analysis.figures.explain import explain_figure

        return explain_figure(self, self.outcome, ax)

    def write(self, folder: Path) -> list[str]:
        return write_explained(self, self.outcome, self.interactions, folder)

    @classmethod
    def load(cls, folder: str | os.PathLike[str], posterior: str | os.PathLike[str] | None = None) -> "Explanation":
        """The explanation in a folder that `save` or `supportnet explain` wrote.

        Parameters
        ----------
        folder : str or path-like
            Where it was saved.
        posterior : str or path-like, optional
            The posterior it was made with, if not the shipped one.

        Returns
        -------
        Explanation
            With the same values; interactions are recomputed when requested.

        Raises
        ------
        UserInputError
            If the folder holds no such results, files are damaged or of another version, or scenarios had networks from
            interviews, which are not saved.
        """
        from supportnet.analysis.results.reading import read_attribution

        found, outcome = read_attribution(Path(folder), os.fspath(posterior or ""))
        return cls.of(found, outcome, (Path(folder) / "pairs.csv").is_file())


@with_checked_arguments
def explain(
    baseline: Scenario | str | os.PathLike[str],
    other: Scenario | str | os.PathLike[str] | None = None,
    *,
    outcome: str = "recovery",
    over: str = "mechanisms",
    held: str | None = None,
    replicates: int | Sequence[int] = 20,
    seed: int = 1,
    workers: int | None = None,
    patients: int | None = None,
    weeks: int | None = None,
    values: Mapping[str, object] | None = None,
    uncertainty: str | None = None,
    posterior: Posterior | str | os.PathLike[str] | None = None,
    progress: Callable[[float], None] | None = None,
) -> Explanation:
    """Attribute a difference between two scenarios: what `supportnet explain` does, with the same numbers.

    Exact Shapley values: every coalition is simulated in both scenarios, with everything outside it held, so that the
    shares and the difference with all held sum to the total. Of one scenario, what is attributed is its difference from
    itself with everything switched off.

    Parameters
    ----------
    baseline : Scenario, str or path
        A scenario, its name in the library, or the path of a TOML file.
    other : Scenario, str or path, optional
        The scenario whose difference from it is attributed. If left out, the level of the outcome in the first is.
    outcome : str
        The outcome whose difference is attributed; others can be read from the same result by `shares`.
    over : {"mechanisms", "resources", "relationships"}
        What it is attributed to.
    held : {"baseline", "off"}, optional
        Whether players outside a coalition are held at the baseline's mean, or switched off. If left out, they are
        held; of one scenario, they are switched off.
    replicates : int or sequence of int
        Number of replicates, or their numbers (from 0); a replicate does not depend on the others.
    seed : int
        Random seed, 0 or more; the same seed reproduces the same results.
    workers : int, optional
        Threads; results do not depend on them. All processors if left out.
    patients : int, optional
        People in the area, instead of the scenario's own.
    weeks : int, optional
        Weeks to simulate, instead of the scenario's own.
    values : mapping, optional
        Values by dotted name, such as ``{"services.caseload": 15}``, in all scenarios.
    uncertainty : {"parameters", "none"}, optional
        Whether to draw uncertain parameters from the posterior, two replicates per draw. If left out, they are drawn if
        the posterior covers the preset.
    posterior : Posterior, str or path, optional
        The posterior of another calibration than the shipped one.
    progress : callable, optional
        Called with the share of the work that is done, 0–1.

    Returns
    -------
    Explanation
        Shares with 95 % intervals.

    Raises
    ------
    UserInputError
        For an unknown scenario or outcome, a scenario that holds mechanisms itself, or too few draws.

    Examples
    --------
    >>> import supportnet as sn
    >>> why = sn.explain("today", "befriending", over="relationships", replicates=1, patients=20, weeks=4,
    ...                  uncertainty="none")
    >>> shares = why.summary()["value"]
    >>> bool(abs(shares.drop("difference").sum() - shares["difference"]) < 1e-9)
    True
    >>> sn.explain("today", over="relationships", replicates=1, patients=20, weeks=4, uncertainty="none").held
    'off'
    """
    outcomes_asked([outcome])
    plan = AttributionPlan.of(
        baseline, other, replicates, seed, values=sizes(patients, weeks, values), over=over, held=held,
        uncertainty=uncertainty, posterior=posterior,
    )  # fmt: skip
    return Explanation.of(attribute(plan, threads(workers), progress), outcome)
