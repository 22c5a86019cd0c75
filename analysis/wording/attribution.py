"""What carries a difference, or a level, in one plain sentence; and what the parts of it are called."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from supportnet.analysis.wording.formatting import difference_digits, interval, name_in_words, number, unit_in_words
from supportnet.experiments.comparison.attribution import Attribution
from supportnet.experiments.comparison.verdicts import NONE, UNKNOWN, how_large, smallest_differences, verdict
from supportnet.experiments.ensemble.ensemble import NAMES
from supportnet.experiments.ensemble.estimates import mean_of
from supportnet.experiments.ensemble.ratio import Ratio
from supportnet.sim.outcomes import OUTCOMES

Row = Mapping[Any, float]
HALF = 0.5  # of a difference: more is most of it
ALL_OF_THEM = {
    "mechanisms": "seven mechanisms",
    "resources": "six resources",
    "relationships": "four kinds of relationship",
}


def where_left(over: str, switched_off: bool) -> str:
    """The world in which some of a difference is left."""
    players = ALL_OF_THEM[over]
    return f"with all {players} switched off" if switched_off else f"when none of the {players} changes"


def part_labels(over: str, switched_off: bool) -> dict[str, str]:
    """How tables and figures call what is left, and the whole."""
    return {"without": f"Effect left {where_left(over, switched_off)}", "difference": "Total effect"}


def level_labels(over: str) -> dict[str, str]:
    """The same where a level is attributed, of which nothing is left."""
    return {"difference": f"All {ALL_OF_THEM[over]} together"}


def labels_of(found: Attribution) -> dict[str, str]:
    """How the rows beside the players are called."""
    return level_labels(found.over) if found.of_level else part_labels(found.over, found.held == "off")


def difference_in_words(found: Attribution) -> str:
    """The difference that is attributed, and what happens to the players outside a coalition."""
    names = [world.name for world in found.worlds]
    if found.of_level:
        return f"{names[0]} less {names[0]} with all {ALL_OF_THEM[found.over]} switched off"
    others = "held at the baseline's mean" if found.held == "baseline" else "switched off"
    return f"{names[1]} less {names[0]}: the others {others}"


def ordered_parts(shares: pd.DataFrame, players: list[str], labels: Mapping[str, str]) -> list[str]:
    """Names of the rows that are shown, the largest share first, between what is left and the whole."""
    order = shares.loc[players].sort_values("value", ascending=False).index
    return [name for name in ("without", *order, "difference") if name in players or name in labels]


def attribution_sentence(found: Attribution, outcome: str) -> str:
    """Whether the players carry the difference in an outcome: yes, no, or not known; of a level, what it would be
    without them."""
    reason = unattributable(found, outcome)
    if reason or found.of_level:
        return reason or level_sentence(found, outcome)
    whole = share_rows(found, outcome)["difference"]
    shows = verdict(outcome, whole["lower"], whole["upper"], smallest_differences().get(outcome, math.nan))
    if shows == UNKNOWN:
        return f"What carries the difference in {called(outcome)} is not known: it may be zero, {estimate(whole)}."
    if shows == NONE:
        return f"There is nothing to attribute: no difference in {called(outcome)} that matters, {estimate(whole)}."
    return difference_sentence(found, outcome, found.share_left(outcome))


def unattributable(found: Attribution, outcome: str) -> str:
    """Why nothing is known about the parts of a difference; empty if something is."""
    players, n = ALL_OF_THEM[found.over], int(np.isfinite(found.game(outcome)[-1]).sum())
    if not n:
        where = f"with some of the {players} {'held' if found.held == 'baseline' else 'switched off'}"
        return f"Nothing can be attributed: {where}, {called(outcome)} has no value in any replicate."
    whole = share_rows(found, outcome)["difference"]
    if not math.isfinite(whole["lower"]):
        return f"What carries {called(outcome)} is not known: with so few replicates there is no interval."
    return ""


def difference_sentence(found: Attribution, outcome: str, left: Ratio) -> str:
    """Where a difference that is not 0 comes from."""
    players, what = ALL_OF_THEM[found.over], f"the difference in {name_in_words(outcome)}"
    when, (value, ends) = where_left(found.over, found.held == "off"), percentages(left)
    if left.lower > HALF:
        how_much = "All" if left.value >= 1.0 else "Most"
        others = "" if found.over == "resources" else ", such as how much contact there is"
        return f"{how_much} of {what} ({value}, {ends}) is left {when}: it comes from other things that change{others}."
    if left.upper < HALF:
        value, ends = percentages(Ratio(1.0 - left.value, 1.0 - left.upper, 1.0 - left.lower))
        return f"Most of {what} ({value}, {ends}) comes from the {players}{largest_share(found, outcome)}."
    return f"Whether most of {what} comes from the {players} is not known: {value} of it ({ends}) is left {when}."


def level_sentence(found: Attribution, outcome: str) -> str:
    """What an outcome would be with everything switched off."""
    whole = share_rows(found, outcome)["difference"]
    smallest = smallest_differences().get(outcome, math.nan)
    shows = verdict(outcome, -whole["upper"], -whole["lower"], smallest)
    off = f"with all {ALL_OF_THEM[found.over]} switched off"
    if shows == UNKNOWN:
        return f"Whether {called(outcome)} would differ {off} is not known: the difference is {estimate(whole)}."
    if shows == NONE:
        return f"There would be no difference that matters in {called(outcome)} {off}: it is {estimate(whole)}."
    levels = np.where(np.isfinite(found.game(outcome)[-1]), found.values[-1, 0, :, NAMES.index(outcome)], np.nan)
    as_it_is = float(mean_of(levels[:, None], found.draws).mean[0])
    digits = difference_digits(outcome, whole["mcse"], whole["lower"], whole["upper"])
    near, far = sorted((abs(whole["lower"]), abs(whole["upper"])))
    by = f"{number(abs(whole['value']), digits)} ({interval(near, far, digits)})"
    how = f"{how_large(whole['value'], smallest)} {shows}".strip()
    instead = f"{number(as_it_is - whole['value'], digits)} instead of {number(as_it_is, digits)}"
    start = f"{off[0].upper()}{off[1:]}"
    return f"{start}, {called(outcome)} would be {how}, by {by}: {instead}{largest_share(found, outcome)}."


def largest_share(found: Attribution, outcome: str) -> str:
    """The largest share that goes the way of the whole; empty if it may be 0."""
    rows = share_rows(found, outcome)
    way = math.copysign(1.0, rows["difference"]["value"])
    name = max(found.players, key=lambda player: way * rows[player]["value"])
    row = rows[name]
    if not (row["lower"] > 0.0 or row["upper"] < 0.0):
        return ""
    return f"; the largest share is that of {name_in_words(name)}, {estimate(row)}"


def share_rows(found: Attribution, outcome: str) -> dict[str, Row]:
    """Shares by the name of the player, "without" and "difference"."""
    return {str(name): row for name, row in found.shares(outcome).to_dict("index").items()}


def estimate(row: Row) -> str:
    """An estimate with its interval."""
    digits = max(row["mcse"], (row["upper"] - row["lower"]) / 4.0)
    return f"{number(row['value'], digits)} ({interval(row['lower'], row['upper'], digits)})"


def called(outcome: str) -> str:
    """An outcome with its unit."""
    return f"{name_in_words(outcome)} ({unit_in_words(OUTCOMES[outcome].unit)})"


def percentages(share: Ratio) -> tuple[str, str]:
    """A share of a difference and its interval: 82 %, 60 to 95."""
    value, lower, upper = (100.0 * each for each in share)
    return f"{value:,.0f} %", f"{lower:,.0f} to {upper:,.0f}"
