"""What has to be said beside every number."""

from sim.pool import IDLE
from sim.scenario import Scenario

CALIBRATED = ("psychosis",)  # presets


def calibrated(scenario: Scenario) -> bool:
    """Whether the numbers were held against patterns of this preset's own."""
    return scenario.population.preset in CALIBRATED and not changed_numbers(scenario)


def changed_numbers(scenario: Scenario) -> list[str]:
    """Numbers that move people and differ from the reference set."""
    return [name for name in scenario.parameters if not name.startswith(IDLE)]


def cautions(scenario: Scenario) -> list[str]:
    """Why this scenario's numbers stand on weaker ground than others; nothing where they do not."""
    said, preset = [], scenario.population.preset
    if preset not in CALIBRATED:
        said.append(f"not calibrated: there are no patterns of its own for people of the preset {preset!r}")
    if changed := changed_numbers(scenario):
        said.append(f"not calibrated: {len(changed)} numbers of the model differ from the reference set")
    if scenario.networks:
        said.append("networks read from data; what they do not say is drawn from the model's own people")
    return said
