"""What a calibration is held to: values of the runs, each with the range that evidence gives it."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

from supportnet.experiments.patterns.table import Pattern, to_fit
from supportnet.experiments.study.study import StudyDefinition

Doubles = NDArray[np.float64]
WIDE = 1.96  # standard errors from the middle of a 95 % interval to its end


class CalibrationTarget(NamedTuple):
    """A value in one scenario, and its range."""

    scenario: int  # number of it in the study
    preset: str
    pattern: Pattern

    @property
    def name(self) -> str:
        """As tables have it."""
        return f"{self.pattern.name}, {self.preset}"

    def even(self, values: Doubles) -> Doubles:
        """Values in widths of the range from its middle, drawn in where they are far off: asinh((y - middle) / width).

        Whoever is far from the range need not know by how much. Odds ratios are taken as logarithms first.
        """
        low, high = self._ends()
        with np.errstate(invalid="ignore", divide="ignore"):
            values = np.log(values) if self._ratio else values
        return np.arcsinh((values - (low + high) / 2) / (high - low))

    @property
    def edge(self) -> float:
        """Where the range ends on the even scale; the same on both sides, for all values."""
        return float(np.arcsinh(0.5))

    @property
    def error(self) -> float:
        """Standard error of the published estimate, in the middle of its interval, on the even scale; NaN where
        evidence is a range."""
        return self.edge / WIDE if self.pattern.interval else math.nan

    @property
    def _ratio(self) -> bool:
        return self.pattern.unit == "odds ratio"

    def _ends(self) -> tuple[float, float]:
        ends = self.pattern.low, self.pattern.high
        return (float(np.log(ends[0])), float(np.log(ends[1]))) if self._ratio else ends


def targets_of(study: StudyDefinition) -> list[CalibrationTarget]:
    """What the scenarios of a study are held to: the patterns to calibrate to that are about their presets."""
    found = []
    for k, scenario in enumerate(study.scenarios):
        preset = scenario.population.preset
        found += [CalibrationTarget(k, preset, pattern) for pattern in to_fit(preset).values()]
    return found


def log_in_range(mean: Doubles, sd: Doubles, low: Doubles, high: Doubles) -> Doubles:
    """Logarithm of the probability that a normal value lies in a range, exact far outside it too."""
    above, below = (low - mean) / sd, (high - mean) / sd
    above, below = np.where(above > 0, -below, above), np.where(above > 0, -above, below)  # to the tail that is exact
    upper, lower = log_ndtr(below), log_ndtr(above)
    return np.asarray(upper + np.log1p(-np.exp(np.minimum(lower - upper, -1e-300))))
