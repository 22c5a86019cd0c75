"""The reference: public names say what they take, give and raise, and their examples run."""

import doctest
import inspect
from functools import cached_property, reduce
from pathlib import Path
from typing import Any

import pytest

import supportnet

validate = pytest.importorskip("numpydoc.validate", reason="needs the extra `docs`").validate
ModuleAnalyzer = pytest.importorskip("sphinx.pycode").ModuleAnalyzer

WRITTEN = {
    "OUTCOMES", "Parameters", "Scenario", "SupportNetwork", "UserInputError", "read_networks", "run",
}  # fmt: skip
SECTIONS = {"GL07", "GL08", "PR01", "PR02", "PR03", "PR04", "PR07", "RT03", "EX01"}  # numpydoc's checks


def plain(member: object) -> object:
    """The function of a class method or a static one."""
    return getattr(member, "__func__", member)


def with_methods(name: str) -> list[str]:
    """A public name, and the public methods of a class that are its own."""
    here = getattr(supportnet, name)
    own = vars(here) if inspect.isclass(here) else {}
    methods = [key for key, one in own.items() if not key.startswith("_") and inspect.isfunction(plain(one))]
    return [name, *(f"{name}.{key}" for key in methods)]


def resolve(member: str) -> Any:
    """What a dotted name stands for."""
    return reduce(getattr, member.split("."), supportnet)


def docstring(member: str) -> str:
    if member in supportnet.PUBLIC and isinstance(getattr(supportnet, member), dict):  # data have it above them
        module = ModuleAnalyzer.for_module(f"supportnet.{supportnet.PUBLIC[member]}")
        return "\n".join(module.find_attr_docs()["", member])
    return inspect.getdoc(resolve(member)) or ""


MEMBERS = [member for name in sorted(supportnet.PUBLIC) for member in with_methods(name)]


@pytest.mark.parametrize("member", MEMBERS)
def test_a_public_name__says_what_it_takes_gives_and_raises(member: str) -> None:
    name = member.partition(".")[0]
    if name not in WRITTEN:
        pytest.skip("its sections are not written yet")
    if isinstance(getattr(supportnet, name), dict):
        assert "Examples\n--------" in docstring(name)
    else:
        errors = validate(f"supportnet.{member}")["errors"]
        assert [f"{code}: {says}" for code, says in errors if code in SECTIONS] == []
    if inspect.isroutine(resolve(member)):
        gives = inspect.signature(resolve(member)).return_annotation not in {None, "None"}
        assert ("Returns\n-------" in docstring(member)) == gives


@pytest.mark.parametrize("member", MEMBERS)
def test_examples__run_as_they_stand(member: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    examples = doctest.DocTestParser().get_doctest(docstring(member), {}, member, None, None)
    said: list[str] = []
    doctest.DocTestRunner(verbose=False).run(examples, out=said.append)
    assert said == [], "".join(said)
    assert examples.examples or member.partition(".")[0] not in WRITTEN


def test_properties__have_a_sentence() -> None:
    classes = [here for name in sorted(WRITTEN) if inspect.isclass(here := getattr(supportnet, name))]
    properties = {
        f"{here.__name__}.{key}": one.__doc__
        for here in classes
        for key, one in vars(here).items()
        if not key.startswith("_") and isinstance(one, property | cached_property)
    }
    assert "Scenario.population" in properties
    assert [name for name, says in properties.items() if not says] == []
