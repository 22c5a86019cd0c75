"""A small area, quickly lived: what tests of whole runs use."""

from supportnet.sim.scenario.scenario import Scenario

PATIENTS, WEEKS = 60, 26
VALUES: dict[str, object] = {"population.patients": PATIENTS, "weeks": WEEKS}


def small(name: str = "today", **values: object) -> Scenario:
    """A scenario of the library in a small area; further values by dotted name with __ for the dots."""
    return Scenario.load(name, VALUES | {key.replace("__", "."): value for key, value in values.items()})
