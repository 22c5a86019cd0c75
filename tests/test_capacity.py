"""What work takes, told before it starts; what no machine has is refused, with a remedy that works."""

import math
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from supportnet.analysis.commands.options import LONG, afford
from supportnet.analysis.commands.output import Output
from supportnet.experiments import resource_needs
from supportnet.experiments.ensemble.plan import RunPlan
from supportnet.experiments.ensemble.sampling import Sampling
from supportnet.experiments.execution import capacity
from supportnet.experiments.execution.capacity import (
    MIB,
    PROCESS,
    YEAR,
    Needs,
    check_capacity,
    memory_available,
    room_at,
    size,
)
from supportnet.experiments.runs.engines import engine_of
from supportnet.experiments.study.study import StudyDefinition
from supportnet.sim.area.simulation import Simulation
from supportnet.sim.errors import UserInputError
from supportnet.sim.scenario.scenario import Scenario
from tests.command_line import SMALL, Supportnet, process
from tests.questions import question_at
from tests.small import small
from tests.studies import BODY, study_at

MANY = "1000000000"
HUGE = [
    ("run", "today", "--replicates", MANY),
    ("run", "today", "--replicates", MANY, "--uncertainty", "none", "--quiet"),
    ("run", "today", "--replicates", "9" * 40),
    ("run", "today", "--patients", "1000000", "--record", "ties", "--every", "1"),
    ("run", "today", "--workers", "100000"),
    ("compare", "today", "befriending", "--replicates", MANY),
    ("explain", "today", "befriending", "--replicates", MANY),
    ("trial", "all", "--replicates", MANY),
    ("trial", "befriending", "--places", MANY),
    ("validate", "--replicates", MANY),
    ("optimise", "--budget", "9", "--replicates", MANY),
    ("decide", "question.toml", "--replicates", MANY),
    ("sweep", "levers", "--workers", "100000"),
    ("sweep", "levers", "--workers", "900", "--engine", "processes"),
    ("sweep", "levers", "--workers", "900", "--engine", "dask"),
    ("sensitivity", "levers", "--n", MANY),
    ("study", "check", "huge.toml"),
    ("sweep", "huge.toml"),
    ("calibrate", "huge.toml"),
    ("calibrate", "--workers", "100000"),
]


@pytest.mark.parametrize("words", HUGE, ids=" ".join)
def test_what_no_machine_has__is_refused_before_anything_is_simulated(
    supportnet: Supportnet, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setattr(capacity, "memory_available", lambda: 64 * 1024 * MIB)
    Path("huge.toml").write_text(
        'measure = "patterns"\nreplicates = 1000000\n[design]\nn = 20000000\n[factors."bond.pull"]\n', "utf-8"
    )
    question_at(Path())
    here = sorted(path.name for path in Path().iterdir())
    monkeypatch.setattr(Simulation, "__init__", lambda *_, **__: pytest.fail("work has begun"))
    said = supportnet(*words)
    assert said.code == 2, said
    assert "expected: " in said.err or "must be" in said.err
    assert "remedy: " in said.err
    assert sorted(path.name for path in Path().iterdir()) == here


@pytest.mark.parametrize(("name", "says"), [("ties.csv", "this takes more memory"), ("interview.mp4", "none: ")])
def test_tables_that_no_memory_holds__are_not_read(
    supportnet: Supportnet, monkeypatch: pytest.MonkeyPatch, name: str, says: str
) -> None:
    monkeypatch.setattr(capacity, "memory_available", lambda: 64 * 1024 * MIB)
    Path("study").mkdir()
    with open(f"study/{name}", "wb") as file:
        file.truncate(10 * 1024 * int(MIB))  # takes no room on the disk
    said = supportnet("import", "study", "--mapping", "none")
    assert said.code == 2
    assert said.err.startswith(says)


def test_the_remedy_works(supportnet: Supportnet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capacity, "memory_available", lambda: 400 * MIB)
    words = ("run", "today", *SMALL[:4], "--uncertainty", "none", "--quiet", "--out", "out")
    said = supportnet(*words, "--replicates", "100000")
    assert said.code == 2
    assert "lower --replicates" in said.err
    assert supportnet(*words, "--replicates", "2").code == 0


def test_work_that_takes_long__says_so_beforehand(capsys: pytest.CaptureFixture[str]) -> None:
    afford(Needs(seconds=LONG - 1), "--replicates", Output(False, False))
    assert capsys.readouterr().err == ""
    afford(Needs(seconds=2 * 3600.0), "--replicates", Output(True, False))
    assert capsys.readouterr() == ("", "This takes about 2 h on this machine.\n")
    with pytest.raises(UserInputError, match="longer than a year"):
        afford(Needs(seconds=2 * YEAR), "--replicates", Output(False, True))


def test_a_disk_without_room__is_told_beforehand(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda place: usage(500 * MIB, 0, 200 * MIB))
    with pytest.raises(UserInputError, match=r"(?s)more room on the disk than there is.*or lower --record"):
        check_capacity(Needs(disk=201 * MIB), "--record", tmp_path / "out" / "deeper")
    check_capacity(Needs(disk=199 * MIB), "--record", tmp_path / "out")
    check_capacity(Needs(disk=201 * MIB), "--record")


def test_memory__is_that_of_the_container_where_there_is_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "max").write_text("max\n")
    monkeypatch.setattr(capacity, "CGROUP", (str(tmp_path / "none"), str(tmp_path / "max")))
    whole = memory_available()
    assert whole > 256 * MIB
    (tmp_path / "max").write_text("1048576\n")
    assert memory_available() == MIB
    monkeypatch.setattr(capacity, "CGROUP", ())
    monkeypatch.delattr("os.sysconf", raising=False)
    assert memory_available() == math.inf, "where it can't be known, nothing is refused"


def test_room__is_that_of_the_nearest_folder_that_is_there(tmp_path: Path) -> None:
    assert 0 < room_at(tmp_path / "a" / "b") < math.inf


def test_sizes__are_written_for_people() -> None:
    assert [size(one) for one in (2.5 * MIB, 3000 * MIB, 1e15)] == ["2.5 MiB", "2.93 GiB", "909 TiB"]


def needs(scenario: Scenario, replicates: int, record: tuple[str, ...] = (), every: int = 0) -> Needs:
    """What such a run takes."""
    return resource_needs.of_run(RunPlan(scenario, Sampling(range(replicates)), record, every), 2)


def test_needs__grow_with_what_is_asked() -> None:
    today, more = small(), small(population__patients=600)
    once = needs(today, 10)
    for other in (
        needs(today, 1000),
        needs(more, 10),
        needs(small(weeks=2600), 10),
        needs(today, 10, ("ties",), 1),
    ):
        assert other.memory > once.memory
    assert needs(more, 10).seconds > once.seconds
    assert needs(more, 10, ("people",), 1).disk > once.disk == 0.0


@pytest.mark.slow
@pytest.mark.skipif(
    sys.platform != "linux", reason="the peak of a process alone is Linux's: ru_maxrss begins at its parent's"
)
@pytest.mark.parametrize(
    "words",
    [
        ("run", "today", "--patients", "500", "--replicates", "10"),
        ("run", "today", "--patients", "20000", "--weeks", "26", "--replicates", "4", "--uncertainty", "none"),
        ("run", "today", "--patients", "50", "--weeks", "520", "--replicates", "400", "--uncertainty", "none"),
        ("compare", "today", "befriending", "--patients", "100", "--replicates", "20"),
        ("compare", "today", "befriending", "--patients", "5000", "--weeks", "26", "--uncertainty", "none"),
        ("explain", "today", "befriending", "--patients", "100", "--replicates", "2"),
        ("trial", "befriending", "--replicates", "10"),
        ("validate", "--replicates", "2"),
    ],
    ids=" ".join,
)
def test_estimates__hold_within_a_factor_of_two(tmp_path: Path, words: tuple[str, ...]) -> None:
    """Memory anywhere; processor time where others do not take it, on machines that are not much faster or slower."""
    before = (
        "import atexit, os, re, sys\n"
        "from supportnet.experiments.execution import capacity\n"
        "check = capacity.check_capacity\n"
        "def told(needs, *about):\n    sys.stderr.write(f'{needs.memory} {needs.seconds} '); check(needs, *about)\n"
        "capacity.check_capacity = told\n"
        "def took():\n"
        "    t, peak = os.times(), re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())\n"
        "    sys.stderr.write(f'{1024 * int(peak[1])} {t.user + t.system}')\n"
        "atexit.register(took)\n"
    )
    said = process(*words, "--workers", "1", "--out", str(tmp_path / "out"), "--quiet", folder=tmp_path, before=before)
    memory, seconds, resident, took = map(float, said.err.split())
    assert 0.5 < memory / resident < 2.0
    assert 0.33 < seconds / took < 3.0


def test_workers__take_memory_where_they_are_processes_of_this_machine(tmp_path: Path) -> None:
    read = StudyDefinition.load(study_at(tmp_path, BODY))
    threads, processes, local, elsewhere = (
        resource_needs.of_study(read, 24, engine_of(*words))
        for words in (("threads", 4), ("processes", 4), ("dask", 4), ("dask", 4, "tcp://127.0.0.1:1"))
    )
    assert processes.memory == local.memory == pytest.approx(threads.memory + 4 * PROCESS)
    assert elsewhere.memory < threads.memory
