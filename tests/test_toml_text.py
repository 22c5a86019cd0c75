"""What is written in TOML is read back as the same, whatever keys and texts there are, and is easy to read."""

import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from supportnet.sim.storage.toml_files import quoted, toml_text

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=5))
def test_what_is_written__is_read_back(said: dict[str, Any]) -> None:
    assert tomllib.loads(toml_text(said)) == said


@given(st.lists(TEXTS))
def test_a_line__says_a_list_of_texts(said: list[str]) -> None:
    line = f"key = {quoted(said)}"
    assert "\n" not in line
    assert tomllib.loads(line) == {"key": said}


def test_tables__are_sections_and_whole_numbers_have_no_point() -> None:
    entry = {"week": 26.0, "set": {"services.caseload": 12.0}}
    said = {"population": {"patients": 40.0}, "calendar": [entry], "title": "Mine", "of ours": {"share": 0.25}}
    assert toml_text(said) == (
        'title = "Mine"\n\n[population]\npatients = 40\n\n[[calendar]]\nweek = 26\n\n[calendar.set]\n'
        '"services.caseload" = 12\n\n["of ours"]\nshare = 0.25\n'
    )
