"""Lays the reference model and a core's world side by side."""

from typing import TYPE_CHECKING, Any

import numpy as np

from supportnet.sim.state import NEVER, World

if TYPE_CHECKING:
    from tests.reference import Reference
    from tests.reference_people import Person, Tie

# Fields of sim/state.py that attributes of the reference model are named after.
MEASURED = (
    "vulnerability", "own_withdrawal", "own_skill", "wanted", "wished_size", "relatives", "need", "anxiety",
    "intercepts", "time", "own_resources", "processes", "resources", "distress", "withdrawal", "loneliness", "skill",
    "inputs", "owed_giving", "share", "contacts", "post_weeks",
)  # fmt: skip
COUNTED = (
    "made", "recent", "crisis", "since_service", "weeks_personal", "weeks_clinical", "relapse_week", "relapses",
    "admissions", "crisis_weeks", "enrolments", "dropouts", "ruptures", "repairs", "sessions", "professional_contacts",
)  # fmt: skip
TIE_NUMBERS = (
    "strength", "trust", "reciprocity", "expertise", "friction", "rate", "ceiling", "trust_lost", "critical",
    "warmth", "competence", "criticism", "own_criticism",
)  # fmt: skip
SUPPORTER_NUMBERS = ("strain", "capacity", "availability")
POST_NUMBERS = ("competence", "warmth")
POST_COUNTED = ("holder", "left", "open_weeks", "team")
PLACE_COUNTED = ("weeks_in", "weeks_out", "attended", "sessions", "meetings", "made")


def differences(model: "Reference", world: World, tolerance: float) -> list[str]:
    """Every difference between a reference model and a world, in words."""
    same = Sameness(tolerance)
    n = len(world.people)
    if n != len(model.persons):
        return [f"reference has {len(model.persons)} people, core has {n}"]
    for i, person in enumerate(model.persons):
        compare_person(same, person, world, i)
        compare_ties(same, person, world, i)
        compare_places(same, person, world, i)
    compare_several(same, model, world)
    return same.found


class Sameness:
    """Collects differences; discrete things must be equal, numbers within a tolerance (of their size, above 1)."""

    def __init__(self, tolerance: float):
        self.tolerance = tolerance
        self.found: list[str] = []

    def equal(self, what: str, here: Any, core: Any) -> None:
        if here != core:
            self.found.append(f"{what}: reference {here}, core {core}")

    def near(self, what: str, here: Any, core: Any) -> None:
        if isinstance(here, float) and abs(here - float(core)) <= self.tolerance * max(1.0, abs(here)):
            return  # most are one number, and arrays of one number are slow
        here, core = np.asarray(here, dtype=float), np.asarray(core, dtype=float)
        off = ~(np.abs(here - core) <= self.tolerance * np.maximum(1.0, np.abs(here)))  # NaN is off as well
        if not off.any():
            return
        for where in np.argwhere(off):
            at = "".join(f"[{index}]" for index in where)
            spot = tuple(where)
            self.found.append(f"{what}{at}: reference {here[spot]:.9g}, core {core[spot]:.9g}")


def compare_person(same: Sameness, person: "Person", world: World, i: int) -> None:
    core, who = world.people[i], f"person {person.identity}"
    for name in ("identity", "condition", "team", "access", "looking"):
        same.equal(f"{who} {name}", int(getattr(person, name)), core[name].item())
    same.equal(f"{who} post", person.post.row if person.post else -1, core["post"].item())
    if person.service_tie:
        same.equal(f"{who} holder", person.holder, core["holder"].item())
    for name in COUNTED:
        same.equal(f"{who} {name}", getattr(person, name), core[name].tolist())
    for name in MEASURED:
        same.near(f"{who} {name}", getattr(person, name), core[name])


def compare_ties(same: Sameness, person: "Person", world: World, i: int) -> None:
    first, n = int(world.people["first"][i]), int(world.people["n_ties"][i])
    names = world.ties.dtype.names
    cores = [dict(zip(names, row, strict=True)) for row in world.ties[first : first + n].tolist()]
    rows = {core["key"]: row for row, core in enumerate(cores, first)}
    mine = {tie.key: tie for tie in person.ties}
    same.equal(f"person {person.identity} keys of ties", sorted(mine), sorted(rows))
    for key in mine.keys() & rows.keys():
        which = f"person {person.identity} tie {name_of(key)}"
        core = cores[rows[key] - first]
        compare_tie(same, which, mine[key], core)
        if (tie := mine[key]).contacts and len(world.last):
            same.near(f"{which} mechanisms of the last contact", tie.contacts[-1].mechanisms, world.last[rows[key]])
        known = sorted(other for other, row in rows.items() if core["knows"] >> row - first & 1)
        same.equal(f"{which} knows", sorted(tie.key for tie in mine[key].acquaintances), known)


def name_of(key: int) -> str:
    return f"{key} (space {key >> 16}, number {key & 0xFFFF})"


def compare_tie(same: Sameness, which: str, tie: "Tie", core: dict[str, Any]) -> None:
    """A tie, and its row as plain numbers."""
    for name in ("role", "origin", "ruptured", "age", "since"):
        same.equal(f"{which} {name}", int(getattr(tie, name)), core[name])
    same.equal(f"{which} supporter", tie.supporter.row, core["supporter"])
    for name in TIE_NUMBERS:
        same.near(f"{which} {name}", getattr(tie, name), core[name])
    if tie.supporter.row < 0:
        same.near(f"{which} strain", tie.supporter.strain, core["strain"])
        same.near(f"{which} capacity", tie.supporter.capacity, core["capacity"])


def compare_places(same: Sameness, person: "Person", world: World, i: int) -> None:
    for p, place in enumerate(person.places):
        which = f"person {person.identity} programme {p}"
        for name in PLACE_COUNTED:
            here, core = getattr(place, name), world.places[name][p, i].item()
            if name != "weeks_out":
                same.equal(f"{which} {name}", here, core)
            elif place.weeks_in < 0:
                same.equal(f"{which} {name}", min(here, NEVER), min(core, NEVER))


def compare_several(same: Sameness, model: "Reference", world: World) -> None:
    for post in model.posts:
        same.equal(f"post {post.row} team", post.team, world.several["team"][post.row].item())
    open_posts = [post for post in model.posts if post.team >= 0]
    for post in open_posts:
        core = world.several[post.row]
        for name in POST_COUNTED:
            same.equal(f"post {post.row} {name}", getattr(post, name), core[name].item())
        for name in POST_NUMBERS:
            same.near(f"post {post.row} {name}", getattr(post, name), core[name])
    for supporter in [*open_posts, *(person.helper for person in model.persons)]:
        for name in SUPPORTER_NUMBERS:
            which = f"supporter in row {supporter.row} of several {name}"
            same.near(which, getattr(supporter, name), world.several[supporter.row][name])
