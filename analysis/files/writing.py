"""Tables as files: CSV for people's eyes, Parquet for programs; the same table gives the same bytes.

Spreadsheets take a text that begins with = + - @, a tab or a carriage return for a formula, and run it. Names and ids
come from other people too: so in CSV files such a text gets a ' in front, and loses it where it is read here again.
Numbers stay as they are.
"""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

# A cell may begin anew behind a separator too, where a spreadsheet expects another one than the comma.
SIGN = r"[=+@\uff1d\uff0b\uff20\uff0d-]"  # the wide ones count where people write in Chinese or Japanese
FORMULA = re.compile(rf"(?:^|(?<=[,;\t\r\n]))(?='*{SIGN})|^(?='*[\t\r])")
NO_FORMULA = re.compile(rf"(?:^|(?<=[,;\t\r\n]))'(?='*{SIGN})|^'(?='*[\t\r])")


def write_csv(table: pd.DataFrame, path: Path, *, index: bool = False) -> None:
    """UTF-8, one header line; nothing where there is no value; no text that is a formula."""
    without_formulas(table).to_csv(path, index=index, lineterminator="\n")


def read_csv(path: Path) -> pd.DataFrame:
    """A table as it was before it was written."""
    return _with_texts(pd.read_csv(path), lambda text: NO_FORMULA.sub("", text))


def without_formulas(table: pd.DataFrame) -> pd.DataFrame:
    """The same table, with a ' before what a spreadsheet would take for a formula."""
    return _with_texts(table, lambda text: FORMULA.sub("'", text.replace("\r", "\n")))


def _with_texts(table: pd.DataFrame, changed: Callable[[str], str]) -> pd.DataFrame:
    """The same table with other texts in its cells, its index and the names of its columns."""

    def text(value: Any) -> Any:
        return changed(value) if isinstance(value, str) else value

    def texts(column: Any) -> Any:
        """Only where something changes, for tables are long and their texts few."""
        if pd.api.types.is_numeric_dtype(column.dtype) or all(text(one) == one for one in column.dropna().unique()):
            return column
        return column.astype(object).map(text)

    found = table.set_axis(texts(table.index), axis="index").set_axis(texts(table.columns), axis="columns")
    return pd.DataFrame({name: texts(found[name]) for name in found}, index=found.index)


def write_parquet(table: pd.DataFrame, path: Path) -> None:
    """Words as text, numbers as they are."""
    with Parts(path) as parts:
        parts.add(table)


def write_json(content: Mapping[str, Any], path: Path) -> None:
    """Readable JSON, keys in the order given; a NaN is an error."""
    path.write_bytes(json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False).encode() + b"\n")


class Parts:
    """A Parquet file written piece by piece, so that a big table is never in memory as a whole."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: pq.ParquetWriter | None = None

    def __enter__(self) -> "Parts":
        return self

    def __exit__(self, *error: object) -> None:
        if self._writer:
            self._writer.close()

    def add(self, table: pd.DataFrame) -> None:
        """Append rows; every piece has the columns of the first."""
        rows = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None)
        if not self._writer:
            self._writer = pq.ParquetWriter(self._path, with_plain_text(rows.schema))
        self._writer.write_table(rows.cast(self._writer.schema))


def with_plain_text(schema: pa.Schema) -> pa.Schema:
    """The same columns, texts as every reader knows them."""
    kinds = pa.types
    texts = [field.name for field in schema if kinds.is_large_string(field.type) or kinds.is_dictionary(field.type)]
    return pa.schema([field.with_type(pa.string()) if field.name in texts else field for field in schema])
