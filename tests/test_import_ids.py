"""Ids are never missing answers; two spellings are one id only where that is certain, and all of it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from supportnet.sim.errors import UserInputError
from tests.test_import_layouts import imported, ties_in

PEOPLE = '[people]\nfiles = "people.csv"\npatient = "person"\nage = "age"\n'
TIES = """[ties]
files = "ties.csv"
patient = "person"
supporter = "helper"
role = { always = "friend" }
strength = { column = "close", scale = [0, 10] }
"""


def ties(*rows: str) -> str:
    return "person,helper,close\n" + "\n".join(rows) + "\n"


@pytest.mark.parametrize(
    ("person", "in_ties", "told"),
    [
        ("1", "1.0", "ties: 1 row whose 'person' is written as 1.0 or =\"1\" is read as 1 (ties.csv, line 2)"),
        ("1.0", "1", "people: 1 row whose 'person' is written as 1.0"),
        ("1.0", "1.00", "people: 1 row"),
        ("1", '"1,0"', "ties: 1 row"),
        ("1", '"=""1"""', "ties: 1 row"),
        ("é", "e\u0301", ""),
        ("a b", " a b\u00a0", ""),
    ],
)
def test_ids__that_are_certainly_the_same_are_one(tmp_path: Path, person: str, in_ties: str, told: str) -> None:
    files: dict[str, str | bytes] = {
        "people.csv": f"person,age\n{person},30\nx,40\n",
        "ties.csv": ties(f"{in_ties},s,5"),
    }
    report, rows = imported(tmp_path, files, PEOPLE + TIES)
    assert len(rows) == 2
    assert rows["supporter"].notna().tolist() == [True, False]
    assert any(note.startswith(told) for note in report.notes) or not told


@pytest.mark.parametrize(("one", "other"), [("1", "01"), ("a", "A"), ("1", "１"), ("'1", "1"), ("a b", "ab")])
def test_ids__that_only_look_alike_are_kept_apart_and_told(tmp_path: Path, one: str, other: str) -> None:
    report, rows = imported(
        tmp_path, {"ties.csv": ties(f"{one},s,5", f"{other},s,5", f"z,{one},5", f"z,{other},5")}, TIES
    )
    assert rows["patient"].tolist() == [one, other, "z", "z"]
    assert "people: 2 people whose ids look alike: kept apart (ties.csv, line 2, ties.csv, line 3)" in report.notes
    assert any(note.startswith("ties: 2 rows whose supporters have ids that look alike") for note in report.notes)


def test_ids__of_a_thousand_are_not_of_one(tmp_path: Path) -> None:
    for mapping in (TIES, 'decimal = ","\n' + TIES):
        _, rows = imported(tmp_path, {"ties.csv": ties("1,1,5", "999,1,5", "1.000,1,5")}, mapping)
        assert rows["patient"].tolist() == ["1", "999", "1.000"]


def test_codes__are_the_same_with_a_decimal_comma(tmp_path: Path) -> None:
    mapping = TIES.replace('{ always = "friend" }', '{ column = "role", values = { 1 = "friend", 2 = "family" } }')
    text = 'person,helper,close,role\nx,1,5,"1,0"\nx,2,5,2\n'
    _, rows = imported(tmp_path, {"ties.csv": text}, mapping)
    assert rows["role"].tolist() == ["friend", "family"]


def test_ids__with_fractions_are_no_whole_numbers(tmp_path: Path) -> None:
    report, rows = imported(tmp_path, {"ties.csv": ties("1.0,1,5", "1.1,1,5", "1.10,1,5")}, TIES)
    assert rows["patient"].tolist() == ["1.0", "1.1", "1.10"]
    assert not any("read as 1" in note for note in report.notes)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("#N/A", "a spreadsheet's error, no id"),
        ("#REF!", "a spreadsheet's error, no id"),
        ("#NAME?", "a spreadsheet's error, no id"),
        ("1.23457E+11", "an id shortened by a spreadsheet"),
        ("1E+05", "an id shortened by a spreadsheet"),
        ("", "no id"),
    ],
)
def test_ids__that_are_none_are_refused(tmp_path: Path, cell: str, said: str) -> None:
    for row in (f"{cell},s,5", f"p,{cell},5"):
        with pytest.raises(UserInputError, match=said):
            imported(tmp_path, {"ties.csv": ties("x,y,1", row)}, TIES)


def test_ids__that_look_like_dates_are_told(tmp_path: Path) -> None:
    rows = ties("x,02-Jan,5", "x,01. Mrz,5", "x,2-déc.,5", "x,1-5,5", "x,May,5", "x,Jan Smith,4", "x,01/02/2024,1")
    report, _ = imported(tmp_path, {"ties.csv": rows}, TIES)
    assert [note for note in report.notes if "looks like a date" in note] == [
        "ties: 4 rows whose 'helper' looks like a date, as spreadsheets make of ids such as 1-2"
        " (ties.csv, line 2, ties.csv, line 3, ties.csv, line 4, …)"
    ]


def test_supporter_with_the_id_of_the_person__is_told_unless_numbers_begin_anew(tmp_path: Path) -> None:
    report, rows = imported(tmp_path, {"ties.csv": ties("ann,bo,5", "ann,ann,5")}, TIES)
    assert len(rows) == 2
    assert any("whose supporter has the same id as the person" in note for note in report.notes)
    for numbers in (("1,1,5", "1,2,5", "2,1,5"), ("1,1,5", "2,2,5", "2,3,5")):
        report, _ = imported(tmp_path, {"ties.csv": ties(*numbers)}, TIES)
        assert not report.notes
    report, _ = imported(tmp_path, {"ties.csv": ties("101,101,5", "101,102,5", "103,102,5")}, TIES)
    assert len(report.notes) == 1


def test_codes_for_no_answer__are_ids_where_ids_stand(tmp_path: Path) -> None:
    rows = ties("99,NA,99", "NA,99,3", "99,1,4")
    _, found = imported(tmp_path, {"ties.csv": rows}, 'missing = ["NA", "99"]\n' + TIES)
    assert ties_in(found) == [("99", "NA", "friend", None), ("99", "1", "friend", 0.4), ("NA", "99", "friend", 0.3)]
    report, found = imported(tmp_path, {"ties.csv": ties("99,NA,NA", "NA,99,3", "x,1,4")}, TIES)
    assert ties_in(found) == [("99", None, None, None), ("NA", "99", "friend", 0.3), ("x", "1", "friend", 0.4)]
    assert any("1 row without supporter, and without any answer about one" in note for note in report.notes)


@pytest.mark.parametrize(
    ("codes", "cell", "strength"),
    [
        ('["-9"]', "-9.0", None),
        ("[-9, 99]", "-9.0", None),
        ('["-9.00"]', "-9", None),
        ('["NA"]', "NA", None),
        ('["9"]', "9", None),
        ("[]", "9", 0.9),
    ],
)
def test_codes_for_no_answer__count_in_any_spelling(
    tmp_path: Path, codes: str, cell: str, strength: float | None
) -> None:
    report, rows = imported(tmp_path, {"ties.csv": ties(f"x,1,{cell}", "x,2,1")}, f"missing = {codes}\n{TIES}")
    assert ties_in(rows)[0][3] == strength
    could_be = "strength: 1 row with a code that missing lists, though it could be an answer here"
    assert any(note.startswith(could_be) for note in report.notes) == (codes == '["9"]')


@pytest.mark.parametrize(
    ("strength", "expected"),
    [
        ('{ column = "close", scale = [0, 10] }', [None, 0.8]),
        ('{ column = "close", scale = [0, 10], no_answer = [] }', [0.9, 0.8]),
        ('{ column = "close", scale = [0, 10], no_answer = ["8"] }', [0.9, None]),
        ('{ column = "close", values = { 9 = 0.25, 8 = 0.5 } }', [0.25, 0.5]),
        ('{ column = "close", scale = [0, 10], missing = 0.125 }', [0.125, 0.8]),
    ],
)
def test_codes_for_no_answer__reach_no_further_than_the_mapping_says(
    tmp_path: Path, strength: str, expected: list[float | None]
) -> None:
    mapping = 'missing = ["9"]\n' + TIES.replace('{ column = "close", scale = [0, 10] }', strength)
    report, rows = imported(tmp_path, {"ties.csv": ties("x,1,9", "x,2,8")}, mapping)
    assert [row[3] for row in ties_in(rows)] == expected
    given = report.as_dict()["fields"]["ties"]["strength"]
    assert given["by_mapping"] == (1 if "missing = 0.125" in strength else 0)
    assert given["given"] + given["by_mapping"] + given["missing"] == 2


def test_people_known_by_ignored_ties_only__are_told(tmp_path: Path) -> None:
    mapping = TIES.replace('{ always = "friend" }', '{ column = "close", values = { 1 = "ignore", 2 = "friend" } }')
    mapping = mapping[: mapping.index("strength")]
    report, rows = imported(tmp_path, {"ties.csv": ties("x,1,1", "y,1,2")}, mapping)
    assert rows["patient"].tolist() == ["x", "y"]
    assert "people: 1 person of whom only ties are known that are left out (ties.csv, line 2)" in report.notes


def test_report__quotes_no_cell(tmp_path: Path) -> None:
    rows = ties('"=""secret""",secret,9', "SECRET,secret,99", "x,02-Jan,9")
    report, _ = imported(tmp_path, {"ties.csv": rows}, 'missing = ["9", "99"]\n' + TIES)
    assert len(report.notes) >= 4
    assert "secret" not in report.text().lower()


def test_people_in_several_files__are_told_where_only_ties_say_who_they_are(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"site-a.csv": ties("1,a,5", "2,a,5"), "site-b.csv": ties("1,b,5", "3,a,5")}
    mapping = TIES.replace("ties.csv", "site-*.csv")
    report, rows = imported(tmp_path, files, mapping)
    assert rows["patient"].tolist() == ["1", "1", "2", "3"]
    assert "people: 1 person in several files: taken as the same person (site-b.csv, line 2)" in report.notes
    report, rows = imported(tmp_path, files, mapping.replace('"person"', '"{file}-{person}"'))
    assert rows["patient"].tolist() == ["a-1", "a-2", "b-1", "b-3"]
    assert not report.notes


def test_parts_without_a_file__are_told(tmp_path: Path) -> None:
    second = TIES.replace("[ties]", "[[ties]]").replace("ties.csv", "staff-*.csv")
    report, _ = imported(tmp_path, {"ties.csv": ties("x,1,5")}, TIES.replace("[ties]", "[[ties]]") + second)
    assert "ties.1: no file found (staff-*.csv)" in report.notes


def test_characters__that_nobody_sees_or_that_are_lost_are_told(tmp_path: Path) -> None:
    report, rows = imported(tmp_path, {"ties.csv": ties("x\u200b,1,5", "x,2,5", "M\ufffdller,1,5")}, TIES)
    assert rows["patient"].tolist() == ["x", "x", "M\ufffdller"]
    assert "ties.csv: 1 character lost before the import (\ufffd stands there)" in report.notes
    assert any(note.startswith("ties.csv: invisible characters around cells") for note in report.notes)
