"""A mapping from an outcome to a utility, which only a cost file can name, with its source and its error."""

from typing import Annotated, Any

from pydantic import Field

from supportnet.sim.outcomes import OUTCOMES
from supportnet.sim.scenario.schema import OneOf, TomlTable

UTILITY = "utility"
MONEY = ("cost", "session_cost", "cost_per_recovered")  # never an effect
EFFECTS = [name for name, outcome in OUTCOMES.items() if outcome.better and name not in MONEY]


def per_unit(says: str) -> Any:
    return Field(ge=-1.0, le=1.0, allow_inf_nan=False, title="a number from -1 to 1", description=says)


class UtilityMapping(TomlTable):
    """How much utility one unit of an outcome is worth."""

    outcome: Annotated[str, OneOf(EFFECTS)] = Field(
        title="an outcome that can be better or worse", description="Outcome that the utility is mapped from."
    )
    value: float = per_unit("Expected utility of one more unit of the outcome; negative where less is better.")
    low: float = per_unit("Lower limit.")
    high: float = per_unit("Upper limit.")
    source: str = Field(min_length=1, title="a text", description="Source, which can be looked up.")

    @property
    def has_right_sign(self) -> bool:
        """Whether what is better has more utility."""
        return self.value > 0.0 if OUTCOMES[self.outcome].better == "higher" else self.value < 0.0
