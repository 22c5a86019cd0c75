"""What can be moved in the classroom, how far and in which steps."""

from functools import cache
from typing import NamedTuple

from supportnet.sim.enums import Mechanism
from supportnet.sim.scenario.scenario import Scenario

ON, OFF = "on", "off"


class Lever(NamedTuple):
    """Something that can be set otherwise than today."""

    name: str  # dotted, as in a scenario file
    low: float
    high: float
    step: float

    @property
    def is_switch(self) -> bool:
        """Whether it is on or off, and nothing between."""
        return self.step == 0.0

    @property
    def group(self) -> str:
        """services, programmes or mechanisms."""
        return self.name.split(".")[0]


SERVICES = (
    Lever("services.caseload", 5, 60, 1),
    Lever("services.contacts_per_week", 0, 2, 0.05),
    Lever("services.turnover", 0, 1.5, 0.02),
    Lever("services.continuity", 0, 1, 0.05),
    Lever("services.boundary_openness", 0, 1, 0.05),
    Lever("services.shared_decisions", 0, 1, 0.05),
    Lever("services.coverage", 0, 1, 0.05),
)


@cache
def levers() -> dict[str, Lever]:
    """Every lever by its dotted name: the service's, the ten programmes', the seven mechanisms' switches."""
    programmes = (Lever(f"programmes.{name}.coverage", 0, 1, 0.05) for name in Scenario.load("today").every_programme)
    switches = (Lever(f"mechanisms.{name}", 0, 1, 0) for name in Mechanism.words())
    return {lever.name: lever for lever in (*SERVICES, *programmes, *switches)}
