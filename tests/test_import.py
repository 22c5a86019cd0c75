"""Real ego networks from files as exported to a network file, and the report about it."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from supportnet.sim.enums import Condition, Role
from supportnet.sim.errors import UserInputError
from supportnet.sim.importing.importer import import_interviews
from supportnet.sim.importing.report import GIVES_PERSON, GIVES_TIE, STATE_OF_PERSON, STATE_OF_TIE, ImportReport
from supportnet.sim.network_file.reader import read_networks
from supportnet.sim.state import Person, Tie

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "sim" / "examples" / "network-canvas"
REAL = ROOT / ".." / "shared" / "data" / "important-matters"

PAIR = {
    "people.csv": "id,illness,phq9,note\na,psychosis,27,\nb,affective,0,\nc,,13.5,\n",
    "ties.csv": 'id,who,kind,close,note\na,1,peer,1,"quiet, ""kind""\nand late"\na,2,family,,\nb,1,friend,5,x\n',
    "mapping.toml": """
        [people]
        files = "people.csv"
        patient = "id"
        condition = { column = "illness" }
        distress = { column = "phq9", scale = [0, 27] }
        [ties]
        files = "ties.csv"
        patient = "id"
        supporter = "who"
        role = { column = "kind" }
        strength = { column = "close", scale = [1, 5] }
        """,
}


def study(folder: Path, files: dict[str, str]) -> Path:
    """A folder with these files in it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    return folder


def imported(folder: Path, files: dict[str, str], mapping: str | None = None) -> tuple[ImportReport, pd.DataFrame]:
    """The report and the network file of a study with these files."""
    source = study(folder / "study", files | ({"mapping.toml": mapping} if mapping else {}))
    report = import_interviews(source, None, folder / "out")
    return report, pq.read_table(folder / "out" / "networks.parquet").to_pandas()


def test_network_canvas__example_is_read_as_exported(tmp_path: Path) -> None:
    report = import_interviews(EXAMPLE, EXAMPLE / "mapping.toml", tmp_path)
    networks = read_networks(tmp_path / "networks.parquet")
    assert (report.people, sum(report.ties_by_role.values()), report.alter_ties) == (6, 41, 32)
    assert report.ties_by_role == {"professional": 6, "peer": 4, "friend": 12, "family": 19}
    assert np.bincount(networks.patient).tolist() == [12, 5, 3, 10, 4, 7]
    assert networks.condition.tolist() == [Condition.AFFECTIVE, Condition.PSYCHOSIS, 1, 1, 0, 1]
    assert networks.age.tolist() == [37, 27, 44, 34, 65, 60]
    fourth = networks.supporters.index("8a0a8c96-32ea-4928-b623-6bf2504b74ba")
    assert networks.role[fourth] == Role.PEER
    assert networks.strength[fourth] == 0.182
    assert networks.reciprocity[fourth] == pytest.approx((2 - 1) / (4 - 1))
    assert networks.contacts_per_week[fourth] == pytest.approx(20 * 0.23)
    assert networks.friction[fourth] == 0.1
    assert np.isnan(networks.trust).all()


def test_network_canvas__graphml_says_the_same_as_csv(tmp_path: Path) -> None:
    for kind in ("csv", "graphml"):
        folder = study(tmp_path / kind, {})
        for file in [*EXAMPLE.glob(f"*.{kind}"), EXAMPLE / "mapping.toml"]:
            shutil.copy(file, folder)
        import_interviews(folder, None, tmp_path / f"from-{kind}")
    for name in ("networks.parquet", "alter_ties.parquet"):
        csv, graphml = (pq.read_table(tmp_path / f"from-{kind}" / name) for kind in ("csv", "graphml"))
        assert csv.equals(graphml)
        assert csv.num_rows == {"networks.parquet": 41, "alter_ties.parquet": 32}[name]


def test_network_canvas__csv_wins_over_graphml_of_the_same_session_only(tmp_path: Path) -> None:
    folder = study(tmp_path / "study", {})
    for file in [*EXAMPLE.glob("*.graphml"), *EXAMPLE.glob("P01*.csv")]:
        shutil.copy(file, folder)
    report = import_interviews(folder, EXAMPLE / "mapping.toml", tmp_path / "out")
    assert (report.people, sum(report.ties_by_role.values())) == (6, 41)
    (left,) = report.left_out
    assert left.places == [next(EXAMPLE.glob("P01*.graphml")).name]
    assert "the CSV counts" in report.text()


def test_network_canvas__one_file_of_an_export_is_enough(tmp_path: Path) -> None:
    graphml = import_interviews(next(EXAMPLE.glob("P05*.graphml")), EXAMPLE / "mapping.toml", tmp_path / "a")
    assert (graphml.people, sum(graphml.ties_by_role.values()), graphml.alter_ties) == (1, 4, 0)
    csv = import_interviews(next(EXAMPLE.glob("P01*Person.csv")), EXAMPLE / "mapping.toml", tmp_path / "b")
    assert (csv.people, sum(csv.ties_by_role.values())) == (1, 12)
    assert "no file about people: they are taken from the ties" in csv.notes


def test_network_canvas__ready_made_mapping_serves_where_none_is_given(tmp_path: Path) -> None:
    folder = study(tmp_path / "study", {})
    for file in EXAMPLE.glob("P01*.csv"):
        shutil.copy(file, folder)
    report = import_interviews(folder, None, tmp_path / "out")
    assert report.mapping == "ready-made for Network Canvas"
    assert (report.people, sum(report.ties_by_role.values())) == (1, 12)


def test_network_canvas__several_types_and_sessions_without_anybody(tmp_path: Path) -> None:
    key = "networkCanvasEgoUUID,networkCanvasUUID"
    ends = "edgeID,networkCanvasEgoUUID,networkCanvasSourceUUID,networkCanvasTargetUUID\r\n"
    files = {
        "A_1_ego.csv": 'networkCanvasEgoUUID,remark\r\ne1,"one, two\r\nthree ""four"""\r\n',
        "A_1_attributeList_Relative.csv": f"nodeID,{key},near\r\n1,e1,r1,0.5\r\n2,e1,r2,\r\n",
        "A_1_attributeList_Staff.csv": f"nodeID,{key},job\r\n3,e1,s1,nurse\r\n",
        "A_1_attributeList_Place.csv": f"nodeID,{key},street\r\n4,e1,p1,High St\r\n",
        "A_1_edgeList_knows.csv": f"{ends}1,e1,r1,s1\r\n2,e1,r1,p1\r\n",
        "B_2_ego.csv": "networkCanvasEgoUUID,remark\r\ne2,\r\n",
        "B_2_attributeList.csv": f"nodeID,{key}\r\n",
        "B_2_edgeList.csv": ends,
        "C_3_ego.csv": "networkCanvasEgoUUID\r\ne3\r\n",
        "C_3_attributeList_Relative.csv": f"nodeID,{key}\r\n1,e3,r1\r\n",
    }
    mapping = """
        [people]
        files = "*_ego.csv"
        patient = "networkCanvasEgoUUID"
        [[ties]]
        files = ["*_attributeList_Relative.csv", "*_attributeList.csv"]
        patient = "networkCanvasEgoUUID"
        supporter = "networkCanvasUUID"
        role = { always = "family" }
        strength = { column = "near" }
        [[ties]]
        files = "*_attributeList_Staff.csv"
        patient = "networkCanvasEgoUUID"
        supporter = "networkCanvasUUID"
        role = { always = "professional" }
        [alter_ties]
        files = ["*_edgeList_*.csv", "*_edgeList.csv"]
        patient = "networkCanvasEgoUUID"
        supporter_a = "networkCanvasSourceUUID"
        supporter_b = "networkCanvasTargetUUID"
        """
    report, rows = imported(tmp_path, files, mapping)
    assert rows["patient"].tolist() == ["e1", "e1", "e1", "e2", "e3"]
    assert rows["supporter"].fillna("").tolist() == ["r1", "r2", "s1", "", "r1"]
    assert rows["role"].fillna("").tolist() == ["family", "family", "professional", "", "family"]
    assert report.people_without_ties == 1
    assert report.alter_ties == 1
    assert {left.what: left.places for left in report.left_out} == {
        "files": ["A_1_attributeList_Place.csv"],
        "ties among supporters": ["A_1_edgeList_knows.csv, line 3"],
    }
    assert "ties.0: 1 of its files have no column 'near': not given" in report.notes


def test_egor_tables__are_read_with_their_own_column_names(tmp_path: Path) -> None:
    files = {
        "egos.csv": '"",".EGOID","age"\n"1",1,34\n"2",2,NA\n',
        "alters.csv": '".ALTID",".EGOID","relation","close"\n1,1,"kin",3\n2,1,"mate",NA\n1,2,"doctor",1\n9,2,"pet",1\n',
        "aaties.csv": '".EGOID",".SRCID",".TGTID","weight"\n1,1,2,0.333\n1,2,1,NA\n2,1,9,1\n',
    }
    mapping = """
        [people]
        files = "egos.csv"
        patient = ".EGOID"
        age = "age"
        [ties]
        files = "alters.csv"
        patient = ".EGOID"
        supporter = ".ALTID"
        strength = { column = "close", values = { 1 = 0.2, 2 = 0.5, 3 = 0.9 } }
        [ties.role]
        column = "relation"
        values = { kin = "family", mate = "friend", doctor = "professional", pet = "ignore" }
        [alter_ties]
        files = "aaties.csv"
        patient = ".EGOID"
        supporter_a = ".SRCID"
        supporter_b = ".TGTID"
        weight = { column = "weight" }
        """
    report, rows = imported(tmp_path, files, mapping)
    assert rows["role"].tolist() == ["family", "friend", "professional"]
    assert rows["strength"].fillna(-1).tolist() == [0.9, -1, 0.2]
    assert rows["age"].fillna(-1).tolist() == [34, 34, -1]
    alter_ties = pq.read_table(tmp_path / "out" / "alter_ties.parquet").to_pylist()
    assert alter_ties == [
        {"patient": "1", "supporter_a": "1", "supporter_b": "2", "weight": 0.333},
        {"patient": "1", "supporter_a": "2", "supporter_b": "1", "weight": 0.333},
    ]
    assert {(left.what, left.reason): len(left.places) for left in report.left_out} == {
        ("ties", 'the mapping says "ignore" for their role'): 1,
        ("ties among supporters", "one of the two is not among the supporters read"): 1,
    }


def test_csv_pair__scales_codes_and_people_without_ties(tmp_path: Path) -> None:
    report, rows = imported(tmp_path, PAIR)
    assert rows["distress"].tolist() == [1, 1, 0, 0.5]
    assert rows["condition"].fillna("").tolist() == ["psychosis", "psychosis", "affective", ""]
    assert rows["strength"].fillna(-1).tolist() == [0.1, -1, 1, -1]
    assert rows["patient"].tolist() == ["a", "a", "b", "c"]
    assert report.as_dict()["fields"]["ties"]["strength"] == {
        "mapped": True,
        "given": 2,
        "by_mapping": 0,
        "missing": 1,
        "share": 2 / 3,
    }


def test_weights_of_people__are_read_and_a_missing_one_is_told(tmp_path: Path) -> None:
    files = {"people.csv": "id,w\na,0.2\nb,3.8\nc,\n", "ties.csv": "id,who\na,1\na,2\nb,1\n"}
    mapping = """
        [people]
        files = "people.csv"
        patient = "id"
        weight = "w"
        [ties]
        files = "ties.csv"
        patient = "id"
        supporter = "who"
        role = { always = "friend" }
        """
    report, rows = imported(tmp_path, files, mapping)
    assert rows["weight"].fillna(-1).tolist() == [0.2, 0.2, 3.8, -1]
    assert "weight: 1 person without one, counted as 1" in report.notes
    assert read_networks(tmp_path / "out" / "networks.parquet").weight.tolist() == [0.2, 3.8, 1]
    with pytest.raises(UserInputError, match=r"above 0, at most 1,000,000,000 \(people\) for weight"):
        imported(tmp_path, files | {"people.csv": "id,w\na,0\nb,3.8\nc,\n"}, mapping)


def test_ties_alone__bring_their_people_with_them(tmp_path: Path) -> None:
    mapping = """
        delimiter = ";"
        encoding = "latin-1"
        missing = ["-99"]
        [ties]
        files = "*.txt"
        patient = "who"
        supporter = "whom"
        role = { column = "role", missing = "friend" }
        contacts_per_week = { columns = ["calls", "visits"], combine = "sum", per_week = 0.5 }
        """
    source = study(tmp_path / "study", {"mapping.toml": mapping})
    text = "who;whom;role;calls;visits\nZoë;x;peer;2;4\nZoë;y;-99;1;-99\n\nAda;x;FAMILY;0;.5\n"
    (source / "ties.txt").write_bytes(text.encode("latin-1"))
    import_interviews(source / "ties.txt", source / "mapping.toml", tmp_path / "out")
    networks = read_networks(tmp_path / "out" / "networks.parquet")
    assert networks.patients == ("Zoë", "Ada")
    assert networks.role.tolist() == [Role.PEER, Role.FRIEND, Role.FAMILY]
    assert np.nan_to_num(networks.contacts_per_week, nan=-1).tolist() == [3, -1, 0.25]


@pytest.mark.parametrize(
    ("gives", "receives", "reciprocity"),
    [
        ("1", "5", 0.0),
        ("3", "5", 0.5),
        ("5", "5", 1.0),
        ("5", "2", 1.0),
        ("2", "1", 1.0),
        ("1", "1", -1),
        ("", "4", -1),
    ],
)
def test_reciprocity__is_help_given_over_help_received(
    tmp_path: Path, gives: str, receives: str, reciprocity: float
) -> None:
    mapping = """
        [ties]
        files = "ties.csv"
        patient = "p"
        supporter = "s"
        role = { always = "friend" }
        reciprocity = { gives = "g", receives = "r", scale = [1, 5] }
        """
    _, rows = imported(tmp_path, {"ties.csv": f"p,s,g,r\n1,1,{gives},{receives}\n"}, mapping)
    assert rows["reciprocity"].fillna(-1).tolist() == [reciprocity]


def test_role_columns__first_in_the_mapping_counts_and_none_is_left_out(tmp_path: Path) -> None:
    mapping = """
        [ties]
        files = "ties.csv"
        patient = "p"
        supporter = "s"
        role = { columns = { kin = "family", mate = "friend", nurse = "professional" } }
        """
    ties = "p,s,kin,mate,nurse\n1,1,TRUE,true,0\n1,2,no,Yes,\n1,3,false,false,false\n1,4,,,\n1,5,0,0,1\n"
    report, rows = imported(tmp_path, {"ties.csv": ties}, mapping)
    assert dict(zip(rows["supporter"], rows["role"], strict=True)) == {
        "1": "family",
        "2": "friend",
        "5": "professional",
    }
    assert [(left.reason, left.places) for left in report.left_out] == [
        ("no role is given", ["ties.csv, line 4", "ties.csv, line 5"])
    ]
    assert any("1 row with more than one answer" in note for note in report.notes)


def test_free_text_and_names__never_reach_the_result(tmp_path: Path) -> None:
    report, _ = imported(tmp_path, PAIR | {"secret.csv": "diary\nquiet\n"})
    written = b"".join(file.read_bytes() for file in (tmp_path / "out").iterdir())
    assert b"quiet" not in written
    assert report.not_copied == {"people": ["note"], "ties": ["note"]}
    example = import_interviews(EXAMPLE, None, tmp_path / "example")
    written = b"".join(file.read_bytes() for file in (tmp_path / "example").iterdir())
    assert "Müller".encode() not in written
    assert "name" in example.not_copied["ties"]


def test_rename__replaces_ids_by_running_numbers_everywhere(tmp_path: Path) -> None:
    mapping = (EXAMPLE / "mapping.toml").read_text(encoding="utf-8") + "\n[privacy]\nrename = true\n"
    named = study(tmp_path / "mapping", {"mapping.toml": mapping})
    import_interviews(EXAMPLE, named / "mapping.toml", tmp_path / "renamed")
    import_interviews(EXAMPLE, None, tmp_path / "kept")
    renamed, kept = (read_networks(tmp_path / folder / "networks.parquet") for folder in ("renamed", "kept"))
    assert renamed.patients == ("1", "2", "3", "4", "5", "6")
    assert renamed.supporters[:13] == (*map(str, range(1, 13)), "1")
    assert (renamed.strength == kept.strength).all()
    ids = {(renamed.patients[p], s) for p, s in zip(renamed.patient, renamed.supporters, strict=True)}
    for row in pq.read_table(tmp_path / "renamed" / "alter_ties.parquet").to_pylist():
        assert {(row["patient"], row["supporter_a"]), (row["patient"], row["supporter_b"])} <= ids


def test_report__counts_what_has_to_be_drawn(tmp_path: Path) -> None:
    report, _ = imported(tmp_path, PAIR)
    drawn = report.drawn()
    assert drawn["ties"]["of_fields"] == pytest.approx(1 - (3 + 2) / (3 * 7))
    assert drawn["ties"]["of_state"] == pytest.approx(1 - (3 + 2) / (3 * 19))
    assert drawn["people"]["of_fields"] == pytest.approx(1 - (2 + 3) / (3 * 4))
    assert drawn["people"]["of_state"] == pytest.approx(1 - (2 + 3) / (3 * 17))
    assert json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8")) == report.as_dict()
    assert (tmp_path / "out" / "report.txt").read_text(encoding="utf-8") == report.text()


def test_report__knows_the_state_of_the_model() -> None:
    assert set(STATE_OF_TIE) <= set(Tie.__annotations__)
    assert set(STATE_OF_PERSON) <= set(Person.__annotations__)
    assert set(GIVES_TIE.values()) <= set(STATE_OF_TIE)
    assert set(GIVES_PERSON.values()) <= set(STATE_OF_PERSON)


def test_network_file__says_where_it_comes_from_and_is_the_same_each_time(tmp_path: Path) -> None:
    first = import_interviews(EXAMPLE, None, tmp_path / "a")
    import_interviews(EXAMPLE, None, tmp_path / "b")
    networks = read_networks(tmp_path / "a" / "networks.parquet")
    assert networks.source["supportnet_source"] == "network-canvas"
    assert networks.source["supportnet_mapping_sha256"] == first.mapping_sha256
    assert set(networks.source) >= {"supportnet_version", "supportnet_source_sha256", "supportnet_mapping"}
    for file in (tmp_path / "a").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()


def test_a_second_import__replaces_the_first(tmp_path: Path) -> None:
    imported(tmp_path, PAIR)
    report = import_interviews(EXAMPLE, None, tmp_path / "out")
    assert len(read_networks(tmp_path / "out" / "networks.parquet").patients) == report.people == 6
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == sorted(report.files.values())


IMPORTANT_MATTERS = """
    title = "Important matters"
    [people]
    files = "egos.csv"
    patient = "ego_id"
    age = "age"
    [ties]
    files = "alters.csv"
    patient = "ego_id"
    supporter = "alter_id"
    role = { columns = { family = "family", friend = "friend", other_rel = "friend" } }
    [ties.contacts_per_week]
    columns = ["face", "phone", "text"]
    combine = "sum"
    # never, less than monthly, one to three times a month, one to three times a week, (almost) daily
    values = { 1 = 0, 2 = 0.12, 3 = 0.46, 4 = 2, 5 = 6 }
    [alter_ties]
    files = "alter_ties.csv"
    patient = "ego_id"
    supporter_a = "alter1"
    supporter_b = "alter2"
    weight = { column = "freqtalk", scale = [1, 5] }
    """


@pytest.mark.skipif(not REAL.is_dir(), reason="the real data do not ship")
@pytest.mark.parametrize(
    ("missing", "ties", "friends", "left_out", "unread"),
    [("", 60, 35, 7, 19), (', missing = "friend"', 67, 42, 0, 0)],
)
def test_important_matters__real_networks_are_read(
    tmp_path: Path, missing: str, ties: int, friends: int, left_out: int, unread: int
) -> None:
    role = 'other_rel = "friend" }'
    mapping = study(tmp_path, {"m.toml": IMPORTANT_MATTERS.replace(role, role + missing)}) / "m.toml"
    report = import_interviews(REAL, mapping, tmp_path / "out")
    networks = read_networks(tmp_path / "out" / "networks.parquet")
    assert (report.people, report.people_without_ties, len(networks.supporters)) == (
        20,
        2 + (18 - len(set(networks.patient))),
        ties,
    )
    assert report.ties_by_role == {"professional": 0, "peer": 0, "friend": friends, "family": 25}
    assert sum(len(left.places) for left in report.left_out if left.what == "ties") == left_out
    lost = {left.reason: len(left.places) for left in report.left_out if left.what == "ties among supporters"}
    assert lost.get("one of the two is not among the supporters read", 0) == unread
    assert lost["their weight is 0: the two do not know each other"] == 38  # who never talk: the lowest answer of five
    assert report.alter_ties + sum(lost.values()) == 123
    first = networks.supporters.index("1")
    assert networks.patients[networks.patient[first]] == "1"
    assert networks.contacts_per_week[first] == 18
    assert np.nanmax(networks.contacts_per_week) <= 18
