"""Effects of a published comparison without the luck of two arms: the same people are followed twice."""

from collections.abc import Sequence

import numpy as np

from supportnet.experiments.patterns.measurement import hedges_g
from supportnet.experiments.patterns.world import StudyWorld
from supportnet.experiments.randomised.design import CONTROLS
from supportnet.experiments.randomised.evidence import Evidence, StudyEntry, comparison_design
from supportnet.experiments.randomised.trial import MEASURES, SCALES, Doubles, Followed, events, log_ratio, run_trial

PLACES = 400  # people who enter, as far as there are so many
LEAST = 0.5  # events in an arm, so that a ratio is finite


def twin_effects(evidence: Evidence, world: StudyWorld) -> dict[str, float]:
    """Each effect of the comparisons whose preset is the world's, by its name, as it is fitted: Hedges' g, or the
    logarithm of a risk ratio."""
    found = dict[str, float]()
    preset = world.scenario.population.preset
    for name, study in evidence.studies.items():
        if study.preset == preset:
            weeks = sorted({one.week for one in study.effects})
            both = followed_twice(study, world, weeks)
            for one in study.effects:
                seen = both.seen[weeks.index(one.week), :, MEASURES.index(one.outcome)]
                found[f"{name}.{one.outcome}.{one.week}"] = effect_of(seen, both.treated, one.outcome)
    return found


def followed_twice(study: StudyEntry, world: StudyWorld, weeks: Sequence[int]) -> Followed:
    """The same people in the same weeks, first all allotted to the programme, then all to its control."""
    numbers = {f"parameters.{name}": number for name, number in world.scenario.parameters.items()}

    def arm(programme: str, treated: bool) -> Followed:
        design = comparison_design(study, programme, world.people, min(PLACES, world.people), numbers)
        return run_trial(design, world, weeks=weeks, everybody_treated=treated)

    one = arm(study.programme, True)
    other = arm(study.programme, False) if study.control in CONTROLS else arm(study.control, True)
    treated = np.repeat([True, False], [len(one.treated), len(other.treated)])
    return Followed(treated, np.concatenate([one.first, other.first]), np.concatenate([one.seen, other.seen], axis=1))


def effect_of(seen: Doubles, treated: np.ndarray, outcome: str) -> float:
    """Of the people (people,) of both arms."""
    if outcome in SCALES:
        return float(hedges_g(seen[:, None], treated)[0])
    counts = np.maximum(events(seen, treated), LEAST)
    return float(log_ratio(np.array([counts]))[0])
