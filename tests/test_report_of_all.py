"""`supportnet report` on a folder that has trials, costs and a budget too: what it shows of them, and how to make them
again."""

import html
import json
import shlex
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import typer.core
import typer.main

from supportnet.analysis.commands.app import app
from supportnet.analysis.report import costs
from supportnet.analysis.report.budgets import budgets
from supportnet.analysis.report.checklists import checklist
from supportnet.analysis.report.page import Report, report
from supportnet.analysis.report.provenance_section import again
from supportnet.analysis.report.result_index import index_results
from supportnet.analysis.report.trials import effect_tables, trials
from supportnet.experiments.economics.costs import read_costs
from supportnet.sim.errors import UserInputError
from supportnet.sim.scenario.scenario import Scenario
from supportnet.sim.storage.toml_files import toml_text
from tests.command_line import Supportnet
from tests.damage import as_earlier_versions_wrote_it, damaged

pytestmark = pytest.mark.usefixtures("figures_not_drawn")
SIZE = ("--patients", "60", "--workers", "1", "--quiet")
LUCK = ("--replicates", "4", "--seed", "3")
DESIGN = ("--entry", "anybody", "--control", "attention", "--places", "30")
TRIAL = ("trial", "befriending", *DESIGN, "--set", "services.caseload=20")
SCOPE = ("--population", "1200", "--years", "5")
PORTFOLIOS = ("--candidates", "4", "--generations", "1", "--search-replicates", "4", "--weeks", "26")


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a comparison, an evaluation of it at local prices, a trial, and a search."""
    folder = tmp_path_factory.mktemp("results")
    prices = folder / "prices.toml"
    text = Path("experiments/evidence/costs.toml").read_text("utf-8")
    local = (
        text.replace("units of money", "EUR")
        .replace("2025", "2024")
        .replace("assumed: replace by", "tariff of 2024 of")
    )
    prices.write_text(local, "utf-8")
    compared = str(folder / "compare")
    for words in (
        ("compare", "today", "peer-workforce", *LUCK, "--weeks", "26", *SIZE, "--out", compared),
        ("economics", compared, "--costs", str(prices), *SCOPE, "--quiet", "--out", str(folder / "economics")),
        (*TRIAL, *LUCK, *SIZE, "--out", str(folder / "trial")),
        ("optimise", "--budget", "200", *LUCK, *PORTFOLIOS, *SIZE, "--out", str(folder / "optimise")),
    ):
        typer.main.get_command(app).main(list(words), standalone_mode=False)
    return folder


@pytest.fixture
def copied(everything: Path, tmp_path: Path) -> Path:
    shutil.copytree(everything, tmp_path / "q")
    return tmp_path / "q"


@pytest.fixture(scope="module")
def made(everything: Path) -> Report:
    return report(everything, ledger=0)


def section(made: Report, anchor: str) -> str:
    """The markup of one section."""
    return (made.html + made.appendix).partition(f'<section id="{anchor}"')[2].partition("</section>")[0]


def result_table(name: str, folder: Path) -> Any:
    return getattr(costs, name)(index_results(folder).of("economics")[0]).rows


def commands_in(folder: Path) -> list[str]:
    found = index_results(folder)
    return [command for one in found.results for command in again(one, found)]


def test_commands__name_all_that_a_result_depends_on(everything: Path) -> None:
    said = {command.split()[1]: command for command in commands_in(everything)}
    assert "today peer-workforce --patients 60 --weeks 26 --seed 3 --replicates 4" in said["compare"]
    assert "DIR/compare --costs prices.toml --effect qpr --threshold" in said["economics"]
    assert "trial befriending --entry anybody --control attention --cut 10 --places 30" in said["trial"]
    assert "--scenario today" in said["trial"]
    assert shlex.join(SCOPE) in said["economics"]
    for words in (
        "optimise today --levers programmes.befriending",
        "--budget 200",
        "--candidates 4",
        "--generations 1",
    ):
        assert words in said["optimise"]


def test_commands__are_understood_and_make_the_same_files(everything: Path, copied: Path) -> None:
    group = typer.main.get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    for command in commands_in(everything):
        _, name, *words = shlex.split(command)
        group.commands[name].make_context(name, list(words))  # a mistake where an option or a value is none
        if name in ("compare", "economics"):
            here = [
                word.replace("DIR", str(copied)).replace("prices.toml", str(copied / "prices.toml")) for word in words
            ]
            group.main([name, *here, "--quiet", "--out", str(copied / "again")], standalone_mode=False)
            table = {"compare": "differences.csv", "economics": "strategies.csv"}[name]
            assert (copied / "again" / table).read_bytes() == (everything / name / table).read_bytes()
            shutil.rmtree(copied / "again")


def test_scenario_that_was_changed_by_hand__is_named_as_a_file(copied: Path, supportnet: Supportnet) -> None:
    shutil.rmtree(copied / "compare")
    words = ("compare", "today", "peer-workforce", "--set", "services.continuity=0.9", "--weeks", "26", *LUCK, *SIZE)
    assert supportnet(*words, "--out", str(copied / "compare")).code == 0
    assert commands_in(copied)[0].startswith("supportnet compare today.toml peer-workforce.toml ")


def test_costs__are_those_of_the_evaluation_with_ranges_and_sources(everything: Path, made: Report) -> None:
    told = section(made, "costs")
    assert "Prices of this evaluation (EUR, price year 2024)" in told
    assert "tariff of 2024 of local prices" in told
    for price in read_costs(everything / "prices.toml").prices.values():
        assert all(f"<td>{end:,g}</td>" in told for end in (price.value, price.low, price.high))
    assert "All unit costs are assumptions" not in told
    assert "Nothing is discounted" in section(made, "checklists")


def test_check_list__counts_costs_where_they_are(copied: Path, made: Report) -> None:
    shutil.rmtree(copied / "economics")
    met = "Results and Costs"  # the answer about item 23 of CHEERS
    assert met in made.appendix
    assert met not in report(copied, ledger=0).appendix


def test_check_list__says_whether_costs_are_discounted() -> None:
    (item,) = [one for one in checklist("cheers").items if one.title == "Discount rate"]
    assert item.answered(["costs"], {}).met == "no"
    assert item.answered(["costs", "discounted"], {}).met == "partly"


def test_prices_as_a_file__are_read_back_as_the_same(everything: Path, tmp_path: Path) -> None:
    told = json.loads((everything / "economics" / "provenance.json").read_text("utf-8"))["costs"]
    path = tmp_path / "again.toml"
    path.write_text(toml_text(told), "utf-8")
    assert read_costs(path).model_dump() == told


def test_worth_of_knowing__is_told_where_the_evaluation_tells_it(everything: Path, made: Report) -> None:
    rows = pd.read_csv(everything / "economics" / "information.csv")
    at = json.loads((everything / "economics" / "provenance.json").read_text("utf-8"))["threshold"]
    shown = result_table("information", everything)
    prices = rows[(rows["threshold"] == at) & (rows["kind"] == "price")]
    assert {name.replace("_", " ") for name in prices["about"]} <= {row[0] for row in shown}
    assert [row[0] for row in shown].count("everything") == 1


def test_trials__are_told_as_their_command_tells_them(everything: Path, made: Report) -> None:
    told = section(made, "trials")
    rows = pd.read_csv(everything / "trial" / "effects.csv")
    for outcome in rows["outcome"].unique():
        assert f"{outcome.replace('_', ' ')}</th>" in told
    one = rows[(rows["outcome"] == "recovery") & (rows["when"] == "end of treatment")].iloc[0]
    value, lower, upper = (round(one[name], 2) + 0.0 for name in ("value", "lower", "upper"))  # no -0.00
    assert f"{value:.2f} [{lower:.2f}, {upper:.2f}]" in told
    assert "Priebe et al. 2019" in told
    assert "smd" not in told


def test_a_trial_without_published_effects__is_told_without_them(copied: Path) -> None:
    """Of some programmes no trial was published: the table beside the effects has no rows."""
    trial = index_results(copied).of("trial")[0]
    assert len(effect_tables(trial)) == 2
    path = copied / "trial" / "published.csv"
    pd.read_csv(path).head(0).to_csv(path, index=False)
    assert [len(table.rows) > 0 for table in effect_tables(trial)] == [True]


def test_budget__tells_what_simpler_portfolios_fall_short_by(everything: Path, made: Report) -> None:
    told = section(made, "budget")
    for name in pd.read_csv(everything / "optimise" / "simpler.csv")["portfolio"]:
        assert f"{name.replace('_', ' ')}</th>" in told


def test_cautions__of_other_commands_are_kept(copied: Path) -> None:
    for name in ("economics", "optimise"):
        cautions = [f"{name} stands on weak ground"]
        as_earlier_versions_wrote_it(copied / name / "provenance.json", cautions=cautions)
    page = report(copied, ledger=0).html
    for name in ("economics", "optimise"):
        assert f"<strong>Caution:</strong> {name} stands on weak ground." in page


def test_effects_without_intervals__are_told_without(copied: Path) -> None:
    as_earlier_versions_wrote_it(copied / "trial" / "provenance.json")
    for name in ("effects.csv", "published.csv"):
        rows = pd.read_csv(copied / "trial" / name)
        rows[["lower", "upper"]] = float("nan")
        rows.to_csv(copied / "trial" / name, index=False)
    told = section(report(copied, ledger=0), "trials")
    recovery = rows.iloc[0]["value"]
    assert f"<td>{recovery:.2f}</td>" in told


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("trial/effects.csv", "lower"),
        ("trial/published.csv", "value"),
        ("economics/strategies.csv", "icer"),
        ("economics/acceptability.csv", "probability"),
        ("economics/information.csv", "value"),
        ("optimise/portfolios.csv", "qpr_lower"),
        ("optimise/simpler.csv", "regret"),
    ],
)
@pytest.mark.parametrize("spoil", ["a word", "gone"])
def test_broken_tables__are_left_out(name: str, column: str, spoil: str, copied: Path) -> None:
    command, _, file = name.partition("/")
    as_earlier_versions_wrote_it(copied / command / "provenance.json")
    rows = pd.read_csv(copied / name)
    rows = rows.drop(columns=column) if spoil == "gone" else rows.assign(**{column: "much"})
    rows.to_csv(copied / name, index=False)
    found = index_results(copied)
    priced = costs.costs(found, Scenario.load("today"), ""), costs.uncertain_choice(found)
    for made in (trials(found, ""), *priced, *budgets(found)):
        assert made.anchor
    (one,) = found.left_out
    assert (one.command, one.folder) == (command, command)
    assert f"{file} can't be read" in one.why
    assert column in one.why


@pytest.mark.parametrize("command", ["compare", "trial"])
def test_provenance_that_tells_nothing__is_left_out(command: str, copied: Path) -> None:
    (copied / "more").mkdir()
    (copied / "more" / "provenance.json").write_text(json.dumps({"command": command}), "utf-8")
    for table in (copied / command).glob("*.csv"):
        shutil.copy(table, copied / "more")
    assert {(one.command, one.folder) for one in report(copied, ledger=0).left_out} == {(command, "more")}


@pytest.mark.parametrize("name", ["effects.csv", "figure.svg", "provenance.json"])
def test_damaged_results__are_left_out(name: str, copied: Path) -> None:
    for what, content in damaged((copied / "trial" / name).read_bytes(), 30):
        (copied / "trial" / name).write_bytes(content)
        (one,) = index_results(copied).left_out
        assert (one.folder, f"{name} is damaged, or was changed" in one.why) == ("trial", True), what


def test_a_report__goes_on_without_what_is_damaged__and_says_so(copied: Path, supportnet: Supportnet) -> None:
    (copied / "trial" / "effects.csv").write_text("")
    said = supportnet("report", str(copied), "--ledger", "0", "--json")
    why = "effects.csv is damaged, or was changed: a checksum other than the one it was written with"
    assert json.loads(said.out)["left_out"] == [{"command": "trial", "folder": "trial", "why": why}]
    assert f"Left out: {copied / 'trial'}: {why}." in said.err
    page = html.unescape((copied / "report.html").read_text("utf-8"))
    assert f"Left out because they cannot be read:</strong>\ntrial ({why})" in page
    appendix = html.unescape((copied / "report-appendix.html").read_text("utf-8"))
    assert f"Missing.</strong> trial was left out: {why}." in appendix


@pytest.mark.parametrize("name", ["differences.csv", "provenance.json"])
def test_a_damaged_comparison__is_refused_by_name(name: str, copied: Path) -> None:
    for what, content in damaged((copied / "compare" / name).read_bytes(), 30):
        (copied / "compare" / name).write_bytes(content)
        with pytest.raises(UserInputError, match=f"{name} is damaged, or was changed"):
            print(what, index_results(copied))


def test_results_of_earlier_versions__are_said_to_be_unchecked(copied: Path, made: Report) -> None:
    assert "without checksums" not in made.appendix
    as_earlier_versions_wrote_it(copied / "trial" / "provenance.json")
    assert "damage may have gone unnoticed: trial." in report(copied, ledger=0).appendix
