"""Programmes predicted without any of their trials, beside what was published."""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from supportnet.analysis.files.result_folder import PROVENANCE
from supportnet.analysis.files.writing import write_csv, write_json
from supportnet.analysis.outputs.calibration import EFFECTS
from supportnet.analysis.results.result import Result
from supportnet.analysis.wording.formatting import counted
from supportnet.experiments.calibration.acceptance import weights_by_trials
from supportnet.experiments.calibration.discrepancy import Doubles
from supportnet.experiments.calibration.left_out import Criterion, LeftOut, criteria, predict_left_out
from supportnet.experiments.execution.checked_files import UNREADABLE, unreadable
from supportnet.experiments.posterior.posterior import WEIGHT, Posterior, read_draws, shipped_draws_path
from supportnet.experiments.randomised.design import trials_written_down
from supportnet.experiments.randomised.evidence import Evidence, shipped_evidence
from supportnet.sim.arguments import with_checked_arguments
from supportnet.sim.errors import UserInputError
from supportnet.sim.provenance import commit, identity, machine, versions

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INTERVAL = "90 % interval for what a study of this size would publish, by a fit without any trial of the programme"
NOT_MET = "do not rely on predictions of a programme that has not been tried: not met is {} (docs/left-out.md)"


@dataclass(frozen=True, repr=False)
class LeftOutPredictions(Result):
    """Published effects of each programme beside predictions from the trials of all others.

    Made by `left_out` and by `supportnet validate --left-out`. Nothing is simulated for it: draws of the posterior are
    weighed anew, by the effects that the model shows at each of them (docs/left-out.md).

    Parameters
    ----------
    found : LeftOut
        Predictions and scores.
    evidence : Evidence
        Published trials.
    posterior : Posterior
        The draws.
    seed : int
        Random seed of the predictions.

    Examples
    --------
    >>> import supportnet as sn
    >>> sn.left_out("posterior.parquet").to_dataframe()[["outcome", "published", "predicted"]]  # doctest: +SKIP
    """

    command = "left-out"
    found: LeftOut
    evidence: Evidence
    posterior: Posterior
    seed: int = 1

    @cached_property
    def predictions(self) -> pd.DataFrame:
        """One row a published effect, as a benefit (docs/left-out.md): programme, study, outcome, week, outcome_class,
        published, se, predicted, lower50, upper50, lower90, upper90, place, in_50, in_90; crps and log_score of the
        model, of the mean of others (class_mean) and of a regression on others."""
        about = {one.name: one for one in self.evidence.effects}
        table = self.found.effects
        own = [about[name] for name in table["effect"]]
        head = {
            "study": [one.study for one in own], "outcome": [one.entry.outcome for one in own],
            "week": [one.entry.week for one in own],
        }  # fmt: skip
        rest = table.drop(columns=["effect", "programme"])
        return pd.concat([table[["programme"]], pd.DataFrame(head), rest], axis=1)

    @cached_property
    def criteria(self) -> list[Criterion]:
        """The four conditions of success, and whether each is met."""
        return criteria(self.found, self.seed)

    @cached_property
    def run_identity(self) -> str:
        """SHA-256, in hexadecimal, of all that the predictions depend on."""
        return identity(self.request)

    @property
    def request(self) -> dict[str, Any]:
        """The same as plain values."""
        return {
            "command": self.command, "posterior": self.posterior.identity,
            "evidence": self.evidence.digest, "seed": self.seed,
        }  # fmt: skip

    @property
    def title(self) -> str:
        """Title in plain words."""
        return "Programmes predicted without any of their trials"

    @property
    def size(self) -> str:
        """How much there is."""
        table = self.predictions
        programmes = counted(table["programme"].nunique(), "programme")
        return f"{counted(len(table), 'effect')} of {programmes}, {counted(len(self.posterior.values), 'draw')}"

    @property
    def interval(self) -> str:
        """What the intervals contain."""
        return INTERVAL

    @property
    def cautions(self) -> list[str]:
        """That the model does not predict new programmes, if it does not."""
        missed = [one.says for one in self.criteria if not one.met]
        return [NOT_MET.format("; nor ".join(missed))] if missed else []

    def headline(self) -> pd.DataFrame:
        rows = {
            one.says: {"value": f"{one.value:.3g}", "limit": f"{one.limit:.3g}", "met": "yes" if one.met else "no"}
            for one in self.criteria
        }
        return pd.DataFrame(rows).T

    def summary(self) -> pd.DataFrame:
        """Mean scores over effects, and coverage.

        Returns
        -------
        pandas.DataFrame
            One row: crps, crps_class_mean, crps_regression, coverage50, coverage90, n.
        """
        return pd.DataFrame([self.mean_scores()])

    def mean_scores(self) -> dict[str, float]:
        """Mean scores over effects, shares of effects in their intervals, and the number of effects.

        Returns
        -------
        dict of str to float
            crps, crps_class_mean, crps_regression (standard deviations), coverage50, coverage90 (shares), n.
        """
        table = self.predictions
        means = {name: float(table[name].mean()) for name in ("crps", "crps_class_mean", "crps_regression")}
        covered = {"coverage50": float(table["in_50"].mean()), "coverage90": float(table["in_90"].mean())}
        return {**means, **covered, "n": len(table)}

    def to_dataframe(self) -> pd.DataFrame:
        return self.predictions

    def to_dict(self) -> dict[str, Any]:
        return {
            "run_identity": self.run_identity,
            "programmes": self.predictions.to_dict("records"),
            "summary": self.mean_scores(),
            "criteria": [one._asdict() for one in self.criteria],
            "cautions": self.cautions,
        }

    def plot(self, ax: "Axes | None" = None) -> "Figure":
        """Published effects and predictions.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Axes to draw on, instead of a new figure.

        Returns
        -------
        matplotlib.figure.Figure
            The new figure, or that of the axes.
        """
        from supportnet.analysis.figures.left_out import left_out_figure

        return left_out_figure(self.predictions, self.mean_scores(), ax)

    def write(self, folder: Path) -> list[str]:
        from supportnet.analysis.figures.style import save_figure  # slow to load

        write_csv(self.predictions, folder / "left_out.csv")
        write_csv(self.found.programmes, folder / "programmes.csv")
        save_figure(self.plot(), folder)
        made = {"versions": versions(), "commit": commit(), "machine": machine()}
        write_json({**self.request, "interval": INTERVAL, **self.to_dict(), **made}, folder / PROVENANCE)
        return sorted(path.name for path in folder.iterdir())


@with_checked_arguments
def left_out(posterior: str | os.PathLike[str] | None = None, seed: int = 201) -> LeftOutPredictions:
    """Predict each programme without any of its trials, as `supportnet validate --left-out` does.

    Parameters
    ----------
    posterior : str or path-like, optional
        The posterior.parquet of another calibration than the shipped one, with its posterior-effects.parquet beside it.
    seed : int
        Random seed of the predictions; the same seed reproduces the same results.

    Returns
    -------
    LeftOutPredictions
        Predictions with 50 and 90 % intervals, scores, and the four criteria of success.

    Raises
    ------
    UserInputError
        If there is no such posterior, or it was fitted to other trials than those shipped.

    Examples
    --------
    >>> import supportnet as sn
    >>> sn.left_out().headline()  # doctest: +SKIP
    """
    draws, trials, effects = read_weighed(posterior)
    tried = [name for name in trials.programmes if name in trials_written_down()]
    return LeftOutPredictions(predict_left_out(trials.effects, effects, tried, seed), trials, draws, seed)


def read_weighed(posterior: str | os.PathLike[str] | None) -> tuple[Posterior, Evidence, Doubles]:
    """The draws of a calibration, the shipped trials that weigh them, and (draws, effects) what the model shows of
    these, before draws were weighed. Raises UserInputError if there is no such posterior, or it knows other trials."""
    draws = read_draws(posterior)
    trials = shipped_evidence().of_presets(draws.presets)
    if draws.metadata.get("evidence") != trials.digest:
        raise UserInputError(
            "this posterior was fitted to other trials than those shown beside it", where=str(posterior or "posterior"),
            found=str(draws.metadata.get("evidence", "no trials")), expected=trials.digest,
            remedy="calibrate again with the present evidence: supportnet calibrate",
        )  # fmt: skip
    own = Path(posterior) if posterior else shipped_draws_path() or Path(EFFECTS)
    return draws, trials, read_effects(own.with_name(EFFECTS), trials)


def read_effects(path: Path, evidence: Evidence) -> Doubles:
    """(draws, effects) that the model shows of these trials, at all draws of a calibration. Raises UserInputError if
    the file is not there, or its draws are not weighed by these trials."""
    try:
        table = pd.read_parquet(path)
        effects = table[[one.name for one in evidence.effects]].to_numpy(np.float64)
        if not np.allclose(weights_by_trials(evidence, effects), table[WEIGHT], rtol=1e-6, atol=1e-12):
            raise ValueError("its weights are not those of these trials")
    except (*UNREADABLE, pa.ArrowException, KeyError) as error:
        raise UserInputError(
            "effects of trials at these draws cannot be read", where=str(path), found=unreadable(error),
            expected=f"the {EFFECTS} that `supportnet calibrate` wrote beside the posterior",
            remedy="calibrate again, or name the posterior in the folder where that file is",
        ) from error  # fmt: skip
    return effects
