"""The scope of a decision: how many people it concerns, for how long, what is later counts for how much, and how many
people a study before it would have."""

import math
from typing import Any, NamedTuple

from supportnet.experiments.economics.discounting import annuity
from supportnet.sim.errors import UserInputError

MOST_PEOPLE = 1_000_000_000
LONGEST = 100  # years
MOST_DISCOUNT = 0.5


class DecisionScope(NamedTuple):
    """How many people a choice concerns, for how many years, the discount rate per year, and the people in a study."""

    population: int | None = None  # people at any time
    years: int | None = None
    discount: float = 0.0
    study_people: int | None = None

    @property
    def asked(self) -> dict[str, Any]:
        """What differs from the defaults, by name."""
        return {name: value for name, value in self._asdict().items() if value != self._field_defaults[name]}

    @property
    def person_years(self) -> float:
        """Person-years that the choice concerns, discounted to now; NaN unless people and years are given."""
        if self.population is None or self.years is None:
            return math.nan
        return self.population * annuity(self.discount, self.years)

    def checked(self) -> "DecisionScope":
        """The same. Raises UserInputError for what is out of range, or does not go together."""
        for name, most, remedy in (
            ("population", MOST_PEOPLE, "give the number of people whom the choice concerns at any time"),
            ("years", LONGEST, "give the number of years that the choice stands"),
            ("study_people", MOST_PEOPLE, "give the number of people in a study"),
        ):
            value = getattr(self, name)
            if value is not None and not 1 <= value <= most:
                raise UserInputError(
                    "is out of range", argument=name, found=value, expected=f"1 to {most:,}", remedy=remedy
                )
        if not 0.0 <= self.discount <= MOST_DISCOUNT:
            raise UserInputError(
                "must be a rate per year", argument="discount", found=self.discount,
                expected=f"0 to {MOST_DISCOUNT:g}", remedy="give a rate, such as 0.035 for 3.5 % per year",
            )  # fmt: skip
        if self.years is not None and self.population is None:
            raise UserInputError(
                "is given without the number of people", argument="years", found=self.years,
                expected="`population` too", remedy="give `population`, or leave `years` out",
            )  # fmt: skip
        return self


NOT_ASKED = DecisionScope()
