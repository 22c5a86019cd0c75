"""Files of results: all together or none, the same bytes every time."""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from supportnet.analysis.files.result_folder import default_folder, written_together
from supportnet.analysis.files.writing import Parts, write_csv, write_json, write_parquet
from supportnet.experiments.ensemble.plan import RunPlan
from supportnet.sim.errors import UserInputError
from supportnet.sim.storage import atomic
from supportnet.sim.storage.atomic import write_whole
from tests.small import small

TABLE = pd.DataFrame(
    {
        "scenario": pd.Categorical(["a", "a", "b"]),
        "name": ["x", "", "ü"],
        "value": [1.5, np.nan, -2.0],
        "n": np.array([1, 2, 3], np.int16),
        "is": [True, False, True],
    }
)


def write(folder: Path, *names: str) -> None:
    with written_together(folder, "run") as hidden:
        for name in names:
            (hidden / name).write_text("{}" if name == "provenance.json" else name)


def test_files__move_up_together__and_nothing_else_is_left(tmp_path: Path) -> None:
    write(tmp_path / "deep" / "down", "outcomes.csv", "provenance.json")
    assert sorted(path.name for path in (tmp_path / "deep" / "down").iterdir()) == ["outcomes.csv", "provenance.json"]


def test_a_failure__leaves_nothing_behind(tmp_path: Path) -> None:
    def fail() -> None:
        with written_together(tmp_path / "deep" / "down", "run") as hidden:
            (hidden / "outcomes.csv").write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_a_folder__holds_one_run__but_keeps_what_is_not_ours(tmp_path: Path) -> None:
    write(tmp_path, "people.parquet", "outcomes.csv", "provenance.json")
    (tmp_path / "notes.txt").write_text("mine")
    write(tmp_path, "outcomes.csv", "provenance.json")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notes.txt", "outcomes.csv", "provenance.json"]


def test_a_folder_of_ones_own__loses_nothing(tmp_path: Path) -> None:
    (tmp_path / "people.parquet").write_text("mine")
    write(tmp_path, "outcomes.csv", "provenance.json")
    assert (tmp_path / "people.parquet").read_text() == "mine"


def test_what_another_command_has_left__is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "provenance.json").write_text('{"command": "compare"}')
    (tmp_path / "differences.csv").write_text("dear")
    with pytest.raises(UserInputError, match="what `supportnet compare` wrote"), written_together(tmp_path, "trial"):
        raise AssertionError("nothing is worked out")
    assert (tmp_path / "differences.csv").read_text() == "dear"
    with written_together(tmp_path, "compare") as hidden:
        (hidden / "provenance.json").write_text("{}")
    assert not (tmp_path / "differences.csv").exists()


def test_a_move_that_is_cut_short__leaves_no_provenance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the earlier one, which vouches for what is half gone, nor the new one, which vouches for what is to
    come."""
    write(tmp_path, "figure.png", "outcomes.csv", "provenance.json")
    replace, moved = atomic.os.replace, list[str]()

    def cut_short(old: Path, new: Path) -> None:
        if moved:
            raise OSError(28, "No space left on device")
        moved.append(new.name)
        replace(old, new)

    monkeypatch.setattr(atomic.os, "replace", cut_short)
    with pytest.raises(UserInputError, match="No space left"):
        write(tmp_path, "figure.png", "outcomes.csv", "provenance.json")
    assert moved == ["figure.png"]
    assert not (tmp_path / "provenance.json").exists()


def test_every_table_that_a_command_writes__goes_when_it_is_made_again(tmp_path: Path) -> None:
    write(tmp_path, "effects.csv", "published.csv", "patterns.csv", "provenance.json")
    write(tmp_path, "provenance.json")
    assert [path.name for path in tmp_path.iterdir()] == ["provenance.json"]


def test_a_folder_that_cannot_be_made__is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserInputError, match="results can't be written"):
        write(tmp_path / "file" / "under", "outcomes.csv")


def test_a_file_below_a_file__is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(UserInputError, match="results can't be written"),
        write_whole(tmp_path / "file" / "under" / "report.html"),
    ):
        pass


def test_a_name_that_is_taken_by_a_folder__is_a_mistake__and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "outcomes.csv").mkdir()
    with pytest.raises(UserInputError, match="is a folder there"):
        write(tmp_path, "figure.png", "outcomes.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["outcomes.csv"]


def test_a_kill__leaves_nothing_half_written(tmp_path: Path) -> None:
    """A process really killed while it writes: no file bears its final name."""
    script = (
        "import sys, time; from pathlib import Path\n"
        "from supportnet.analysis.files.result_folder import written_together\n"
        "with written_together(Path(sys.argv[1]), 'run') as hidden:\n"
        "    (hidden / 'outcomes.csv').write_text('half'); print('writing', flush=True); time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script, str(tmp_path / "out")], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline().strip() == b"writing"
    process.kill()
    process.communicate()
    time.sleep(0.1)
    left = [path.name for path in (tmp_path / "out").iterdir()]
    assert left
    assert all(name.startswith(".writing-") for name in left)
    write(tmp_path / "out", "outcomes.csv")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["outcomes.csv"], "a later command clears it away"


def test_default_folder__names_command_scenario_and_identity() -> None:
    request = RunPlan.of(small(), 1, uncertainty="none").request
    folder = default_folder(["a name/with signs"], request)
    assert folder.parent == Path("results")
    assert folder.name.startswith("run-a-name-with-signs-")
    assert len(folder.name.rsplit("-", 1)[1]) == 8


def test_tables__are_the_same_bytes_every_time__and_read_back_the_same(tmp_path: Path) -> None:
    for k in range(2):
        write_parquet(TABLE, tmp_path / f"{k}.parquet")
        write_csv(TABLE, tmp_path / f"{k}.csv")
    for kind in ("parquet", "csv"):
        assert (tmp_path / f"0.{kind}").read_bytes() == (tmp_path / f"1.{kind}").read_bytes()
    back = pd.read_parquet(tmp_path / "0.parquet")
    pd.testing.assert_frame_equal(back, TABLE.astype({"scenario": str}))
    assert (tmp_path / "0.csv").read_bytes().split(b"\n")[2] == b"a,,,2,False"
    assert str(pq.read_schema(tmp_path / "0.parquet").field("scenario").type) == "string"


def test_parts__are_one_table(tmp_path: Path) -> None:
    with Parts(tmp_path / "parts.parquet") as parts:
        parts.add(TABLE)
        parts.add(TABLE.iloc[:1])
    assert len(pd.read_parquet(tmp_path / "parts.parquet")) == 4


def test_json__has_no_nan(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json({"a": float("nan")}, tmp_path / "a.json")
