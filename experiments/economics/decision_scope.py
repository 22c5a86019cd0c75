"""The scope of a decision: how many people it concerns."""

from typing import Any, NamedTuple

from supportnet.sim.errors import UserInputError

MOST_PEOPLE = 1_000_000_000


class DecisionScope(NamedTuple):
    """How many people a choice concerns."""

    population: int | None = None  # people at any time

    @property
    def asked(self) -> dict[str, Any]:
        """What differs from the defaults, by name."""
        return {name: value for name, value in self._asdict().items() if value != self._field_defaults[name]}

    def checked(self) -> "DecisionScope":
        """The same. Raises UserInputError for what is out of range."""
        if self.population is not None and not 1 <= self.population <= MOST_PEOPLE:
            raise UserInputError(
                f"must be a number of people from 1 to {MOST_PEOPLE:,}", argument="population", found=self.population,
                remedy="give the number of people whom the choice concerns at any time",
            )  # fmt: skip
        return self


NOT_ASKED = DecisionScope()
