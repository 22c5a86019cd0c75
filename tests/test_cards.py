"""How things show themselves: in a line, and as a card in a notebook, with nothing in it that acts."""

from pathlib import Path

import pandas as pd

import supportnet as sn
from supportnet.experiments.posterior.posterior import write_draws
from supportnet.sim.cards import MOST_ROWS, card
from supportnet.sim.model_identity import run_hash
from supportnet.sim.parameters import numbers, spelled
from tests.draws import few_draws
from tests.small import small

BAD = '"<script>alert(1)</script>"'


def test_a_card__is_escaped_and_short() -> None:
    shown = card(BAD, BAD, {f"{BAD} {k}": BAD for k in range(20)}, BAD)
    assert "<script" not in shown
    assert shown.count("<tr>") == MOST_ROWS
    assert "and 5 more" in shown


def test_a_scenario__says_what_it_is_assumes_and_sets_otherwise_than_its_base() -> None:
    scenario = sn.Scenario.load("smaller-caseloads").with_values({"parameters.bond.trust_gain": 0.2})
    assert repr(scenario) == "<Scenario smaller-caseloads: Smaller caseloads; 500 people, 104 weeks>"
    shown = scenario._repr_html_()
    assert scenario.own == {"services": {"caseload": 15.0}, "parameters": {"bond.trust_gain": 0.2}}
    assert "Money for two thirds more posts" in shown
    assert "services.caseload" in shown
    assert "parameters.bond.trust_gain" in shown
    assert "services.turnover" not in shown, "that is its base's"
    assert "<script" not in small().with_values({"title": BAD, "assumes": BAD})._repr_html_()


def test_parameters__say_how_many_are_changed_and_count_by_their_values() -> None:
    reference = sn.Parameters()
    assert repr(reference).endswith("none off the reference set>")
    changed = small().with_values({"parameters.bond.trust_gain": 0.2}).all_parameters
    assert repr(changed).endswith("; 1 off the reference set>")
    assert spelled(changed) != spelled(reference), "identities of runs depend on values"
    assert "trust_gain=0.2" in spelled(changed)
    assert len(run_hash()) == 16


def test_a_posterior__says_how_many_draws_of_what_it_holds(tmp_path: Path) -> None:
    few = sn.Posterior.load(few_draws(tmp_path))
    assert repr(few) == f"<Posterior {few.identity}: 20 draws of 2 numbers; psychosis, affective, mixed>"
    every = pd.DataFrame({name: [about.low, about.high] for name, about in numbers().items()})
    write_draws(tmp_path / "mine.parquet", every, {"presets": [BAD]})
    mine = sn.Posterior.load(tmp_path / "mine.parquet")
    assert repr(mine).startswith(f"<Posterior {mine.identity}: 2 draws")
    assert f"{len(numbers()) - MOST_ROWS} more" in mine._repr_html_()
    assert "<script" not in mine._repr_html_()


def test_a_model__says_how_far_it_is_and_what_the_last_week_showed() -> None:
    model = sn.SupportNetwork(patients=20, weeks=4)
    assert repr(model) == "<SupportNetwork today: week 0 of 4; 20 people, seed 1, replicate 0>"
    assert "nan" not in model._repr_html_()
    model.run()
    assert f"{model.outcomes['qpr']:.3g} score" in model._repr_html_()
    assert "<script" not in sn.SupportNetwork(small().with_values({"title": BAD}))._repr_html_()
