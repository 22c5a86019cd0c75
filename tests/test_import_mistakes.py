"""Bad input: one clear message, and nothing half-written."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from supportnet.sim.errors import UserInputError
from supportnet.sim.importing.importer import import_interviews
from tests.test_import import EXAMPLE, PAIR, study

XML = '<?xml version="1.0"?>'
BOMB = f'{XML}<!DOCTYPE g [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><graphml><graph>&b;</graph></graphml>'
OTHER = f'{XML}<!DOCTYPE g [<!ENTITY a SYSTEM "file:///etc/hostname">]><graphml><graph>&a;</graph></graphml>'


def mistake(folder: Path, changes: dict[str, tuple[str, str] | str | bytes | None]) -> str:
    """The message after changes to the pair: (old, new) text, new content, or None to remove. No result is there."""
    source = study(folder / "study", PAIR)
    for name, change in changes.items():
        path = source / name
        if change is None:
            path.unlink()
        elif isinstance(change, tuple):
            text = path.read_text(encoding="utf-8")
            assert change[0] in text
            path.write_text(text.replace(*change), encoding="utf-8", newline="")
        else:
            path.write_bytes(change if isinstance(change, bytes) else change.encode())
    with pytest.raises(UserInputError) as caught:
        import_interviews(source, None, folder / "out")
    assert not (folder / "out").exists()
    return str(caught.value)


TIES = "ties.csv"
PEOPLE = "people.csv"
MAP = "mapping.toml"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({TIES: ("kind", "kindd")}, ["column", "ties.csv", "'kind'", "did you mean 'kindd'?"]),
        ({TIES: "id;who;kind;close\na;1;peer;2\n"}, ["delimiter = ';'"]),
        ({TIES: ("b,1,friend,5", "b,1,friend,9")}, ["outside the scale", "line 5", "'close'", "'9'", "1 to 5"]),
        ({TIES: ("b,1,friend,5", "b,1,friend,NaN")}, ["not a number", "line 5", "'NaN'"]),
        ({TIES: ("b,1,friend,5", "b,1,friend,inf")}, ["not a number", "line 5", "'inf'"]),
        ({TIES: ("b,1,friend,5", 'b,1,friend,"4,5"')}, ["not a number", "'4,5'"]),
        ({TIES: ("b,1,friend,5", "b,1,friend,1_0")}, ["not a number", "'1_0'"]),
        ({TIES: ("b,1,friend", "b,1,cousin")}, ["does not know", "'cousin' (1 time)", "'friend'", '"ignore"']),
        ({TIES: ("b,1", "z,1")}, ["not among the people", "ties.csv, line 5", "column 'id'", "'z'"]),
        ({TIES: ("a,2", "a,1")}, ["same supporter twice", "ties.csv, line 4", "column 'who'", "'1'"]),
        ({TIES: ("b,1", "b,")}, ["no id", "line 5", "'who'"]),
        ({TIES: ("5,x", "5")}, ["another length", "line 5", "4 cells", "5, one for each column"]),
        ({TIES: ("5,x", '5,"x')}, ["not a delimited text file", "line 5"]),
        ({TIES: ("who,kind", "id,kind")}, ["same name", "ties.csv, line 1", "'id'"]),
        ({TIES: ""}, ["an empty file", "ties.csv"]),
        ({TIES: "\n,,\n"}, ["no column has a name", "ties.csv"]),
        ({TIES: b"id,who,kind,close\na,1,peer,2\n\xff,2,peer,2\n"}, ["not utf-8", "ties.csv, line 3", "encoding"]),
        ({TIES: None}, ["no files found for ties", "ties.csv"]),
        (
            {TIES: None, PEOPLE: None, "export.zip": b"PK"},
            ["the archive can't be read", "export.zip", "download or pack it again"],
        ),
        ({PEOPLE: ("b,affective", "a,affective")}, ["same person twice", "people.csv, line 3", "'a'"]),
        ({PEOPLE: ("b,affective,0", "b,affective,28")}, ["outside the scale", "people.csv, line 3", "0 to 27"]),
        ({PEOPLE: ("psychosis", "sad")}, ["does not know", "'sad'", "'psychosis'"]),
        ({PEOPLE: "id,illness,phq9\n", TIES: "id,who,kind,close\n"}, ["nobody is in these files"]),
        ({MAP: ("strength", "strenght")}, ["line 12", "unknown key", "ties.strenght", "did you mean 'strength'?"]),
        ({MAP: ("[people]", "[persons]")}, ["unknown key", "persons", "people"]),
        ({MAP: ("scale = [1, 5]", "scale = [1, 1]")}, ["ends of a scale", "ties.strength", "line 12"]),
        ({MAP: ("scale = [1, 5]", "values = { 1 = 0, 5 = 2 }")}, ["between 0 and 1"]),
        ({MAP: ("scale = [1, 5]", "values = { 1 = 0, 1.0 = 2 }")}, ["not TOML"]),
        ({MAP: ("scale = [1, 5]", 'values = { 1 = 0, "1.0" = 1 }')}, ["same code"]),
        (
            {MAP: ("scale = [1, 5]", 'values = { 1 = 0, 5 = 1 }, no_answer = ["5.0"]')},
            ["under values and under no_answer"],
        ),
        ({MAP: ("scale = [1, 5]", "scale = [1, 5], missing = 3")}, ["between 0 and 1, and so must missing"]),
        ({MAP: ("[people]", 'true = ["ja"]\nfalse = ["JA"]\n[people]')}, ["'ja' stands under true and under false"]),
        ({MAP: ("[people]", 'decimal = ";"\n[people]')}, ["decimal", "'.' or ','"]),
        ({MAP: ("[people]", "skip_rows = [0]\n[people]")}, ["skip_rows.0", "greater than or equal to 1"]),
        ({MAP: ('"close"', '"close{slot}"')}, ["{slot} needs slots"]),
        ({MAP: ('supporter = "who"', 'supporter = "{slot}"\nslots = "1-3"')}, ["slots needs {slot}"]),
        ({MAP: ('supporter = "who"', 'supporter = "who"\nslots = "3-1"')}, ["from a smaller to a larger number"]),
        ({MAP: ('supporter = "who"', 'supporter = "who"\nslots = "all"')}, ["a range such as"]),
        ({MAP: ('supporter = "who"', 'supporter = "who"\nslots = [1, "1"]')}, ["each slot stands once"]),
        ({MAP: ("scale = [1, 5]", "scale = [nan, 5]")}, ["finite", "ties.strength.scale"]),
        ({MAP: ('role = { column = "kind" }', 'role = { always = "chum" }')}, ["'friend'", "ties.role.always"]),
        ({MAP: ('role = { column = "kind" }', "")}, ["a key is missing", "'role'"]),
        ({MAP: ('patient = "id"\n        supporter', "supporter")}, ["a key is missing", "'patient'"]),
        ({MAP: ("[people]", 'encoding = "utf-9"\n[people]')}, ["no such text encoding", "line 2"]),
        ({MAP: ("[people]", 'encoding = "punycode"\n[people]')}, ["no such text encoding", "line 2"]),
        ({MAP: ("[people]", 'encoding = "unicode-escape"\n[people]')}, ["no such text encoding"]),
        ({MAP: ("[people]", "[people")}, ["not TOML", "line 2"]),
        ({MAP: b'title = "\xff"'}, ["not UTF-8", "mapping.toml, line 1"]),
        ({MAP: ""}, ["a key is missing", "'ties'"]),
        ({MAP: None}, ["no mapping file", "give it as `mapping`"]),
        ({"a.graphml": BOMB}, ["a.graphml", "DOCTYPE"]),
        ({"a.graphml": OTHER}, ["a.graphml", "DOCTYPE"]),
        ({"a.graphml": f"{XML}<graphml><graph></graphml>"}, ["a.graphml", "can't be read"]),
        ({"a.graphml": f"{XML}<graphml><graph/></graphml>"}, ["a.graphml", "networkCanvasUUID"]),
        ({"a.graphml": ""}, ["a.graphml", "nothing"]),
    ],
)
def test_bad_input__is_told_with_its_place(
    tmp_path: Path, changes: dict[str, tuple[str, str] | str | bytes | None], said: list[str]
) -> None:
    message = mistake(tmp_path, changes)
    for part in [*said, "found: ", "expected: ", "remedy: "]:
        assert part in message


def test_source_that_is_not_there__is_told(tmp_path: Path) -> None:
    with pytest.raises(UserInputError, match="No such file"):
        import_interviews(tmp_path / "nowhere", EXAMPLE / "mapping.toml", tmp_path / "out")
    with pytest.raises(UserInputError, match="cannot be read"):
        import_interviews(EXAMPLE, tmp_path / "nowhere.toml", tmp_path / "out")


def test_out_that_cannot_be_a_folder__is_told_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    for out in (tmp_path / "file", tmp_path / "file" / "deeper"):
        with pytest.raises(UserInputError, match="can't be written"):
            import_interviews(EXAMPLE, None, out)
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"
    (tmp_path / "out" / "report.txt").mkdir(parents=True)
    with pytest.raises(UserInputError, match=r"report\.txt is a folder there"):
        import_interviews(EXAMPLE, None, tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["report.txt"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="everything is writable for root")
def test_out_that_may_not_be_written__is_told(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir(mode=0o500)
    with pytest.raises(UserInputError, match="Permission denied"):
        import_interviews(EXAMPLE, None, tmp_path / "out")


@pytest.mark.skipif(sys.platform == "win32", reason="sizes of files can't be limited there")
def test_a_disk_that_fills_up__leaves_nothing_behind(tmp_path: Path) -> None:
    program = f"""
import resource, pathlib
from supportnet.sim.importing.importer import import_interviews
from supportnet.sim.errors import UserInputError
import pyarrow.parquet
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    import_interviews(pathlib.Path({str(EXAMPLE)!r}), None, pathlib.Path({str(tmp_path / "a" / "out")!r}))
except UserInputError as mistake:
    print(mistake)
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=EXAMPLE.parents[2]
    )
    assert "results can't be written (File too large)" in ended.stdout
    assert "make room" in ended.stdout
    assert list(tmp_path.iterdir()) == []
