"""The posterior that ships: of this model, small, with every preset, and honest about what no pattern tells."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from supportnet.analysis.outputs.calibration import EFFECTS
from supportnet.analysis.results.left_out import read_effects
from supportnet.experiments.calibration.acceptance import in_range, weights_by_trials
from supportnet.experiments.calibration.targets import targets_of
from supportnet.experiments.patterns.studies import measure_study_values
from supportnet.experiments.patterns.table import PRESETS, patterns
from supportnet.experiments.patterns.world import StudyWorld
from supportnet.experiments.posterior import posterior
from supportnet.experiments.posterior.posterior import NAMED, Posterior, model_changes, read_draws, shipped_draws_path
from supportnet.experiments.posterior.propagation import pool_at
from supportnet.experiments.randomised.evidence import shipped_evidence
from supportnet.experiments.study.study import StudyDefinition
from supportnet.sim.enums import Process
from supportnet.sim.model_identity import meanings
from supportnet.sim.parameters import numbers

UNTOLD = ("recover.reciprocity_weight", "recover.expertise_weight")  # by any pattern


pytestmark = pytest.mark.skipif(shipped_draws_path() is None, reason="no posterior of this model is shipped")


@pytest.fixture(scope="module", params=NAMED)
def draws(request: pytest.FixtureRequest) -> Posterior:
    return read_draws(request.param)


def test_it_is_of_this_model__and_knows_every_preset(draws: Posterior) -> None:
    assert model_changes(draws.metadata) == []
    assert set(draws.presets) == set(PRESETS)
    for name in NAMED:
        place = shipped_draws_path(name)
        assert place is not None
        assert place.stat().st_size < 500_000


def test_a_changed_kernel__is_named_alone(draws: Posterior, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not files that were refactored since the fit, and are on record as doing the same."""
    now = {**meanings("model"), "sim/kernels/strain.py": "changed"}
    monkeypatch.setattr(posterior, "meanings", lambda part: now)
    monkeypatch.setattr(posterior, "model_identity", lambda: "another")
    assert model_changes(draws.metadata) == ["code: sim/kernels/strain.py"]


def test_it_was_fitted_to_calibrate_rows_only(draws: Posterior) -> None:
    allowed = {one.number for one in patterns().values() if one.use == "calibrate"}
    assert set(draws.metadata["patterns"]) == allowed


def test_its_numbers_are_those_of_the_study_and_in_range(draws: Posterior) -> None:
    study = StudyDefinition.load("calibration")
    assert set(draws.values) == {*study.factor_names, *(name.removeprefix("parameters.") for name in study.file.set)}
    for name, about in numbers().items():
        if name in draws.values:
            assert draws.values[name].between(about.low, about.high).all(), name
    assert {f"recover.base.{process}" for process in Process.words()} < set(draws.values)
    assert len(draws.values) >= 100
    assert draws.weights.sum() == pytest.approx(1.0)


def test_each_says_what_it_knows() -> None:
    assert read_draws().fitted_to == "natural history and randomised trials"
    assert read_draws("natural-history").fitted_to == "natural history"
    assert read_draws().metadata["evidence"] == shipped_evidence().digest


def test_effects_beside_it__weigh_its_draws() -> None:
    """Those of the fit to trials are those of the first fit, resampled by what the model shows of trials there."""
    place, evidence = shipped_draws_path(), shipped_evidence()
    assert place is not None
    weights = weights_by_trials(evidence, read_effects(place.with_name(EFFECTS), evidence))
    first, fitted = read_draws("natural-history").values, read_draws().values
    assert len(weights) == len(first)
    counts = fitted.groupby(list(fitted.columns), sort=False).size()
    for k in np.flatnonzero(weights * len(first) >= 1.0):
        assert counts[tuple(first.iloc[k])] in (np.floor(weights[k] * len(first)), np.ceil(weights[k] * len(first)))


@pytest.mark.slow
def test_a_draw__is_a_world_one_knows() -> None:
    """By runs of the model with luck of their own."""
    study, draws = StudyDefinition.load("calibration"), read_draws("natural-history")
    targets = targets_of(study)
    found = np.empty((8, len(targets)))
    for draw, scenario in product(range(8), study.scenarios):
        lived, preset = draws.scenario_at(draw, scenario), scenario.population.preset
        world = StudyWorld(lived, pool_at(lived, draw), 77, draw)
        values = measure_study_values(world, [one.pattern.name for one in targets if one.preset == preset])
        for k, one in enumerate(targets):
            if one.preset == preset:
                found[draw, k] = values[one.pattern.name]
    share = in_range(found, targets).mean(axis=1)
    assert np.median(share) > 0.8
    assert share.min() > 0.65, "kept draws had .75 by the luck of other runs"


@pytest.mark.parametrize("name", UNTOLD)
def test_what_no_pattern_tells__keeps_its_whole_range(name: str) -> None:
    low, high = numbers()[name].low, numbers()[name].high
    draws = read_draws("natural-history")
    shares = pd.Series((draws.values[name] - low) / (high - low))
    assert shares.std() > 0.8 * np.sqrt(1 / 12), (
        "nearly as wide as an even spread: keeping draws in range takes a sixth"
    )
    assert shares.quantile(0.05) < 0.2
    assert shares.quantile(0.95) > 0.8
