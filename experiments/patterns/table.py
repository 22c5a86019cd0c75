"""What the simulated world must look like: the project's table of patterns, and the evidence behind it."""

import csv
import math
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from supportnet.sim.outcomes import AT_LEAST_0, SHARE, Limits

PRESETS = ("psychosis", "affective", "mixed")
SHARES = ("ties", "key carers", "people", "dyads", "enrolments", "relapses", "runs", "three")
LIMITS: dict[str, Limits] = {  # between which values are possible, by unit
    **{f"share of {what}": SHARE for what in SHARES},
    "share of first-year relapses": (-math.inf, 1.0),  # below 0 where families high in criticism relapse less
    "difference of shares": (-1.0, 1.0),
    **dict.fromkeys(("ties", "people", "per post and year", "SD of the score", "share, absolute"), AT_LEAST_0),
    **dict.fromkeys(("per patient-year", "weeks per patient-year"), AT_LEAST_0),
    **dict.fromkeys(("odds ratio", "hazard ratio", "risk ratio"), AT_LEAST_0),
    "score 0-60": (0.0, 60.0), "mean Jaccard similarity": SHARE, "r": (-1.0, 1.0), "difference of r": (-2.0, 2.0),
    **dict.fromkeys(("SMD", "SD at entry", "standardised slope", "log odds ratio", "SD at entry per session",
                     "difference of ties", ""), (-math.inf, math.inf)),
}  # fmt: skip


class Pattern(NamedTuple):
    """A value, and the range that evidence gives it."""

    number: int  # of the row of the table; a row can ask for several values
    name: str
    what: str
    unit: str
    low: float
    high: float
    assumed: bool  # whether the range is assumed around a published point
    interval: bool  # whether it is the 95 % interval of a published estimate; else all of it is equally good
    use: str  # calibrate, fit to trials, informed, validate, verify or context
    presets: tuple[str, ...]  # about whom the evidence is; none where nothing is computed
    statistic: str  # the measurement operator: what is computed in simulated people
    source: str  # whose numbers they are
    measured_as: str  # what the source measured, which the operator follows

    @property
    def limits(self) -> Limits:
        """The smallest and the largest value that is possible."""
        return LIMITS[self.unit]

    def met(self, value: float) -> bool:
        """Whether a value is within the range."""
        return self.low <= value <= self.high


@cache
def patterns() -> dict[str, Pattern]:
    """All values, by name, in the order of the table."""
    path = files("supportnet.experiments").joinpath("evidence", "patterns.csv")
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    return {row["name"]: _pattern(row) for row in rows}


def to_fit(preset: str) -> dict[str, Pattern]:
    """The values that a calibration of this preset is fitted to."""
    return {name: one for name, one in patterns().items() if one.use == "calibrate" and preset in one.presets}


def _pattern(row: dict[str, str]) -> Pattern:
    presets = {"any": PRESETS, "none": ()}.get(row["preset"], tuple(row["preset"].split()))
    return Pattern(
        int(row["pattern"]), row["name"], row["what"], row["unit"], float(row["low"]), float(row["high"]),
        row["assumed"] == "yes", row["interval"] == "yes", row["use"], presets, row["statistic"],
        row["source"], row["measured_as"],
    )  # fmt: skip
