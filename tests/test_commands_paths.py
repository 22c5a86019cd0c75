"""Names and paths that no computer has: told in words by every option that takes one."""

import os
import stat
from pathlib import Path
from threading import Thread

import pytest

from supportnet.sim.errors import UserInputError
from supportnet.sim.storage.atomic import write_whole
from tests.command_line import SMALL, Supportnet
from tests.studies import study_at

pytestmark = pytest.mark.usefixtures("figures_not_drawn")
NONE = {
    "a name too long": "x" * 300,
    "a path too long": "y" * 5000,
    "a path too deep": "d/" * 1500 + "x",
    "bytes that are no UTF-8": "a\udcffb",
    "a zero": "a\0b",
    "a file as a folder": "/dev/null/x",
    "a link to itself": "itself",
}
WORDS = [
    ["run", "…"],
    ["run", "today", *SMALL, "--out", "…"],
    ["run", "today", *SMALL, "--set", "…=3"],
    ["run", "today", "--posterior", "…"],
    ["run", "--from", "…"],
    ["compare", "today", "…"],
    ["compare", "today", "befriending", *SMALL, "--out", "…"],
    ["explain", "today", "…"],
    ["explain", "today", "befriending", "--outcome", "…"],
    ["trial", "…"],
    ["trial", "befriending", "--scenario", "…"],
    ["sweep", "…"],
    ["sweep", "mine.toml", "--out", "…"],
    ["sweep", "mine.toml", "--engine", "dask", "--dask", "…"],
    ["study", "check", "…"],
    ["results", "…"],
    ["sensitivity", "…"],
    ["sensitivity", "mine.toml", "--out", "…"],
    ["calibrate", "…"],
    ["calibrate", "mine.toml", "--out", "…"],
    ["validate", "--posterior", "…"],
    ["economics", "…"],
    ["optimise", "--budget", "10", "…"],
    ["decide", "…"],
    ["report", "…"],
    ["import", "…"],
    ["import", "data", "--mapping", "…"],
    ["scenarios", "…"],
    ["schema", "…"],
    ["explore", "…"],
    ["explore", "--host", "…"],
]


@pytest.mark.parametrize("words", WORDS, ids=lambda words: " ".join(words).replace(" ".join(SMALL) + " ", ""))
def test_what_no_computer_has__is_told_in_words(supportnet: Supportnet, words: list[str]) -> None:
    Path("itself").symlink_to("itself")
    Path("data").mkdir()
    study_at(Path())
    for kind, value in NONE.items():
        said = supportnet(*(word.replace("…", value) for word in words), "--quiet")
        assert said.code == 2, (kind, said.err[:500])
        assert "Traceback" not in said.err, kind


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such pipes")
def test_a_pipe_or_device__is_never_replaced_by_a_file(supportnet: Supportnet) -> None:
    """A table may go through it; whole files can't."""
    os.mkfifo("pipe")
    with pytest.raises(UserInputError, match="pipe: is not a file"), write_whole(Path("pipe")):
        pass
    assert supportnet("sweep", str(study_at(Path())), "--out", "out").code == 0
    read: list[bytes] = []
    reader = Thread(target=lambda: read.append(Path("pipe").read_bytes()))
    reader.start()
    assert supportnet("results", "out", "--csv", "pipe").code == 0
    reader.join(timeout=10)
    assert stat.S_ISFIFO(os.stat("pipe").st_mode)
    assert supportnet("results", "out", "--csv", "runs.csv").code == 0
    assert read == [Path("runs.csv").read_bytes()]


@pytest.mark.parametrize("value", ["x" * 300, "a\0b"])
def test_a_title__may_be_anything(supportnet: Supportnet, value: str) -> None:
    assert supportnet("run", "today", *SMALL, "--set", f"title={value}", "--out", "out").code == 0


def test_a_title_that_no_file_can_hold__is_a_mistake(supportnet: Supportnet) -> None:
    said = supportnet("run", "today", *SMALL, "--set", "title=a\udcffb")
    assert said.code == 2
    assert "not valid UTF-8" in said.err


def test_a_long_name__is_cut_in_the_name_of_the_folder(supportnet: Supportnet) -> None:
    Path(f"{'n' * 190}.toml").write_text('based_on = "today"\n')
    assert supportnet("run", f"{'n' * 190}.toml", *SMALL).code == 0
    assert next(Path("results").iterdir()).name.startswith("run-nnn")


@pytest.mark.parametrize("words", [["schema"], ["scenarios", "today"]])
def test_a_folder_that_is_gone__stops_nothing_that_needs_none(
    supportnet: Supportnet, words: list[str], tmp_path: Path
) -> None:
    (tmp_path / "gone").mkdir()
    with pytest.MonkeyPatch.context() as there:
        there.chdir(tmp_path / "gone")
        (tmp_path / "gone").rmdir()
        assert supportnet(*words).code == 0
        said = supportnet("run", "today", *SMALL)
    assert (said.code, "can't be written" in said.err) == (2, True)
