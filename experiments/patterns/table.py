"""What the simulated world must look like: the project's table of patterns, and the evidence behind it."""

import csv
from functools import cache
from importlib.resources import files
from typing import NamedTuple

PRESETS = ("psychosis", "affective", "mixed")


class Pattern(NamedTuple):
    """A value, and the range that evidence gives it."""

    number: int  # of the row of the table; a row can ask for several values
    name: str
    what: str
    unit: str
    low: float
    high: float
    assumed: bool  # whether the range is assumed around a published point
    use: str  # calibrate, informed, validate, verify or context
    presets: tuple[str, ...]  # about whom the evidence is
    statistic: str
    source: str  # whose numbers they are

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
    presets = PRESETS if row["preset"] == "any" else tuple(row["preset"].split())
    return Pattern(
        int(row["pattern"]), row["name"], row["what"], row["unit"], float(row["low"]), float(row["high"]),
        row["assumed"] == "yes", row["use"], presets, row["statistic"], row["source"],
    )  # fmt: skip
