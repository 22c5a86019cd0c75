"""What a killed writer leaves is cleared away, and never what somebody still writes."""

import os
import time
from pathlib import Path

import pytest

from supportnet.sim.storage import unfinished
from supportnet.sim.storage.unfinished import DAY, HERE, clear_unfinished, file_for, folder_in

fcntl = pytest.importorskip("fcntl")


def left(folder: Path, name: str, days: float = 0.0) -> Path:
    """A file or (with the name of one) a folder as a killed writer leaves it."""
    path = folder / name
    if name.startswith(".writing"):
        path.mkdir()
        (path / "lock").touch()
        (path / "files").mkdir()
        (path / "files" / "outcomes.csv").write_text("half")
    else:
        path.write_text("half")
    changed = time.time() - days * DAY
    os.utime(path, (changed, changed))
    return path


@pytest.mark.parametrize(
    ("name", "days", "stays"),
    [
        (f".outcomes.csv.{HERE}-01234567.tmp", 0.0, False),
        (f".writing-{HERE}-a1b2c3d4", 0.0, False),
        (".outcomes.csv.ffffff-01234567.tmp", 20.0, True),
        (".outcomes.csv.ffffff-01234567.tmp", 40.0, False),
        (".writing-ffffff-a1b2c3d4", 20.0, True),
        (".writing-ffffff-a1b2c3d4", 40.0, False),
        (".outcomes.csv.01234567.tmp", 0.5, True),  # from here on as earlier versions named them
        (".outcomes.csv.01234567.tmp", 2.0, False),
        (".writing-a1b2c3d4", 0.5, True),
        (".writing-a1b2c3d4", 2.0, False),
        ("pool-0123abcd.4711.tmp", 2.0, False),
        ("outcomes.csv", 99.0, True),
        ("notes.tmp", 99.0, True),
        (".notes.tmp", 99.0, True),
    ],
)
def test_what_is_nobodys__goes(tmp_path: Path, name: str, days: float, stays: bool) -> None:
    path = left(tmp_path, name, days)
    clear_unfinished(tmp_path)
    assert path.exists() == stays


def test_a_folder_whose_writer_was_killed_as_it_was_made_or_deleted__goes(tmp_path: Path) -> None:
    made, deleted = (tmp_path / f".writing-{HERE}-{name}" for name in ("a1b2c3d4", "b1b2c3d4"))
    made.mkdir()
    (deleted / "files").mkdir(parents=True)
    (deleted / "files" / "outcomes.csv").touch()
    clear_unfinished(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_whoever_writes__clears_what_lies_unfinished_beside(tmp_path: Path) -> None:
    left(tmp_path, f".a.csv.{HERE}-01234567.tmp", 0.0)
    with file_for(tmp_path / "a.csv") as file:
        file.write(b"1")
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
    left(tmp_path, f".writing-{HERE}-a1b2c3d4", 0.0)
    with folder_in(tmp_path) as hidden:
        assert {path.name for path in tmp_path.iterdir()} == {"a.csv", hidden.parent.name}


def test_what_somebody_writes__stays(tmp_path: Path) -> None:
    with file_for(tmp_path / "a.csv") as file, folder_in(tmp_path) as hidden:
        file.write(b"1,")
        (hidden / "b.csv").write_text("2")
        for path in tmp_path.iterdir():
            os.utime(path, (0.0, 0.0))
        clear_unfinished(tmp_path)
        file.write(b"2")
        assert (hidden / "b.csv").read_text() == "2"
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.csv", "1,2")]


def test_a_link__is_not_followed(tmp_path: Path) -> None:
    dear = tmp_path / "dear"
    dear.mkdir()
    (dear / "lock").touch()
    link = tmp_path / f".writing-{HERE}-a1b2c3d4"
    link.symlink_to(dear)
    clear_unfinished(tmp_path)
    assert (dear / "lock").exists()
    assert link.exists()


def test_without_locks__nothing_is_cleared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk without locks cannot tell who still writes."""

    def unsupported(*_: object) -> None:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(unfinished.fcntl, "flock", unsupported)
    path = left(tmp_path, f".outcomes.csv.{HERE}-01234567.tmp")
    clear_unfinished(tmp_path)
    assert path.exists()
    with file_for(tmp_path / "a.csv") as file:
        file.write(b"1")
    assert (tmp_path / "a.csv").read_text() == "1"


def test_a_writer__notices_that_its_file_was_taken_for_nobodys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the making of a file and its lock somebody else may clear it away: then another one is made."""
    lock, cleared = unfinished._lock, list[int]()

    def late(file: object) -> bool:
        if not cleared:
            cleared.append(1)
            clear_unfinished(tmp_path)
        return lock(file)  # type: ignore[arg-type]

    monkeypatch.setattr(unfinished, "_lock", late)
    with file_for(tmp_path / "a.csv") as file:
        file.write(b"1")
    assert (tmp_path / "a.csv").read_text() == "1"
