"""Lives of a few simulated people in plain words, two scenarios side by side."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from supportnet.analysis.report.parts import ReportTable
from supportnet.analysis.wording.formatting import counted
from supportnet.experiments.comparison.life_histories import Event, LifeHistory
from supportnet.sim.enums import Role
from supportnet.sim.scenario.scenario import Scenario

SUPPORTERS = {"professional": ("professional", "professionals"), "peer": ("peer", "peers"),
              "friend": ("friend", "friends"), "family": ("relative", "relatives")}  # fmt: skip
PHRASES = {
    "joined": "joins {whom}", "completed": "completes {whom}", "left early": "leaves {whom} before its end",
    "new tie": "a new tie with a {whom}", "tie ended": "a tie with a {whom} ends",
    "professional changed": "their professional leaves and is replaced",
    "came to the service": "is again in contact with a professional of the service",
    "left the service": "contact with the service ends",
    "crisis": "a crisis", "admission": "a crisis, with a stay in hospital",
}  # fmt: skip


class Story(NamedTuple):
    """One person, in words."""

    title: str
    start: str
    events: ReportTable
    strains: list[str]  # ruptures and repairs, one sentence a world
    end: list[str]  # one sentence a world


def stories(worlds: Sequence[tuple[Scenario, list[LifeHistory]]], few_ties: float) -> list[Story]:
    """One story per person, from their lives in each scenario."""
    people = zip(*(lives for _, lives in worlds), strict=True)
    scenarios = [scenario for scenario, _ in worlds]
    return [story(k, scenarios, lives, few_ties) for k, lives in enumerate(people, start=1)]


def story(number: int, scenarios: Sequence[Scenario], lives: Sequence[LifeHistory], few_ties: float) -> Story:
    who = kind_of_network(lives[0].ties, few_ties)
    start = f"Has {ties_in_words(lives[0].ties)}. Personal recovery: {lives[0].qpr[0]:.0f} of 60 points."
    ends = [
        f"{scenario.title}: {life.qpr[0]:.1f} points at the start, {life.qpr[1]:.1f} after {scenario.weeks} weeks."
        for scenario, life in zip(scenarios, lives, strict=True)
    ]
    strains = [f"{scenario.title}: {ruptures(life.events)}" for scenario, life in zip(scenarios, lives, strict=True)]
    title = f"Person {number}: a person with {who} at the start"
    return Story(title, start, by_week(scenarios, lives, number), strains, ends)


def by_week(scenarios: Sequence[Scenario], lives: Sequence[LifeHistory], number: int) -> ReportTable:
    """What happened, week by week, in each scenario."""
    by_scenario = [weeks_in_words(life.events, scenario) for scenario, life in zip(scenarios, lives, strict=True)]
    weeks = sorted({week for one in by_scenario for week in one})
    rows = [[str(week), *("; ".join(one.get(week, ["–"])) for one in by_scenario)] for week in weeks]
    columns = ["week", *(scenario.title for scenario in scenarios)]
    return ReportTable(
        f"Person {number}: events, with the same random numbers in both scenarios", columns, rows, frozenset({1, 2})
    )


def weeks_in_words(events: Sequence[Event], scenario: Scenario) -> dict[int, list[str]]:
    """Events in words, by week; ruptures and repairs are summarised elsewhere."""
    found: dict[int, list[str]] = {}
    for event in events:
        if event.what in PHRASES:
            found.setdefault(event.week, []).append(event_in_words(event, scenario))
    return found


def event_in_words(event: Event, scenario: Scenario) -> str:
    def programme(name: str) -> str:
        return f"“{scenario.every_programme[name].title or name}”"

    whom = SUPPORTERS[event.whom][0] if event.whom in SUPPORTERS else programme(event.whom) if event.whom else ""
    through = f" through {programme(event.through)}" if event.through else ""
    return PHRASES[event.what].format(whom=whom) + through


def ruptures(events: Sequence[Event]) -> str:
    """How often ties were strained and mended, by kind of supporter."""
    counts = {what: Counter(event.whom for event in events if event.what == what) for what in ("rupture", "repair")}
    parts = [
        f"with {SUPPORTERS[role][1]} {counted(counts['rupture'][role], 'rupture')}, "
        f"{counted(counts['repair'][role], 'repair')}"
        for role in Role.words()
        if counts["rupture"][role] or counts["repair"][role]
    ]
    return "; ".join(parts) + "." if parts else "no ruptures."


def ties_in_words(ties: dict[str, int]) -> str:
    named = [counted(ties[role], *SUPPORTERS[role]) for role in Role.words() if ties.get(role)]
    return "ties with " + ", ".join(named) if named else "no ties"


def kind_of_network(ties: dict[str, int], few_ties: float) -> str:
    """What a network is mostly made of."""
    size, social = sum(ties.values()), ties.get("friend", 0) + ties.get("peer", 0)
    if size < few_ties:
        return "few ties"
    most = {"family": ties.get("family", 0), "friends and peers": social, "professionals": ties.get("professional", 0)}
    return next((f"ties mostly with {who}" for who, count in most.items() if 2 * count > size), "a mixed network")
