"""The network file: ego networks as a scenario uses them, one row a tie, in Parquet.

Columns: patient and supporter (ids, text), role (a word), the numbers of TIE_FIELDS, and about the person, repeated in
every row, condition (a word) and the numbers of PERSON_FIELDS. Nothing in a cell means: not given, the model draws it.
Somebody without any tie has one row with neither supporter nor role.

Beside it, one row two supporters of one person who know each other: patient, supporter_a, supporter_b, and if wanted
weight. Whoever has no row has supporters who do not know each other; whoever has one row with neither supporter was not
asked, and the model draws who knows whom.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from supportnet.sim.enums import Condition, Role

if TYPE_CHECKING:
    import pandas as pd

ALTER_TIES = "alter_ties.parquet"  # beside it: who of one person's supporters know each other
PAIR = ("supporter_a", "supporter_b")
MOST_CONTACTS = 100.0  # a week; more than that is a wrong unit


def alter_ties_beside(networks: Path) -> Path:
    """Where ties among supporters of a network file are: of networks-0.parquet, which results keep, in
    alter_ties-0.parquet; of any other in alter_ties.parquet."""
    kept = networks.name.startswith("networks-")
    return networks.with_name(networks.name.replace("networks", "alter_ties", 1) if kept else ALTER_TIES)


class About(NamedTuple):
    """What a number of the network file means."""

    low: float
    high: float
    unit: str
    meaning: str

    def span(self) -> str:
        """From where to where it goes."""
        if 0 < self.low < 0.001:
            return f"above 0, at most {self.high:,.0f} ({self.unit})"
        return f"{self.low:g} to {self.high:g} ({self.unit})"


TIE_FIELDS = {
    "strength": About(0, 1, "share", "how close the tie is"),
    "trust": About(0, 1, "share", "how far the person trusts the supporter"),
    "reciprocity": About(0, 1, "share", "0 all help flows to the person, 1 balanced"),
    "expertise": About(0, 1, "share", "0 the supporter is the expert, 1 the person is"),
    "friction": About(0, 1, "share", "conflict in the tie"),
    "contacts_per_week": About(0, MOST_CONTACTS, "contacts/week", "how often they are in contact"),
}
PERSON_FIELDS = {
    "distress": About(0, 1, "share", "PHQ-9 divided by 27"),
    "withdrawal": About(0, 1, "share", "social withdrawal"),
    "recovery": About(0, 1, "share", "personal recovery: QPR divided by 60"),
    "age": About(0, 120, "years", "a note: the model does not use it"),
    "weight": About(1e-6, 1e9, "people", "how many people this one stands for; without it 1"),
}
PAIR_WEIGHT = About(0, 1, "share", "weight of a tie among supporters; 0: they do not know each other")
WORDS = {"patient", "supporter", "role", "condition"}
NEEDED = ("patient", "supporter", "role")


def network_schema() -> dict[str, Any]:
    """JSON Schema of one row of a network file."""
    numbers = {
        name: {"type": ["number", "null"], "minimum": about.low, "maximum": about.high, "description": about.meaning}
        for name, about in (TIE_FIELDS | PERSON_FIELDS).items()
    }
    words: dict[str, dict[str, Any]] = {
        "patient": {"type": "string"},
        "supporter": {"type": ["string", "null"]},
        "role": {"enum": [*Role.words(), None]},
        "condition": {"enum": [*Condition.words(), None]},
    }
    return {
        "title": "Row of a network file",
        "type": "object",
        "properties": words | numbers,
        "required": list(NEEDED),
        "additionalProperties": False,
    }


def to_parquet(frame: pd.DataFrame, about: dict[str, str]) -> bytes:
    """A table as the bytes of a Parquet file: words as text, all else as numbers, NaN as nothing."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {}
    for name in frame.columns:
        words = name in WORDS or name.startswith("supporter")
        column = frame[name].astype(object) if words else frame[name].astype("float64")
        columns[name] = pa.array(column, pa.string() if words else pa.float64(), from_pandas=True)
    table = pa.table(columns).replace_schema_metadata(about)
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, write_page_checksum=True)
    return bytes(sink.getvalue())
