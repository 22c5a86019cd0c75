"""Tables as files: CSV for people's eyes, Parquet for programs; the same table gives the same bytes."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq


def write_csv(table: pd.DataFrame, path: Path, *, index: bool = False) -> None:
    """UTF-8, one header line; nothing where there is no value."""
    table.to_csv(path, index=index, lineterminator="\n")


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
