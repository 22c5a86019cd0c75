"""A first mapping for the usual exports: valid, marked where it guesses, of use at once where roles can be known."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from supportnet.sim.errors import UserInputError
from supportnet.sim.importing.drafting import draft_mapping
from supportnet.sim.importing.importer import import_interviews
from supportnet.sim.importing.mapping import read_mapping
from tests.test_import import EXAMPLE, REAL
from tests.test_import_layouts import FLAT, WIDE, packed

EGOR = {
    "egos.csv": '".egoID";"age"\n1;34\n2;51\n3;29\n',
    "alters.csv": '"";".egoID";".altID";"rel";"closeness"\n1;1;1;"mother";2,5\n2;1;2;"friend";1\n3;2;1;"nurse";3\n',
    "aaties.csv": '".egoID";".srcID";".tgtID";"weight"\n1;1;2;0,5\n',
}
EGOWEB = {
    "S-ego-alter.csv": "EgoID,Interview ID,Age,Alter Number,Alter Name,Relation\n"
    "A,17,34,1,Ann,Sister\nA,17,34,2,Bob,Friend\nB,18,51,1,Cy,Therapist\n",
    "S-alter-pair.csv": "Interview ID,EgoID,Alter 1 Number,Alter 2 Number\n17,A,1,2\n",
}
VENNMAKER = {
    "EGO_ann.csv": "id_Ego;x\nAnn1;1,5\n",
    "ALTER_ann.csv": "id_Alter;id_Ego;x;Rolle\nBob;Ann1;1,5;Freund\nCy;Ann1;,5;Mutter\n",
    "EGO_eva.csv": "id_Ego;x\nEva1;1,5\n",
    "ALTER_eva.csv": "id_Alter;id_Ego;x;Rolle\nBob;Eva1;2,5;Arzt\n",
    "OVERVIEW_ann.txt": "Interview notes\n==\n",
    "ADJACENCY_ALL_ann_1.csv": "m;Ann1;Bob\nAnn1;0;1\n",
}
EACH = {
    "alters_P1.csv": "helper,role\n1,friend\n2,family\n",
    "alters_P2.csv": "helper,role\n1,friend\n",
}
NAMES = {"names.csv": "id,alter_name_1,alter_name_2,alter_name_3\n1,Ann,Bo,\n2,Cy,,\n3,,,\n"}
QUALTRICS = {
    "survey.csv": "StartDate,ResponseId,age,1_Q2,2_Q2,1_Q3,2_Q3\nStart,Response ID,Age?,Who?,Who?,Close?,Close?\n"
    + ",".join(['"{""ImportId"":""x""}"'] * 7)
    + "\nx,R1,34,Mother,Friend,5,3\nx,R2,51,Nurse,,1,\n"
}
A_FILE_EACH = {
    "egos.csv": "egoID,age\n1,30\n2,40\n",
    "alters/1.csv": "egoID,alterID,kin,friend\n1,1,TRUE,FALSE\n1,2,FALSE,TRUE\n",
    "alters/2.csv": "egoID,alterID,kin,friend\n2,1,TRUE,FALSE\n",
}


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / "study" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "study" / name).write_text(text, encoding="utf-8", newline="")
    return folder / "study"


@pytest.mark.parametrize(
    ("files", "export", "people", "roles", "alter_ties"),
    [
        (EGOR, "egor", 3, {"professional": 1, "peer": 0, "friend": 1, "family": 1}, 1),
        (EGOWEB, "EgoWeb", 2, {"professional": 1, "peer": 0, "friend": 1, "family": 1}, 1),
        (VENNMAKER, "VennMaker", 2, {"professional": 1, "peer": 0, "friend": 1, "family": 1}, 0),
        (QUALTRICS, "one row", 2, {"professional": 1, "peer": 0, "friend": 1, "family": 1}, 0),
        (A_FILE_EACH, "egor", 2, {"professional": 0, "peer": 0, "friend": 1, "family": 2}, 0),
        (EACH, "one file a person", 2, {"professional": 0, "peer": 0, "friend": 2, "family": 1}, 0),
        ({"all.csv": FLAT}, "", 3, {"professional": 0, "peer": 0, "friend": 1, "family": 2}, 0),
    ],
)
def test_draft__is_of_use_at_once_where_roles_are_known(
    tmp_path: Path, files: dict[str, str], export: str, people: int, roles: dict[str, int], alter_ties: int
) -> None:
    source = written(tmp_path, files)
    draft = draft_mapping(source, tmp_path / "m.toml")
    assert draft.export.startswith(export)
    assert "# a guess" in draft.text
    report = import_interviews(source, tmp_path / "m.toml", tmp_path / "out")
    assert (report.people, report.ties_by_role, report.alter_ties) == (people, roles, alter_ties)


@pytest.mark.parametrize("kind", ["csv", "graphml", "*"])
def test_draft__of_network_canvas_says_what_the_shipped_mapping_says(tmp_path: Path, kind: str) -> None:
    (tmp_path / "study").mkdir()
    for path in EXAMPLE.glob(f"*.{kind}"):
        shutil.copy(path, tmp_path / "study")
    (tmp_path / "study" / "mapping.toml").unlink(missing_ok=True)
    assert draft_mapping(tmp_path / "study", tmp_path / "m.toml").export == "Network Canvas"
    drafted = read_mapping(tmp_path / "m.toml").mapping
    shipped = read_mapping(EXAMPLE / "mapping.toml").mapping
    assert drafted.people is not None
    assert drafted.people.patient == shipped.ties[0].patient
    assert drafted.ties[0].role.columns == shipped.ties[0].role.columns
    report = import_interviews(tmp_path / "study", tmp_path / "m.toml", tmp_path / "out")
    assert (report.people, sum(report.ties_by_role.values()), report.alter_ties) == (6, 41, 32)


@pytest.mark.skipif(not REAL.is_dir(), reason="the real data do not ship")
def test_draft__of_real_data_is_of_use_at_once(tmp_path: Path) -> None:
    draft_mapping(REAL, tmp_path / "m.toml")
    report = import_interviews(REAL, tmp_path / "m.toml", tmp_path / "out")
    assert (report.people, sum(report.ties_by_role.values())) == (20, 57)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"interviews.csv": WIDE}, ["'1' (2 times)", "add them under ties.role.values in the mapping (line "]),
        (
            {"redcap.csv": "record_id,n1rel___1,n1rel___2,n2rel___1,n2rel___2\n1,1,0,0,1\n2,0,1,0,0\n"},
            ["write the name of a column in place of 'fill in' under ties.role.column in the mapping (line "],
        ),
    ],
)
def test_draft__that_cannot_know_roles_says_where_to_fill_them_in(
    tmp_path: Path, files: dict[str, str], said: list[str]
) -> None:
    source = written(tmp_path, files)
    text = draft_mapping(source, tmp_path / "m.toml").text
    assert 'slots = "1-' in text
    with pytest.raises(UserInputError) as caught:
        import_interviews(source, tmp_path / "m.toml", tmp_path / "out")
    for part in said:
        assert part in str(caught.value)
    line = int(str(caught.value).split("(line ")[1].split(")")[0])
    assert text.splitlines()[line - 1] in ("[ties.role.values]", 'column = "fill in {slot}"')


def test_draft__of_names_in_numbered_columns_needs_no_more_than_a_role(tmp_path: Path) -> None:
    source = written(tmp_path, NAMES)
    text = draft_mapping(source, tmp_path / "m.toml").text
    (tmp_path / "n.toml").write_text(text.replace('column = "fill in {slot}"', 'always = "friend"'))
    report = import_interviews(source, tmp_path / "n.toml", tmp_path / "out")
    assert (report.people, report.people_without_ties, report.ties_by_role["friend"]) == (3, 1, 3)


def test_draft__sees_how_files_are_written(tmp_path: Path) -> None:
    source = tmp_path / "study"
    source.mkdir()
    (source / "a.csv").write_bytes(
        "Export of May\nperson;helper;role;x\nZoë;1;friend;2,5\nZoë;2;family;1\n".encode("cp1252")
    )
    text = draft_mapping(source, tmp_path / "m.toml").text
    for line in ('encoding = "cp1252"  # a guess', 'delimiter = ";"', 'decimal = ","', "skip_rows = [1]"):
        assert line in text
    report = import_interviews(source, tmp_path / "m.toml", tmp_path / "out")
    assert sum(report.ties_by_role.values()) == 2


def test_draft__reads_archives_and_names_what_it_does_not_look_at(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(packed(EGOR | {"book.xlsx": "PK", "notes.txt": "\n"}))
    text = draft_mapping(tmp_path / "x.zip", tmp_path / "m.toml").text
    assert "#   book.xlsx\n#   notes.txt: an empty file" in text
    report = import_interviews(tmp_path / "x.zip", tmp_path / "m.toml", tmp_path / "out")
    assert report.people == 3


def test_draft__never_overwrites_and_needs_a_table(tmp_path: Path) -> None:
    source = written(tmp_path, EGOR)
    (tmp_path / "m.toml").write_text("mine", encoding="utf-8")
    with pytest.raises(UserInputError, match="is there already"):
        draft_mapping(source, tmp_path / "m.toml")
    assert (tmp_path / "m.toml").read_text(encoding="utf-8") == "mine"
    with pytest.raises(UserInputError, match="can't be written"):
        draft_mapping(source, tmp_path / "nowhere" / "m.toml")
    with pytest.raises(UserInputError, match="no table found"):
        draft_mapping(written(tmp_path / "b", {"notes.txt": "nothing here"}), tmp_path / "n.toml")
    assert not (tmp_path / "n.toml").exists()


def test_draft__is_valid_whatever_the_names_are(tmp_path: Path) -> None:
    header = '{slot} id,"a ""b""",#c = d,[e],"line\nbreak",\x7f,{slot},rel{x}'
    source = written(tmp_path, {"odd 'name' # 1.csv": f"{header}\n1,1,2,3,4,5,6,friend\n1,1,3,3,4,5,7,family\n"})
    draft_mapping(source, tmp_path / "m.toml")
    assert read_mapping(tmp_path / "m.toml").mapping.ties
