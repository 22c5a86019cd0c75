"""Formatting of numbers and words in tables, figures and messages."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from supportnet.sim.cards import counted as counted

if TYPE_CHECKING:
    import pandas as pd

    from supportnet.experiments.comparison.comparison import EnsembleComparison

MOST_DECIMALS = 4  # for people; files and JSON have them all
TWO_DECIMALS = 0.1  # an error that leaves so many
MOST_DIGITS = 12  # before and after the point: more are noise, and would not fit a narrow terminal
HEADLINES = (  # outcomes that are always told
    "qpr", "share_recovered_personal", "phq9", "share_recovered_clinical", "loneliness", "relapses", "admissions",
    "network_size", "strongest_tie", "share_harmful", "alliance", "supporter_strain", "engagement", "inequality",
    "cost",
)  # fmt: skip


def in_a_foot(cautions: Iterable[str]) -> str:
    """Cautions at the foot of a figure; empty if there are none."""
    text = "; ".join(cautions)
    return f" Caution: {text}." if text else ""


def amount_of_time(seconds: float) -> str:
    """A time to wait, in words: 40 s, 12 min, 3.5 h, 2 days."""
    for unit, size, least in (("days", 86_400, 2), ("h", 3600, 1.5), ("min", 60, 1.5)):
        if seconds >= least * size:
            return f"{seconds / size:.2g} {unit}"
    return f"{max(seconds, 1):.0f} s"


def yes_or_no(in_range: object) -> str:
    """Whether a value is in its range; nothing where there is no value, or no range."""
    return {"True": "yes", "False": "NO"}.get(str(in_range), "–")


def name_in_words(name: str) -> str:
    """A name of a file, column or programme as words."""
    return name.replace("_", " ")


def some_of(names: Sequence[str], most: int = 3) -> str:
    """Names with commas between them, the first few of many."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def shared_randomness(found: "EnsembleComparison") -> str:
    """The randomness that the scenarios of a comparison share."""
    if found.independent:
        return "independent random numbers in each scenario"
    if found.same_people:
        return "the same people and random numbers in every scenario"
    return "the same random numbers in every scenario, but different people"


def number(value: float, error: float = math.nan) -> str:
    """A number with as many decimals as two digits of its error have; four significant digits where there is none."""
    if not math.isfinite(value):
        return "–"
    if abs(value) >= 10.0**MOST_DIGITS:
        return f"{value:.4g}"
    scale, digits = (error, 1) if math.isfinite(error) and error > 0.0 else (abs(value), 3)
    decimals = max(0, min(MOST_DECIMALS, digits - math.floor(math.log10(scale)))) if scale > 0.0 else 0
    return rounded(value, min(decimals, MOST_DIGITS - len(f"{abs(value):.0f}")))


def rounded(value: float, decimals: int, sign: str = "") -> str:
    """A number with so many decimals, without negative zero; sign: "+" puts one before every number."""
    return f"{round(value, decimals) + 0.0:{sign},.{decimals}f}" if math.isfinite(value) else "–"


def given(value: float) -> str:
    """A number that was chosen, not estimated, as short as it can be written."""
    text = number(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def coarser(error: float, lower: float, upper: float) -> float:
    """The error that sets the decimals of an estimate: its Monte Carlo error, or a quarter of its interval if that is
    larger, as with uncertain parameters or prices."""
    return max(error, (upper - lower) / 4.0) if math.isfinite(upper - lower) else error


def difference_digits(outcome: str, error: float, lower: float, upper: float) -> float:
    """The error that sets the decimals of a difference: as `coarser`, but two decimals of QPR points at most, unless
    its interval would then have no width, or begin or end with 0."""
    shown, ends = coarser(error, lower, upper), [round(end, 2) for end in (lower, upper) if math.isfinite(end)]
    too_coarse = lower < upper and (ends[0] == ends[1] or 0.0 in ends)
    return shown if outcome != "qpr" or too_coarse or shown > TWO_DECIMALS else TWO_DECIMALS


def cost_ratio(value: float, error: float) -> str:
    """A ratio of cost to effect with its error, where that is less than the ratio itself."""
    if not error < abs(value):
        return "too imprecise to report"
    return f"{number(value, error)} ± {number(error, error)}"


def standing_in_words(row: Mapping[Any, Any]) -> str:
    """What a strategy costs per unit of effect, or why it has no ratio; and what has to stand beside it."""
    compared, status = row["compared_with"], row["status"]
    if isinstance(compared, str) and compared:
        return with_remark(cost_ratio(row["icer"], row["icer_mcse"]), row["remark"])
    named = status if isinstance(status, str) and status else "–"
    if status != row["remark"] and math.isfinite(row["ratio"]) and row["incremental_cost"] > 0.0:
        named += f"; {number(row['ratio'])} against the baseline"
    return named if named == row["remark"] else with_remark(named, row["remark"])


def interval(lower: float, upper: float, error: float) -> str:
    """Both ends of an interval."""
    return f"{number(lower, error)} to {number(upper, error)}" if math.isfinite(lower) else "–"


def probability(value: float) -> str:
    """A probability as a percentage; never 0 or 100 %, which a simulation cannot show."""
    if value != value:
        return "–"
    return "> 99.9 %" if value > 0.999 else "< 0.1 %" if value < 0.001 else f"{100.0 * value:.1f} %"


def order_in_words(ranking: "pd.DataFrame") -> str:
    """Scenarios in order of their places, each with its probability of being best and its remark."""
    rows = ranking.sort_values("place").to_dict("records")
    return ", ".join(
        f"{row['scenario']} ({'; '.join(filter(None, (probability(row['probability_best']), row['remark'])))})"
        for row in rows
    )


def with_remark(text: str, remark: object) -> str:
    """A text with what has to stand beside it, if anything; a file has NaN for nothing."""
    return f"{text} ({remark})" if isinstance(remark, str) and remark else text


def share(value: float) -> str:
    """A share of people, as a percentage."""
    return f"{100.0 * value:.1f} %" if math.isfinite(value) else "–"


def unit_in_words(unit: str) -> str:
    """A unit as people read it; files and JSON keep the short one."""
    return unit.replace("patient-year", "person and year")


def qpr_points(value: float) -> str:
    """QPR points of one person: two decimals, as more would be spurious."""
    return rounded(value, 2)
