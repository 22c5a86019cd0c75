"""How a word or a number of the network file is made from the columns of a study."""

from collections.abc import Iterable, Iterator
from typing import Any, Generic, Literal, Self, TypeVar

from pydantic import Field, field_validator, model_validator

from supportnet.sim.importing.settings import Code, MappingEntry
from supportnet.sim.importing.spelling import canonical_code
from supportnet.sim.network_file.format import MOST_CONTACTS

RoleWord = Literal["professional", "peer", "friend", "family", "ignore"]
ConditionWord = Literal["psychosis", "affective", "ignore"]
W = TypeVar("W", bound=str)


def _alike(values: dict[str, Any] | None) -> dict[str, Any] | None:
    """The table of codes in one spelling; two keys that then fall together contradict each other."""
    spelled = {canonical_code(code): meaning for code, meaning in (values or {}).items()}
    if values is not None and len(spelled) < len(values):
        raise ValueError("two of the values are the same code (capitals do not count, and 1 is 1.0)")
    return spelled if values is not None else None


class SourceField(MappingEntry):
    """What words and numbers have in common: the columns they come from, and what means no answer."""

    column: str | None = Field(default=None, description="column with the codes or numbers")
    no_answer: list[Code] | None = Field(
        default=None, description="cells that mean: no answer, in this field, in place of those under missing"
    )

    @model_validator(mode="after")
    def _meant_or_not(self) -> Self:
        if both := set(map(canonical_code, self.no_answer or ())) & set(self.known()):
            raise ValueError(f"{min(both)!r} stands under values and under no_answer")
        return self

    def names(self) -> Iterator[str]:
        """Columns that this field is made from."""
        if self.column is not None:
            yield self.column

    def known(self) -> Iterable[str]:
        """Codes that the mapping gives a meaning."""
        return getattr(self, "values", None) or ()


class ChoiceField(SourceField, Generic[W]):
    """A word for each row: from a column of codes, from one true/false column per answer, or always the same."""

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

    def names(self) -> Iterator[str]:
        yield from super().names()
        yield from self.columns or {}


class NumberField(SourceField):
    """A number for each row: as it stands in a column, or by a table of codes."""

    columns: list[str] | None = Field(
        default=None, min_length=1, description="several columns, put together by combine"
    )
    combine: Literal["sum", "mean", "largest"] | None = Field(
        default=None, description="how several columns become one number"
    )
    values: dict[str, float] | None = Field(default=None, description="the number that each code stands for")
    missing: float | None = Field(default=None, description="the number where nothing is given")

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

    def names(self) -> Iterator[str]:
        yield from super().names()
        yield from self.columns or []

    def numbers(self) -> list[float]:
        """Numbers of the network file that stand in the mapping itself."""
        return [*(self.values or {}).values(), *([] if self.missing is None else [self.missing])]


class ShareField(NumberField):
    """A number from 0 to 1: a scale read linearly, a table of codes, or shares as they stand."""

    scale: tuple[float, float] | None = Field(default=None, description="[answer that means 0, answer that means 1]")

    @model_validator(mode="after")
    def _in_range(self) -> Self:
        if self.scale is not None and self.values is not None:
            raise ValueError("give scale or values, not both")
        if self.scale is not None and not 1e-9 <= abs(self.scale[1] - self.scale[0]) <= 1e9:
            raise ValueError("the two ends of a scale must be apart")
        if any(not 0 <= value <= 1 for value in self.numbers()):
            raise ValueError("values must lie between 0 and 1, and so must missing")
        return self


class Balance(ShareField):
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

    def names(self) -> Iterator[str]:
        yield from super().names()
        yield from (name for name in (self.gives, self.receives) if name is not None)


class ContactsField(NumberField):
    """Contacts a week: a column times per_week, or a table of codes."""

    per_week: float | None = Field(
        default=None, gt=0, le=168, description="contacts a week that one unit of the column means"
    )

    @model_validator(mode="after")
    def _in_range(self) -> Self:
        if self.per_week is not None and self.values is not None:
            raise ValueError("give per_week or values, not both: values are contacts a week already")
        if any(not 0 <= value <= MOST_CONTACTS for value in self.numbers()):
            raise ValueError(f"values must lie between 0 and {MOST_CONTACTS:g} contacts a week, and so must missing")
        return self
