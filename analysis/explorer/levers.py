"""What can be moved in the classroom, how far and in which steps."""

from functools import cache
from typing import NamedTuple

from supportnet.sim.enums import Mechanism
from supportnet.sim.scenario.scenario import Scenario

ON, OFF = "on", "off"


class PageLever(NamedTuple):
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
    PageLever("services.caseload", 5, 60, 1),
    PageLever("services.contacts_per_week", 0, 2, 0.05),
    PageLever("services.turnover", 0, 1.5, 0.02),
    PageLever("services.continuity", 0, 1, 0.05),
    PageLever("services.boundary_openness", 0, 1, 0.05),
    PageLever("services.shared_decisions", 0, 1, 0.05),
    PageLever("services.coverage", 0, 1, 0.05),
)


@cache
def page_levers() -> dict[str, PageLever]:
    """Every lever by its dotted name: the service's, the ten programmes', the seven mechanisms' switches."""
    programmes = (
        PageLever(f"programmes.{name}.coverage", 0, 1, 0.05) for name in Scenario.load("today").every_programme
    )
    switches = (PageLever(f"mechanisms.{name}", 0, 1, 0) for name in Mechanism.words())
    return {lever.name: lever for lever in (*SERVICES, *programmes, *switches)}
