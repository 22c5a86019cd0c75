"""What may stand in a mapping file: which files and columns of a study say what. Names of a study stand there only."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from supportnet.sim.importing.mapping_fields import (
    Balance,
    ChoiceField,
    ConditionWord,
    ContactsField,
    NumberField,
    RoleWord,
    ShareField,
    SourceField,
)  # fmt: skip
from supportnet.sim.importing.settings import Format, MappingEntry

SLOT, FILE, ROW = "{slot}", "{file}", "{row}"
MOST_SLOTS = 1000
FILL_IN = "fill in"  # in a draft, in place of the name of a column
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def _several(given: Any) -> Any:
    """One pattern or one table is a list of one."""
    return [given] if isinstance(given, (str, dict)) else given


def _as_it_stands(given: Any) -> Any:
    """A name alone is a column with numbers as they stand."""
    return {"column": given} if isinstance(given, str) else given


def _slots(given: Any) -> Any:
    """The names of slots: "1-3" is 1, 2, 3, and "01-03" is 01, 02, 03."""
    if isinstance(given, str) and (ends := re.fullmatch(r"([0-9]{1,6})\s*[-–]\s*([0-9]{1,6})", given.strip())):
        first, last = int(ends[1]), int(ends[2])
        if not first <= last < first + MOST_SLOTS:
            raise ValueError(f"slots go from a smaller to a larger number, and are at most {MOST_SLOTS}")
        return [str(at).zfill(len(ends[1])) for at in range(first, last + 1)]
    if isinstance(given, str):
        raise ValueError('slots are a range such as "1-15", or a list such as ["a", "b"]')
    if isinstance(given, list):
        given = [str(slot) if isinstance(slot, int) and not isinstance(slot, bool) else slot for slot in given]
        if len(set(map(str, given))) < len(given):
            raise ValueError("each slot stands once")
    return given


def columns_in(template: str) -> list[str]:
    """The columns of which an id is made: one, or those within braces beside {file}, {row} and {slot}."""
    named = PLACEHOLDER.findall(template)
    if {f"{{{name}}}" for name in named} <= {SLOT}:
        return [] if template == SLOT else [template]
    return [name for name in named if f"{{{name}}}" not in (SLOT, FILE, ROW)]


AsItStands = Annotated[NumberField, BeforeValidator(_as_it_stands, json_schema_input_type=str | NumberField)]


class Files(Format):
    """The files that hold one part of the study."""

    files: Annotated[list[str], BeforeValidator(_several, json_schema_input_type=str | list[str]), Field(min_length=1)]
    patient: str = Field(description="column with the id of the person in recovery; {file} is the name of the file")

    def ids(self) -> list[str]:
        """Where ids stand: names of columns, or texts with {names} in them."""
        return [self.patient]

    def names(self) -> Iterator[str]:
        """All columns that this part is made from, and texts with {names} in them."""
        yield from self.ids()
        for source in self.fields():
            yield from source.names()

    def fields(self) -> list[SourceField]:
        """What this part says about each of its words and numbers."""
        values = [getattr(self, name) for name in type(self).model_fields]
        return [source for source in values if isinstance(source, SourceField)]

    def needed(self) -> list[str]:
        """Columns without which a file is not one of this part: those of ids, or else all; of slots the first."""
        columns = [name for template in self.ids() for name in columns_in(template)]
        columns = columns or [name for name in self.names() if name not in self.ids()]
        return [name.replace(SLOT, (self.slot_names() or [SLOT])[0]) for name in columns]

    def slot_names(self) -> list[str] | None:
        """The names of the slots in which one row holds several of what this part is about; None: one a row."""
        return None

    @model_validator(mode="after")
    def _slots_where_needed(self) -> Self:
        named = [name for name in self.names() if SLOT in name]
        if named and self.slot_names() is None:
            raise ValueError(f'{SLOT} needs slots under [[ties]], for example slots = "1-15"')
        if self.slot_names() is not None and set(named) <= {SLOT}:
            raise ValueError(f"slots needs {SLOT} in the names of the numbered columns")
        return self


class PeopleFiles(Files):
    """People in recovery, one row each."""

    condition: ChoiceField[ConditionWord] | None = None
    distress: ShareField | None = None
    withdrawal: ShareField | None = None
    recovery: ShareField | None = None
    age: AsItStands | None = Field(default=None, description="age in years, kept as a note")
    weight: AsItStands | None = Field(default=None, description="survey weight: how many people this one stands for")
    size: AsItStands | None = Field(default=None, description="number of supporters, to check against those read")


class TieFiles(Files):
    """Ties between a person and a supporter, one row each, or in numbered columns (slots)."""

    supporter: str = Field(
        description="column with the supporter's id, unique within the person's network; {slot} or {row} numbers them"
    )
    slots: Annotated[
        list[str] | None,
        BeforeValidator(_slots, json_schema_input_type=str | list[str | int] | None),
        Field(min_length=1, max_length=MOST_SLOTS),
    ] = Field(default=None, description='what {slot} stands for in names of columns: "1-15", or a list')
    present: str | None = Field(default=None, description="true/false column: whether there is a supporter at all")
    role: ChoiceField[RoleWord]
    strength: ShareField | None = None
    trust: ShareField | None = None
    reciprocity: Balance | None = None
    expertise: ShareField | None = None
    friction: ShareField | None = None
    contacts_per_week: ContactsField | None = None

    def ids(self) -> list[str]:
        return [self.patient, self.supporter]

    def names(self) -> Iterator[str]:
        yield from super().names()
        if self.present is not None:
            yield self.present

    def slot_names(self) -> list[str] | None:
        return self.slots


class AlterTieFiles(Files):
    """Ties among the supporters of one person, one row each."""

    supporter_a: str
    supporter_b: str
    weight: ShareField | None = Field(default=None, description="weight of the tie; 0: they do not know each other")
    unlisted: Literal["strangers", "not asked"] = Field(
        default="strangers", description="what supporters are whose person has no row in these files"
    )

    def ids(self) -> list[str]:
        return [self.patient, self.supporter_a, self.supporter_b]


class Privacy(MappingEntry):
    """What leaves the study."""

    rename: bool = Field(default=False, description="replace the ids of people and supporters by running numbers")


class Mapping(Format):
    """What the files and columns of a study mean."""

    title: str = ""
    people: PeopleFiles | None = None
    ties: Annotated[
        list[TieFiles], BeforeValidator(_several, json_schema_input_type=TieFiles | list[TieFiles]), Field(min_length=1)
    ]
    alter_ties: Annotated[
        list[AlterTieFiles], BeforeValidator(_several, json_schema_input_type=AlterTieFiles | list[AlterTieFiles])
    ] = Field(default=[])
    privacy: Privacy = Privacy()

    def parts(self) -> dict[str, Files]:
        """The parts of a study by the key they have in the file: people, ties (or ties.0, ties.1, …), alter_ties."""
        parts: dict[str, Files] = {"people": self.people} if self.people else {}
        for key, entries in (("ties", self.ties), ("alter_ties", self.alter_ties)):
            parts |= {key if len(entries) == 1 else f"{key}.{i}": entry for i, entry in enumerate(entries)}
        return parts
