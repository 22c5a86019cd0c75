"""Documents say what the code does."""

import ast
import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from supportnet.experiments.patterns.table import patterns
from supportnet.experiments.posterior.posterior import shipped_draws_path
from supportnet.sim.former_numbers import former_numbers
from supportnet.sim.parameters import Parameters, numbers, value
from tools import dependencies, validation_page
from tools.tables import TITLES, former_page, moving, outcomes_page, page, patterns_page

ROOT = Path(__file__).parent.parent


def test_tables__are_those_of_the_code() -> None:
    assert (ROOT / "docs" / "parameters.md").read_text(encoding="utf-8") == page(), "run: python -m tools.tables"
    assert (ROOT / "docs" / "outcomes.md").read_text(encoding="utf-8") == outcomes_page(), "run: python -m tools.tables"
    assert (ROOT / "docs" / "patterns.md").read_text(encoding="utf-8") == patterns_page(), "run: python -m tools.tables"
    former = (ROOT / "docs" / "former-numbers.md").read_text(encoding="utf-8")
    assert former == former_page(), "run: python -m tools.tables"
    assert set(TITLES) == {one.use for one in patterns().values()}, "a pattern of each use"


def test_what_the_version_before_made__says_so_on_every_page_that_is_listed() -> None:
    """In one wording; where everything was made again, the table is gone and so are the words."""
    banner = "> Made with [the version of the model before]({}model-versions.md), and not yet repeated."
    text = (ROOT / "docs" / "model-versions.md").read_text(encoding="utf-8")
    table = text.partition("**Made with the version before**")[2].partition("\n## ")[0]
    listed = {ROOT / "docs" / name for name in re.findall(r"\]\(([\w/-]+\.md)\)", table)}
    for one in (ROOT / "docs").rglob("*.md"):
        up = "../" * (len(one.relative_to(ROOT / "docs").parts) - 1)
        assert (banner.format(up) in one.read_text(encoding="utf-8")) == (one in listed), one


def test_what_is_installed_along__is_listed_with_licences() -> None:
    written = dependencies.PAGE.read_text(encoding="utf-8")
    assert written == dependencies.page(), "run: python -m tools.dependencies"
    assert {"numpy", "mesa", "starlette"} < set(dependencies.needed())
    assert "via" not in {one for by in dependencies.needed().values() for one in by}


def test_former_numbers__are_no_numbers_now_and_name_what_there_is() -> None:
    known = set(numbers())
    groups = {name.rpartition(".")[0] for name in known}
    for name, about in former_numbers().items():
        assert name not in known, name
        named = {word.strip(",;:()") for word in about["now"].split() if "." in word.strip(",;:().")}
        dotted = {word for word in named if word.partition(".")[0] in Parameters._fields}
        assert dotted <= known | groups, (name, dotted - known)


def test_every_number__has_unit_range_and_source__and_lies_in_its_range() -> None:
    parameters = Parameters()
    for name, about in numbers().items():
        assert about.unit, name
        assert about.source, name
        assert about.low <= value(parameters, name) <= about.high, name


def test_specification__names_only_numbers_that_exist() -> None:
    text = (ROOT / "docs" / "odd.md").read_text(encoding="utf-8")
    known = {name.rsplit(".", 1)[0] for name in numbers()} | set(numbers())
    groups = "|".join(sorted({name.split(".")[0] for name in numbers()}))
    named = re.findall(rf"`((?:{groups})\.\w+)`", text)
    assert len(named) > 40
    assert [name for name in named if name not in known and not any(k.startswith(name) for k in known)] == []


def test_specification__says_how_many_numbers_move_people() -> None:
    text = (ROOT / "docs" / "odd.md").read_text(encoding="utf-8")
    assert re.findall(r"(\d+) numbers (?:that )?move people", text) == [str(len(moving()))] * 2


def test_links__between_documents_lead_somewhere() -> None:
    for page_path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target, anchor in re.findall(r"\]\(([^)#\s]*)(#[^)\s]+)?\)", page_path.read_text(encoding="utf-8")):
            there = page_path.parent / target if target else page_path
            if "://" not in target:
                assert there.exists(), f"{page_path.name}: {target}"
                assert not anchor or anchor in anchors(there), f"{page_path.name}: {target}{anchor}"


def anchors(page_path: Path) -> set[str]:
    """Where links into a page may lead: its headings, as they are written in addresses."""
    headings = re.findall(r"^#+ (.+)$", page_path.read_text(encoding="utf-8"), re.MULTILINE)
    return {"#" + re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_files__that_pages_for_maintainers_name_are_there() -> None:
    floors = "sim|experiments|analysis|tools|tests|benchmarks|docs|supportnet"
    for name in ("CONTRIBUTING.md", "docs/architecture.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        named = set(re.findall(rf"`((?:{floors})/[\w./*-]*)`", text))
        assert len(named) > 5
        assert [path for path in named if not list(ROOT.glob(path))] == [], name
        assert [
            one for one in re.findall(r"python -m ((?:tools|tests)[\w.]*)", text) if find_spec(one) is None
        ] == [], name


@pytest.mark.slow
@pytest.mark.skipif(shipped_draws_path() is None, reason="the page is of the version of the model before")
def test_page_of_validation__is_what_the_code_finds() -> None:
    made = validation_page.found_page()
    kept = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
    assert kept == made, "run: python -m tools.validation_page"


def test_every_number__is_read_somewhere_in_the_model() -> None:
    """As an attribute, or by `getattr` with its name, or with a beginning such as "expert_" and a word."""
    attributes, texts = set[str](), set[str]()
    for path in (one for floor in ("sim", "experiments") for one in (ROOT / floor).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Attribute(attr=name, ctx=ast.Load()):
                    attributes.add(name)
                case ast.Constant(value=str(text)):
                    texts.add(text)
    beginnings = tuple(text for text in texts if text.endswith("_"))
    names = {name.split(".")[1] for name in numbers()}
    unread = {name for name in names - attributes - texts if not name.startswith(beginnings)}
    assert unread == set(), "no kernel or formula reads these numbers of sim/parameters.py"
