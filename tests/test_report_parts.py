"""Parts of the report: check-lists, lives in several worlds, verdicts, scenarios as files."""

import json
from pathlib import Path

import pandas as pd
import pytest

from supportnet.analysis.report.assumption_section import judged, robustness_sentence, robustness_verdict
from supportnet.analysis.report.checklists import LISTS, answered, checklist
from supportnet.analysis.report.scenarios import written_out
from supportnet.analysis.report.stories import kind_of_network, stories
from supportnet.experiments.comparison.assumptions import AS_SET, assumptions_of
from supportnet.experiments.comparison.life_histories import Event, LifeHistory, drawn_people, life_histories
from supportnet.experiments.ensemble.sampling import Sampling
from supportnet.sim.scenario.scenario import Scenario, library
from tests.ensembles import run
from tests.small import PATIENTS, small

CHEERS = """Title
Abstract
Background and objectives
Health economic analysis plan
Study population
Setting and location
Comparators
Perspective
Time horizon
Discount rate
Selection of outcomes
Measurement of outcomes
Valuation of outcomes
Measurement and valuation of resources and costs
Currency, price date, and conversion
Rationale and description of model
Analytics and assumptions
Characterising heterogeneity
Characterising distributional effects
Characterising uncertainty
Approach to engagement with patients and others affected by the study
Study parameters
Summary of main results
Effect of uncertainty
Effect of engagement with patients and others affected by the study
Study findings, limitations, generalisability, and current knowledge
Source of funding
Conflicts of interest""".splitlines()
SECTIONS = {
    "summary", "scenarios", "results", "put-in", "for-whom", "lives", "mechanisms", "sensitivity", "trials", "costs",
    "validation", "assumptions", "limits", "provenance",
}  # fmt: skip

HAD = SECTIONS | {"draws", "discounted"}  # what answers may hang on


def test_cheers__has_its_28_items_in_their_order() -> None:
    items = checklist("cheers").items
    assert [(item.number, item.title) for item in items] == [(str(k), said) for k, said in enumerate(CHEERS, start=1)]
    assert len(checklist("trace").items) == 8


@pytest.mark.parametrize("name", LISTS)
def test_answers__point_into_the_report_and_depend_on_what_is_there(name: str) -> None:
    items = checklist(name).items
    for item in items:
        for answer in filter(None, (item.answer, item.otherwise)):
            assert answer.met in ("yes", "partly", "no")
            assert answer.at in SECTIONS | {""}
        assert set(item.needs) <= HAD
        assert bool(item.needs) == (item.otherwise is not None)
        if item.otherwise:
            assert item.answered(HAD, {}) == item.answer
            assert item.answered(HAD - {item.needs[0]}, {}) == item.otherwise
    assert any(item.needs for item in items)


def test_counts_of_answers__grow_with_what_is_there() -> None:
    few, many = (answered(parts, {}).about["lists"][0]["count"] for parts in ((), SECTIONS))
    assert few != many


@pytest.mark.parametrize(
    ("before", "now", "says"),
    [("better", "better", "stands"), ("better", "not known", "now not known"), ("not known", "worse", "now worse")],
)
def test_a_verdict__stands_or_is_another(before: str, now: str, says: str) -> None:
    assert robustness_verdict(before, now) == says


def test_verdicts_under_other_assumptions__are_those_of_compare() -> None:
    ends = {AS_SET: (0.5, 1.0), "Trust works": (-0.5, 1.0), "Hope works": (0.1, 2.0), "Luck": (-9.0, 9.0)}
    rows = pd.DataFrame([
        {"scenario": "today", "about": about, "changed": "off", "difference": 0.75, "lower": lower, "upper": upper}
        for about, (lower, upper) in ends.items()
    ])  # fmt: skip
    found = judged(rows)
    assert [row["found"] for row in found] == ["better", "no difference that matters", "better", "not known"]
    assert [row["conclusion"] for row in found][2] == "stands"
    assert robustness_sentence(found, small()) == (
        f"{small().title}: better, under 1 of 3 changes too. It is another under: “Trust works” → off (no difference "
        "that matters); “Luck” → off (not known)."
    )


@pytest.mark.parametrize(("name", "number"), [("cheers", "20"), ("ispor_smdm", "d")])
def test_uncertainty_of_numbers__is_met_by_draws_only(name: str, number: str) -> None:
    item = next(one for one in checklist(name).items if one.number == number)
    assert item.answered(SECTIONS, {}).met == "partly"
    assert item.answered({"put-in", "draws"}, {}).met == "yes"


def test_lives__are_those_of_the_same_people_in_a_run() -> None:
    scenario = small("peer-support-workers", programmes__peer_support_workers__coverage=1)
    persons = list(range(PATIENTS))
    table = run(scenario, [3], seed=5, record=["people"]).people
    assert table is not None
    found = life_histories(scenario, persons, Sampling((3,), 5))
    for life, row in zip(found, table.to_dict("records"), strict=True):
        count = {what: sum(event.what == what for event in life.events) for what in {one.what for one in life.events}}
        came = count.get("new tie", 0) + count.get("came to the service", 0)
        went = count.get("tie ended", 0) + count.get("left the service", 0)
        assert life.qpr[1] == pytest.approx(row["qpr"], abs=1e-6)
        assert sum(life.ties.values()) + came - went == row["network_size"]
        joined = count.get("joined", 0) - count.get("completed", 0) - count.get("left early", 0)
        assert joined == bool(row["programmes"])
        assert count.get("admission", 0) == row["admissions"]
    assert any(event.through == "peer_support_workers" for life in found for event in life.events)


def test_people__are_drawn_by_the_seed() -> None:
    assert drawn_people(500, 3, 1) == drawn_people(500, 3, 1)
    assert len({tuple(drawn_people(500, 3, seed)) for seed in range(20)}) == 20
    assert drawn_people(2, 3, 1) == [0, 1]


def test_story__is_told_in_plain_words() -> None:
    scenario = small("befriending")
    events = [
        Event(2, "joined", "befriending"), Event(2, "new tie", "friend", "befriending"), Event(3, "rupture", "family"),
        Event(5, "repair", "family"), Event(9, "admission"),
    ]  # fmt: skip
    life = LifeHistory(0, scenario.name, {"family": 2, "professional": 1}, (31.2, 33.0), events)
    told = stories([(small(), [life._replace(events=[])]), (scenario, [life])], few_ties=6.0)[0]
    assert told.title == "Person 1: a person with few ties at the start"
    assert told.start.startswith("Has ties with 1 professional, 2 relatives.")
    assert told.events.rows == [
        ["2", "–", "joins “Befriending”; a new tie with a friend through “Befriending”"],
        ["9", "–", "a crisis, with a stay in hospital"],
    ]
    assert told.strains[1].endswith("with relatives 1 rupture, 1 repair.")


def test_networks__are_called_by_what_most_of_them_is() -> None:
    assert kind_of_network({"family": 7, "friend": 2}, 6.0) == "ties mostly with family"
    assert kind_of_network({"family": 3, "friend": 2, "peer": 3}, 6.0) == "ties mostly with friends and peers"
    assert kind_of_network({"family": 3, "friend": 3}, 6.0) == "a mixed network"


def test_scenario_as_file__is_read_back_as_the_same_scenario(tmp_path: Path) -> None:
    changes = {"bond.trust_gain": 0.1, "mechanisms.trust.held": 0.4, "weeks": 60, "costs.post": 1000}
    path = tmp_path / "again.toml"
    for name in library():
        for scenario in (Scenario.load(name), Scenario.load(name, {"weeks": 104} | changes)):
            again = Scenario.from_canonical(json.loads(json.dumps(scenario.canonical())), name)
            path.write_text(written_out(again), "utf-8")
            assert Scenario.load(path).canonical() == scenario.canonical(), name


def test_assumptions__leave_out_what_is_so_already() -> None:
    worlds = [small(recover__reciprocity_weight=0.5), small("befriending", recover__reciprocity_weight=0.5)]
    changed = [one.values for one in assumptions_of(worlds) if "recover.reciprocity_weight" in one.values]
    assert changed == [{"recover.reciprocity_weight": weight} for weight in (0.0, 1.0, 1.6)]
    held = [small(mechanisms__trust=False), small("befriending", mechanisms__trust=False)]
    assert not any("mechanisms.trust" in one.values for one in assumptions_of(held))
    assert not any(name.startswith("mechanisms") for one in assumptions_of(worlds, False) for name in one.values)
