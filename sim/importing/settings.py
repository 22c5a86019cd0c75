"""How the files of a part are written, as the mapping says: at its top for all files, or in a part for its own."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from supportnet.sim.importing.spelling import canonical_code

NO_FILES = {"idna", "mbcs", "oem", "palmos", "punycode", "raw_unicode_escape", "undefined", "unicode_escape"}
# of Python's own: no program writes files in them, and some take for ever


def _as_text(given: object) -> object:
    """A code that is written as a number is the same as text."""
    return str(given) if isinstance(given, (int, float)) and not isinstance(given, bool) else given


Code = Annotated[str, BeforeValidator(_as_text, json_schema_input_type=str | float)]


class MappingEntry(BaseModel):
    """Something written in a mapping file; keys that nobody knows are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Format(MappingEntry):
    """How files are written. What a part does not say, the top of the mapping says for it."""

    delimiter: str | None = Field(
        default=None, min_length=1, max_length=1, pattern=r'[^\s"]|[\t ]', description='between cells; "," unless said'
    )
    encoding: str | None = Field(default=None, description="of the text; Unicode unless said")
    decimal: Literal[".", ","] | None = Field(default=None, description='decimal mark; "." unless said')
    missing: list[Code] | None = Field(
        default=None, description='cells that mean: no answer, as empty ones always do; ["NA"] unless said'
    )
    skip_rows: list[Annotated[int, Field(ge=1)]] | None = Field(
        default=None, description="rows that hold neither names of columns nor answers, counted from 1 in each file"
    )

    @field_validator("delimiter", mode="before")
    @classmethod
    def _tab(cls, mark: object) -> object:
        return "\t" if mark == "\\t" else mark  # as it comes out of single quotation marks

    true: list[Code] | None = Field(default=None, description="more words for true in true/false columns")
    false: list[Code] | None = Field(default=None, description="more words for false in true/false columns")

    @model_validator(mode="after")
    def _true_or_false(self) -> Self:
        if both := set(map(canonical_code, self.true or ())) & set(map(canonical_code, self.false or ())):
            raise ValueError(f"{min(both)!r} stands under true and under false")
        return self

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, name: str | None) -> str | None:
        try:
            "a".encode("utf-8" if name is None else name)
            if name is not None and codecs.lookup(name).name.replace("-", "_") in NO_FILES:
                raise LookupError(name)
        except (LookupError, ValueError) as error:
            raise ValueError(f"no such text encoding: {name!r}; for example utf-8, latin-1, cp1252") from error
        return name


class Settings(NamedTuple):
    """How the files of one part are written."""

    part: str  # key of the mapping, for messages
    place_of: Callable[[str], str]  # key of the mapping -> the same with its line, for messages
    beside: str  # a file of the part that could be read; "" before the first
    delimiter: str | None
    encoding: str | None
    decimal: str
    missing: tuple[str, ...]
    skip_rows: tuple[int, ...]
    true: tuple[str, ...]
    false: tuple[str, ...]


def settings_of(top: Format, key: str, part: Format, place_of: Callable[[str], str]) -> Settings:
    """What the mapping says about the files of a part."""
    chosen = {name: getattr(part, name) for name in Format.model_fields}
    chosen = {name: getattr(top, name) if value is None else value for name, value in chosen.items()}
    missing = chosen["missing"]
    return Settings(
        part=key,
        place_of=place_of,
        beside="",
        delimiter=chosen["delimiter"],
        encoding=chosen["encoding"],
        decimal=chosen["decimal"] or ".",
        missing=tuple(["NA"] if missing is None else missing),
        skip_rows=tuple(chosen["skip_rows"] or ()),
        true=tuple(chosen["true"] or ()),
        false=tuple(chosen["false"] or ()),
    )


def in_mapping(line: str, settings: Settings) -> str:
    """A remedy: to write a line into the mapping, for all files or for those of a part."""
    part = settings.place_of(settings.part).replace(" in the mapping", "")
    return f"write {line} in the mapping (at its top; or, for these files alone, under {part})"
