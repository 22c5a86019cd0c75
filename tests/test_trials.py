"""Simulated trials: designs frozen, effects of known data, what allotment and control do, the command."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich.console import Console
from rich.table import Table

from supportnet.analysis.commands.table_layout import fit
from supportnet.analysis.commands.trial import all_table, published_table, whole_table
from supportnet.analysis.outputs.trial import ALLIANCE
from supportnet.analysis.results.trial import HEADLINES, Trial
from supportnet.analysis.wording.caveats import not_fitted
from supportnet.experiments.ensemble.sampling import Sampling
from supportnet.experiments.patterns.measurement import hedges_g
from supportnet.experiments.patterns.world import StudyWorld
from supportnet.experiments.posterior.posterior import Posterior
from supportnet.experiments.randomised.design import (
    CONTENT,
    CONTROLS,
    DOSE,
    ENTRIES,
    departures,
    designed,
    frozen,
    hash_now,
    trials_written_down,
)
from supportnet.experiments.randomised.trial import MEASURES, SCALES, run_trial
from supportnet.experiments.trials.effects import (
    effects,
    risk_ratio_pseudo_values,
    simulate_trials,
    summary_of,
)
from supportnet.experiments.trials.plan import TrialPlan
from supportnet.experiments.trials.published import beside_published, published
from supportnet.sim.area.pool import pool_for
from supportnet.sim.enums import Resource
from supportnet.sim.scenario.scenario import Scenario
from tests.command_line import Supportnet, files_of

pytestmark = pytest.mark.usefixtures("figures_not_drawn")
QUICK = ("--replicates", "2", "--patients", "80", "--places", "30", "--uncertainty", "none", "--quiet")


def test_designs_and_doses_are_as_they_were_written_down() -> None:
    assert hash_now() == frozen(), "a design or a dose has changed after simulated and published trials were compared"
    assert list(trials_written_down()) == list(Scenario.load("today").every_programme)


def test_what_is_not_as_written_down_is_named__size_is_no_part_of_it() -> None:
    small = {"population.patients": 60}
    assert all(departures(designed(name, values=small, places=20)) == [] for name in trials_written_down())
    assert departures(designed("befriending", entry="anybody", control="attention")) == [
        "entry lonely → anybody", "control usual_care → attention",
    ]  # fmt: skip
    for name, changed in {
        "programmes.befriending.sessions_per_week": 3, "programmes.open_dialogue.coverage": 0.5,
        "services.caseload": 15, "parameters.bond.trust_gain": 0.2, "mechanisms.trust": False,
    }.items():  # fmt: skip
        said = departures(designed("befriending", values={name: changed}))
        assert any(name.removeprefix("parameters.") in one for one in said), name
    assert departures(designed("befriending", "today-affective"))[0] == "preset psychosis → affective"
    assert departures(designed("client_centred_therapy", cut=15)) == ["cut 10 → 15"]


def test_the_page_names_simulated_people_entry_and_control() -> None:
    page = (Path(__file__).parents[1] / "docs" / "trials.md").read_text(encoding="utf-8")
    assert frozen() in page
    for name, said in trials_written_down().items():
        row = " | ".join([name, said["preset"], said["entry"], said["control"]]).replace("_", " ")
        assert f"| {row} |" in page


def test_a_programme_holds_no_effect__only_what_it_is() -> None:
    allowed = {
        "title", "resources", "uses", "makes", "delivered_by", "reciprocity", "expert", "facilitated", "non_verbal",
        "format", "sessions_per_week", "weeks", "capacity", "uptake", "cost_per_session", "coverage", "target",
        "start_week", "dose_source", "keeps_staff", "network_share", "group", "without_person",
    }  # fmt: skip
    for name, row in Scenario.load("today").every_programme.items():
        assert set(type(row).model_fields) == allowed, name
        assert {*CONTENT} < {*DOSE} < allowed
        assert set(row.resources) <= {*Resource.words(), "social_relationships"}


def test_published_effects_are_of_programmes_and_outcomes_known() -> None:
    rows = published()
    assert set(rows["programme"]) <= set(trials_written_down())
    assert set(rows["outcome"]) <= set(MEASURES)
    assert rows[rows["effect"] == "words"]["value"].isna().all(), "words are no number"
    assert (rows["lower"].isna() | ((rows["lower"] <= rows["value"]) & (rows["value"] <= rows["upper"]))).all()


def test_a_standardised_difference__is_that_which_was_put_in() -> None:
    luck, treated = np.random.default_rng(1), np.arange(4000) % 2 == 0
    values = luck.standard_normal((4000, 2)) * (1.0, 3.0) + np.outer(treated, (0.5, -1.5))
    assert hedges_g(values, treated) == pytest.approx([0.5, -0.5], abs=0.06)
    few = np.where(np.arange(4000)[:, None] < 4, values, np.nan)
    assert np.isnan(hedges_g(few, treated)).all(), "too few to tell"


def test_where_single_trials_are__is_told_by_many_of_them() -> None:
    values = np.linspace(-1.0, 1.0, 20)
    assert summary_of(values, None)["trial_upper"] == pytest.approx(0.95)
    few = summary_of(values[:19], None)
    assert np.isnan([few["trial_lower"], few["trial_upper"]]).all()
    assert np.isfinite([few["lower"], few["upper"]]).all()
    one = summary_of(values[:1], None)
    assert (one["value"], one["n"]) == (-1.0, 1)
    assert np.isnan([one["mcse"], one["lower"], one["upper"]]).all()


def test_a_risk_ratio__is_pooled_over_trials_with_few_events() -> None:
    luck = np.random.default_rng(2)
    each = [(float(luck.binomial(40, 0.1)), 40.0, float(luck.binomial(40, 0.2)), 40.0) for _ in range(400)]
    pseudo = risk_ratio_pseudo_values(each)
    assert np.exp(pseudo.mean()) == pytest.approx(0.5, abs=0.05)
    assert pseudo.std() / np.sqrt(400) == pytest.approx(np.sqrt((0.9 / 0.1 + 0.8 / 0.2) / 16000), rel=0.15)


@pytest.mark.parametrize("entry", ENTRIES)
def test_people_enter__as_the_criterion_says(entry: str) -> None:
    design = designed("client_centred_therapy", "today", {"population.patients": 300}, entry=entry, places=40)
    followed = run_trial(design, StudyWorld(design.scenario, pool_for(design.scenario), 1))
    assert 0 < len(followed.treated) <= 40
    distress = followed.first[:, MEASURES.index("distress")]
    everybody = run_trial(replace(design, entry="anybody"), StudyWorld(design.scenario, pool_for(design.scenario), 1))
    if entry in ("crisis", "distress"):
        assert np.nanmean(distress) > np.nanmean(everybody.first[:, MEASURES.index("distress")])
        later = followed.seen[-1, ~followed.treated, MEASURES.index("distress")]
        assert np.nanmean(later) < np.nanmean(distress), "those who enter when they are unwell get better by themselves"
    assert np.isnan(followed.seen[-1, :, 0]).mean() > np.isnan(followed.seen[0, :, 0]).mean(), "some are lost"


def test_only_the_treated__have_the_programme_and_its_people() -> None:
    design = designed("befriending", values={"population.patients": 200}, entry="anybody", places=100)
    (followed,) = simulate_trials(TrialPlan((design,), Sampling([0])))
    friends, end = MEASURES.index("contacts_friend"), list(design.times).index(design.weeks)
    one = followed[0]
    assert one.treated.sum() == 50
    gained = np.nanmean(one.seen[end, one.treated, friends]) - np.nanmean(one.seen[end, ~one.treated, friends])
    assert gained > 0.5, "contacts in four weeks"
    assert one.first[one.treated, friends].mean() == pytest.approx(one.first[~one.treated, friends].mean(), abs=1.5)


def test_attention_has_the_contacts_but_not_the_content() -> None:
    usual, attention = (
        designed(
            "creative_music_therapy", values={"population.patients": 250}, entry="anybody", control=control, places=120
        )
        for control in ("usual_care", "attention")
    )
    rows = [
        effects(one, found)
        for one, found in zip(
            (usual, attention), simulate_trials(TrialPlan((usual, attention), Sampling(range(6)))), strict=True
        )
    ]
    size, withdrawal = (
        [of[(of["outcome"] == outcome) & (of["week"] == 20)]["value"].iloc[0] for of in rows]
        for outcome in ("network_size", "withdrawal")
    )
    assert size[0] > 0.2
    assert abs(size[1]) < 0.15, "both arms have met the same number of people"
    assert withdrawal[0] < withdrawal[1] < 0.2


def test_a_waiting_list__has_no_controls_left_once_they_are_treated() -> None:
    design = designed("client_centred_therapy", values={"population.patients": 100}, places=20)
    assert design.control == "waiting_list"
    rows = effects(design, simulate_trials(TrialPlan((design,), Sampling([0, 1])))[0])
    assert set(rows["week"]) == {design.weeks}


def test_workers_and_other_programmes__change_nothing() -> None:
    designs = tuple(
        designed(name, values={"population.patients": 60}, places=20) for name in ("befriending", "open_dialogue")
    )
    plan = TrialPlan(designs, Sampling([0, 1]))
    one, two = (simulate_trials(plan, workers) for workers in (1, 2))
    alone = simulate_trials(TrialPlan(designs[1:], Sampling([1])))
    assert all(
        np.array_equal(a.seen, b.seen, equal_nan=True) for a, b in zip(one[0] + one[1], two[0] + two[1], strict=True)
    )
    assert np.array_equal(one[1][1].seen, alone[0][0].seen, equal_nan=True)


def test_trials_live_by_draws__where_there_are_some() -> None:
    values = pd.DataFrame({"bond.trust_gain": [0.05, 0.25]})
    draws = Posterior(values, np.full(2, 0.5), {"presets": ["psychosis"]})
    design = designed("befriending", values={"population.patients": 60}, entry="anybody", places=40)
    (drawn,), (plain,) = (simulate_trials(TrialPlan((design,), Sampling([0, 2], 1, of))) for of in (draws, None))
    assert not np.array_equal(drawn[0].seen, plain[0].seen, equal_nan=True)
    rows = effects(design, drawn, np.array([0, 1]))
    assert rows[rows["kind"] == "smd"]["lower"].notna().any()


@pytest.mark.usefixtures("figures_drawn")
def test_the_command_holds_a_trial(supportnet: Supportnet, tmp_path: Path) -> None:
    told = supportnet("trial", "befriending", "--control", "attention", *QUICK, "--json", "--out", str(tmp_path)).json
    assert (told["programme"], told["control"], told["patients"], told["replicates"]) == (
        "befriending",
        "attention",
        80,
        2,
    )
    assert all(
        ("smd" in row) != ("ratio" in row) and {"outcome", "week", "lower", "upper"} <= set(row)
        for row in told["effects"]
    )
    assert {row["outcome"] for row in told["effects"]} == set(MEASURES)
    assert (tmp_path / "figure.png").stat().st_size > 10_000
    assert len(pd.read_csv(tmp_path / "effects.csv")) == len(told["effects"])


def test_what_alliance_averages__is_said_where_it_is_shown(supportnet: Supportnet) -> None:
    for outcome in ("alliance", "distress"):
        said = supportnet("trial", "client_centred_therapy", *QUICK[:-1], "--outcome", outcome).out
        assert (f"{ALLIANCE}." in said) == (outcome == "alliance")
        assert f"Caution: {not_fitted(None)[0]}." in said


def test_all_ten_are_told_beside_published_ones(supportnet: Supportnet, tmp_path: Path) -> None:
    told = supportnet("trial", "all", *QUICK, "--json", "--out", str(tmp_path)).json
    assert [one["programme"] for one in told["programmes"]] == list(trials_written_down())
    assert len(told["published"]) == len(published())
    rows = pd.read_csv(tmp_path / "effects.csv")
    assert len(beside_published(rows, [designed(name) for name in trials_written_down()])) == len(published())
    assert set(rows["outcome"]) == set(MEASURES)
    assert set(SCALES) < set(MEASURES)


def test_an_entry_rarer_than_places__is_told(supportnet: Supportnet) -> None:
    told = supportnet("trial", "systemic_family_therapy", *QUICK[:4], "--places", "80", *QUICK[6:], "--json").json
    assert (told["places"], told["changed"], told["frozen"]) == (80, [], frozen())
    assert 0 < told["entered"] < 40
    assert told["cautions"][0] == not_fitted(None)[0]
    assert f"{told['entered']:.1f} people entered on average, of 80 places" in told["cautions"][1]
    assert "2 replicates are few" in told["cautions"][2]
    assert set(pd.read_csv(told["files"]["effects.csv"])["entered"]) == {told["entered"]}


def test_a_trial_can_be_made_again_from_its_folder(supportnet: Supportnet) -> None:
    words = (
        "trial",
        "befriending",
        "--entry",
        "anybody",
        "--set",
        "programmes.befriending.sessions_per_week=3",
        *QUICK,
    )
    told = supportnet(*words, "--json").json
    folder = Path(told["files"]["provenance.json"]).parent
    assert folder == Path("results", f"trial-today-befriending-{told['run_identity'][:8]}")
    kept = json.loads((folder / "provenance.json").read_text())
    said = ("programmes", "scenario", "set", "entry", "control", "places", "as_frozen", "run_identity")
    assert [kept[name] for name in said] == [
        ["befriending"], None, ["programmes.befriending.sessions_per_week=3"], "anybody", None, 30, False,
        told["run_identity"],
    ]  # fmt: skip
    (tried,) = [one for one in kept["designs"][0]["area"]["programmes"] if one["name"] == "befriending"]
    assert tried["sessions_per_week"] == 3.0
    assert kept["parameters"]["today"]["bond.trust_gain"] == pytest.approx(0.12)
    changed = "entry lonely → anybody; programmes.befriending.sessions_per_week 0.8 → 3.0"
    assert kept["cautions"][1] == f"befriending deviates from the design written down: {changed}"
    for name in ("effects.csv", "published.csv"):
        rows = pd.read_csv(folder / name)
        assert set(rows["frozen"]) == {frozen()}
        assert set(rows["changed"]) == {changed}
    other = supportnet("trial", "befriending", *QUICK, "--json").json
    assert Path(other["files"]["provenance.json"]).parent != folder, "another design has another folder"


@pytest.mark.usefixtures("figures_drawn")
def test_a_trial_never_replaces_a_comparison(supportnet: Supportnet, tmp_path: Path) -> None:
    few = ("--patients", "20", "--weeks", "4", "--replicates", "2", "--quiet")
    assert supportnet("compare", "today", "befriending", *few, "--out", str(tmp_path / "a")).code == 0
    before = files_of(tmp_path / "a")
    said = supportnet("trial", "befriending", *QUICK, "--out", str(tmp_path / "a"))
    assert said.code == 2
    assert "what `supportnet compare` wrote" in said.err
    assert files_of(tmp_path / "a") == before


def test_tables_fit_a_narrow_terminal() -> None:
    row = {"value": -0.88, "lower": -1.35, "upper": -0.45, "entered": 80.0}
    designs = tuple(designed(name) for name in trials_written_down())
    found = [
        pd.DataFrame(
            [{"outcome": outcome, "week": week, "kind": "smd", **row} for outcome in MEASURES for week in one.times]
        ).assign(programme=one.programme)
        for one in designs
    ]
    ends = {"published": -0.55, "published_lower": -0.87, "published_upper": -0.24, "in_range": False}
    beside = pd.DataFrame(
        {"programme": one.programme, "outcome": "withdrawal", "preset": "psychosis", "entry": one.entry,
         "control": "waiting_list", **row, **ends}
        for one in designs
    )  # fmt: skip
    tables = [whole_table(*pair) for pair in zip(found, designs, strict=True)]
    every = all_table(Trial.of(TrialPlan(designs, Sampling(range(2))), found), HEADLINES)
    for table in (*tables, every, published_table(beside)):
        assert isinstance(fit(table, Console(width=80)).renderables[-1], Table), "not stacked"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("befrending",), "befriending"),
        (("befriending", "--places", "600"), "--places"),
        (("befriending", "--places", "3"), "from 4 to"),
        (("befriending", "--entry", "crises"), "crisis"),
        (("befriending", "--control", "placebo"), ", ".join(CONTROLS)),
        (("befriending", "--cut", "40"), "0 to 27"),
        (("befriending", "--scenario", "yesterday"), "yesterday"),
    ],
)
def test_mistakes_are_told(supportnet: Supportnet, words: tuple[str, ...], said: str) -> None:
    found = supportnet("trial", *words)
    assert found.code == 2
    assert said in found.err
    assert "Traceback" not in found.err
