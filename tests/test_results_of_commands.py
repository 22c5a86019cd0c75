"""Results of what builds on other results, as users hold them: the same numbers as the command line."""

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from matplotlib.figure import Figure

import supportnet as sn
from supportnet.analysis.results.result import Result
from supportnet.sim.scenario.scenario import Scenario
from tests.command_line import Supportnet, files_of
from tests.small import small
from tests.test_results import as_json, without_files

pytestmark = pytest.mark.usefixtures("figures_not_drawn")
FEW: dict[str, Any] = {
    "patients": 20, "weeks": 8, "replicates": 2, "candidates": 4, "generations": 1, "search_replicates": 2,
    "uncertainty": "none",
}  # fmt: skip
LEVERS = ["befriending", "services.caseload"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    what_if = sn.compare(small(), small("befriending"), replicates=4, uncertainty="none")
    return what_if.save(tmp_path_factory.mktemp("what-if") / "compare")


@pytest.fixture(scope="module")
def worth(folder: Path) -> sn.CostEffectiveness:
    return sn.economics(folder, "recovery", threshold=20_000)


@pytest.fixture(scope="module")
def best() -> sn.Portfolios:
    return sn.optimise(150, levers=LEVERS, **FEW)


@pytest.mark.usefixtures("figures_drawn")
def test_economics__gives_the_numbers_of_the_command(
    supportnet: Supportnet, folder: Path, worth: sn.CostEffectiveness, tmp_path: Path
) -> None:
    words = ("economics", str(folder), "--effect", "recovery", "--threshold", "20000", "--out", str(tmp_path / "a"))
    assert as_json(worth) == without_files(supportnet(*words, "--json").json)
    assert files_of(tmp_path / "a") == files_of(worth.save(tmp_path / "b"))


@pytest.mark.usefixtures("figures_drawn")
def test_optimise__gives_the_numbers_of_the_command(supportnet: Supportnet, best: sn.Portfolios) -> None:
    options = [text for name, value in FEW.items() for text in (f"--{name.replace('_', '-')}", str(value))]
    words = ("optimise", "--budget", "150", "--levers", ",".join(LEVERS), *options, "--out", "results/a")
    assert as_json(best) == without_files(supportnet(*words, "--json").json)
    assert files_of(Path("results/a")) == files_of(best.save("results/b"))


def test_best_toml__names_what_it_is_based_on_from_where_it_lies() -> None:
    Path("mine.toml").write_text('based_on = "today"\n[services]\ncaseload = 30\n', "utf-8")
    found = sn.optimise(150, "mine.toml", LEVERS, **FEW)
    best = Scenario.load(str(found.save("results/of/mine") / "best.toml"))
    assert best.canonical() == found.today.with_values(found.settings(found.recommended)).canonical()


def test_report__makes_the_page_of_the_command(supportnet: Supportnet, folder: Path, tmp_path: Path) -> None:
    told = supportnet("report", str(folder), "--question", "Why?", "--ledger", "0", "--out", "a.html", "--json").json
    page = sn.report(folder, "Why?", ledger=0)
    assert page.to_dict() == without_files(told)
    page.save(tmp_path / "again" / "a.html")
    for name in ("a.html", "a-appendix.html"):
        assert (tmp_path / "again" / name).read_bytes() == Path(name).read_bytes()
    assert repr(page).startswith("<Report: Why?; ")
    assert page.summary[0] in page._repr_html_()


@pytest.mark.parametrize("kind", ["worth", "best"])
def test_a_result__shows_itself_and_is_plotted_and_is_a_table(kind: str, request: pytest.FixtureRequest) -> None:
    result: Result = request.getfixturevalue(kind)
    assert repr(result).startswith(f"<{type(result).__name__}: ")
    assert "seed 1" in repr(result)
    assert re.search(r"data:image/png;base64,", card := result._repr_html_())
    assert all(str(name) in card for name in result.headline().index)
    axes = Figure().subplots()
    assert result.plot(axes) is axes.figure
    assert isinstance(result.summary(), pd.DataFrame)
    assert isinstance(result.to_dataframe(), pd.DataFrame)
