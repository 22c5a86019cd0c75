"""Cuts of services are not ranked, and levers without a price come with a remark."""

import shutil
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pandas as pd
import pytest

from supportnet.analysis.commands.compare import compare
from supportnet.analysis.explorer.asked import WhatIf
from supportnet.analysis.explorer.worlds import Worlds
from supportnet.analysis.report.page import report
from supportnet.analysis.results.economics import economics
from supportnet.analysis.wording.caveats import compare_cautions
from supportnet.analysis.wording.portfolios import cautions_of
from supportnet.analysis.wording.service_changes import cut_services, decided_by_inputs
from supportnet.experiments.comparison.service_changes import DECIDED_BY_INPUTS, NOT_RANKED, cuts_among, remarks_on
from supportnet.sim.scenario.scenario import Scenario
from tests.command_line import AS_SET, SMALL, Supportnet
from tests.damage import as_earlier_versions_wrote_it
from tests.ensembles import compare as compared
from tests.small import PATIENTS, WEEKS, small
from tests.test_optimise import found

pytestmark = pytest.mark.usefixtures("figures_not_drawn")
CAUTION = "cuts are understated by an unknown amount"


def in_week(week: int, target: str, **levers: float) -> Scenario:
    """Today with services that change in a week for a group of people."""
    lines = ", ".join(f'"services.{name}" = {value}' for name, value in levers.items())
    entry = f'[[calendar]]\nweek = {week}\nset = {{ {lines} }}\ntarget = "{target}"\n'
    return Scenario.read(f'based_on = "today"\n{entry}', "mine")


@pytest.mark.parametrize(
    ("other", "cut"),
    [
        (small(services__caseload=26), True),
        (small(services__contacts_per_week=0.4), True),
        (small(services__coverage=0.9), True),
        (small("loss-of-services"), True),
        (Scenario.load("hiring-freeze"), True),
        (in_week(20, "lonely", coverage=0.5), True),
        (small(services__caseload=24, services__coverage=0.9), True),
        (small(), False),
        (small("smaller-caseloads"), False),
        (small("befriending"), False),
        (small("continuity-of-staff"), False),
        (in_week(20, "lonely", caseload=12), False),
        (Scenario.load("outreach-in-withdrawal"), False),
    ],
)
def test_less_service_at_any_time__is_a_cut(other: Scenario, cut: bool) -> None:
    said = cut_services([Scenario.load("today"), other])
    assert any(CAUTION in one and other.name in one for one in said) == cut


def test_what_the_baseline_cuts_too__is_no_cut() -> None:
    assert not cuts_among([Scenario.load("hiring-freeze"), Scenario.load("hiring-freeze")])
    assert not cuts_among([Scenario.load("loss-of-services"), Scenario.load("today")])
    lonely, all_later = in_week(4, "lonely", caseload=12), in_week(4, "lonely", caseload=20)
    assert cuts_among([lonely, all_later]), "of a group that has services of its own"


def test_compare_and_economics__caution_of_cuts(supportnet: Supportnet, tmp_path: Path) -> None:
    for other, cut in (("loss-of-services", True), ("smaller-caseloads", False)):
        assert any(CAUTION in one for one in compare_cautions(compared(small(), small(other), replicates=2))) == cut
        folder = tmp_path / other
        compare("today", [other], PATIENTS, WEEKS, replicates=2, workers=1, out=folder, uncertainty="none", quiet=True)
        said = supportnet("economics", str(folder), "--out", f"{other}-costs", "--json").json["cautions"]
        assert any(CAUTION in one and other in one for one in said) == cut


def test_optimise__cautions_of_a_search_that_starts_from_cut_services() -> None:
    assert not any(CAUTION in one for one in cautions_of(found()))
    cut = found().today.with_values({"services.caseload": 40})
    assert any(CAUTION in one for one in cautions_of(replace(found(), today=cut)))


NAMES = ["today", "smaller-caseloads", "loss-of-services", "open-boundaries"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A comparison with a cut that costs least, and a lever without a price."""
    found = tmp_path_factory.mktemp("cuts") / "compared"
    how: dict[str, Any] = {"replicates": 4, "workers": 2, "uncertainty": "none", "quiet": True}
    compare(NAMES[0], NAMES[1:], PATIENTS, WEEKS, out=found, **how)
    return found


def test_remarks__are_on_cuts_and_on_levers_without_a_price() -> None:
    both = small("smaller-caseloads", services__shared_decisions=0.6)
    scenarios = [small(), replace(both, name="both"), *(small(name) for name in NAMES[1:])]
    assert list(remarks_on(scenarios).values()) == ["", DECIDED_BY_INPUTS, "", NOT_RANKED, DECIDED_BY_INPUTS]
    (first, second) = decided_by_inputs(scenarios)
    assert first.startswith("both is decided by inputs: what it costs to train and supervise is not in the model")
    assert "shared_decisions" in first
    assert second.startswith("open-boundaries is")
    assert remarks_on([small(), in_week(20, "lonely", turnover=0.1)])["mine"] == DECIDED_BY_INPUTS


def test_compare__shows_a_cut_and_does_not_rank_it(folder: Path) -> None:
    differences, ranking = (pd.read_csv(folder / f"{name}.csv") for name in ("differences", "ranking"))
    cut = differences[differences["scenario"] == "loss-of-services"].set_index("outcome")
    assert cut.loc["cost", "upper"] < 0.0, "it saves money"
    assert cut["probability_better"].isna().all()
    assert set(ranking["scenario"]) == {"today", "smaller-caseloads", "open-boundaries"}
    assert ranking.groupby("outcome")["probability_best"].sum().to_numpy() == pytest.approx(1.0)
    assert set(ranking.loc[ranking["remark"] == DECIDED_BY_INPUTS, "scenario"]) == {"open-boundaries"}


def test_compare__says_beside_each_name_what_has_to_stand_there(supportnet: Supportnet) -> None:
    said = supportnet("compare", *NAMES, *SMALL, "--full")
    assert "Loss of services (not ranked: a cut)" in said.out
    assert "For whom loss-of-services matters" in said.out
    assert "For whom open-boundaries works" in said.out
    assert "Open professional boundaries (decided by inputs)" in said.out
    ranking = said.out.split("From best to worst")[1]
    assert "loss-of-services: not ranked: a cut." in ranking
    assert "loss-of-services (" not in ranking.split("Caution")[0]
    assert "; decided by" in ranking
    alone = supportnet("compare", "today", "loss-of-services", "hiring-freeze", *SMALL, "--full")
    assert "From best to worst" not in alone.out


def test_many_scenarios__have_cuts_last_whatever_they_do(supportnet: Supportnet) -> None:
    for name in (copies := [f"copy-{number}" for number in range(5)]):
        Path(f"{name}.toml").write_text('based_on = "today"\n')
    Path("cut.toml").write_text('based_on = "self-help-groups"\n[services]\ncaseload = 26\n')  # recovery rises
    said = supportnet("compare", "today", "cut.toml", *(f"{name}.toml" for name in copies), *SMALL)
    rows = [line for line in said.out.splitlines() if line.split() and line.split()[0] in [*copies, "cut"]]
    assert [row.split()[0] for row in rows] == [*copies, "cut"]
    assert float(rows[-1].split()[1]) > 0.0
    assert rows[-1].rstrip().endswith(NOT_RANKED)


def test_economics__weighs_everything_but_cuts(folder: Path) -> None:
    with_cut = economics(folder)
    rows = with_cut.strategies.set_index("scenario")
    assert rows.loc["loss-of-services", "cost"] == rows["cost"].min()
    assert rows.loc["loss-of-services", ["status", "remark", "compared_with"]].tolist() == [NOT_RANKED, NOT_RANKED, ""]
    assert np.isnan(rows.loc["loss-of-services", "icer"])
    assert rows.loc["open-boundaries", "remark"] == DECIDED_BY_INPUTS
    others = [name for name in NAMES if name != "loss-of-services"]
    assert set(rows.loc[others, "compared_with"]) <= {"", *others}
    assert list(with_cut.acceptability["scenario"].unique()) == others
    assert with_cut.acceptability.groupby("threshold")["probability"].sum().to_numpy() == pytest.approx(1.0)
    assert with_cut.headline().index[-1] == "loss-of-services", "not the cheapest of all"
    assert any(one.startswith("open-boundaries is decided by inputs") for one in with_cut.cautions)


def test_a_cut__changes_nothing_about_the_others(folder: Path, tmp_path: Path) -> None:
    others = [name for name in NAMES[1:] if name != "loss-of-services"]
    how: dict[str, Any] = {"replicates": 4, "workers": 2, "uncertainty": "none", "quiet": True}
    compare("today", others, PATIENTS, WEEKS, out=tmp_path / "without", **how)
    one, other = economics(folder), economics(tmp_path / "without")
    pd.testing.assert_frame_equal(one.acceptability, other.acceptability)
    pd.testing.assert_frame_equal(one.information, other.information)
    assert (one.threshold, one.evpi) == (other.threshold, other.evpi)
    rows = one.strategies[one.strategies["scenario"] != "loss-of-services"].reset_index(drop=True)
    pd.testing.assert_frame_equal(rows, other.strategies)


def test_economics_of_cuts_only__has_nothing_to_choose_from(supportnet: Supportnet) -> None:
    assert supportnet("compare", "today", "loss-of-services", *SMALL, *AS_SET, "--out", "compared").code == 0
    said = supportnet("economics", "compared")
    assert "Nothing to choose from" in said.out
    assert "best choice" not in said.out
    assert supportnet("economics", "compared", "--json").json["threshold"] == 1000.0, "not what it saves"


def test_report__ranks_no_cut(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "compared")
    economics(folder).save(tmp_path / "economics")
    made = report(tmp_path, ledger=0)
    page = made.html + made.appendix
    order = page.split("From best to worst in personal recovery")[1].split("</p>")[0]
    assert "Loss of services" not in order
    assert "decided by inputs" in order
    acceptability = page.split("Probability of being the best choice")[-1].split("</table>")[0]
    assert "open-boundaries" in acceptability
    assert "loss-of-services" not in acceptability
    said = page.split("<strong>Loss of services (not ranked: a cut):</strong>")[1].split("</p>")[0]
    assert "worse" in said
    assert "costs" not in said
    assert "Loss of services minus Services as they are today (psychosis) (not ranked: a cut)" in page
    row = page.split("<caption><span>Strategies by cost")[1].split("loss-of-services</th>")[1].split("</tr>")[0]
    assert NOT_RANKED in row


def test_report__ranks_no_cut_of_an_earlier_version_either(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, compared := tmp_path / "compared")
    ranking = pd.read_csv(compared / "ranking.csv").drop(columns="remark")
    first = ranking.groupby("outcome", sort=False).head(1).assign(place=0, scenario="loss-of-services")
    pd.concat([first, ranking]).to_csv(compared / "ranking.csv", index=False)
    as_earlier_versions_wrote_it(compared / "provenance.json")
    order = report(tmp_path, ledger=0).html.split("From best to worst in personal recovery")[1].split("</p>")[0]
    assert "Loss of services" not in order
    assert "decided by inputs" in order


def test_report_of_cuts_only__has_no_order_and_no_choice(supportnet: Supportnet, tmp_path: Path) -> None:
    assert supportnet("compare", "today", "loss-of-services", *SMALL, *AS_SET, "--out", str(tmp_path / "one")).code == 0
    economics(tmp_path / "one").save(tmp_path / "costs")
    made = report(tmp_path, ledger=0)
    page = made.html + made.appendix
    assert "Strategies by cost" in page
    assert "From best to worst" not in page
    assert "best choice" not in page


def test_the_classroom__neither_values_a_cut_nor_holds_it_against_a_budget() -> None:
    for caseload, ranked, remark in ((40, False, NOT_RANKED), (15, True, "")):
        asked = WhatIf.of({"patients": "20", "weeks": "26", "services.caseload": str(caseload)})
        band = Worlds().band(asked, Event())
        assert (band["ranked"], band["remark"]) == (ranked, remark)
