"""Sensitivity indices."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from supportnet.analysis.outputs.sensitivity import main_figure, of_cell, write_sensitivity
from supportnet.analysis.results.result import ResultByName
from supportnet.analysis.sensitivity.study import Cell, Sensitivity
from supportnet.analysis.wording.formatting import counted, interval, number
from supportnet.sim.errors import UserInputError, nearest

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INTERVAL = "95 % bootstrap interval over design points"
MOST = 15  # factors in a card


@dataclass(frozen=True, repr=False)
class Indices(ResultByName):
    """How much an outcome depends on each factor of a study, with intervals.

    Made by `sensitivity` and `Sweep.sensitivity`. `indices["services.caseload"]` holds the indices of a factor. Where
    several scenarios, outcomes or weeks were analysed, the first outcome of the first scenario in the last week is
    shown. Saved indices are tables and figures without the runs: to load them again, analyse the runs of the sweep,
    which takes seconds.

    Parameters
    ----------
    analysis : Sensitivity
        Method, plan, tables of indices and of noise, remarks and cautions.

    Examples
    --------
    >>> import supportnet as sn, tempfile
    >>> study = sn.Study.load("levers").designed(["services.caseload", "services.turnover"], n=8)
    >>> study = study.with_values({"population.patients": 20}).uncertain("none")
    >>> indices = study.sweep(tempfile.mkdtemp()).sensitivity("qpr")
    >>> list(indices["services.caseload"].columns)
    ['value', 'lower', 'upper', 'corrected']
    """

    command = "sensitivity"
    card_height = 3.2
    analysis: Sensitivity

    @property
    def cell(self) -> Cell:
        """What is shown first."""
        return self.analysis.last[0]

    @property
    def title(self) -> str:
        return f"{self.analysis.plan.study.title}: {self.cell.outcome}"

    @property
    def size(self) -> str:
        plan = self.analysis.plan
        points, replicates = counted(plan.n_points, "design point"), counted(plan.replicates, "replicate")
        return f"{self.analysis.method_name}, {points} × {replicates}, week {self.cell.week}, seed {self.analysis.seed}"

    @property
    def interval(self) -> str:
        return INTERVAL

    @property
    def cautions(self) -> list[str]:
        return self.analysis.every_caution

    @property
    def factors(self) -> Sequence[str]:
        """Factors of the study, or groups of them."""
        return self.analysis.plan.study.groups

    def __getitem__(self, factor: str) -> pd.DataFrame:
        """The indices of a factor: value, lower, upper, corrected. Raises UserInputError for a name that is none."""
        if factor not in self.factors:
            raise UserInputError(
                "no such factor in this study", found=factor, expected=f"one of {len(self.factors)} factors",
                remedy=nearest(factor, self.factors, "`.factors`"),
            )  # fmt: skip
        rows = self._first_order()
        return rows[rows["factor"] == factor].set_index("index")[["value", "lower", "upper", "corrected"]]

    def keys(self) -> list[str]:
        return list(self.factors)

    def summary(self) -> pd.DataFrame:
        """The main index of each factor, the largest first.

        Returns
        -------
        pandas.DataFrame
            Index factor: index (its name), value, lower, upper (95 %), corrected (for Monte Carlo noise).
        """
        rows = self._first_order()
        main = rows[rows["index"] == self.analysis.method.main].set_index("factor")
        return main[["index", "value", "lower", "upper", "corrected"]].sort_values("value", ascending=False)

    def headline(self) -> pd.DataFrame:
        rows = self.summary().head(MOST)
        name = self.analysis.method.main
        return pd.DataFrame(
            {
                str(factor): {
                    name: number(row["value"], (row["upper"] - row["lower"]) / 4.0),
                    "95 % interval": interval(row["lower"], row["upper"], (row["upper"] - row["lower"]) / 4.0),
                }
                for factor, row in rows.to_dict("index").items()
            }
        ).T

    def to_dataframe(self) -> pd.DataFrame:
        """All indices.

        Returns
        -------
        pandas.DataFrame
            One row each: scenario, outcome, week, factor, other (of a pair), index, value, lower, upper, corrected.
        """
        return self.analysis.indices

    def to_dict(self) -> dict[str, Any]:
        found, analyses = self.analysis, []
        for cell in found.cells:
            noise = of_cell(found.noise, cell).iloc[0]
            rows = of_cell(found.indices, cell).drop(columns=["scenario", "outcome", "week"])
            about = {
                "scenario": cell.scenario, "outcome": cell.outcome, "week": cell.week, "n": int(noise["points"]),
                "excluded": int(noise["excluded"]), "noise_share": noise["noise_share"],
            }  # fmt: skip
            analyses.append({**about, "indices": rows.to_dict("records")})
        keys = ("scenario", "outcome", "week")
        return {
            "method": found.method_name,
            **next(one for one in analyses if one["week"] == found.last[0].week),
            "analyses": analyses,
            "left_out": [dict(zip(keys, key, strict=True)) | {"reason": why} for key, why in found.left_out.items()],
            "remarks": found.remarks,
            "cautions": found.every_caution,
        }

    def plot(self, ax: "Axes | None" = None) -> "Figure":
        """Indices with intervals, a row a factor.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Axes to draw on, instead of a new figure.

        Returns
        -------
        matplotlib.figure.Figure
            The new figure, or that of the axes.
        """
        return main_figure(self.analysis, self.cell, ax)

    def write(self, folder: Path) -> list[str]:
        return write_sensitivity(self.analysis, folder)

    def _first_order(self) -> pd.DataFrame:
        rows = of_cell(self.analysis.indices, self.cell)
        return rows[rows["other"] == ""]
