"""The project's own tables of evidence: whole, with sources, and what was not read is not leant on."""

import csv
from importlib.resources import files

from supportnet.experiments.patterns.table import patterns

FOLDER = files("supportnet.experiments").joinpath("evidence")
CERTAINTY = {"read", "read in a founding paper", "read in a secondary source", "derived", "from memory"}


def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(FOLDER.joinpath(name).read_text(encoding="utf-8").splitlines()))


def test_every_number_of_the_evidence_has_a_name_a_source_and_a_certainty() -> None:
    table = rows("evidence.csv")
    assert len({row["id"] for row in table}) == len(table) > 320
    for row in table:
        assert row["quantity"]
        assert row["citation"], row["id"]
        assert row["certainty"] in CERTAINTY, row["id"]
        ends = [float(row[end]) for end in ("lower", "upper") if row[end]]
        assert ends == sorted(ends), row["id"]


def test_patterns_rest_on_what_was_read() -> None:
    """Rows from memory support nothing by themselves."""
    dois = {row["doi"] for row in rows("evidence.csv") if row["certainty"] != "from memory" and row["doi"]}
    for pattern in patterns().values():
        named = [word.removeprefix("doi:").rstrip(",;") for word in pattern.source.split() if word.startswith("doi:")]
        assert set(named) <= dois, pattern.name
