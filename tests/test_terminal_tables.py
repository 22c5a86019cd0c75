"""Every table of every command: at any width its numbers are whole, whatever stands in it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from rich.table import Table

from supportnet.analysis.commands import output
from supportnet.analysis.commands.calibrate import patterns_shown
from supportnet.analysis.commands.table_layout import empty_table
from supportnet.analysis.commands.validate import ranges_table, score_in_words
from tests.command_line import SMALL, Supportnet
from tests.test_table_layout import LONG, VALUES, check, shown_at

pytestmark = pytest.mark.usefixtures("figures_not_drawn")
AWKWARD = ("-123,456.7890", "1e+12", "–", "-999,999,999,999 to -1.5e+300", "0.15 (-0.33 to 1,000,000.5)", "> 99.9 %")
STUDY = """title = "A study"
set = { "population.patients" = 20, weeks = 4 }
replicates = 2
[design]
kind = "sobol"
n = 8
[factors."services.caseload"]
low = 10
high = 40
[factors."services.shared_decisions"]
"""
PATTERN = {
    "pattern": 3, "name": "share_peers", "preset": "psychosis", "value": -0.00001, "mcse": 0.2, "lower": -1.0,
    "upper": 1.0, "accept_lower": 0.08, "accept_upper": 0.12, "in_range": False,
}  # fmt: skip
FITTED = {
    "value": LONG, "accept_lower": 0.08, "accept_upper": 0.12, "prior": -123_456.789, "posterior": 0.1,
    "posterior_lower": 0.05, "posterior_upper": 0.2, "in_range": True, "posterior_in_range": 0.5, "preset": "psychosis",
}  # fmt: skip
COMMANDS = [
    ("run", "today", *SMALL, "--full"),
    ("compare", "today", "befriending", *SMALL[:4], "--replicates", "8", "--out", "one"),
    ("compare", "today", "befriending", "family-work", *SMALL),
    ("compare", "today", "befriending", "family-work", *SMALL, "--full"),
    ("economics", "one"),
    ("explain", "today", "befriending", *SMALL, "--interactions", "--over", "relationships"),
    ("trial", "befriending", "--patients", "100", "--replicates", "3", "--workers", "2"),
    ("optimise", "--budget", "100", *SMALL[:4], "--candidates", "4", "--generations", "1", "--replicates", "8",
     "--search-replicates", "4", "--levers", "befriending", "--workers", "2"),
    ("study", "check", "study.toml"),
    ("sensitivity", "study.toml", "--out", "study", "--resamples", "20"),
    ("results", "study", "--full"),
    *(("list", kind) for kind in ("outcomes", "levers", "parameters", "programmes", "scenarios")),
    ("scenarios",),
    ("cache", "list"),
]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where commands find what others left."""
    made = tmp_path_factory.mktemp("tables")
    (made / "study.toml").write_text(STUDY)
    yield made
    shutil.rmtree(made)


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words[:3]))
def test_a_commands_tables__fit_every_terminal(
    words: tuple[str, ...], folder: Path, supportnet: Supportnet, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = list[Table]()
    monkeypatch.setattr(output, "print_table", lambda table, stream: tables.append(table))
    monkeypatch.chdir(folder)
    if words[0] == "cache":  # what this computer keeps may be a long list
        (folder / "cache" / "code-0123").mkdir(parents=True)
        (folder / "cache" / "pool-4567.pool").write_bytes(b"123")
        monkeypatch.setenv("SUPPORTNET_CACHE", str(folder / "cache"))
    said = supportnet(*words)
    assert said.code == 0, said.err
    assert tables
    for table in tables:
        for width in (20, 60, 80, 120, 200, 400):
            fits(table, width)
            fits(with_awkward_cells(table), width)


def fits(table: Table, width: int) -> None:
    cells = [str(cell) for column in table.columns if column.justify == "right" for cell in column.cells]
    parts = [part for cell in cells for line in cell.split("\n") for part in line.replace(" (", " to ").split(" to ")]
    check(shown_at(width, table), [one for part in parts if (one := part.strip(" ()*"))], width)


def with_awkward_cells(table: Table) -> Table:
    """The same table, with long names and numbers in every row."""
    first, *others = table.columns
    numbers = tuple(str(one.header) for one in others if one.justify == "right")
    words = [one for one in others if one.justify != "right"]
    made = empty_table(str(table.title or ""), str(first.header), numbers, *(str(one.header) for one in words))
    for row, cells in enumerate(zip(*(one.cells for one in (first, *words)), strict=True)):
        made.add_row(f"{row}-{LONG}", *(AWKWARD[(row + k) % len(AWKWARD)] for k in range(len(numbers))), *cells[1:])
    return made


@pytest.mark.parametrize("width", [20, 60, 80, 120, 200])
def test_tables_of_patterns__fit_every_terminal(width: int) -> None:
    fits(ranges_table(pd.DataFrame([PATTERN, PATTERN | {"value": VALUES[0], "name": LONG}]), "Predicted"), width)
    fits(patterns_shown(pd.DataFrame([FITTED])), width)


def test_validation_in_short__names_all_that_is_out_of_range() -> None:
    rows = [PATTERN, PATTERN | {"preset": "mixed"}, PATTERN | {"name": "close_friend", "in_range": True}]
    unknown = PATTERN | {"pattern": 4, "name": "unknown", "in_range": None}
    said = score_in_words(pd.DataFrame([*rows, unknown]), "Predicted")
    assert "Out of range: 3 share_peers (psychosis, mixed)." in said
    assert "close_friend" not in said
    assert "unknown" not in said
    assert "Out of range" not in score_in_words(pd.DataFrame(rows[2:]), "Predicted")
