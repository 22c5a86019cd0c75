"""The caution about cuts of services."""

from dataclasses import replace
from pathlib import Path

import pytest

from supportnet.analysis.commands.compare import compare
from supportnet.analysis.wording.caveats import compare_cautions
from supportnet.analysis.wording.cuts import cut_services
from supportnet.analysis.wording.portfolios import cautions_of
from supportnet.sim.scenario.scenario import Scenario
from tests.command_line import Supportnet
from tests.ensembles import compare as compared
from tests.small import PATIENTS, WEEKS, small
from tests.test_optimise import found

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
    said = cut_services(Scenario.load("today"), [other])
    assert any(CAUTION in one and other.name in one for one in said) == cut


def test_what_the_baseline_cuts_too__is_no_cut() -> None:
    assert not cut_services(Scenario.load("hiring-freeze"), [Scenario.load("hiring-freeze")])
    assert not cut_services(Scenario.load("loss-of-services"), [Scenario.load("today")])
    lonely, all_later = in_week(4, "lonely", caseload=12), in_week(4, "lonely", caseload=20)
    assert cut_services(lonely, [all_later]), "of a group that has services of its own"


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
