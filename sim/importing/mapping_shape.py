"""What may stand in a mapping file: which files and columns of a study say what. Names of a study stand there only."""

import re
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from sim.importing.network_file import MOST_CONTACTS

RoleWord = Literal["professional", "peer", "friend", "family", "ignore"]
ConditionWord = Literal["psychosis", "affective", "ignore"]
W = TypeVar("W", bound=str)


def same(code: str) -> str:
    """One spelling for codes that mean the same: TRUE and true, 3 and 3.0."""
    code = code.strip().casefold()
    return code.split(".")[0] if re.fullmatch(r"-?[0-9]+\.0+", code) else code


def _alike(values: dict[str, Any] | None) -> dict[str, Any] | None:
    """The table of codes in one spelling; two keys that then fall together contradict each other."""
    spelled = {same(code): meaning for code, meaning in (values or {}).items()}
    if values is not None and len(spelled) < len(values):
        raise ValueError("two of the values are the same code (capitals do not count, and 1 is 1.0)")
    return spelled if values is not None else None


class Entry(BaseModel):
    """Something written in a mapping file; keys that nobody knows are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Choice(Entry, Generic[W]):
    """A word for each row: from a column of codes, from one true/false column per answer, or always the same."""

    column: str | None = Field(default=None, description="column with the codes")
    values: dict[str, W] | None = Field(
        default=None, description="what each code means; left out: the column holds the words"
    )
    columns: dict[str, W] | None = Field(default=None, description="true/false columns; the first true one counts")
    always: W | None = Field(default=None, description="the word of every row")
    missing: W | None = Field(default=None, description="the word where nothing is given")

    _codes = field_validator("values")(_alike)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum((self.column is not None, bool(self.columns), self.always is not None)) != 1:
            raise ValueError("give one of: column (with values), columns, always")
        if self.values is not None and self.column is None:
            raise ValueError("values needs the column that holds the codes")
        return self


class Number(Entry):
    """A number for each row: as it stands in a column, or by a table of codes."""

    column: str | None = Field(default=None, description="column with the numbers or codes")
    columns: list[str] | None = Field(
        default=None, min_length=1, description="several columns, put together by combine"
    )
    combine: Literal["sum", "mean", "largest"] | None = Field(
        default=None, description="how several columns become one number"
    )
    values: dict[str, float] | None = Field(default=None, description="the number that each code stands for")

    _codes = field_validator("values")(_alike)

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if sum((self.column is not None, self.columns is not None, self._is_pair())) != 1:
            raise ValueError(f"give one of: {self._sources}")
        if (self.combine is not None) != (self.columns is not None):
            raise ValueError("columns and combine go together")
        return self

    _sources = "column, columns"

    def _is_pair(self) -> bool:
        return False


class Share(Number):
    """A number from 0 to 1: a scale read linearly, a table of codes, or shares as they stand."""

    scale: tuple[float, float] | None = Field(default=None, description="[answer that means 0, answer that means 1]")

    @model_validator(mode="after")
    def _in_range(self) -> Self:
        if self.scale is not None and self.values is not None:
            raise ValueError("give scale or values, not both")
        if self.scale is not None and not 1e-9 <= abs(self.scale[1] - self.scale[0]) <= 1e9:
            raise ValueError("the two ends of a scale must be apart")
        if any(not 0 <= value <= 1 for value in (self.values or {}).values()):
            raise ValueError("values must lie between 0 and 1")
        return self


class Balance(Share):
    """Reciprocity: a share of its own, or the pair of help that the person gives and receives."""

    gives: str | None = Field(default=None, description="column: help the person gives to the supporter")
    receives: str | None = Field(default=None, description="column: help the person receives from the supporter")
    _sources = "column, columns, gives with receives"

    def _is_pair(self) -> bool:
        return self.gives is not None or self.receives is not None

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.gives is None) != (self.receives is None):
            raise ValueError("gives and receives go together")
        return self


class Contacts(Number):
    """Contacts a week: a column times per_week, or a table of codes."""

    per_week: float | None = Field(
        default=None, gt=0, le=168, description="contacts a week that one unit of the column means"
    )

    @model_validator(mode="after")
    def _in_range(self) -> Self:
        if self.per_week is not None and self.values is not None:
            raise ValueError("give per_week or values, not both: values are contacts a week already")
        if any(not 0 <= value <= MOST_CONTACTS for value in (self.values or {}).values()):
            raise ValueError(f"values must lie between 0 and {MOST_CONTACTS:g} contacts a week")
        return self


def _several(given: Any) -> Any:
    """One pattern or one table is a list of one."""
    return [given] if isinstance(given, (str, dict)) else given


class Files(Entry):
    """The files that hold one part of the study."""

    files: Annotated[list[str], BeforeValidator(_several, json_schema_input_type=str | list[str]), Field(min_length=1)]
    patient: str = Field(description="column with the id of the person in recovery")


class PeopleFiles(Files):
    """People in recovery, one row each."""

    condition: Choice[ConditionWord] | None = None
    distress: Share | None = None
    withdrawal: Share | None = None
    recovery: Share | None = None
    age: str | None = Field(default=None, description="column with the age in years, kept as a note")
    weight: str | None = Field(default=None, description="column with survey weights: people this one stands for")


class TieFiles(Files):
    """Ties between a person and a supporter, one row each."""

    supporter: str = Field(description="column with the supporter's id, unique within the person's network")
    role: Choice[RoleWord]
    strength: Share | None = None
    trust: Share | None = None
    reciprocity: Balance | None = None
    expertise: Share | None = None
    friction: Share | None = None
    contacts_per_week: Contacts | None = None


class AlterTieFiles(Files):
    """Ties among the supporters of one person, one row each."""

    supporter_a: str
    supporter_b: str
    weight: Share | None = None


class Privacy(Entry):
    """What leaves the study."""

    rename: bool = Field(default=False, description="replace the ids of people and supporters by running numbers")


class Mapping(Entry):
    """What the files and columns of a study mean."""

    title: str = ""
    delimiter: str = Field(default=",", min_length=1, max_length=1, pattern=r'[^\s"]|\t')
    encoding: str = "utf-8"
    missing: list[str] = Field(default=["NA"], description="cells that mean: no answer, as an empty cell always does")
    people: PeopleFiles | None = None
    ties: Annotated[
        list[TieFiles], BeforeValidator(_several, json_schema_input_type=TieFiles | list[TieFiles]), Field(min_length=1)
    ]
    alter_ties: Annotated[
        list[AlterTieFiles], BeforeValidator(_several, json_schema_input_type=AlterTieFiles | list[AlterTieFiles])
    ] = []
    privacy: Privacy = Privacy()

    def parts(self) -> dict[str, Files]:
        """The parts of a study by the key they have in the file: people, ties (or ties.0, ties.1, …), alter_ties."""
        parts: dict[str, Files] = {"people": self.people} if self.people else {}
        for key, entries in (("ties", self.ties), ("alter_ties", self.alter_ties)):
            parts |= {key if len(entries) == 1 else f"{key}.{i}": entry for i, entry in enumerate(entries)}
        return parts

    def no_answer(self) -> set[str]:
        """Cells that mean: no answer."""
        return {"", *(cell.strip() for cell in self.missing)}

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, name: str) -> str:
        try:
            b"a".decode(name)
        except (LookupError, ValueError) as error:
            raise ValueError(f"no such text encoding: {name!r}; for example utf-8, latin-1, cp1252") from error
        return name
