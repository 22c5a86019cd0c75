"""The search for faults can find them: each of its checks fails where it should."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are watched through /proc")
if sys.platform == "linux":
    from tests.attack import __main__ as program
    from tests.attack import damage, execution, flips, hostile, processes, service, signals, watch
    from tests.attack.checks import difference, fault_in, leftovers
    from tests.attack.commands import Command
    from tests.attack.processes import Ended, forked, orphans
    from tests.attack.readers import READERS
    from tests.attack.results import Ending, Result, fault, random_of

TRACE = 'Traceback (most recent call last):\n  File "{}/sim/pool.py", line 7, in x\n    y\nKeyError: 3\n'


@pytest.mark.parametrize(
    ("code", "err", "wrong"),
    [
        (0, "", ""),
        (2, "a mistake", ""),
        (3, "one failed", ""),
        (2, "", "refused without a word"),
        (None, "", "takes for ever"),
        (1, "x", "ends with 1"),
        (-11, "", "ends with -11"),
        (0, "Exception ignored in: <x>", "Exception ignored"),
        (2, TRACE, "KeyError: 3 (sim/pool.py:7; through pool.py:7)"),
    ],
)
def test_what_is_wrong_with_an_end__is_seen(code: int | None, err: str, wrong: str) -> None:
    said = fault_in(Ended(code, "", err.replace("{}", str(processes.ROOT)), 1.0))
    assert (wrong in said) if wrong else not said


def test_a_call_in_a_fork__is_seen_to_fail_to_hang_and_to_take_memory(tmp_path: Path) -> None:
    def hog() -> None:
        bytearray(2**31)

    def refuse() -> None:
        print("no", file=sys.stderr)
        sys.exit(2)

    assert fault_in(forked(refuse, tmp_path)) == ""
    assert "ZeroDivisionError" in fault_in(forked(lambda: 1 // 0, tmp_path))
    assert "takes for ever" in fault_in(forked(lambda: time.sleep(60), tmp_path, seconds=0.1))
    assert "MemoryError" in fault_in(forked(hog, tmp_path, memory=2**30))
    assert "ends with -9" in fault_in(forked(lambda: os.kill(os.getpid(), 9), tmp_path))


def test_permissions__hold_in_a_fork_even_for_root(tmp_path: Path) -> None:
    (tmp_path / "x").touch(0)
    end = forked((tmp_path / "x").read_text, tmp_path, bound_by_permissions=True)
    assert "PermissionError" in fault_in(end)


def test_processes_that_are_left__are_found_and_ended() -> None:
    parent = subprocess.Popen(["sh", "-c", "sleep 77 & exit 0"], start_new_session=True)
    parent.wait()
    assert ["sleep 77" in name for name in orphans(parent.pid, 0.1)] == [True]
    assert orphans(parent.pid, 1.0) == []


def test_files_that_differ__are_told() -> None:
    whole = {"a": b"1", "b": b"2"}
    assert difference(whole, whole) == ""
    assert difference(whole, {"b": b"3", "c": b""}) == "lost: a; there besides: c; different: b"


def test_unfinished_files__are_found(tmp_path: Path) -> None:
    (tmp_path / "out" / ".writing-1").mkdir(parents=True)
    (tmp_path / "x.tmp").touch()
    (tmp_path / "whole").touch()
    assert leftovers(tmp_path) == ["out/.writing-1", "x.tmp"]


def test_a_flipped_bit__may_not_change_an_answer_in_silence() -> None:
    def judged(code: int = 0, out: str = "1", err: str = "", left: bytes = b"1", mended: bool = False) -> "Ending":
        answer = flips.Answer(Ended(code, out, err, 0.0), {"out.csv": left, "x": b"flipped"})
        return flips.judged(READERS[0], sound, answer, "x", mended).ending

    sound = flips.Answer(Ended(0, "1", "", 0.0), {"out.csv": b"1", "x": b"whole"})
    assert judged() is Ending.UNCHANGED
    assert judged(mended=True) is Ending.HEALED
    assert judged(code=2, err="damaged") is Ending.REFUSED
    assert judged(out="2", err="x is passed over") is Ending.REFUSED
    assert judged(out="2") is Ending.FAULT
    assert judged(left=b"2") is Ending.FAULT
    assert judged(code=1) is Ending.FAULT


@pytest.mark.parametrize(
    ("event", "about", "acts"),
    [
        ("os.system", ("x",), True),
        ("os.posix_spawn", ("x", [], {}), True),
        ("subprocess.Popen", ("touch", ["touch"], None, None), True),
        ("subprocess.Popen", ("git", ["git", "rev-parse"], None, None), False),
        ("socket.connect", (None, ("127.0.0.1", 9)), True),
        ("pickle.find_class", ("posix", "system"), True),
        ("pickle.find_class", ("numpy", "dtype"), False),
        ("open", ("/mine/x", "w", 0), False),
        ("open", ("/elsewhere/x", "r", 0), False),
        ("open", ("/elsewhere/x", "w", 0), True),
        ("open", ("/mine/../elsewhere/x", "a", 0), True),
        ("os.remove", ("/elsewhere/x", -1), True),
    ],
)
def test_events_by_which_a_file_acts__are_known(event: str, about: tuple[Any, ...], acts: bool) -> None:
    assert watch.acts(event, about, ["/mine"]) is acts


def test_a_watched_process__cannot_act_unseen(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    events = tmp_path / "events"
    acts = "import os, pickle\nopen('/dev/null').close()\nos.system('true')\nopen('outside/x', 'w')"
    variables = {watch.EVENTS: str(events), watch.ALLOWED: "/nowhere", "TMPDIR": "/nowhere"}
    environment = {**os.environ, **variables, "PYTHONPATH": str(processes.ROOT)}
    program = f"from tests.attack.watch import watch\nwatch()\n{acts}"
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environment, check=True)
    assert [line.split()[0] for line in events.read_text().splitlines()] == ["os.system", "open"]


def test_a_pickle_that_acts__acts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pickle

    monkeypatch.chdir(tmp_path)
    pickle.loads(pickle.dumps(hostile.Act()))
    assert (tmp_path / hostile.PROOF).exists()


def test_formulas_markup_and_escapes__are_found(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n-1.5,=1+1\n")
    assert "=1+1" in execution.formula_in(tmp_path / "x.csv")
    (tmp_path / "x.csv").write_text("a,b\n-1.5,1+1\n")
    assert execution.formula_in(tmp_path / "x.csv") == ""
    for said in ("<script>", '<p onclick="x">', '<img src="http://x/y">', '<a href="javascript:x">'):
        (tmp_path / "x.html").write_text(f"<p>{said}")
        assert execution.markup_in(tmp_path / "x.html")
    (tmp_path / "x.html").write_text('<p>&lt;script&gt;<img src="data:image/png;base64,x"><a href="#x">')
    assert execution.markup_in(tmp_path / "x.html") == ""
    assert execution.CONTROLS.search("\x1b[2J")
    assert execution.CONTROLS.search("a\u202eb")
    assert not execution.CONTROLS.search("plain\n\ttext – ≥ µ")


def test_what_an_interrupted_command_says__must_be_true(tmp_path: Path) -> None:
    place: Any = SimpleNamespace(
        command=Command("run", ("run",)),
        seen=lambda: frozenset({"out"}),
        unfinished=lambda: [],
        files=lambda: {"a": b""},
    )
    silent, denies = Ended(143, "", "", 1.0), Ended(130, "", "Interrupted: nothing was written.", 1.0)
    assert signals.untrue(place, silent, frozenset({"out"}), {}) == ""
    assert "nothing was written" in signals.untrue(place, denies, frozenset(), {"a": b""})
    assert "a part of its files" in signals.untrue(place, silent, frozenset(), {"a": b"", "b": b""})
    place.unfinished = lambda: [".writing-1"]
    assert "unfinished" in signals.untrue(place, silent, frozenset(), {"a": b""})


def test_a_service_that_fails__is_seen() -> None:
    service.check_answer(b"HTTP/1.1 404 Not Found", b"x")
    with pytest.raises(service.WrongAnswer):
        service.check_answer(b"HTTP/1.1 500 Internal Server Error", b"x")
    assert service.p95([0.1] * 50 + [15.0] * 10) == 15.0


@pytest.mark.parametrize("number", range(40))
def test_damage__is_the_same_for_the_same_number(tmp_path: Path, number: int) -> None:
    def damaged(name: str) -> tuple[str, bytes | None]:
        (tmp_path / name).mkdir()
        path, other = tmp_path / name / "x.toml", tmp_path / name / "y.toml"
        path.write_bytes(b'a = 1\nb = "word"\n')
        other.write_bytes(b"other")
        how = damage.change_file(path, [other], random_of("mutations", 1, number))
        return how, path.read_bytes() if path.is_file() else None

    assert damaged("one") == damaged("two")


def test_a_fault__is_printed_with_the_line_that_repeats_it__and_ends_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def attack(state: Any, rng: Random, number: int) -> "Result":
        return fault("x", "broken") if number == 1 else Result(Ending.REFUSED, "x")

    monkeypatch.setitem(sys.modules, "tests.attack.kills", SimpleNamespace(CASES=3, prepare=str, attack=attack))
    monkeypatch.setattr(program, "own_cache", lambda folder: folder)
    monkeypatch.setenv("SUPPORTNET_CACHE", "")
    assert exit_code(lambda: program.main(["kills"], 5, 1.0, None, 1)) == 1
    said = capsys.readouterr()
    assert "python -m tests.attack kills --seed 5 --case 1" in said.err
    assert exit_code(lambda: program.main(["kills"], 5, 1.0, 0, 1)) == 0


def exit_code(call: Callable[[], None]) -> int:
    import typer

    with pytest.raises(typer.Exit) as end:
        call()
    return int(end.value.exit_code)


@pytest.mark.slow
def test_a_small_search__finds_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.attack", "--scale", "0.003"],
        cwd=processes.ROOT, env={**os.environ, "TMPDIR": str(tmp_path)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout


def test_what_runs_before_attacked_commands__runs() -> None:
    from tests.attack.commands import COMMANDS

    before = {command.before for command in COMMANDS}
    assert len(before) > 2
    for program in before:
        subprocess.run([sys.executable, "-c", program], cwd=processes.ROOT, check=True)
