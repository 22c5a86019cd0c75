"""Validation: predictions on data whose answer is known, and the command with every pattern of the table."""

import json
from collections.abc import Collection
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import supportnet as sn
from supportnet.analysis.validation import (
    USES,
    PatternResult,
    ValidationPlan,
    measure_patterns,
    measure_values,
    of_runs,
    pattern_table,
    score,
)  # fmt: skip
from supportnet.analysis.wording.caveats import not_fitted
from supportnet.experiments.ensemble.estimates import NOISE_ONLY
from supportnet.experiments.ensemble.replication import Progress
from supportnet.experiments.ensemble.sampling import Sampling
from supportnet.experiments.execution.store import Store
from supportnet.experiments.patterns.table import PRESETS, patterns
from supportnet.experiments.patterns.treatment import fell_and_returned
from supportnet.experiments.patterns.world import StudyWorld
from supportnet.experiments.predictions.people import kinds_of_networks
from supportnet.experiments.predictions.studies import STUDIES
from supportnet.experiments.predictions.treatment import lagged
from supportnet.sim.scenario.scenario import Scenario
from tests.command_line import Supportnet
from tests.test_results import as_json, without_files
from tools.validation_page import SAYS, page


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


def test_predictions_are_yielded_by_the_studies_that_say_so() -> None:
    named = [name for names in STUDIES.values() for name in names]
    assert len(set(named)) == len(named)
    uses = {patterns()[name].use for name in named}
    assert "calibrate" not in uses


def test_the_share_of_runs__has_wilsons_interval() -> None:
    assert of_runs(1.0, 40) == pytest.approx((0.9124, 1.0), abs=1e-4)


def test_a_row_is_met_when_all_its_values_are() -> None:
    rows = pd.DataFrame({"pattern": [8, 8, 12, 12, 43], "in_range": np.array([True, False, True, True, False], object)})
    assert score(rows) == "3 of 5 in range; 1 of 3 rows with all their values"
    rows.loc[3, "in_range"] = None
    assert score(rows) == "2 of 5 in range, 1 without a value; 0 of 3 rows with all their values"


def test_a_pattern_that_no_replicate_has__is_neither_in_range_nor_out_of_it() -> None:
    one = patterns()["size"]
    nan = float("nan")
    shown = pattern_table(
        [PatternResult(one, "psychosis", 10.0, 0.1, 9.8, 10.2), PatternResult(one, "mixed", nan, nan, nan, nan)]
    )
    assert shown["in_range"].tolist() == [True, None]
    assert all(np.isnan(end) for end in of_runs(nan, 0))


def test_the_page_says_what_was_found__by_value_and_by_row() -> None:
    found = [
        PatternResult(one, "psychosis", one.low, 0.0, one.low, one.high)
        for one in patterns().values()
        if one.use in SAYS
    ]
    text = page(found)
    assert "**Predicted, never fitted: 7 of 7 in range; 4 of 4 rows with all their values**" in text


def test_workers_change_nothing() -> None:
    today, sampling = Scenario.load("today"), Sampling((0, 1, 2))
    one, two = (measure_values(today, sampling, wanted=["disengaged"], workers=n) for n in (1, 2))
    assert one == two


def at_random(world: StudyWorld, wanted: Collection[str], studies: object) -> dict[str, float]:
    """Some value for all that is asked of a world: what the studies measure takes long."""
    luck = world.rng("of this test")
    return {name: float(luck.random()) for name in wanted}


@pytest.mark.parametrize("measured", ["at random", pytest.param("in the model", marks=pytest.mark.slow)])
def test_the_command_tells_every_use_apart(
    supportnet: Supportnet, monkeypatch: pytest.MonkeyPatch, measured: str
) -> None:
    if measured == "at random":
        monkeypatch.setattr("supportnet.analysis.validation.measure_study_values", at_random)
    kept_patterns: dict[str, list[PatternResult]] = {}

    def once(
        plan: ValidationPlan, workers: int, progress: Progress | None, store: Store | None = None
    ) -> list[PatternResult]:
        """For this takes long, and is the same for the same plan."""
        if plan.identity not in kept_patterns:
            kept_patterns[plan.identity] = measure_patterns(plan, workers, progress, store)
        return kept_patterns[plan.identity]

    few = partial(StudyWorld, people=500)  # a third of what the command takes, for speed
    monkeypatch.setattr("supportnet.analysis.validation.StudyWorld", few)
    for place in ("validation", "results.validation"):  # of the command, of Python
        monkeypatch.setattr(f"supportnet.analysis.{place}.measure_patterns", once)
    told = supportnet("validate", "--replicates", "2", "--uncertainty", "none", "--json").json
    here = Path(told["files"]["patterns.csv"]).parent
    assert here == Path("results", f"validate-today-{told['run_identity'][:8]}")
    kept = json.loads((here / "provenance.json").read_text())
    assert kept["run_identity"] == told["run_identity"]
    assert kept["cautions"] == told["cautions"]
    assert told["cautions"][0] == not_fitted(None)[0]
    assert "2 replicates are few" in told["cautions"][1]
    row = told["patterns"][0]
    keys = {"pattern", "use", "statistic", "value", "lower", "upper", "accept_lower", "accept_upper", "in_range"}
    assert keys <= set(row)
    assert told["interval"] == NOISE_ONLY
    assert (here / "figure.png").stat().st_size > 10_000
    found = pd.read_csv(here / "patterns.csv").fillna({"preset": ""})
    assert len(found) == len(told["patterns"])
    every_pattern_is_there(found)
    checked = sn.validate(2, uncertainty="none")
    assert len(kept_patterns) == 1, "the same plan"
    assert as_json(checked) == without_files(told)
    assert repr(checked).endswith("; 117 values, 2 replicates, seed 201>")
    assert len(checked.headline()) == 5
    assert checked.headline().index[0] in checked._repr_html_()


def every_pattern_is_there(found: pd.DataFrame) -> None:
    """Each in the presets that it is about, in range or not as its value says."""
    expected = {(one.name, preset) for one in patterns().values() for preset in PRESETS if preset in one.presets}
    expected |= {(one.name, "") for one in patterns().values() if not one.presets}
    assert set(zip(found["name"], found["preset"], strict=True)) == expected
    assert set(found["use"]) == set(USES)
    assert (found["value"].isna() == (found["preset"] == "")).all()
    assert set(found[found["preset"] == ""]["use"]) == {"context"}
    found = found[found["preset"] != ""]
    met = (found["value"] >= found["accept_lower"]) & (found["value"] <= found["accept_upper"])
    assert (found["in_range"].astype(bool) == met).all()
