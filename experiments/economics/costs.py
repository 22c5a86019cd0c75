"""The cost file: what each thing that care uses costs, between which bounds the price lies, and who says so."""

import os
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, SerializerFunctionWrapHandler, model_serializer
from scipy import stats

from supportnet.experiments.economics.utility import UTILITY, UtilityMapping
from supportnet.sim.errors import UserInputError
from supportnet.sim.scenario.schema import OneOf, TomlTable
from supportnet.sim.storage.toml_files import content_of, decoded, parsed
from supportnet.sim.storage.toml_kinds import refuse_other_kind
from supportnet.sim.storage.toml_schema import place, sifted, touches

Doubles = NDArray[np.float64]
SHIPPED = "costs.toml"
MOST = 1e12  # of money; sums and squares of more are no numbers any more
LONGEST = 40  # letters of a currency: it stands in tables and figures
# Items with the outcome that says how much of each is used per person and year, and the unit of their price.
USED = {
    "post": "posts",
    "contact": "contacts_staff",
    "crisis_week": "crisis_weeks",
    "admission": "admissions",
    "sessions": "session_cost",
}
UNITS = {
    "post": "per post and year",
    "contact": "per contact with a professional, beyond the post",
    "crisis_week": "per week in crisis, on top of an admission",
    "admission": "per admission",
    "sessions": "times the programmes' own session prices",
}
LOOKED_UP = re.compile(r"\b(19|20)\d\d\b|doi|https?://|\bwww\.|\bISBN\b", re.IGNORECASE)
UNFOUNDED = re.compile(r"\b(assum|guess|made up|placeholder|unknown|opinion|own\b)", re.IGNORECASE)
WEIGHT = 6.0  # of the beta distribution, as in PERT: two thirds of draws lie within the middle two fifths of the range
HOW_DRAWN = (
    "each price independently from a beta distribution over its range, with its value as mean and the weight of PERT"
)


def amount(says: str) -> Any:
    return Field(ge=0, le=MOST, allow_inf_nan=False, title=f"a number from 0 to {MOST:g}", description=says)


class Price(TomlTable):
    """What one thing costs."""

    value: float = amount("Expected price.")
    low: float = amount("Lower limit.")
    high: float = amount("Upper limit.")
    unit: Annotated[str, OneOf(UNITS.values())] = Field(
        title="one of: " + "; ".join(UNITS.values()), description="What the price is for; each item has its own unit."
    )
    source: str = Field(min_length=1, title="a text", description="Source; 'assumed' is one.")


class CostFile(TomlTable):
    """A cost file: currency, price year, a price for each thing that care uses, and perhaps a mapping to a utility."""

    currency: str = Field(
        min_length=1, max_length=LONGEST, title=f"a text of at most {LONGEST} letters",
        description="Currency of all prices, such as EUR.",
    )  # fmt: skip
    price_year: int = Field(ge=1900, le=2200, title="a year", description="Price year of all prices.")
    post: Price = Field(title="a table", description="A professional's post for a year.")
    contact: Price = Field(title="a table", description="A contact with a professional, beyond the post.")
    crisis_week: Price = Field(title="a table", description="A week in crisis, on top of an admission.")
    admission: Price = Field(title="a table", description="An admission.")
    sessions: Price = Field(title="a table", description="Sessions of programmes, as a factor on their own prices.")
    utility: UtilityMapping | None = Field(
        None, title="a table", description="Utility of an outcome, with its source; without it there is none."
    )

    @model_serializer(mode="wrap")
    def plain(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Plain values; a mapping only where there is one, so that other files are what they were."""
        return {name: value for name, value in handler(self).items() if value is not None}

    @property
    def prices(self) -> dict[str, Price]:
        """Item -> price, in the order of `USED`."""
        return {item: getattr(self, item) for item in USED}

    @property
    def expected(self) -> Doubles:
        """(items,) what each price is expected to be."""
        return np.array([price.value for price in self.prices.values()])

    @property
    def assumed(self) -> list[str]:
        """Items whose price is an assumption: it has no source that could be looked up, whatever it is called."""
        return [item for item, price in self.prices.items() if not names_source(price.source)]

    def drawn(self, n: int, seed: int) -> Doubles:
        """(n, items) prices drawn independently, as `HOW_DRAWN` says; n: a power of 2 (scrambled Sobol' sequence)."""
        places = stats.qmc.Sobol(len(USED), scramble=True, rng=seed).random(n)
        return np.column_stack([quantiles(price, places[:, k]) for k, price in enumerate(self.prices.values())])

    def drawn_with_utility(self, n: int, seed: int) -> Doubles:
        """(n, items + 1) the same, and utilities drawn in the same way, as multiples of what is expected."""
        assert self.utility is not None
        places = np.random.default_rng([seed, 3]).permutation((np.arange(n) + 0.5) / n)
        return np.column_stack([self.drawn(n, seed), quantiles(self.utility, places) / self.utility.value])


def names_source(text: str) -> bool:
    """Whether a text names something that could be looked up: it has a year, a DOI or an address, and does not call the
    price an assumption."""
    return bool(LOOKED_UP.search(text)) and not UNFOUNDED.search(text)


def quantiles(price: Price | UtilityMapping, places: Doubles) -> Doubles:
    """The price at these places (0-1) of its distribution."""
    width = price.high - price.low
    if width == 0.0:
        return np.full(len(places), price.value)
    above = WEIGHT * (price.value - price.low) / width
    return np.asarray(price.low + width * stats.beta.ppf(places, above, WEIGHT - above))


def shipped_file() -> bytes:
    """The shipped cost file: every price in it is an assumption."""
    return files("supportnet.experiments").joinpath("evidence", SHIPPED).read_bytes()


def read_costs(path: str | os.PathLike[str] | None = None) -> CostFile:
    """The prices in this file, or the shipped ones. Raises UserInputError for everything that is wrong with them."""
    name = str(path or f"the shipped {SHIPPED}")
    text = decoded(content_of(path) if path else shipped_file(), name)
    written = parsed(text, name, 'currency = "EUR"')
    refuse_other_kind("a file of prices", written, name)

    def where(*key: str) -> str:
        return place(text, name, key)

    found, wrong = sifted(
        CostFile, written, text, name, "see docs/economics.md, or `supportnet economics --print-costs`"
    )
    for item, unit in UNITS.items():
        price = written.get(item)
        if (item,) in wrong and price is None:
            wrong[(item,)] = _missing(item, unit, where(item))
        elif isinstance(price, dict):
            if price.get("unit", unit) != unit:
                wrong[(item, "unit")] = _of_another_unit(item, unit, price["unit"], where(item, "unit"))
            if not touches((item,), wrong) and not _in_order(of := Price.model_validate(price)):
                wrong[(item,)] = _out_of_order(of, where(item))
    if UTILITY in written and not touches((UTILITY,), wrong):
        mapping = UtilityMapping.model_validate(written[UTILITY])
        if (problem := next(_problems_of_mapping(mapping, where(UTILITY)), None)) is not None:
            wrong[(UTILITY,)] = problem
    if wrong:
        raise UserInputError.together(wrong.values())
    return found


def _missing(item: str, unit: str, where: str) -> UserInputError:
    return UserInputError(
        "a price is missing", where=where, found="nothing",
        expected=f"a table [{item}] with value, low, high, unit = {unit!r} and source",
        remedy="add it: `supportnet economics --print-costs` prints a whole file",
    )  # fmt: skip


def _of_another_unit(item: str, unit: str, found: object, where: str) -> UserInputError:
    return UserInputError(
        f"is not the unit of {item}", where=where, found=found, expected=repr(unit),
        remedy="convert the price to this unit",
    )  # fmt: skip


def _problems_of_mapping(mapping: UtilityMapping, where: str) -> Iterator[UserInputError]:
    """What is wrong with a mapping to a utility, if anything."""
    if not names_source(mapping.source):
        yield UserInputError(
            "a mapping to a utility needs a source that can be looked up", where=where, found=mapping.source,
            expected="a text with a year, a DOI or an address", remedy="name the study, or leave [utility] out",
        )  # fmt: skip
    if not mapping.low < mapping.value < mapping.high:
        yield UserInputError(
            "a mapping to a utility needs its error", where=where,
            found=f"low {mapping.low:g}, value {mapping.value:g}, high {mapping.high:g}",
            expected="low < value < high", remedy="give the limits that the source reports",
        )  # fmt: skip
    if not mapping.has_right_sign:
        yield UserInputError(
            f"more utility where {mapping.outcome} is worse", where=where, found=mapping.value,
            expected="a positive value for an outcome of which more is better, a negative one of which less is",
            remedy="check the sign",
        )  # fmt: skip


def _in_order(price: Price) -> bool:
    return price.low == price.value == price.high or price.low < price.value < price.high


def _out_of_order(price: Price, where: str) -> UserInputError:
    return UserInputError(
        "low, value and high are not in order", where=where,
        found=f"low {price.low:g}, value {price.value:g}, high {price.high:g}", expected="low < value < high",
        remedy="put the expected value between the other two; give all three the same where the price is certain",
    )  # fmt: skip


def cost_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a cost file, for editors."""
    schema = CostFile.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "supportnet costs"}
