"""What trials found of a programme, and the model does not show, travels with every option that brings it."""

import pandas as pd

from supportnet.analysis.wording.programme_cautions import cautions_about, effects_in_trials, programme_cautions
from supportnet.sim.scenario.scenario import Scenario, library
from tests.command_line import AS_SET, SMALL, Supportnet
from tests.small import small
from tools.programmes_in_trials import table

TODAY = small()


def test_the_shipped_table__is_that_of_the_fit() -> None:
    pd.testing.assert_frame_equal(effects_in_trials(), table(), check_dtype=False)


def test_effects_apart_from_trials__are_said_with_both_intervals() -> None:
    (hope,) = cautions_about("self_help_groups")
    row = effects_in_trials().set_index(["programme", "outcome"]).loc[("self_help_groups", "hope")]
    assert row["model_lower"] > row["published_upper"]
    assert f"{row['model']:.2f} ({row['model_lower']:.2f} to {row['model_upper']:.2f}) in this model" in hope
    assert "recovery" not in hope, "that agrees"
    assert list(cautions_about("befriending")) == []


def test_a_programme_without_trials__is_said_to_have_none() -> None:
    (open_dialogue,) = cautions_about("open_dialogue")
    assert open_dialogue.startswith("no trial of open dialogue has taught the model")
    text = 'based_on = "befriending"\n[programmes.mine]\nuses = { peer = 1 }\ndelivered_by = "peer"\ncoverage = 0.5\n'
    text += 'reciprocity = "reciprocal"\nexpert = "peers"\nresources = []\nsessions_per_week = 1\nweeks = 9'
    mine = Scenario.read(text, "mine")
    assert programme_cautions([small("befriending"), mine]) == list(cautions_about("mine"))


def test_every_option__is_looked_at_once() -> None:
    assert programme_cautions([TODAY]) == programme_cautions([TODAY, TODAY]) == []
    groups = small("self-help-groups")
    assert programme_cautions([TODAY, groups, groups]) == list(cautions_about("self_help_groups"))
    assert programme_cautions([groups, groups]) == []
    every = programme_cautions([TODAY, *map(small, library())])
    assert len(every) == len(set(every)) > 1


def test_compare__says_it(supportnet: Supportnet) -> None:
    said = supportnet("compare", "today", "open-dialogue", *SMALL, *AS_SET).out
    assert "Caution: no trial of open dialogue has taught the model" in " ".join(said.split())
