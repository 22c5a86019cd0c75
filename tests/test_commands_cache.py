"""`supportnet cache` as people and scripts meet it."""

from pathlib import Path

import pytest

from tests.command_line import Supportnet


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache that holds a pool, machine code, a link, and a file of somebody's own."""
    folder, elsewhere = tmp_path / "cache", tmp_path / "elsewhere"
    (folder / "code-0123" / "kernels").mkdir(mode=0o700, parents=True)
    folder.chmod(0o700)
    (folder / "code-0123" / "kernels" / "one.nbi").write_bytes(b"1234")
    (folder / "pool-4567.pool").write_bytes(b"123")
    (folder / "notes.txt").write_text("mine")
    elsewhere.mkdir()
    (elsewhere / "dear.txt").write_text("dear")
    (folder / "code-89ab").symlink_to(elsewhere)
    monkeypatch.setenv("SUPPORTNET_CACHE", str(folder))
    return folder


def test_list__says_what_is_kept_and_how_large_it_is(supportnet: Supportnet, folder: Path) -> None:
    found = supportnet("cache", "list", "--json").json
    assert (found["folder"], found["bytes"]) == (str(folder), 4 + 3 + 4)
    kinds = {one["name"]: (one["kind"], one["bytes"]) for one in found["kept"]}
    assert kinds["code-0123"] == ("compiled code", 4)
    assert kinds["pool-4567.pool"] == ("people", 3)
    said = supportnet("cache", "list")
    assert "code-0123" in said.out
    assert "supportnet cache clear" in said.out


def test_clear__deletes_what_can_be_made_again_and_nothing_else(supportnet: Supportnet, folder: Path) -> None:
    found = supportnet("cache", "clear", "--json").json
    assert sorted(found["deleted"]) == ["code-0123", "code-89ab", "pool-4567.pool"]
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]
    assert (folder.parent / "elsewhere" / "dear.txt").read_text() == "dear"
    assert supportnet("cache", "list", "--json").json["kept"] == []


@pytest.mark.parametrize("command", ["list", "clear"])
def test_help__has_two_worked_examples(supportnet: Supportnet, command: str) -> None:
    assert supportnet("cache", command, "--help").out.count(f"supportnet cache {command}") >= 2
