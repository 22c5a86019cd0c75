"""The model compared with published patterns."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from supportnet.analysis.outputs.validation import write_validation
from supportnet.analysis.results.result import Result
from supportnet.analysis.validation import ValidationPlan, measure_patterns, pattern_table, score
from supportnet.analysis.wording.caveats import few_replicates, not_fitted
from supportnet.analysis.wording.formatting import counted
from supportnet.experiments.ensemble.estimates import contains
from supportnet.experiments.execution.workers import threads
from supportnet.experiments.posterior.posterior import Posterior
from supportnet.sim.arguments import with_checked_arguments

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SAYS = {
    "calibrate": "Fitted: natural history and observed associations",
    "validate": "Predicted, never fitted: scored",
    "fit to trials": "Trials, fitted in other forms: shown, not scored",
    "informed": "Known while the model was being developed: shown, not scored",
    "verify": "True by construction: checks the code",
}


@dataclass(frozen=True, repr=False)
class Validation(Result):
    """Simulated values of every pattern with a range from evidence, by its use.

    Made by `validate`. Simulated studies measure as the published ones did, with their measurement error; no pattern is
    omitted because it fails (docs/validation.md).

    Parameters
    ----------
    plan : ValidationPlan
        Replicates, seed and draws.
    patterns : pandas.DataFrame
        One row a pattern and preset: pattern, name, use, preset, what, unit, statistic, value, mcse, lower, upper,
        accept_lower, accept_upper, assumed (the range), in_range, source, measured_as (what it measured).

    Examples
    --------
    >>> import supportnet as sn
    >>> checked = sn.validate(replicates=2, uncertainty="none")  # doctest: +SKIP
    >>> checked.patterns[["name", "value", "in_range"]]  # doctest: +SKIP
    """

    command = "validate"
    plan: ValidationPlan
    patterns: pd.DataFrame

    @property
    def run_identity(self) -> str:
        """SHA-256, in hexadecimal, of all that the values depend on."""
        return self.plan.identity

    @property
    def title(self) -> str:
        """Title in plain words."""
        return "What the model reproduces and what it does not"

    @property
    def size(self) -> str:
        """How much was simulated."""
        sampling = self.plan.sampling
        replicates = counted(len(sampling.replicates), "replicate")
        return f"{counted(len(self.patterns), 'value')}, {replicates}, seed {sampling.seed}"

    @property
    def interval(self) -> str:
        """What the intervals contain."""
        return contains(self.plan.sampling.posterior)

    @property
    def cautions(self) -> list[str]:
        """Cautions that apply to these results."""
        sampling = self.plan.sampling
        return not_fitted(sampling.posterior) + few_replicates(len(sampling.replicates), sampling.draws)

    def of_use(self, use: str) -> pd.DataFrame:
        """Patterns of one use.

        Parameters
        ----------
        use : {"calibrate", "validate", "fit to trials", "informed", "verify", "context"}
            What patterns are used for; those of context are not computed.

        Returns
        -------
        pandas.DataFrame
            Rows of `patterns`.
        """
        return self.patterns[self.patterns["use"] == use]

    def headline(self) -> pd.DataFrame:
        return pd.DataFrame({says: {"score": score(self.of_use(use))} for use, says in SAYS.items()}).T

    def summary(self) -> pd.DataFrame:
        columns = ["use", "value", "mcse", "lower", "upper", "accept_lower", "accept_upper", "in_range"]
        return self.patterns.set_index(["name", "preset"])[columns]

    def to_dataframe(self) -> pd.DataFrame:
        return self.patterns

    def to_dict(self) -> dict[str, Any]:
        sampling = self.plan.sampling
        return {
            "seed": sampling.seed,
            "replicates": len(sampling.replicates),
            "run_identity": self.run_identity,
            "interval": self.interval,
            "cautions": self.cautions,
            "patterns": self.patterns.to_dict("records"),
        }

    def plot(self, ax: "Axes | None" = None) -> "Figure":
        from supportnet.analysis.figures.validation import validation_figure

        return validation_figure(self.patterns, self.interval, ax)

    def write(self, folder: Path) -> list[str]:
        return write_validation(self.patterns, self.plan, self.interval, self.cautions, folder)


@with_checked_arguments
def validate(
    replicates: int | Sequence[int] = 20,
    seed: int = 201,
    workers: int | None = None,
    *,
    uncertainty: str | None = None,
    posterior: Posterior | str | os.PathLike[str] | None = None,
    progress: Callable[[float], None] | None = None,
) -> Validation:
    """Compare the model with every published pattern, as `supportnet validate` does.

    Parameters
    ----------
    replicates : int or sequence of int
        Number of replicates, or their numbers (from 0).
    seed : int
        The same seed reproduces the same results.
    workers : int, optional
        Threads; results do not depend on them. All processors if left out.
    uncertainty : {"parameters", "none"}, optional
        Whether to draw uncertain parameters from the posterior, two replicates per draw; if left out, they are drawn if
        it covers a preset.
    posterior : Posterior, str or path, optional
        The posterior of another calibration than the shipped one.
    progress : callable, optional
        Called with the share of the work that is done, 0–1.

    Returns
    -------
    Validation
        Values with 95 % intervals, and whether they are in the ranges from evidence.

    Raises
    ------
    UserInputError
        For a seed or number of replicates out of range, or too few draws.

    Examples
    --------
    >>> import supportnet as sn
    >>> checked = sn.validate(replicates=2, uncertainty="none")  # doctest: +SKIP
    >>> checked.headline()  # doctest: +SKIP
    """
    plan = ValidationPlan.of(replicates, seed, uncertainty, posterior)
    return Validation(plan, pattern_table(measure_patterns(plan, threads(workers), progress)))
