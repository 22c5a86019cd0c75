"""What has to be said beside every number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from supportnet.analysis.wording.formatting import counted
from supportnet.analysis.wording.interviews import about_interviews
from supportnet.experiments.comparison.comparison import EnsembleComparison
from supportnet.experiments.comparison.same_people import numbers_between, people_differ
from supportnet.experiments.ensemble.ensemble import Ensemble
from supportnet.experiments.ensemble.estimates import Which
from supportnet.experiments.posterior.posterior import Posterior, read_draws, shipped_draws
from supportnet.sim.errors import UserInputError
from supportnet.sim.parameters import IDLE
from supportnet.sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from supportnet.experiments.comparison.attribution import Attribution

AS_SET = ("psychosis",)  # presets whose patterns the numbers as they are set were held against
FEW = 5  # replicates: below, an interval is wide and leans on the bell shape of what it cannot see
COSTS = ("costs.",)
MEASURES = tuple(group for group in IDLE if group not in COSTS)


def calibrated(scenario: Scenario) -> bool:
    """Whether the numbers were held against patterns of this preset's own."""
    return scenario.population.preset in presets_fitted() and not changed_numbers(scenario)


def presets_fitted() -> Sequence[str]:
    """Presets with patterns of their own: those of the draws that ship, where they are of this model."""
    try:
        return read_draws().presets if shipped_draws() else AS_SET
    except UserInputError:  # what uses these draws refuses them; a list of names needs none
        return AS_SET


def changed_numbers(scenario: Scenario) -> list[str]:
    """Numbers that move people and differ from the reference set."""
    return [name for name in scenario.parameters if not name.startswith(IDLE)]


def cautions(scenario: Scenario, posterior: Posterior | None = None) -> list[str]:
    """Why this scenario's numbers stand on weaker ground than others; nothing where they do not.

    posterior: by whose draws it was lived; without, by numbers as they are set.
    """
    lines, preset = [], scenario.population.preset
    if preset not in (posterior.presets if posterior else AS_SET):
        lines.append(f"not calibrated: there are no patterns of its own for people of the preset {preset!r}")
    if changed := changed_numbers(scenario):
        differ = "1 number of the model differs" if len(changed) == 1 else f"{len(changed)} numbers of the model differ"
        lines.append(f"not calibrated: {differ} from the reference set")
    if scenario.networks:
        lines.append(
            "about networks read from data: what they do not say is drawn from people of the model who are most like "
            "them, and outcomes drift for years while such networks settle"
        )
        lines += about_interviews(scenario)
    if late := scenario.cut_off:
        lines.append(
            f"cut short at {counted(scenario.weeks, 'week')}, so that some of it never happens: {'; '.join(late)}"
        )
    return lines


def few_replicates(n: int, draws: Which | None = None) -> list[str]:
    """What so few replicates cannot tell; draws: by which draw from the posterior each was lived."""
    if draws is not None and n > 1 and (different := len(np.unique(draws))) < FEW:
        number = f"{n} replicates are {counted(different, 'draw')} from the posterior"
        if different == 1:
            return [f"{number}: how sure this is cannot be told"]
        return [f"{number}, which are few: intervals are rough"]
    if n == 1:
        return ["a single replicate: how much of this is luck cannot be told"]
    if n < FEW:
        return [f"{n} replicates are few: intervals are rough"]
    return []


def run_cautions(results: Ensemble) -> list[str]:
    """All that has to be said beside a run."""
    about = [f"{results.scenario.name} is {caution}" for caution in cautions(results.scenario, results.posterior)]
    return about + few_replicates(len(results.replicates), results.draws)


def compare_cautions(found: EnsembleComparison) -> list[str]:
    """All that has to be said beside a comparison: about each world, and what differs besides policy."""
    about = [
        f"{world.scenario.name} is {caution}"
        for world in found.worlds
        for caution in cautions(world.scenario, found.posterior)
    ]
    return [
        *about,
        *differing([world.scenario for world in found.worlds], found.independent, found.posterior),
        *not_for_whom(found),
        *few_replicates(found.n_replicates, found.draws),
    ]


def explain_cautions(found: Attribution, outcome: str) -> list[str]:
    """All that has to be said beside what carries a difference."""
    first, other = found.worlds
    lines = [f"{world.name} is {caution}" for world in found.worlds for caution in cautions(world, found.posterior)]
    if people := people_differ(first, other, found.posterior):
        lines.append(f"{other.name} is lived by other people than {first.name} ({people}): chance parts them too")
    complete = np.isfinite(found.game(outcome)[-1])
    if lacking := int((~complete).sum()):
        lines.append(
            f"{counted(lacking, 'replicate')} of {len(complete)} left out: {outcome} is lacking in some coalition"
        )
    whole = found.shares(outcome).loc["difference"]
    if whole["lower"] <= 0.0 <= whole["upper"]:
        lines.append("whether there is a difference to share out is not told: its interval contains 0")
    which = None if found.draws is None else found.draws[complete]
    return lines + (few_replicates(int(complete.sum()), which) if complete.any() else [])


def differing(scenarios: Sequence[Scenario], independent: bool, posterior: Posterior | None = None) -> Iterator[str]:
    """Why a difference from the first is not that of a policy alone; nothing where it is."""
    first = scenarios[0]
    for other in scenarios[1:]:
        if prices := numbers_between(first, other, COSTS):
            yield f"{other.name} has other unit costs ({prices}): its difference in cost is one of prices too"
        if measures := numbers_between(first, other, MEASURES):
            yield f"{other.name} is measured otherwise ({measures}): its differences are partly those of the measure"
        if (people := people_differ(first, other, posterior)) and not independent:
            yield (
                f"{other.name} is lived by other people than {first.name} ({people}): chance parts them too, and for "
                "whom it works cannot be told"
            )


def not_for_whom(found: EnsembleComparison) -> Iterator[str]:
    """Why it is not told for whom the same people's worlds work."""
    if found.for_whom is None and found.same_people:
        yield "a replicate failed, so for whom the scenarios work is not told"
