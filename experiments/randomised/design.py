"""The design of a trial: what is tried, on whom, against what, and when it is looked at."""

import hashlib
import json
import os
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from supportnet.sim.errors import UserInputError, nearest, not_one_of
from supportnet.sim.scenario.files import library
from supportnet.sim.scenario.scenario import Scenario, row_of

SCENARIOS = {"psychosis": "today", "affective": "today-affective", "mixed": "today-mixed"}  # by preset
ENTRIES = {
    "anybody": "anyone in the area",
    "crisis": "in crisis",
    "distress": "measured PHQ-9 from the cut",
    "lonely": "lonely (threshold of the parameter table)",
    "withdrawn": "withdrawn beyond the cut of remission",
}
CONTROLS = {
    "usual_care": "what everyone in the area has",
    "waiting_list": "usual care, then the programme after its end in the other arm",
    "attention": "as many contacts with the same people, without the programme's content",
}
CUT = 10  # PHQ-9
RECRUITING = 26  # weeks
FOLLOW_UPS = {26: "6 months later", 52: "12 months later", 104: "24 months later"}  # weeks after the end of treatment
YEAR = 52  # after entry: relapse is told for it, as trials do
SHOWN = 5  # of many things that are not as written down
ATTENTION = "attention_control"  # name of the programme without content
CONTENT = ("resources", "reciprocity", "expert", "facilitated", "keeps_staff")  # what it is without
DOSE = (
    "uses", "makes", "delivered_by", "group", "without_person", "network_share", "sessions_per_week", "weeks",
    "non_verbal", "format", *CONTENT,
)  # fmt: skip


@dataclass(frozen=True)
class Design:
    """One trial."""

    programme: str
    scenario: Scenario  # of the area: usual care
    entry: str
    control: str
    places: int = 80  # people who are randomised, in both arms together
    cut: int = CUT
    take_up: float = 1.0  # share of those allotted to the programme who ever begin it

    def __post_init__(self) -> None:
        _check(self)

    @property
    def weeks(self) -> int:
        """Of treatment."""
        return round(self.scenario.every_programme[self.programme].weeks)

    @property
    def times(self) -> dict[int, str]:
        """Weeks after entry in which people are asked, and what each is called."""
        named = {YEAR: "12 months after entry", self.weeks: "end of treatment"}
        return dict(sorted((named | {self.weeks + later: name for later, name in FOLLOW_UPS.items()}).items()))

    def week(self, when: str) -> int:
        """Week after entry of what tables of published effects call end, 12 months (after entry) or 6 months later."""
        return {"end": self.weeks, "12 months": YEAR, "6 months later": self.weeks + 26}[when]

    @property
    def area(self) -> Scenario:
        """The area with the programme, which people join only through the trial."""
        row = self.scenario.every_programme[self.programme]
        closed = {"coverage": 1.0, "uptake": 0.0, "capacity": 100.0}
        values: dict[str, object] = {f"programmes.{self.programme}.{key}": one for key, one in closed.items()}
        if self.control == "attention":
            same = {key: getattr(row, key) for key in DOSE if key not in CONTENT}
            words = {"resources": [], "reciprocity": "one_way", "expert": "not_stated"}
            bare = {**words, "facilitated": False, "keeps_staff": False}
            values[f"programmes.{ATTENTION}"] = same | bare | closed
        return self.scenario.with_values(values)


def designed(
    programme: str,
    scenario: str | os.PathLike[str] | Scenario | None = None,
    values: dict[str, object] | None = None,
    **other: Any,
) -> Design:
    """The trial of a programme as it is written down, in the area of its preset, but for what is given.

    A programme that only a scenario of the library describes is tried in the area of that scenario.
    """
    known = trials_written_down()
    written = known.get(programme, {"preset": "psychosis", "entry": "anybody", "control": "usual_care"})
    own = programme.replace("_", "-")
    area = scenario or (own if programme not in known and own in library() else SCENARIOS[written["preset"]])
    if not isinstance(area, Scenario):
        area = Scenario.load(area, values)
    elif values:
        area = area.with_values(values)
    if programme not in area.every_programme:
        raise UserInputError(
            "must be a programme of the scenario, or all", argument="programme", found=programme,
            remedy=nearest(programme, [*area.every_programme, "all"]),
        )  # fmt: skip
    given = {key: one for key, one in other.items() if one is not None}
    return Design(programme, area, **{"entry": written["entry"], "control": written["control"], **given})


@cache
def trials_written_down() -> dict[str, dict[str, str]]:
    """Preset, entry and control of each programme's trial."""
    return {name: design for name, design in _file().items() if isinstance(design, dict)}


def frozen() -> str:
    """The hash of designs and doses when they were written down."""
    return str(_file()["frozen"])


def hash_now() -> str:
    """The hash of designs and doses as they are: SHA-256, 16 characters."""
    doses = {
        name: dose_of(row)
        for name, row in Scenario.load("today").every_programme.items()
        if name in trials_written_down()
    }
    content = {
        "designs": trials_written_down(),
        "doses": doses,
        "follow_ups": list(FOLLOW_UPS),
        "cut": CUT,
        "weeks": RECRUITING,
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def departures(design: Design) -> list[str]:
    """What of a trial, or of its area, is not as it was written down, in words; size is no part of it."""
    if design.programme not in trials_written_down():
        return ["not among the trials written down beforehand"]
    lines = [] if frozen() == hash_now() else ["designs or doses of the library have changed since they were frozen"]
    then, now = trial_values(designed(design.programme)), trial_values(design)
    changed = [name for name in {**then, **now} if then.get(name) != now.get(name)]
    lines += [f"{name} {then.get(name, 'none')} → {now.get(name, 'none')}" for name in changed[:SHOWN]]
    return lines + ([f"{len(changed) - SHOWN} more"] if len(changed) > SHOWN else [])


def trial_values(design: Design) -> dict[str, Any]:
    """A trial with all that happens in its area, but for its size, by dotted name."""
    area = design.scenario.canonical()
    found = {"entry": design.entry, "control": design.control, "preset": area["population"]["preset"]}
    found |= {"cut": design.cut} if design.entry == "distress" else {}
    for name, row in design.scenario.every_programme.items():
        columns = dose_of(row) if name == design.programme else row_of(row)  # who else may join it, the trial decides
        found |= {f"programmes.{name}.{key}": one for key, one in columns.items()}
    for group in ("services", "mechanisms"):
        found |= {f"{group}.{key}": one for key, one in area[group].items()}
    networks = area["population"].get("networks_sha256")
    found |= {"networks": networks} if networks else {}
    return found | {"calendar": area["calendar"]} | design.scenario.every_number


def dose_of(row: Any) -> dict[str, Any]:
    """What a session of a programme is, and how many there are."""
    return {key: getattr(row, key) for key in DOSE}


def design_values(design: Design) -> dict[str, Any]:
    """A design as plain values."""
    return {
        "programme": design.programme, "scenario": design.scenario.name, "preset": design.scenario.population.preset,
        "entry": design.entry, "control": design.control, "places": design.places, "cut": design.cut,
    }  # fmt: skip


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(
        files("supportnet.experiments").joinpath("evidence", "trials.toml").read_text(encoding="utf-8")
    )


def _check(design: Design) -> None:
    for argument, known in (("entry", ENTRIES), ("control", CONTROLS)):
        value = getattr(design, argument)
        if value not in known:
            raise not_one_of(argument, value, known)
    people = design.scenario.population.patients
    if not 4 <= design.places <= people:
        raise UserInputError(
            f"must be from 4 to {people:,}, the people in the area", argument="places", found=design.places,
            remedy="change `places`, or raise `patients`",
        )  # fmt: skip
    if not 0 <= design.cut <= 27:
        raise UserInputError(
            "must be a PHQ-9 score from 0 to 27", argument="cut", found=design.cut, remedy="leave `cut` out for 10"
        )
