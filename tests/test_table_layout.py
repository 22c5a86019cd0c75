"""Tables at any width: no number is cut, no line is wider than the terminal, no two names become the same."""

import io
import math
import os
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from supportnet.analysis.commands.output import console, print_text
from supportnet.analysis.commands.streams import NARROWEST, printable_on, width_of
from supportnet.analysis.commands.table_layout import empty_table, fit, shortened_name, wrapped_lines
from supportnet.analysis.wording.formatting import interval, number, probability, rounded

WIDTHS = (20, 30, 40, 60, 80, 120, 200, 400)
VALUES = (-123_456.7890, 1e12, -1e12, 1e300, math.nan, -0.00001, 0.0, 12.5, 999_999_999_999.0)
LONG = "a-scenario-with-sixty-letters-in-its-name-and-2031-at-its-end"
NAMES = ("qpr", LONG, "open dialogue and befriending", "世界" * 15)


def shown_at(width: int, table: object, encoding: str = "utf-8") -> str:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="strict")
    to = Console(file=stream, width=width, height=25, markup=False, emoji=False, highlight=False)
    to.print(fit(table, to, lambda text: printable_on(text, stream)))  # type: ignore[arg-type]
    stream.flush()
    return stream.buffer.getvalue().decode(encoding)  # type: ignore[attr-defined]


def check(shown: str, numbers: list[str], width: int) -> None:
    """Each number whole on a line of its own or beside others, and nothing wider than the terminal."""
    lines = shown.splitlines()
    assert max(map(cell_len, lines)) <= width
    for one in numbers:
        whole = re.compile(rf"(?<![\d.,]){re.escape(one)}(?![\d.,]*\d)")
        assert any(whole.search(line) for line in lines), f"{one} at {width}:\n{shown}"


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("encoding", ["utf-8", "cp437", "cp850", "cp1252", "ascii"])
def test_a_table__fits_every_terminal(width: int, encoding: str) -> None:
    numbers_of = ("difference", "± mcse", "95 % interval", "p")
    table = empty_table("A title of 500 people, 104 weeks", "outcome", numbers_of, "unit")
    numbers = list[str]()
    for value in VALUES:
        for name in NAMES:
            cells = number(value), number(value, 0.01), interval(value, value, 0.02), probability(0.12345)
            table.add_row(name, *cells, "years of a post per patient-year")
            numbers += [cells[0], cells[1], *cells[2].split(" to "), cells[3]]
    bare = [one for one in numbers if one != "–"]
    check(shown_at(width, table, encoding), [*bare, "500", "104"], width)


@settings(max_examples=150, deadline=None)
@example(NARROWEST, [("", 0.0, 0.0)], "\n")
@given(
    st.integers(NARROWEST, 400),
    st.lists(st.tuples(st.text(max_size=60), st.floats(), st.floats(0, 1e9)), min_size=1, max_size=5),
    st.text(max_size=200),
)
def test_any_content__fits_any_terminal(width: int, rows: list[tuple[str, float, float]], words: str) -> None:
    table, numbers = empty_table("", "name", ("one", "another"), "unit", "words"), list[str]()
    for name, value, error in rows:
        cells = number(value, error), interval(value, error, error)
        numbers += [one for one in (cells[0], *cells[1].split(" to ")) if one != "–"]
        table.add_row(name, *cells, "per patient-year", words)
    check(shown_at(width, table), numbers, width)


def test_a_narrow_terminal__loses_the_unit_first__then_the_middle_of_names__then_columns() -> None:
    table = empty_table("", "outcome", ("mean", "95 % interval"), "unit")
    table.add_row("share_recovered_personal", "0.12", "0.10 to 0.14", "share of people")
    table.add_row("share_recovered_clinical", "0.34", "0.30 to 0.38", "share of people")
    wide, less, narrow, least = (shown_at(width, table) for width in (70, 45, 36, 29))
    assert "share of people" in wide
    assert "unit" not in less
    assert "share_recovered_personal 0.12" in less
    assert "share_rec…personal 0.12" in narrow
    assert least.splitlines()[:3] == ["share_recovered_personal", "  mean: 0.12", "  95 % interval: 0.10 to 0.14"]


def test_names_that_would_become_the_same__are_shown_in_full() -> None:
    table = empty_table("", "scenario", ("cost",))
    for middle in "ab":
        table.add_row(f"{'x' * 10}-{middle}-{'y' * 10}", "1")
    assert "xxxxxxxxxx-a-yyyyyyyyyy    1" in shown_at(28, table)
    assert "xxxxxxxxxx-…yyyyyyyyyy" not in shown_at(27, table)
    assert shown_at(24, table).startswith("xxxxxxxxxx-a-yyyyyyyyyy\n  cost: 1\n")


def test_words__are_not_parted_from_their_signs() -> None:
    to = console(io.StringIO())
    assert wrapped_lines("today > 99.9 % 3 ± 1", 8, to) == ["today", "> 99.9 %", "3 ± 1"]
    assert shortened_name("befriending-drive caseload-15", 10, "…") == "befri…rive casel…d-15"
    assert shortened_name("1,234,567", 5, "…") == "1,234,567"


def test_noughts__have_no_minus__and_infinities_no_digits() -> None:
    assert [number(value, 0.001) for value in (-0.00001, -0.0, 0.0)] == ["0.0000", "0.0000", "0.0000"]
    assert number(-1e-9) == "0.0000"
    assert rounded(-0.001, 2, "+") == "+0.00"
    assert number(-math.inf) == rounded(math.nan, 1) == "–"
    assert number(1e12, 1e-3) == "1e+12"
    assert number(12_345_678_901.26, 1e-3) == "12,345,678,901.3"


def test_the_width__is_that_of_columns__else_of_the_terminal__else_what_files_have(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert width_of(io.StringIO(), 112) == 112
    for said, width in {"70": 70, "3": NARROWEST, "0": 112, "-5": 112, "wide": 112}.items():
        monkeypatch.setenv("COLUMNS", said)
        assert width_of(io.StringIO(), 112) == width


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs terminals as POSIX has them")
@pytest.mark.parametrize("columns", [10, 20, 40])
def test_a_remark_on_a_terminal__is_broken_between_words__and_paths_are_whole(
    columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl
    import struct
    import termios

    monkeypatch.delenv("COLUMNS", raising=False)
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 25, columns, 0, 0))
    with open(theirs, "w", encoding="utf-8") as terminal:
        path = "results/a-folder-with-a-long-name/differences.csv"
        print_text(f"Between -123,456.7890 and 123,456.7890, see {path}", terminal)
        terminal.flush()
        lines = os.read(ours, 1000).decode().splitlines()
    os.close(ours)
    assert path in lines
    assert all(len(line) <= max(columns, NARROWEST) for line in lines if line != path)
    assert any("-123,456.7890" in line for line in lines)
