"""What a factor can move: every number, word and switch of a scenario by its dotted name, with kind, unit and range."""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple, cast

from annotated_types import Ge, Le
from pydantic.fields import FieldInfo

from supportnet.sim.enums import Mechanism
from supportnet.sim.parameters import IDLE, numbers
from supportnet.sim.scenario.json_schema import range_of
from supportnet.sim.scenario.scenario import Scenario
from supportnet.sim.scenario.schema import OneOf, Population, Programme, ServiceLevers, TomlTable

SHARE = (0.0, 1.0)


class Tunable(NamedTuple):
    """A number, a whole number, a word or a switch."""

    kind: type  # float, int, str or bool
    expected: str  # values that it can have, in words
    low: float = 0.0
    high: float = 1.0
    explored: bool = True  # whether low and high are also what a sensitivity analysis should vary over
    words: tuple[str, ...] = ()

    def takes(self, value: object) -> bool:
        """Whether it can have this value."""
        if self.kind in (bool, str):
            return isinstance(value, self.kind) and (self.kind is bool or value in self.words)
        kinds = (int,) if self.kind is int else (int, float)
        return isinstance(value, kinds) and not isinstance(value, bool) and self.low <= value <= self.high


def tunables(scenarios: Sequence[Scenario]) -> dict[str, Tunable]:
    """Everything that factors may move in all of these scenarios, by dotted name."""
    found = {name: Tunable(float, range_of(about), about.low, about.high) for name, about in numbers().items()}
    tables: dict[str, type[TomlTable]] = {"population": Population, "services": ServiceLevers}
    shared = set.intersection(*(set(scenario.every_programme) for scenario in scenarios))
    tables |= {f"programmes.{name}": Programme for name in scenarios[0].every_programme if name in shared}
    for section, table in tables.items():
        for name, field in table.model_fields.items():
            if tunable := _tunable(field):
                found[f"{section}.{name}"] = tunable
    for name in Mechanism.words():
        found[f"mechanisms.{name}"] = Tunable(bool, "true or false")
        found[f"mechanisms.{name}.held"] = Tunable(float, "a number from 0 to 1 (share)")
    return found


def _tunable(field: FieldInfo) -> Tunable | None:
    """What is known about a key of a scenario file; None for lists, tables and free texts."""
    title, kind = str(field.title), cast(Any, field.annotation)
    if words := [mark.words for mark in field.metadata if isinstance(mark, OneOf)]:
        return Tunable(str, "one of: " + ", ".join(words[0]), words=tuple(words[0]))
    if kind is bool:
        return Tunable(bool, title)
    if kind not in (int, float):
        return None
    low = next(float(mark.ge) for mark in field.metadata if isinstance(mark, Ge))  # type: ignore[arg-type]
    high = next(float(mark.le) for mark in field.metadata if isinstance(mark, Le))  # type: ignore[arg-type]
    return Tunable(kind, title, low, high, explored=(low, high) == SHARE)


@cache
def moves_people(name: str) -> bool:
    """Whether a factor of this name needs a separate pool."""
    return name == "population.preset" or (name in numbers() and not name.startswith(IDLE))
