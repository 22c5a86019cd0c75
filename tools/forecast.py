"""What the model expects of ODDESSI, the pragmatic trial of open dialogue in England, before its result is known.

`python -m tools.forecast` (ten minutes) writes results/forecasts/oddessi.csv, which docs/forecasts.md puts on record.
"""

from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pandas as pd
import typer
from numpy.typing import NDArray

from supportnet.analysis.files.writing import write_csv
from supportnet.analysis.outputs.calibration import EFFECTS
from supportnet.analysis.results.left_out import read_effects
from supportnet.experiments.calibration.discrepancy import (
    LESS_IS_BETTER,
    LOGIT,
    Benefits,
    as_benefits,
    discrepancies,
    joint_weights,
    log_likelihoods,
)
from supportnet.experiments.calibration.left_out import Prediction, mean_of_others, predict
from supportnet.experiments.ensemble.sampling import Sampling
from supportnet.experiments.execution.workers import map_in_threads, threads
from supportnet.experiments.patterns.world import StudyWorld
from supportnet.experiments.posterior.posterior import read_draws, shipped_draws_path
from supportnet.experiments.posterior.propagation import LIVES
from supportnet.experiments.randomised.design import SCENARIOS
from supportnet.experiments.randomised.evidence import RATIO, StudyEntry, TrialEffect, shipped_evidence
from supportnet.experiments.randomised.trial import MEASURES, Followed, events
from supportnet.experiments.randomised.twins import LEAST, effect_of, followed_twice
from supportnet.sim.scenario.scenario import Scenario

Doubles = NDArray[np.float64]
PLACE = Path(__file__).parent.parent / "results" / "forecasts" / "oddessi.csv"
SEED, PEOPLE = 401, 2000  # of the area in which people enter when they are in crisis
ENDS = {"median": 0.5, "lower50": 0.25, "upper50": 0.75, "lower90": 0.05, "upper90": 0.95}


def expected(outcome: str, week: int, lower: float, upper: float) -> dict[str, Any]:
    """An effect without a result: none, with the interval that a trial of this size would have."""
    scale, estimate = ("SMD", 0.0) if lower < 0.0 else (RATIO, 1.0)
    return {
        "outcome": outcome, "week": week, "scale": scale, "estimate": estimate, "lower": lower, "upper": upper,
        "interval": "people",
    }  # fmt: skip


STUDY = StudyEntry.model_validate({
    "title": "Open dialogue in England (ODDESSI)", "programme": "open_dialogue", "control": "usual_care",
    "preset": "mixed", "entry": "crisis", "source": "Pilling et al. 2022, doi:10.1016/j.cct.2021.106664",
    "effects": [  # 570 people with records, some 290 relapses and 85 admissions; 400 asked
        expected("relapses", 104, 0.79, 1.26), expected("admissions", 104, 0.65, 1.53),
        expected("recovery", 52, -0.2, 0.2), expected("recovery", 104, -0.2, 0.2),
        expected("network_size", 104, -0.2, 0.2),
    ],
})  # fmt: skip
SOUGHT = [TrialEffect("oddessi", STUDY, one) for one in STUDY.effects]


def log_hazard_ratio(seen: Doubles, treated: NDArray[np.bool_]) -> float:
    """Of what happened to people (people,) by the end, if hazards are proportional."""
    one, of_one, other, of_other = np.maximum(events(seen, treated), LEAST)
    return float(np.log(np.log1p(-one / of_one) / np.log1p(-other / of_other)))


def effects_in(followed: Followed, weeks: Sequence[int]) -> Doubles:
    """(effects,) As effects are fitted; of relapses the hazard ratio, since their time is what the trial asks for."""
    found = []
    for effect in STUDY.effects:
        seen = followed.seen[list(weeks).index(effect.week), :, MEASURES.index(effect.outcome)]
        if effect.outcome == "relapses":
            found.append(log_hazard_ratio(seen, followed.treated))
        else:
            found.append(effect_of(seen, followed.treated, effect.outcome))
    return np.array(found)


def simulated_effects() -> Doubles:
    """(draws, effects) At each draw of the fit to natural history."""
    scenario, posterior = Scenario.load(SCENARIOS[STUDY.preset]), read_draws("natural-history")
    sampling = Sampling.of([scenario], LIVES * len(posterior.values), SEED, "parameters", posterior)
    weeks = sorted({one.week for one in STUDY.effects})

    def one(replicate: int, halt: Event) -> Doubles:
        world = StudyWorld(*sampling.world(scenario, replicate), SEED, replicate, PEOPLE, halt.is_set)
        return effects_in(followed_twice(STUDY, world, weeks), weeks)

    found: Doubles = np.empty((len(sampling.replicates), len(STUDY.effects)))
    with typer.progressbar(map_in_threads(one, sampling.replicates, threads(None)), len(found)) as done:
        for replicate, effects in done:
            if isinstance(effects, Exception):
                raise effects
            found[replicate] = effects
    return np.asarray(found.reshape(-1, LIVES, found.shape[1]).mean(axis=1))


def forecast(simulated: Doubles) -> pd.DataFrame:
    """One row an effect: outcome, week, scale (SMD, hazard ratio or risk ratio); by the model with its discrepancy, and
    by the mean of other programmes: median, 50 and 90 % interval of what the trial will publish."""
    trials, place = shipped_evidence(), shipped_draws_path()
    assert place is not None, "no posterior is shipped"
    known = as_benefits(trials.effects, read_effects(place.with_name(EFFECTS), trials))
    weights = joint_weights(log_likelihoods(Benefits.of(trials.effects), known, discrepancies()))
    both = Benefits.of([*trials.effects, *SOUGHT])
    benefits, rng = np.hstack([known, as_benefits(SOUGHT, simulated)]), np.random.default_rng(SEED)
    by_model = predict(both, benefits, weights, STUDY.programme, rng)
    rows = []
    for k, (effect, prediction) in enumerate(zip(SOUGHT, by_model, strict=True)):
        others = mean_of_others(both, len(trials.effects) + k, rng)
        scale = "hazard ratio" if effect.entry.outcome == "relapses" else effect.entry.scale
        about = {"outcome": effect.entry.outcome, "week": effect.entry.week, "scale": scale}
        rows.append({**about, **ends_of(effect, prediction, "model"), **ends_of(effect, others, "others")})
    return pd.DataFrame(rows)


def ends_of(effect: TrialEffect, prediction: Prediction, name: str) -> dict[str, float]:
    """Quantiles of a predicted benefit, on the scale on which it is published."""
    sign = -1.0 if effect.entry.outcome in LESS_IS_BETTER else 1.0
    effects = np.exp(prediction.sample * sign * LOGIT) if effect.is_ratio else prediction.sample * sign
    return {f"{name}_{end}": float(np.quantile(effects, share).round(3)) for end, share in ENDS.items()}


def main() -> None:
    """Put the forecast where docs/forecasts.md quotes it."""
    PLACE.parent.mkdir(exist_ok=True)
    write_csv(forecast(simulated_effects()), PLACE)


if __name__ == "__main__":
    typer.run(main)
