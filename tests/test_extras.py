"""A library that is missing: the line that installs it, here."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import supportnet
from supportnet.sim import extras
from supportnet.sim.errors import UserInputError
from supportnet.sim.extras import broken, libraries_of, needed
from tests.command_line import Supportnet


def said(*words: str) -> str:
    with pytest.raises(UserInputError) as error:
        needed(*words)
    return str(error.value)


@pytest.fixture
def missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda name: None)


def test_what_is_there__is_not_asked_for() -> None:
    needed("optimise", "json")


@pytest.mark.usefixtures("missing")
def test_in_a_checkout__the_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    root = Path(extras.__file__).parents[1]
    monkeypatch.chdir(root)
    assert said("optimise", "pymoo").endswith('remedy: pip install -e ".[optimise]"')
    monkeypatch.chdir(tmp_path)
    assert said("optimise", "pymoo").endswith(f'remedy: pip install -e ".[optimise]" in {root}')


@pytest.mark.usefixtures("missing")
def test_elsewhere__the_libraries_are_named__for_no_index_has_supportnet(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(extras, "ROOT", tmp_path)
    assert re.search(r'remedy: pip install "pymoo[>=.\d]+"$', said("optimise", "pymoo"))
    assert said("", "xarray").endswith("remedy: pip install xarray")
    for extra, names in {"explore": {"segno", "starlette", "uvicorn"}, "mesa": {"segno", "solara"}}.items():
        libraries = {re.split(r"\W", one)[0] for one in libraries_of(extra)}
        assert names <= libraries
        assert "supportnet" not in libraries


def test_a_package_of_which_parts_are_gone__says_so(tmp_path: Path) -> None:
    shutil.copytree(Path(supportnet.__file__).parent, tmp_path / "supportnet")
    here = {**os.environ, "PYTHONPATH": str(tmp_path)}
    words = [sys.executable, "-c", "import supportnet"]
    done = subprocess.run(words, cwd=tmp_path, env=here, capture_output=True, text=True, check=False)
    assert f"remove what is left in {tmp_path / 'supportnet'}, and install it again" in done.stderr


@pytest.mark.parametrize(
    ("name", "says"), [("supportnet.sim.gone", "two versions are mixed"), ("pyarrow", "a library is missing")]
)
def test_what_cannot_be_imported__is_a_mistake(supportnet: Supportnet, name: str, says: str) -> None:
    error = ModuleNotFoundError(f"No module named {name!r}", name=name)
    assert says in str(broken(error))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("supportnet.analysis.commands.app.app", raising(error))
        said = supportnet("list", "outcomes")
    assert (said.code, says in said.err, "Traceback" in said.err) == (2, True, False)


def raising(error: Exception) -> Callable[[], None]:
    def app() -> None:
        raise error

    return app
