"""The package as it is installed: one name, usable from any folder, typed."""

import os
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import supportnet
from tests.command_line import environment

ROOT = Path(__file__).parents[1]
FLOORS = ("analysis", "experiments", "sim")
EVERY_MODULE = """
import pkgutil, supportnet as sn

there = [one.name for one in pkgutil.walk_packages(sn.__path__, "supportnet.")]
names = [name for name in there if not name.endswith(("__main__", "mesa_page"))]  # that page needs an extra
for name in names:
    __import__(name)
print(sn.__file__, sn.__version__, len(names))
"""
LINES = """
import supportnet as sn

scenario = sn.Scenario.load("today", {"population.patients": 20, "weeks": 4})
found = sn.run(scenario, replicates=2, seed=1, workers=1)
print(sn.__file__, sn.__version__, found.summary()["mean"]["qpr"])
"""
TYPED = """
import supportnet as sn

scenario: sn.Scenario = sn.Scenario.load("today").with_values({"services.caseload": 20})
results: sn.Results = sn.run(scenario, replicates=2, seed=1)
mean: float = results["qpr"].mean
what_if: sn.Comparison = sn.compare("today", "befriending", replicates=2)
lower: float = what_if["qpr"].lower
indices: sn.Indices = sn.Study.load("levers").sweep("levers").sensitivity("qpr")
effects: sn.Trial = sn.trial("befriending", replicates=2)
model = sn.SupportNetwork("today", seed=1)
model.run(4)
names: list[str] = list(sn.OUTCOMES)
"""


def pip(*words: str) -> None:
    done = subprocess.run([sys.executable, "-m", "pip", *words, "--quiet"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a wheel, and a source distribution."""
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("built")
    words = [sys.executable, "-m", "hatchling", "build", "--directory", str(folder)]
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the wheel is installed."""
    folder = tmp_path_factory.mktemp("installed")
    pip("install", "--no-deps", "--target", str(folder), str(next(built.glob("*.whl"))))
    return folder


def called(words: list[str], folder: Path, installed: Path) -> subprocess.CompletedProcess[str]:
    """Python in a folder, with this installation."""
    own = {**environment(), "PYTHONPATH": str(installed)}
    return subprocess.run([sys.executable, *words], cwd=folder, env=own, capture_output=True, text=True, check=False)


def test_a_wheel__installs_one_name(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        names = wheel.namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"supportnet"}
    assert {f"supportnet/{floor}/__init__.py" for floor in FLOORS} <= {*names}
    assert "supportnet/py.typed" in names
    assert not [name for name in names if "tests" in name or "tools" in name]


def test_a_source_distribution__makes_the_same_wheel(built: Path, tmp_path: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        archive.extractall(tmp_path, filter="data")
    source = next(tmp_path.iterdir())
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(tmp_path / "again"), str(source))
    wheels = [next(folder.glob("*.whl")) for folder in (built, tmp_path / "again")]
    assert wheels[0].read_bytes() == wheels[1].read_bytes()


@pytest.fixture
def folders_of_ours(tmp_path: Path) -> Path:
    """A folder in which a user has folders and files named like those of the project."""
    for name in ("sim", "experiments"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise ImportError('not ours')")
    (tmp_path / "analysis.py").write_text("raise ImportError('not ours')")
    return tmp_path


@pytest.mark.slow
def test_an_installed_package__is_found_where_a_user_has_folders_of_the_same_names(
    installed: Path, folders_of_ours: Path
) -> None:
    done = called(["-c", EVERY_MODULE], folders_of_ours, installed)
    assert done.returncode == 0, done.stderr
    where, version, modules = done.stdout.split()
    assert (where, version) == (str(installed / "supportnet" / "__init__.py"), supportnet.__version__)
    assert int(modules) > 200
    assert called(["-m", "supportnet", "scenarios"], folders_of_ours, installed).returncode == 0


@pytest.mark.slow
def test_an_installed_package__runs(installed: Path, folders_of_ours: Path) -> None:
    """The core is compiled where the package lies."""
    done = called(["-c", LINES], folders_of_ours, installed)
    assert done.returncode == 0, done.stderr
    assert 0.0 < float(done.stdout.split()[-1]) < 60.0


@pytest.mark.slow
def test_a_users_lines__are_typed(installed: Path, tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    (tmp_path / "mine.py").write_text(TYPED)
    (tmp_path / "wrong.py").write_text(TYPED + 'sn.run(scenario, replicates="2")\nsn.runn()\n')
    check = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--follow-imports=silent",
        "--no-incremental",
        "mine.py",
        "wrong.py",
    ]
    own = {**os.environ, "MYPYPATH": str(installed)}
    told = subprocess.run(check, cwd=tmp_path, env=own, capture_output=True, text=True, check=False).stdout
    assert "mine.py" not in told
    assert "arg-type" in told
    assert 'has no attribute "runn"' in told


def test_public_names__are_there_and_no_others() -> None:
    assert {*supportnet.__all__} == {*supportnet.PUBLIC, "__version__"}
    assert all(getattr(supportnet, name) is not None for name in supportnet.__all__)
    assert dir(supportnet) == sorted(supportnet.__all__)
    assert issubclass(supportnet.UserInputError, ValueError)
    with pytest.raises(AttributeError, match="no attribute 'rum'"):
        _ = supportnet.rum  # type: ignore[attr-defined]


def core_modules() -> set[str]:
    """Top-level modules of what an installation without extras brings, with all that it needs itself."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    waiting, there = [Requirement(one) for one in project["dependencies"]], set[str]()
    while waiting:
        one = waiting.pop()
        if canonicalize_name(one.name) not in there and (not one.marker or one.marker.evaluate({"extra": ""})):
            there.add(canonicalize_name(one.name))
            waiting += map(Requirement, requires(one.name) or [])
    return {name for name, by in packages_distributions().items() if there & {canonicalize_name(one) for one in by}}


@pytest.mark.parametrize(
    "words",
    [
        ("--help",),
        pytest.param(("scenarios",), marks=pytest.mark.slow),
        ("run", "today", "--patients", "20", "--weeks", "4"),
    ],
)
def test_without_extras__commands_need_no_library_that_only_an_extra_brings(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    others = sorted({*packages_distributions()} - core_modules() - {"supportnet"})
    assert {"click", "sklearn"} <= {*others}
    lines = (
        "import sys\n"
        f"sys.modules.update(dict.fromkeys({others!r}))\n"  # importing one is an ImportError
        f"sys.argv = ['supportnet', *{words!r}]\n"
        "from supportnet.analysis.commands.main import main\nmain()\n"
    )
    done = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, cwd=tmp_path,
                          env=environment(), check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
