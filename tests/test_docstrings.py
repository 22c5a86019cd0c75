"""The reference: public names say what they take, give and raise, and their examples run."""

import doctest
import inspect
from functools import cached_property, reduce
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import supportnet
from supportnet.analysis.report.report import Report
from supportnet.analysis.results.result import Result
from supportnet.experiments.patterns.table import PRESETS
from supportnet.experiments.posterior.posterior import write_draws

validate = pytest.importorskip("numpydoc.validate", reason="needs the extra `docs`").validate
ModuleAnalyzer = pytest.importorskip("sphinx.pycode").ModuleAnalyzer

SECTIONS = {"GL07", "GL08", "PR01", "PR02", "PR03", "PR04", "PR07", "RT03"}  # numpydoc's checks
FOR_COMMANDS = {"of"}  # wraps what experiments give: no part of the reference
ONE_FOR_ALL = (Result, Report, supportnet.Sweep)  # their methods are shown in the example of the class
FEW_DRAWS = pd.DataFrame({"bond.trust_gain": [0.1, 0.12, 0.14]})  # in the folder of every example


def plain(member: object) -> object:
    """The function of a class method or a static one."""
    return getattr(member, "__func__", member)


def with_methods(name: str) -> list[str]:
    """A public name, and the public methods of a class that are this project's."""
    here = getattr(supportnet, name)
    ours = [base for base in here.__mro__ if base.__module__.startswith("supportnet")] if inspect.isclass(here) else []
    every = {key: one for base in reversed(ours) for key, one in vars(base).items() if key not in FOR_COMMANDS}
    methods = [key for key, one in every.items() if not key.startswith("_") and inspect.isfunction(plain(one))]
    return [name, *(f"{name}.{key}" for key in methods)]


def resolve(member: str) -> Any:
    """What a dotted name stands for."""
    return reduce(getattr, member.split("."), supportnet)


def written_at(member: str) -> str:
    """Where the docstring of a member stands: a method may have that of a base."""
    name, _, method = member.partition(".")
    if not method:
        return f"supportnet.{name}"
    bases = [one for one in getattr(supportnet, name).__mro__ if method in vars(one)]
    base = next(one for one in bases if plain(vars(one)[method]).__doc__)
    return f"{base.__module__}.{base.__qualname__}.{method}"


def needs_an_example(member: str) -> bool:
    name, _, method = member.partition(".")
    here = getattr(supportnet, name)
    return not (method and issubclass(here, ONE_FOR_ALL))


def docstring(member: str) -> str:
    if member in supportnet.PUBLIC and isinstance(getattr(supportnet, member), dict):  # data have it above them
        module = ModuleAnalyzer.for_module(f"supportnet.{supportnet.PUBLIC[member]}")
        return "\n".join(module.find_attr_docs()["", member])
    return inspect.getdoc(resolve(member)) or ""


MEMBERS = [member for name in sorted(supportnet.PUBLIC) for member in with_methods(name)]


@pytest.mark.parametrize("member", MEMBERS)
def test_a_public_name__says_what_it_takes_gives_and_raises(member: str) -> None:
    if not isinstance(resolve(member), dict):
        errors = validate(written_at(member))["errors"]
        assert [f"{code}: {says}" for code, says in errors if code in SECTIONS] == []
    if inspect.isroutine(resolve(member)):
        gives = inspect.signature(resolve(member)).return_annotation not in {None, "None"}
        assert ("Returns\n-------" in docstring(member)) == gives


@pytest.mark.parametrize("member", MEMBERS)
def test_examples__run_as_they_stand(member: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_draws(tmp_path / "posterior.parquet", FEW_DRAWS, {"presets": [*PRESETS]})
    examples = doctest.DocTestParser().get_doctest(docstring(member), {}, member, None, None)
    said: list[str] = []
    doctest.DocTestRunner(verbose=False).run(examples, out=said.append)
    assert said == [], "".join(said)
    assert examples.examples or not needs_an_example(member)


def test_properties__have_a_sentence() -> None:
    classes = [here for name in sorted(supportnet.PUBLIC) if inspect.isclass(here := getattr(supportnet, name))]
    properties = {
        f"{here.__name__}.{key}": inspect.getdoc(getattr(here, key))
        for here in classes
        for key, one in inspect.getmembers(here)
        if not key.startswith("_") and isinstance(one, property | cached_property)
    }
    assert "Scenario.population" in properties
    assert [name for name, says in properties.items() if not says] == []
