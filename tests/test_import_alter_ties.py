"""Who of a person's supporters know each other: weights of 0, people who were not asked, and what is refused."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from supportnet.sim.area.population import tie_rows
from supportnet.sim.area.simulation import Simulation
from supportnet.sim.errors import UserInputError
from supportnet.sim.importing.drafting import draft_mapping
from supportnet.sim.importing.importer import import_interviews
from supportnet.sim.importing.report import ImportReport
from supportnet.sim.network_file.reader import Networks, read_networks
from supportnet.sim.scenario.scenario import Scenario
from tests.test_import import study

NAN = float("nan")
TIES = "id,who\n" + "".join(f"{person},{who}\n" for person in "abc" for who in "xyz") + "d,x\n"
MAPPING = """
    [ties]
    files = "ties.csv"
    patient = "id"
    supporter = "who"
    role = { always = "friend" }
    """
PAIRS = """
    [alter_ties]
    files = "pairs.csv"
    patient = "id"
    supporter_a = "one"
    supporter_b = "other"
    """
WEIGHT = PAIRS + '    weight = { column = "weight" }\n'
FULL = "id,one,other,weight\na,x,y,1\na,x,z,0\na,y,z,0.5\nb,x,y,0\nb,x,z,0\nb,y,z,0\n"


def imported(folder: Path, pairs: str, mapping: str) -> tuple[ImportReport, Networks]:
    """The interviews of TIES with these pairs of supporters."""
    source = study(folder / "study", {"ties.csv": TIES, "pairs.csv": pairs, "m.toml": MAPPING + mapping})
    report = import_interviews(source, source / "m.toml", folder / "out")
    return report, read_networks(folder / "out" / "networks.parquet")


def known(networks: Networks, person: str) -> set[frozenset[str]]:
    """The pairs of a person's supporters who know each other."""
    rows = np.flatnonzero(networks.patient == networks.patients.index(person))
    names = [networks.supporters[row] for row in rows]
    masks = [int(networks.knows[row]) for row in rows]
    return {frozenset((names[i], names[k])) for i, mask in enumerate(masks) for k in range(len(rows)) if mask >> k & 1}


def pairs_of(*names: str) -> set[frozenset[str]]:
    return {frozenset(name) for name in names}


@pytest.mark.parametrize(
    ("answers", "meaning"),
    [
        (("1", "0.5", "0"), ""),
        (("5", "2", "1"), ", scale = [1, 5]"),
        (("yes", "yes", "no"), ", values = { yes = 1, no = 0 }"),
    ],
    ids=["shares", "scale", "yes or no"],
)
def test_a_list_of_all_pairs__of_weight_0_is_no_tie(tmp_path: Path, answers: tuple[str, ...], meaning: str) -> None:
    high, middle, none = answers
    pairs = f"id,one,other,weight\na,x,y,{high}\na,x,z,{none}\na,y,z,{middle}\n"
    pairs += f"b,x,y,{none}\nb,x,z,{none}\nb,y,z,{none}\n"
    report, networks = imported(tmp_path, pairs, PAIRS + f'    weight = {{ column = "weight"{meaning} }}\n')
    assert known(networks, "a") == pairs_of("xy", "yz")
    assert known(networks, "b") == set()
    assert report.alter_ties == 2
    (left,) = report.as_dict()["left_out"]
    assert (left["what"], left["count"]) == ("ties among supporters", 4)
    assert left["reason"] == "their weight is 0: the two do not know each other"
    assert left["first"][0] == "pairs.csv, line 3"


def test_a_pair_twice__has_the_weight_that_is_given(tmp_path: Path) -> None:
    both = "id,one,other,weight\na,x,y,0\na,y,x,NA\nb,x,y,NA\nb,y,x,0.5\nc,x,y,\n"
    report, networks = imported(tmp_path, both, WEIGHT)
    assert [known(networks, person) for person in "abc"] == [set(), pairs_of("xy"), pairs_of("xy")]
    assert report.alter_ties == 3
    with pytest.raises(UserInputError, match="one pair twice with different weights") as caught:
        imported(tmp_path, "id,one,other,weight\na,x,y,0\na,z,x,1\na,y,x,1\n", WEIGHT)
    assert "pairs.csv, line 4" in str(caught.value)


def test_people_without_a_pair__are_counted__and_asked_or_not_as_the_mapping_says(tmp_path: Path) -> None:
    """Somebody with a list of weights 0 was asked, and somebody with one supporter has no pair."""
    note = "alter_ties: 1 person with two or more supporters and no pair in the files: "
    report, networks = imported(tmp_path, FULL, WEIGHT)
    assert note + 'their supporters are strangers (or write unlisted = "not asked")' in report.notes
    assert networks.knows_given.all()
    assert known(networks, "c") == set()
    report, networks = imported(tmp_path, FULL, WEIGHT + '    unlisted = "not asked"\n')
    assert note + "not asked" in report.notes
    line = "  ties among supporters: 2 (beside the networks, and used with them); 1 person not asked: drawn"
    assert line in report.text().splitlines()
    assert json.loads((tmp_path / "out" / "report.json").read_text())["alter_ties_not_asked"] == 1
    asked = dict(zip(np.array(networks.patients)[networks.patient], networks.knows_given, strict=True))
    assert asked == {"a": True, "b": True, "c": False, "d": True}
    assert known(networks, "a") == pairs_of("xy", "yz")


def test_people_who_are_all_listed__need_no_note(tmp_path: Path) -> None:
    report, networks = imported(tmp_path, FULL + "c,x,y,1\n", WEIGHT + '    unlisted = "not asked"\n')
    assert not [note for note in report.notes if note.startswith("alter_ties")]
    assert report.alter_ties_not_asked == 0
    assert networks.knows_given.all()


@pytest.mark.parametrize("rename", [False, True])
def test_a_mapping_without_ties_among_supporters__asked_nobody(tmp_path: Path, rename: bool) -> None:
    privacy = f"    [privacy]\n    rename = {str(rename).lower()}\n"
    imported(tmp_path, FULL, WEIGHT + privacy)
    report, networks = imported(tmp_path, FULL, privacy)  # in the same folder: nothing is left of the first
    assert (report.alter_ties, report.alter_ties_not_asked) == (0, 3)
    assert networks.knows_given.tolist() == [False] * 9 + [True]


@pytest.mark.parametrize(
    ("column", "answers", "line"),
    [
        ("weight", ("0", "3", "1"), '{ column = "weight", scale = [0, 3] }'),
        ("knows", ("0", "1", "1"), '{ column = "knows" }'),
        ("knows", ("FALSE", "TRUE", "true"), '{ column = "knows", values = { "false" = 0, "true" = 1 } }'),
    ],
)
def test_draft__has_the_weight_of_a_list_of_pairs(
    tmp_path: Path, column: str, answers: tuple[str, ...], line: str
) -> None:
    pairs = zip(("1,2", "1,3", "2,3"), answers, strict=True)
    egor = {
        "alters.csv": ".egoID,.altID,kin,friend\n1,1,1,0\n1,2,0,1\n1,3,0,1\n",
        "aaties.csv": f".egoID,.srcID,.tgtID,{column}\n" + "".join(f"1,{pair},{answer}\n" for pair, answer in pairs),
    }
    source = study(tmp_path / "study", egor)
    text = draft_mapping(source, tmp_path / "m.toml").text
    assert f"weight = {line}  # a guess: 0 if they do not know each other" in text
    assert import_interviews(source, tmp_path / "m.toml", tmp_path / "out").alter_ties == 2


ROWS = {"patient": ["a"], "supporter_a": ["x"], "supporter_b": ["y"]}


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (ROWS | {"weight": [1.5]}, ["not a number in range", "found: 1.5", "from 0 to 1", "row 1, column 'weight'"]),
        (ROWS | {"weight": [-0.1]}, ["not a number in range", "found: -0.1"]),
        (ROWS | {"weight": [NAN]}, ["not a number in range", "found: nan"]),
        (ROWS | {"weight": ["often"]}, ["not a number in range", "found: 'often'"]),
        (ROWS | {"wieght": [1.0]}, ["unknown column", "did you mean 'weight'?"]),
        ({"patient": ["a"], "supporter_a": ["x"]}, ["a column is missing", "supporter_b"]),
        (ROWS | {"supporter_b": [None]}, ["not a supporter of this person", "found: 'nothing'"]),
        ({"patient": ["e"], "supporter_a": [None], "supporter_b": [None]}, ["not a person with supporters", "'e'"]),
        (
            {"patient": ["a", "a"], "supporter_a": ["x", None], "supporter_b": ["y", None]},
            ["an empty row of somebody with ties among supporters", "row 2"],
        ),
        (
            {"patient": ["a", "a"], "supporter_a": ["x", "y"], "supporter_b": ["y", "x"], "weight": [0.0, 1.0]},
            ["one pair twice with different weights", "row 2"],
        ),
    ],
)
def test_a_file_of_pairs_that_no_scenario_could_use__is_refused(
    tmp_path: Path, table: dict[str, list[Any]], said: list[str]
) -> None:
    imported(tmp_path, FULL, WEIGHT)
    pq.write_table(pa.table(table), tmp_path / "out" / "alter_ties.parquet")
    with pytest.raises(UserInputError) as caught:
        read_networks(tmp_path / "out" / "networks.parquet")
    for part in [*said, "alter_ties.parquet", "found: ", "expected: ", "remedy: "]:
        assert part in str(caught.value)


def test_a_file_of_pairs_made_by_hand__weight_0_is_no_tie__and_an_empty_row_not_asked(tmp_path: Path) -> None:
    imported(tmp_path, FULL, WEIGHT)
    rows = [("a", "x", "y", 0.0), ("a", "x", "z", 0.2), ("a", "y", "z", None), ("b", None, None, None)]
    pairs = pd.DataFrame(rows, columns=["patient", "supporter_a", "supporter_b", "weight"])
    pq.write_table(pa.Table.from_pandas(pairs, preserve_index=False), tmp_path / "out" / "alter_ties.parquet")
    networks = read_networks(tmp_path / "out" / "networks.parquet")
    assert known(networks, "a") == pairs_of("xz", "yz")
    assert networks.knows_given.tolist() == [True] * 3 + [False] * 3 + [True] * 4


def test_a_run__has_the_ties_among_supporters_of_those_asked__and_draws_the_others(tmp_path: Path) -> None:
    """To the bit as without the file, and none of them where the file says that there are none."""
    people = [str(k) for k in range(60)]
    ties = pd.DataFrame([(who, str(k), "friend") for who in people for k in range(6)])
    ties.columns = pd.Index(["patient", "supporter", "role"])
    ties.to_parquet(tmp_path / "networks.parquet", index=False)
    scenario = Scenario.load("today", {"population.networks": str(tmp_path / "networks.parquet")})
    drawn = Simulation(scenario).area.world
    pairs = pd.DataFrame({"patient": people, "supporter_a": None, "supporter_b": None}).astype(object)
    pairs.loc[:29, ["supporter_a", "supporter_b"]] = ["0", "1"]
    pairs.to_parquet(tmp_path / "alter_ties.parquet", index=False)
    world = Simulation(scenario).area.world
    knows, without = (w.ties.knows[tie_rows(w.people)].reshape(60, 6) for w in (world, drawn))
    assert (knows[:30] == [0b10, 0b01, 0, 0, 0, 0]).all()
    assert without[:30].any()
    np.testing.assert_array_equal(knows[30:], without[30:])
