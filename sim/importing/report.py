"""What an import read, what it lacked, what it left out, and how much of the state the model has to draw."""

import dataclasses
from typing import Any, NamedTuple

from supportnet.sim.importing.account import OmittedRows, ReadFile, count_in_words, people_in_words, percent
from supportnet.sim.importing.contacts import WeeklyContacts

# What the model keeps about a tie and a person (fields of sim.state), and what of it a network file can give.
STATE_OF_TIE = (
    "role", "strength", "trust", "reciprocity", "expertise", "friction", "rate", "ceiling",
    "ruptured", "trust_lost", "critical", "age", "since", "warmth", "competence", "criticism", "own_criticism",
    "strain", "capacity",
)  # fmt: skip
STATE_OF_PERSON = (
    "condition", "vulnerability", "own_withdrawal", "own_skill", "wanted", "wished_size", "relatives", "need",
    "anxiety", "intercepts", "own_resources", "processes", "resources", "distress", "withdrawal", "loneliness", "skill",
)  # fmt: skip
GIVES_TIE = {
    "role": "role",
    "strength": "strength",
    "trust": "trust",
    "reciprocity": "reciprocity",
    "expertise": "expertise",
    "friction": "friction",
    "contacts_per_week": "rate",
}
GIVES_PERSON = {
    "condition": "condition",
    "distress": "distress",
    "withdrawal": "withdrawal",
    "recovery": "processes",
}
ONE_OF = {
    "files": ("file",),
    "rows": ("row",),
    "columns": ("column",),
    "ties": ("tie",),
    "ties among supporters": ("tie among supporters", "ties among supporters"),
}


class Given(NamedTuple):
    """For how many of the rows the data give a field, and for how many the mapping does (by "always" or "missing");
    mapped: the mapping says where it stands."""

    mapped: bool
    given: int
    by_mapping: int
    rows: int

    def share(self) -> float | None:
        """Of the rows for which the data give it."""
        return self.given / self.rows if self.rows else None

    def missing(self) -> int:
        """Rows for which neither gives it."""
        return self.rows - self.given - self.by_mapping


@dataclasses.dataclass
class ImportReport:
    """The account of one import; `text()` for people, `as_dict()` for JSON."""

    source: str
    source_sha256: str
    mapping: str
    mapping_sha256: str
    version: str
    read: list[ReadFile]
    people: int
    people_without_ties: int
    ties_by_role: dict[str, int]
    alter_ties: int
    alter_ties_not_asked: int  # people with two or more supporters for whom the model draws them
    ties: dict[str, Given]  # by field of the network file
    persons: dict[str, Given]
    left_out: list[OmittedRows]
    notes: list[str]
    not_copied: dict[str, list[str]]  # columns of each part that are not in the result
    renamed: bool
    files: dict[str, str]
    contacts: WeeklyContacts | None = None  # a week, that are given and that a run can have

    def drawn(self) -> dict[str, dict[str, float | None]]:
        """Share of all values that the data did not give and the model draws: of those a network file can hold
        (`of_fields`), and of all that the model keeps about a tie or a person (`of_state`)."""
        return {
            "ties": _drawn(self.ties, GIVES_TIE, len(STATE_OF_TIE)),
            "people": _drawn(self.persons, GIVES_PERSON, len(STATE_OF_PERSON)),
        }

    def as_dict(self) -> dict[str, Any]:
        """All of it for JSON."""

        def fields(given: dict[str, Given]) -> dict[str, Any]:
            return {
                name: {
                    "mapped": one.mapped,
                    "given": one.given,
                    "by_mapping": one.by_mapping,
                    "missing": one.missing(),
                    "share": one.share(),
                }
                for name, one in given.items()
            }

        return {
            "source": self.source,
            "source_sha256": self.source_sha256,
            "mapping": self.mapping,
            "mapping_sha256": self.mapping_sha256,
            "version": self.version,
            "read": [file._asdict() for file in self.read],
            "people": self.people,
            "people_without_ties": self.people_without_ties,
            "ties": sum(self.ties_by_role.values()),
            "ties_by_role": self.ties_by_role,
            "alter_ties": self.alter_ties,
            "alter_ties_not_asked": self.alter_ties_not_asked,
            "left_out": [
                {"what": left.what, "count": len(left.places), "reason": left.reason, "first": left.places[:5]}
                for left in self.left_out
            ],
            "fields": {"ties": fields(self.ties), "people": fields(self.persons)},
            "drawn": self.drawn(),
            "contacts_per_week": self.contacts.as_dict() if self.contacts else None,
            "notes": self.notes,
            "columns_not_copied": self.not_copied,
            "ids_renamed": self.renamed,
            "files": self.files,
        }

    def text(self) -> str:
        """A page to read."""
        n_ties = sum(self.ties_by_role.values())
        roles = ", ".join(f"{role} {count}" for role, count in self.ties_by_role.items())
        parts = sorted({file.part for file in self.read}, key=lambda part: (part[0] == "a", part))  # alter_ties last
        files = ", ".join(f"{part} {len([f for f in self.read if f.part == part])}" for part in parts)
        lines = [
            f"Read {count_in_words(self.people, 'person', 'people')} and {count_in_words(n_ties, 'tie')} "
            f"from {self.source}",
            f"  meaning of the columns: {self.mapping}",
            f"  files by part of the mapping: {files}",
            f"  ties by role: {roles}",
            f"  people without any tie: {self.people_without_ties}",
            f"  ties among supporters: {self.alter_ties} (beside the networks, and used with them)"
            + (f"; {people_in_words(not_asked)} not asked: drawn" if (not_asked := self.alter_ties_not_asked) else ""),
            "Left out" if self.left_out else "Left out: nothing",
            *(_left_out(left) for left in self.left_out),
            "Given by the data, share of ties",
            *_given(self.ties),
            "Given by the data, share of people",
            *_given(self.persons),
            "Drawn by the model, because the data do not give it",
            _drawn_text("ties", "a tie", self.drawn()["ties"], len(STATE_OF_TIE)),
            _drawn_text("people", "a person", self.drawn()["people"], len(STATE_OF_PERSON)),
            *(["Notes"] if self.notes else []),
            *(f"  {note}" for note in self.notes),
            "Privacy",
            *(f"  {part}: nothing is copied of {', '.join(columns)}" for part, columns in self.not_copied.items()),
            "  ids: " + ("replaced by running numbers" if self.renamed else "those of the data"),
        ]
        return "\n".join(lines) + "\n"


def _drawn(given: dict[str, Given], gives: dict[str, str], state: int) -> dict[str, float | None]:
    known = [given[name] for name in gives]
    rows = known[0].rows
    if not rows:
        return {"of_fields": None, "of_state": None}
    values = sum(one.given + one.by_mapping for one in known)
    return {"of_fields": 1 - values / (rows * len(known)), "of_state": 1 - values / (rows * state)}


def _drawn_text(what: str, one: str, drawn: dict[str, float | None], state: int) -> str:
    fields, all_of_it = _percent(drawn["of_fields"]), _percent(drawn["of_state"])
    state_text = f"{all_of_it} of the {state} things the model keeps about {one}"
    return f"  {what}: {fields} of what a network file can hold, {state_text}"


def _left_out(left: OmittedRows) -> str:
    first = ", ".join(left.places[:2]) + (", …" if len(left.places) > 2 else "")
    return f"  {count_in_words(len(left.places), *ONE_OF[left.what])}: {left.reason} ({first})"


def _given(given: dict[str, Given]) -> list[str]:
    width = max(map(len, given))
    return [
        f"  {name:<{width}}  {_percent(one.share()) if one.mapped else 'not in the mapping'}"
        + (f", {one.by_mapping} by the mapping" if one.by_mapping else "")
        + (f", {one.missing()} missing" if one.mapped and one.missing() else "")
        for name, one in given.items()
    ]


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{percent(share)} %"
