"""The summary of a comparison: three sentences a scenario, made of differences.csv and nothing else."""

import math
from typing import Any, NamedTuple

import pandas as pd
from markupsafe import Markup

from supportnet.analysis.wording.formatting import difference_digits, number, with_remark
from supportnet.experiments.comparison.service_changes import remarks_on
from supportnet.sim.scenario.scenario import Scenario

NAMES_AND_UNITS = {  # outcome -> what it is called, and its unit
    "qpr": ("personal recovery", "QPR points, on a scale of 0 to 60"),
    "relapses": ("the number of relapses", "relapses per person and year"),
    "cost": (
        "the cost of services and crises",
        "money per person and year, at the comparison’s unit costs",
    ),
}
NUMBER = Markup('<data value="{value!r}" data-row="{scenario} {outcome} {column}">{shown}</data>')
CLEAR = Markup(
    "{What} is <strong>{direction}</strong> after {weeks}: difference {found} ({unit}; 95 % interval {ends})."
)
UNCLEAR = Markup(
    "Whether {what} is higher or lower after {weeks} is <strong>unclear</strong>: difference {found} ({unit}; 95 % "
    "interval {ends})."
)
SAME = Markup("{What} is <strong>the same</strong> in every replicate after {weeks}: difference {found} ({unit}).")


class Paragraph(NamedTuple):
    """What is said of one scenario."""

    title: str
    sentences: list[Markup]


def summary(differences: pd.DataFrame, scenarios: list[Scenario], weeks: str) -> list[Paragraph]:
    """One paragraph a scenario, with intervals that are adjusted for the number of scenarios."""
    paragraphs, remarks = [], remarks_on(scenarios)
    for scenario in scenarios[1:]:
        own = differences[differences["scenario"] == scenario.name].set_index("outcome")
        rows = {str(outcome): row for outcome, row in own.to_dict("index").items()}
        sentences = [sentence(rows[name], name, weeks) for name in NAMES_AND_UNITS if name in rows]
        paragraphs.append(Paragraph(with_remark(scenario.title, remarks[scenario.name]), sentences))
    return paragraphs


def sentence(row: dict[Any, Any], outcome: str, weeks: str) -> Markup:
    """One outcome in words: which way it went, by how much, how surely."""
    digits = difference_digits(outcome, row["mcse"], row["lower_adjusted"], row["upper_adjusted"])

    def value(column: str) -> Markup:
        shown = number(row[column], digits)
        return NUMBER.format(
            value=float(row[column]), scenario=row["scenario"], outcome=outcome, column=column, shown=shown
        )

    what, unit = NAMES_AND_UNITS[outcome]
    words: dict[str, Any] = {"what": what, "What": what[0].upper() + what[1:], "weeks": weeks, "unit": unit}
    words["found"] = value("difference")
    if row["difference"] == row["mcse"] == 0:
        return SAME.format(**words)
    words["ends"] = "not available from a single replicate"
    if math.isfinite(row["lower_adjusted"]):
        words["ends"] = Markup("{} to {}").format(value("lower_adjusted"), value("upper_adjusted"))
    way = direction(row["lower_adjusted"], row["upper_adjusted"])
    return (CLEAR if way else UNCLEAR).format(direction=way, **words)


def direction(lower: float, upper: float) -> str:
    """Which way a difference goes: higher, lower, or nothing where its interval holds 0."""
    return "higher" if lower > 0 else "lower" if upper < 0 else ""
