"""The same networks in every layout that programs write: wide, flat, a file a person, folders, archives."""

from __future__ import annotations

import contextlib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

from supportnet.sim.errors import UserInputError
from supportnet.sim.importing.importer import import_interviews
from supportnet.sim.importing.report import ImportReport
from supportnet.sim.importing.sources import fits
from tests.test_import import EXAMPLE


def imported(
    folder: Path, files: dict[str, str | bytes], mapping: str, source: str = ""
) -> tuple[ImportReport, pd.DataFrame]:
    """The report and the network file of a study with these files."""
    for name, content in files.items():
        (folder / "study" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "study" / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    (folder / "m.toml").write_text(mapping, encoding="utf-8")
    report = import_interviews(folder / "study" / source, folder / "m.toml", folder / "out")
    return report, pd.read_parquet(folder / "out" / "networks.parquet")


def ties_in(rows: pd.DataFrame) -> list[tuple[object, ...]]:
    """Person, supporter, role and strength of each row."""
    columns = rows[["patient", "supporter", "role", "strength"]].astype(object)
    return [tuple(None if cell != cell else cell for cell in row) for row in columns.itertuples(index=False)]


WIDE_MAPPING = """
[people]
files = "interviews.csv"
patient = "id"
age = "age"
size = "size"
[ties]
files = "interviews.csv"
patient = "id"
slots = "1-3"
supporter = "{slot}"
role = { column = "rel_{slot}", values = { 1 = "family", 2 = "friend" } }
strength = { column = "close_{slot}", scale = [1, 5] }
"""
WIDE = "id,age,size,rel_1,close_1,rel_2,close_2,rel_3,close_3\n1,34,3,1,5,2,3,2,4\n2,51,1,1,2,,,,\n3,29,0,,,,,,\n"
WIDE_TIES = [
    ("1", "1", "family", 1.0),
    ("1", "2", "friend", 0.5),
    ("1", "3", "friend", 0.75),
    ("2", "1", "family", 0.25),
    ("3", None, None, None),
]


def test_wide__numbered_columns_hold_the_supporters(tmp_path: Path) -> None:
    report, rows = imported(tmp_path, {"interviews.csv": WIDE}, WIDE_MAPPING)
    assert ties_in(rows) == WIDE_TIES
    assert rows["age"].tolist() == [34, 34, 34, 51, 29]
    assert report.people_without_ties == 1
    assert any("5 of 9 slots are empty" in note for note in report.notes)
    assert not report.not_copied


def test_wide__without_people_everybody_who_has_a_row_is_one(tmp_path: Path) -> None:
    mapping = WIDE_MAPPING[WIDE_MAPPING.index("[ties]") :]
    report, rows = imported(tmp_path, {"interviews.csv": WIDE}, mapping)
    assert ties_in(rows) == WIDE_TIES
    assert report.not_copied == {"ties": ["age", "size"]}


def test_wide__further_numbers_other_sizes_and_single_gaps_are_told(tmp_path: Path) -> None:
    text = WIDE.replace("close_1,", "").replace("1,34,3,1,5,", "1,34,4,1,").replace("2,51,1,1,2,", "2,51,1,1,")
    text = text.replace("3,29,0,,,,,,", "3,29,0,,,,,")
    mapping = WIDE_MAPPING.replace('"1-3"', '"1-2"')
    report, rows = imported(tmp_path, {"interviews.csv": text}, mapping)
    assert ties_in(rows)[:2] == [("1", "1", "family", None), ("1", "2", "friend", 0.5)]
    assert "ties: no column 'close_{slot}' for the slots 1: not given" in report.notes
    (left,) = report.left_out
    assert left == ("columns", ["rel_3", "close_3"], "their numbers are not among the slots of the mapping")
    assert "size: 1 person named another number of supporters (interviews.csv, line 2: 4 said, 2 there)" in report.notes


def test_wide__checkboxes_of_a_slot_and_a_column_that_says_whether_anybody_is_there(tmp_path: Path) -> None:
    text = (
        "record_id,name_1,name1rel___1,name1rel___2,name1fight,name_2,name2rel___1,name2rel___2,name2fight\n"
        "1,1,0,1,1,1,1,0,0\n"
        "2,1,1,0,0,0,0,0,0\n"
        "3,0,0,1,0,0,0,0,0\n"
    )
    mapping = """
        [ties]
        files = "redcap.csv"
        patient = "record_id"
        supporter = "{slot}"
        slots = [1, 2]
        present = "name_{slot}"
        role = { columns = { "name{slot}rel___1" = "family", "name{slot}rel___2" = "friend" } }
        friction = { column = "name{slot}fight", values = { 0 = 0.1, 1 = 0.6 } }
        """
    report, rows = imported(tmp_path, {"redcap.csv": text}, mapping)
    assert [row[:3] for row in ties_in(rows)] == [
        ("1", "1", "friend"),
        ("1", "2", "family"),
        ("2", "1", "family"),
        ("3", None, None),
    ]
    assert rows["friction"].fillna(-1).tolist() == [0.6, 0.1, 0.1, -1]
    left = {left.reason: left.places for left in report.left_out if left.what == "ties"}
    assert left == {
        "the column 'name_{slot}' says that there is nobody": [
            "redcap.csv, line 3, slot 2",
            "redcap.csv, line 4, slot 1",
            "redcap.csv, line 4, slot 2",
        ]
    }


FLAT_MAPPING = """
[people]
files = "all.csv"
patient = "person"
age = "age"
distress = { column = "phq9", scale = [0, 27] }
[ties]
files = "all.csv"
patient = "person"
supporter = "helper"
role = { column = "role" }
strength = { column = "closeness", scale = [1, 5] }
"""
FLAT = (
    "person,age,phq9,helper,role,closeness\n1,34,12,1,friend,3\n1,34.0,12,2,family,5\n2,51,4,1,family,4\n3,29,20,,,\n"
)


@pytest.mark.parametrize(
    "text",
    [
        FLAT,
        FLAT.replace("1,34.0,12,2", "1,,,2"),  # said in the first row of a person only
        FLAT.replace("3,29,20,,,", "3,29,20,NA,NA,NA"),  # as R writes it
    ],
)
def test_flat__one_table_holds_people_and_ties(tmp_path: Path, text: str) -> None:
    report, rows = imported(tmp_path, {"all.csv": text}, FLAT_MAPPING)
    assert ties_in(rows) == [
        ("1", "1", "friend", 0.5),
        ("1", "2", "family", 1.0),
        ("2", "1", "family", 0.75),
        ("3", None, None, None),
    ]
    assert rows["age"].tolist() == [34, 34, 51, 29]
    assert (rows["distress"] * 27).round(9).tolist() == [12, 12, 4, 20]
    assert any("1 row without supporter" in note and "line 5" in note for note in report.notes)


def test_flat__rows_that_contradict_each_other_are_told(tmp_path: Path) -> None:
    with pytest.raises(
        UserInputError, match=r"line 3: rows of one person that contradict each other about age"
    ) as caught:
        imported(tmp_path, {"all.csv": FLAT.replace("34.0", "43")}, FLAT_MAPPING)
    assert "the other: all.csv, line 2" in str(caught.value)


def test_flat__a_row_with_answers_about_nobody_is_no_person_without_ties(tmp_path: Path) -> None:
    with pytest.raises(UserInputError, match="no id"):
        imported(tmp_path, {"all.csv": FLAT.replace("3,29,20,,,", "3,29,20,,friend,")}, FLAT_MAPPING)


EACH = {
    "EGO_ann.csv": "id_Ego;age\n1;34\n",
    "ALTER_ann.csv": "id_Alter;id_Ego;kind\na;1;friend\nb;1;family\n",
    "EGO_bo.csv": "id_Ego;age\n1;51\n",
    "ALTER_bo.csv": "id_Alter;id_Ego;kind\na;1;peer\n",
}
EACH_MAPPING = """
delimiter = ";"
[people]
files = "EGO_*.csv"
patient = "{file}"
age = "age"
[ties]
files = "ALTER_*.csv"
patient = "{file}"
supporter = "id_Alter"
role = { column = "kind" }
"""
EACH_TIES = [("ann", "a", "friend"), ("ann", "b", "family"), ("bo", "a", "peer")]


def test_a_file_a_person__the_name_of_the_file_says_whose_it_is(tmp_path: Path) -> None:
    _, rows = imported(tmp_path, dict(EACH), EACH_MAPPING)
    assert [row[:3] for row in ties_in(rows)] == EACH_TIES
    assert rows["age"].tolist() == [34, 34, 51]
    mapping = EACH_MAPPING.replace('"{file}"', '"{file}/{id_Ego}"')
    _, rows = imported(tmp_path / "together", dict(EACH), mapping)
    assert rows["patient"].tolist() == ["ann/1", "ann/1", "bo/1"]


def test_a_file_a_person__without_any_row_is_a_person_without_supporters(tmp_path: Path) -> None:
    mapping = EACH_MAPPING[: EACH_MAPPING.index("[people]")] + EACH_MAPPING[EACH_MAPPING.index("[ties]") :]
    report, rows = imported(tmp_path, {**EACH, "ALTER_cy.csv": "id_Alter;id_Ego;kind\n"}, mapping)
    assert [row[:3] for row in ties_in(rows)] == [*EACH_TIES, ("cy", None, None)]
    assert "ties: 1 file without any row below the names (ALTER_cy.csv)" in report.notes
    (tmp_path / "study" / "EGO_cy.csv").write_text("id_Ego;age\n")
    report, rows = imported(tmp_path, {}, EACH_MAPPING)
    assert len(rows) == 3
    assert "people: 1 file without any row below the names (EGO_cy.csv)" in report.notes


def test_a_file_a_person__whose_name_says_nobody_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserInputError, match="name the file after the person"):
        imported(tmp_path, {**EACH, "EGO_.csv": "id_Ego;age\n1;2\n"}, EACH_MAPPING)


def test_folders_in_a_folder__patterns_with_a_slash_reach_into_them(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {f"{name[:-4].replace('_', '/')}/x.csv": text for name, text in EACH.items()}
    mapping = EACH_MAPPING.replace("EGO_*.csv", "EGO/*/x.csv").replace("ALTER_*.csv", "ALTER/*/x.csv")
    report, rows = imported(tmp_path, files, mapping)
    assert [row[:3] for row in ties_in(rows)] == EACH_TIES
    assert report.read[0].file == "ALTER/ann/x.csv"


def test_folders_beside_the_files__are_left_alone_and_told(tmp_path: Path) -> None:
    report, rows = imported(tmp_path, {**EACH, "old/EGO_cy.csv": "id_Ego;age\n1;99\n"}, EACH_MAPPING)
    assert rows["patient"].tolist() == ["ann", "ann", "bo"]
    assert [left.places for left in report.left_out] == [["old/"]]


def packed(files: Mapping[str, str | bytes]) -> bytes:
    """A ZIP archive of these files."""
    with zipfile.ZipFile(content := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


@pytest.mark.parametrize("top", ["", "export/", "a/b/"])
def test_archive__is_read_as_the_folder_within_it(tmp_path: Path, top: str) -> None:
    archive = packed({top + name: text for name, text in EACH.items()} | {"__MACOSX/._x": "", "../../evil.csv": "x"})
    report, rows = imported(tmp_path, {"x.zip": archive}, EACH_MAPPING, "x.zip")
    assert [row[:3] for row in ties_in(rows)] == EACH_TIES
    assert not report.left_out
    _, again = imported(tmp_path, {}, EACH_MAPPING)  # the folder with nothing but the archive in it
    assert again.equals(rows)
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == sorted(
        ["x.zip", "m.toml", "networks.parquet", "alter_ties.parquet", "report.json", "report.txt"]
    )


def test_archive__beside_its_files_does_not_count(tmp_path: Path) -> None:
    report, rows = imported(tmp_path, {**EACH, "export.zip": packed(EACH)}, EACH_MAPPING)
    assert len(rows) == 3
    assert [left.places for left in report.left_out] == [["export.zip"]]


def test_archive__of_network_canvas_needs_no_unzipping(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for path in EXAMPLE.iterdir():
            archive.write(path, path.name)
    report = import_interviews(tmp_path / "x.zip", None, tmp_path / "out")
    assert (report.people, sum(report.ties_by_role.values())) == (6, 41)


def test_archive__with_two_files_of_one_name_is_told(tmp_path: Path) -> None:
    with zipfile.ZipFile(content := io.BytesIO(), "w") as archive:
        archive.writestr("ALTER_ann.csv", EACH["ALTER_ann.csv"])
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("ALTER_ann.csv", EACH["ALTER_bo.csv"])
    with pytest.raises(UserInputError, match=r"two files of the name ALTER_ann\.csv"):
        imported(tmp_path, {"x.zip": content.getvalue()}, EACH_MAPPING, "x.zip")


def test_archive__larger_than_it_may_be_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("supportnet.sim.importing.sources.MOST_BYTES", 1000)
    with pytest.raises(UserInputError, match="more in it than an import reads"):
        imported(tmp_path, {"x.zip": packed({"EGO_x.csv": "0" * 2000})}, EACH_MAPPING, "x.zip")


def test_archive__that_is_broken_or_locked_is_told(tmp_path: Path) -> None:
    whole = packed(EACH)
    for at in range(0, len(whole), 29):
        damaged = whole[:at] + b"\xff" + whole[at + 1 :]
        with contextlib.suppress(UserInputError):
            imported(tmp_path, {"x.zip": damaged}, EACH_MAPPING, "x.zip")
    locked, deflate64 = (with_field(whole, *field) for field in ((6, 1), (8, 9)))
    with pytest.raises(UserInputError, match="it needs a password"):
        imported(tmp_path, {"x.zip": locked}, EACH_MAPPING, "x.zip")
    with pytest.raises(UserInputError, match="compression method is not supported"):  # as Windows packs large files
        imported(tmp_path, {"x.zip": deflate64}, EACH_MAPPING, "x.zip")


def with_field(archive: bytes, at: int, value: int) -> bytes:
    """An archive in which every file has this byte in its header, counted from the beginning of the local one."""
    changed = bytearray(archive)
    for header, further in ((b"PK\x03\x04", 0), (b"PK\x01\x02", 2)):
        found = -1
        while (found := changed.find(header, found + 1)) >= 0:
            changed[found + further + at] = value
    return bytes(changed)


@pytest.mark.parametrize(
    ("name", "pattern", "stars"),
    [
        ("EGO_ann.csv", "EGO_*.csv", "ann"),
        ("P1_s2.csv", "P*_s*.csv", "1-2"),
        ("ties.csv", "ties.csv", "ties"),
        ("a/ties.csv", "*/ties.csv", "a"),
        ("a/ties.csv", "*.csv", None),
        ("ties.csv", "t[a-i]es.c?v", "ties"),
        ("ties.csv", "t[!a-i]es.csv", None),
        ("t[z-a]s", "t[z-a]s", "t[z-a]s"),
        ("ties.CSV", "*.csv", None),
        ("Zoe\u0308.csv", "Zo\u00eb.csv", None),  # names come composed (shown), patterns need not
        ("Zo\u00eb.csv", "Zoe\u0308.csv", "Zo\u00eb"),
    ],
)
def test_pattern__says_what_its_stars_stand_for(name: str, pattern: str, stars: str | None) -> None:
    assert fits(name, pattern) == stars


def test_parts__may_be_written_each_in_its_own_way(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "people.txt": "id;weight\nä;2,5\n".encode("cp1252"),
        "ties.csv": "\ufeffid,who,close\nä,Zoë,-9.0\nä,Bo,3\n",
    }
    mapping = """
        missing = []
        [people]
        files = "people.txt"
        delimiter = ";"
        encoding = "cp1252"
        decimal = ","
        patient = "id"
        weight = "weight"
        [ties]
        files = "ties.csv"
        missing = ["-9"]
        patient = "id"
        supporter = "who"
        role = { always = "friend" }
        strength = { column = "close", scale = [1, 5] }
        """
    report, rows = imported(tmp_path, files, mapping)
    assert rows["weight"].tolist() == [2.5, 2.5]
    assert rows["strength"].fillna(-1).tolist() == [-1, 0.5]
    assert report.as_dict()["fields"]["ties"]["role"] == {
        "mapped": True,
        "given": 0,
        "by_mapping": 2,
        "missing": 0,
        "share": 0.0,
    }
    assert "role               0 %, 2 by the mapping" in report.text()
