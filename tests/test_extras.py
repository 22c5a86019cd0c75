"""A library that is missing: the line that installs it, here."""

import re
from pathlib import Path

import pytest

from supportnet.sim import extras
from supportnet.sim.errors import UserInputError
from supportnet.sim.extras import libraries_of, needed


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
