"""Validation: predictions on data whose answer is known, and the command with every pattern of the table."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.validation import USES, find, table, validate
from experiments.estimates import LUCK_ONLY
from experiments.patterns.table import PRESETS, patterns
from experiments.patterns.treatment import fell_and_returned
from experiments.predictions.people import kinds_of_networks
from experiments.predictions.studies import STUDIES
from experiments.predictions.treatment import lagged
from sim.scenario import Scenario
from tests.command_line import Supportnet


def test_a_fall_with_return_is_seen_and_one_without_is_not() -> None:
    calm = 0.1 * np.sin(np.arange(30.0))
    fall, mended, late = calm.copy(), calm.copy(), calm.copy()
    fall[10:] -= 3.0
    mended[10:13] -= 3.0
    late[10:18] -= 3.0
    assert list(fell_and_returned(np.stack([fall, mended, late], axis=1))) == [False, True, False]


def test_effects_from_session_to_session_are_those_that_were_put_in() -> None:
    luck = np.random.default_rng(1)
    cause, effect = luck.standard_normal((2, 200, 500))
    for t in range(1, 200):
        effect[t] += 0.4 * effect[t - 1] - 0.3 * cause[t - 1]
    cause += 5.0 * luck.standard_normal(500)  # between people, which does not count
    assert lagged(cause, effect) == pytest.approx(-0.3 / effect.std(), abs=0.02)
    assert lagged(effect, cause) == pytest.approx(0.0, abs=0.02)


def test_three_kinds_of_networks_are_found_where_there_are_three() -> None:
    luck = np.random.default_rng(2)
    kinds = np.array(
        [  # size, professionals, peers, friends, family, contacts, best tie
            [4, 0.6, 0.1, 0.1, 0.2, 3, 0.3],
            [9, 0.1, 0.1, 0.1, 0.7, 8, 0.7],
            [18, 0.1, 0.2, 0.5, 0.2, 18, 0.6],
        ]
    )
    features = kinds.repeat(200, axis=0) + 0.1 * kinds.std(axis=0) * luck.standard_normal((600, 7))
    found = kinds_of_networks(features, np.random.default_rng(3))
    assert found["network_kinds"] == 1.0
    assert found["network_kinds_stability"] > 0.95
    alike = kinds_of_networks(luck.standard_normal((600, 7)), np.random.default_rng(3))
    assert alike["network_kinds_stability"] < 0.8


def test_every_pattern_of_the_table_is_found_in_the_presets_that_it_is_about() -> None:
    found = table(validate([0, 1], workers=2))
    expected = {(one.name, preset) for one in patterns().values() for preset in PRESETS if preset in one.presets}
    expected |= {(one.name, "") for one in patterns().values() if one.use == "context"}
    assert set(zip(found["name"], found["preset"], strict=True)) == expected
    assert set(found["use"]) == set(USES)
    assert (found["value"].isna() == (found["use"] == "context")).all()
    found = found[found["use"] != "context"]
    met = (found["value"] >= found["accept_lower"]) & (found["value"] <= found["accept_upper"])
    assert (found["in_range"] == met).all()


def test_predictions_are_yielded_by_the_studies_that_say_so() -> None:
    named = [name for names in STUDIES.values() for name in names]
    assert len(set(named)) == len(named)
    uses = {patterns()[name].use for name in named}
    assert "calibrate" not in uses


def test_workers_change_nothing() -> None:
    one, two = (find(Scenario.load("today"), range(3), wanted=["disengaged"], workers=n) for n in (1, 2))
    assert one == two


def test_the_command_tells_every_use_apart(supportnet: Supportnet, tmp_path: Path) -> None:
    said = supportnet("validate", "--replicates", "2", "--uncertainty", "none", "--json", "--out", str(tmp_path))
    told = said.json
    row = told["patterns"][0]
    keys = {"pattern", "use", "statistic", "value", "lower", "upper", "accept_lower", "accept_upper", "in_range"}
    assert keys <= set(row)
    assert told["interval"] == LUCK_ONLY
    kept = pd.read_csv(tmp_path / "patterns.csv")
    assert len(kept) == len(told["patterns"])
    assert (tmp_path / "figure.png").stat().st_size > 10_000
