"""Names that a shell completes, asked for as bash asks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from supportnet.analysis.commands.completion import factors_in
from supportnet.experiments.study.study import StudyDefinition, shipped_studies
from tests.command_line import environment

PROGRAM = (
    "import sys\nsys.argv[0] = 'supportnet'\nimport atexit\n"
    "heavy = ('numba', 'pandas', 'scipy', 'matplotlib', 'pyarrow', 'mesa', 'rich')\n"
    "atexit.register(lambda: print([one for one in heavy if one in sys.modules], file=sys.stderr))\n"
    "from supportnet.analysis.commands.main import main\nmain()"
)


def completed(line: str, folder: Path, shell: str = "bash") -> list[str]:
    """What bash would offer at the end of a line."""
    words = line.split(" ")
    asked = {"_SUPPORTNET_COMPLETE": f"complete_{shell}", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=folder, env=environment() | asked, capture_output=True, timeout=60
    )
    assert done.stderr.decode().strip() == "[]", "quick, and without a word of its own"
    return done.stdout.decode().split()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("supportnet com", ["compare"]),
        ("supportnet run today-", ["today-affective", "today-mixed"]),
        ("supportnet run mi", ["mine.toml"]),
        ("supportnet run below/", ["below/other.toml"]),
        ("supportnet compare today befr", ["befriending", "befriending-drive"]),
        ("supportnet compare today befriending sm", ["smaller-caseloads"]),
        ("supportnet explain today befriending --outcome qp", ["qpr"]),
        ("supportnet run today --outcome qpr,ho", ["qpr,hope"]),
        ("supportnet run today --outcome qpr,qp", []),
        ("supportnet run today --set services.cas", ["services.caseload="]),
        ("supportnet run today --set bond.trust_g", ["bond.trust_gain="]),
        ("supportnet trial befr", ["befriending"]),
        ("supportnet trial al", ["all"]),
        ("supportnet sweep lev", ["levers"]),
        ("supportnet study check lev", ["levers"]),
        ("supportnet sensitivity levers --keep services.sh", ["services.shared_decisions"]),
        ("supportnet sensitivity mine.toml --keep x", []),
        ("supportnet sensitivity nowhere --keep x", []),
        ("supportnet optimise --levers befriending,services.case", ["befriending,services.caseload"]),
        ("supportnet economics folder --effect share_recovered_p", ["share_recovered_personal"]),
        ("supportnet results folder --outcome phq", ["phq9"]),
        ("supportnet list lev", ["levers"]),
        ("supportnet scenarios open-d", ["open-dialogue"]),
    ],
)
def test_names__are_completed(line: str, offered: list[str], tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("no toml =")
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "other.toml").write_text("")
    assert completed(line, tmp_path) == offered


def test_factors__are_those_of_the_study(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[factors.services.caseload]\nlow = 1\n[factors."services.turnover"]\n[factors."a.b a.c"]\n')
    assert sorted(factors_in(str(own))) == ["a.b", "a.c", "services.caseload", "services.turnover"]
    for name in shipped_studies():
        offered = list(factors_in(name))
        assert offered or name in ("headline", "screening")  # whose one factor is every number
        assert set(offered) <= set(StudyDefinition.load(name).factor_names)


@pytest.mark.skipif(not hasattr(os, "times"), reason="processor time of children is POSIX's")
def test_completion__is_quick(tmp_path: Path) -> None:
    """A quarter of a second of processor time; slow machines may take twice as long."""
    times = list[float]()
    for _ in range(3):
        before = os.times()
        assert completed("supportnet run today --set services.cas", tmp_path)
        after = os.times()
        times.append(after.children_user + after.children_system - before.children_user - before.children_system)
    assert min(times) < 0.6, times


def test_help__says_how_completion_is_switched_on(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "supportnet.analysis.commands.main", "--help"],
        cwd=tmp_path, env=environment(), capture_output=True,
    )  # fmt: skip
    assert b"--install-completion" in done.stdout
