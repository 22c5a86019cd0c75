"""Cautions that accompany results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from supportnet.analysis.wording.formatting import counted
from supportnet.analysis.wording.interviews import about_interviews
from supportnet.analysis.wording.programme_cautions import programme_cautions
from supportnet.analysis.wording.service_changes import service_cautions
from supportnet.experiments.comparison.comparison import EnsembleComparison
from supportnet.experiments.comparison.same_people import numbers_between, people_differ
from supportnet.experiments.ensemble.ensemble import Ensemble
from supportnet.experiments.ensemble.estimates import Which
from supportnet.experiments.posterior.posterior import Posterior, read_draws, shipped_draws_path
from supportnet.sim.errors import UserInputError
from supportnet.sim.parameters import IDLE
from supportnet.sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from supportnet.experiments.comparison.attribution import Attribution

NOT_FITTED = "not calibrated: all parameters are at their reference values"
FEW = 5  # replicates: below, an interval is wide and depends on the assumption of normality
COSTS = ("costs.",)
MEASURES = tuple(group for group in IDLE if group not in COSTS)


def calibrated(scenario: Scenario) -> bool:
    """Whether parameters were fitted to patterns of this preset."""
    return scenario.population.preset in presets_fitted() and not changed_numbers(scenario)


def presets_fitted() -> Sequence[str]:
    """Presets that a posterior of this model was fitted to; none where none is shipped."""
    try:
        return read_draws().presets if shipped_draws_path() else ()
    except UserInputError:  # what uses these draws refuses them; a list of names needs none
        return ()


def changed_numbers(scenario: Scenario) -> list[str]:
    """Parameters that affect people and differ from the reference set."""
    return [name for name in scenario.parameters if not name.startswith(IDLE)]


def cautions(scenario: Scenario, posterior: Posterior | None = None) -> list[str]:
    """Why this scenario's results are less reliable than others; empty if they are not.

    posterior: the posterior used; without one, parameters are at their defaults.
    """
    lines, preset = [], scenario.population.preset
    if posterior is not None and preset not in posterior.presets:
        lines.append(f"not calibrated: no patterns are specific to people of the preset {preset!r}")
    if changed := changed_numbers(scenario):
        differ = "1 parameter differs" if len(changed) == 1 else f"{len(changed)} parameters differ"
        lines.append(f"not calibrated: {differ} from the reference set")
    if scenario.networks:
        lines.append(
            "about networks read from data: missing information is drawn from the most similar people of the model, "
            "and outcomes drift for years while such networks settle"
        )
        lines += about_interviews(scenario)
    if late := scenario.cut_off:
        lines.append(f"cut short at {counted(scenario.weeks, 'week')}, so part of it never happens: {'; '.join(late)}")
    return lines


def not_fitted(posterior: Posterior | str | None, but: str = "") -> list[str]:
    """That no posterior is used, where none is.

    posterior: itself or its identity; but: which parameters are set otherwise.
    """
    return [] if posterior else [NOT_FITTED.replace("all parameters", f"all parameters{but}")]


def few_replicates(n: int, draws: Which | None = None) -> list[str]:
    """Caution about few replicates; draws: the posterior draw of each."""
    if draws is not None and n > 1 and (different := len(np.unique(draws))) < FEW:
        number = f"{n} replicates use {counted(different, 'posterior draw')}"
        if different == 1:
            return [f"{number}: uncertainty cannot be estimated"]
        return [f"{number}, which is few: intervals are imprecise"]
    if n == 1:
        return ["a single replicate: uncertainty cannot be estimated"]
    if n < FEW:
        return [f"{n} replicates are few: intervals are imprecise"]
    return []


def run_cautions(results: Ensemble) -> list[str]:
    """Cautions about a run."""
    about = [f"{results.scenario.name} is {caution}" for caution in cautions(results.scenario, results.posterior)]
    return not_fitted(results.posterior) + about + few_replicates(len(results.replicates), results.draws)


def compare_cautions(found: EnsembleComparison) -> list[str]:
    """Cautions about a comparison: about each scenario, and about differences other than policy."""
    about = [
        f"{world.scenario.name} is {caution}"
        for world in found.worlds
        for caution in cautions(world.scenario, found.posterior)
    ]
    scenarios = [world.scenario for world in found.worlds]
    return [
        *not_fitted(found.posterior),
        *about,
        *service_cautions(scenarios),
        *programme_cautions(scenarios),
        *differing(scenarios, found.independent, found.posterior),
        *not_for_whom(found),
        *few_replicates(found.n_replicates, found.draws),
    ]


def explain_cautions(found: Attribution, outcome: str) -> list[str]:
    """Cautions about the attribution of a difference, or of a level."""
    first, other = found.worlds[0], found.worlds[-1]
    lines = not_fitted(found.posterior)
    lines += [f"{world.name} is {caution}" for world in found.worlds for caution in cautions(world, found.posterior)]
    if people := people_differ(first, other, found.posterior):
        lines.append(
            f"{other.name} has different people from {first.name} ({people}), so part of the difference is chance"
        )
    complete = np.isfinite(found.game(outcome)[-1])
    if lacking := int((~complete).sum()):
        lines.append(
            f"{counted(lacking, 'replicate')} of {len(complete)} left out: {outcome} has no value in some coalition"
        )
    which = None if found.draws is None else found.draws[complete]
    return lines + (few_replicates(int(complete.sum()), which) if complete.any() else [])


def differing(scenarios: Sequence[Scenario], independent: bool, posterior: Posterior | None = None) -> Iterator[str]:
    """Why a difference from the first scenario is not due to policy alone; empty if it is."""
    first = scenarios[0]
    for other in scenarios[1:]:
        if prices := numbers_between(first, other, COSTS):
            yield f"{other.name} has different unit costs ({prices}), so its difference in cost is partly one of prices"
        if measures := numbers_between(first, other, MEASURES):
            yield f"{other.name} is measured differently ({measures}), so its differences are partly due to measurement"
        if (people := people_differ(first, other, posterior)) and not independent:
            yield (
                f"{other.name} has different people from {first.name} ({people}), so part of the difference is chance, "
                f"and effects by group cannot be estimated"
            )


def not_for_whom(found: EnsembleComparison) -> Iterator[str]:
    """Why effects by group are missing although the people are the same."""
    if found.for_whom is None and found.same_people:
        yield "a replicate failed, so effects by group are not available"
