"""A factor of a study: what it moves, how it is spread, and its value at each place of the unit interval."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, ndtr, ndtri

from supportnet.experiments.study.schema import FactorTable
from supportnet.experiments.study.tunables import Tunable
from supportnet.sim.errors import Mistakes, UserInputError

Doubles = NDArray[np.float64]
SHAPES = {"triangular": ("mode",), "normal": ("mean", "sd"), "beta": ("a", "b")}  # beyond low and high


@dataclass(frozen=True)
class Factor:
    """A factor, checked: all that it can be lies within the range of what it moves."""

    name: str
    distribution: str
    low: float
    high: float
    shape: tuple[float, ...]
    values: tuple[Any, ...]  # of a choice
    levels: int  # in a factorial design
    group: str
    tunable: Tunable

    def quantiles(self, unit: Doubles) -> NDArray[Any]:
        """Values at these places of the unit interval: the inverse of the cumulative distribution."""
        if self.distribution == "choice":
            places = np.minimum((unit * len(self.values)).astype(np.int64), len(self.values) - 1)
            return np.array(self.values, None if self.numeric else object)[places]
        if self.distribution == "integer":
            steps = np.floor(unit * (self.high - self.low + 1)).astype(np.int64)
            return np.minimum(int(self.low) + steps, int(self.high))
        return np.clip(QUANTILES[self.distribution](self, unit), self.low, self.high)

    @property
    def numeric(self) -> bool:
        """Whether its values are numbers, which figures can show on an axis."""
        return self.tunable.kind in (int, float)

    @property
    def places(self) -> Doubles:
        """Places of the unit interval for the levels of a factorial design."""
        if self.distribution in ("choice", "integer"):
            count = len(self.values) or int(self.high - self.low) + 1
            taken = min(count, self.levels) if self.distribution == "integer" else count
            return (np.round(np.linspace(0, count - 1, taken)) + 0.5) / count
        return np.linspace(0.0, 1.0, self.levels)

    def says(self) -> str:
        """How it is spread, in words."""
        if self.distribution == "choice":
            return "choice of " + ", ".join(map(str, self.values))
        shape = "".join(
            f", {name} {value:g}" for name, value in zip(SHAPES.get(self.distribution, ()), self.shape, strict=True)
        )
        return f"{self.distribution}, {self.low:g} to {self.high:g}{shape}"


def _log_uniform(factor: Factor, unit: Doubles) -> Doubles:
    return factor.low * (factor.high / factor.low) ** unit


def _triangular(factor: Factor, unit: Doubles) -> Doubles:
    (mode,), low, high = factor.shape, factor.low, factor.high
    rising = low + np.sqrt(unit * (high - low) * (mode - low))
    falling = high - np.sqrt((1.0 - unit) * (high - low) * (high - mode))
    return np.where(unit * (high - low) < mode - low, rising, falling)


def _normal(factor: Factor, unit: Doubles) -> Doubles:
    """Cut to low and high."""
    mean, sd = factor.shape
    below, above = ndtr((factor.low - mean) / sd), ndtr((factor.high - mean) / sd)
    return np.asarray(mean + sd * ndtri(below + unit * (above - below)))


QUANTILES: dict[str, Callable[[Factor, Doubles], Doubles]] = {
    "uniform": lambda factor, unit: factor.low + unit * (factor.high - factor.low),
    "log-uniform": _log_uniform,
    "triangular": _triangular,
    "normal": _normal,
    "beta": lambda factor, unit: factor.low + (factor.high - factor.low) * betaincinv(*factor.shape, unit),
}


def factor_of(name: str, table: FactorTable, tunable: Tunable, levels: int, where: str) -> Factor:
    """The factor that a study describes. Raises UserInputError, located at `where`, for an invalid one."""
    kind = table.distribution or _usual(table, tunable)
    _check_keys(kind, table, where)
    if kind == "choice":
        values = _choices(table, tunable, where)
        return Factor(name, kind, 0.0, 0.0, (), values, table.levels or levels, table.group, tunable)
    if tunable.kind in (bool, str) or (tunable.kind is int and kind != "integer"):
        expected = 'distribution = "integer"' if tunable.kind is int else "values, a list of " + tunable.expected
        raise UserInputError(
            f"{name} cannot be {kind}", where=where, found=kind, expected=expected, remedy="change the factor"
        )
    low, high = _ends(name, table, tunable, where)
    if kind == "log-uniform" and low <= 0.0:
        raise UserInputError(
            "log-uniform needs positive values", where=where, found=low, expected="low above 0", remedy="raise low"
        )
    if kind == "integer" and (low % 1 or high % 1):
        expected = "whole numbers for low and high"
        raise UserInputError(
            "integer needs whole numbers", where=where, found=[low, high], expected=expected, remedy="round them"
        )
    return Factor(
        name, kind, low, high, _shape(kind, table, low, high, where), (), table.levels or levels, table.group, tunable
    )


def _usual(table: FactorTable, tunable: Tunable) -> str:
    if table.values is not None or tunable.kind in (bool, str):
        return "choice"
    return "integer" if tunable.kind is int else "uniform"


def _check_keys(kind: str, table: FactorTable, where: str) -> None:
    """Keys that belong to another distribution are mistakes, and so are missing ones."""
    needed = SHAPES.get(kind, ())
    allowed = {"distribution", "group", "levels", *(("values",) if kind == "choice" else ("low", "high", *needed))}
    given = {key for key in type(table).model_fields if getattr(table, key) is not None}
    mistakes = Mistakes()
    mistakes.all += [
        UserInputError(
            f"{kind} has no {key}", where=where, found=key, expected=f"for {kind}: " + ", ".join(sorted(allowed)),
            remedy=f"leave {key} out, or change distribution",
        )
        for key in sorted(given - allowed)
    ]  # fmt: skip
    mistakes.all += [
        UserInputError(
            f"{kind} needs {key}", where=where, found="nothing", expected=f"for {kind}: " + ", ".join(needed),
            remedy=f"add {key}",
        )
        for key in needed
        if key not in given
    ]  # fmt: skip
    mistakes.raise_any()


def _choices(table: FactorTable, tunable: Tunable, where: str) -> tuple[Any, ...]:
    values = tuple(table.values or ((True, False) if tunable.kind is bool else tunable.words))
    mistakes = Mistakes()
    mistakes.all += [
        UserInputError(
            "a value is outside the range of the factor", where=where, found=value, expected=tunable.expected,
            remedy="give such values only",
        )
        for value in values
        if not tunable.takes(value)
    ]  # fmt: skip
    mistakes.raise_any()
    if len(set(values)) < max(2, len(values)):
        raise UserInputError(
            "choice needs several values", where=where, found=list(values), expected="at least two values, each once",
            remedy="add another value",
        )  # fmt: skip
    return values


def _ends(name: str, table: FactorTable, tunable: Tunable, where: str) -> tuple[float, float]:
    mistakes = Mistakes()
    for end in ("low", "high"):
        given = getattr(table, end)
        if given is None and not tunable.explored:
            mistakes.all.append(
                UserInputError(
                    f"{name} has no default range, so it needs {end}",
                    where=where,
                    found="nothing",
                    expected=f"low and high within: {tunable.expected}",
                    remedy=f"add {end}",
                )
            )
        if given is not None and not tunable.low <= given <= tunable.high:
            mistakes.all.append(
                UserInputError(
                    f"{end} is outside the range of {name}", where=where, found=given, expected=tunable.expected,
                    remedy=f"bring {end} into the range",
                )
            )  # fmt: skip
    mistakes.raise_any()
    low = tunable.low if table.low is None else table.low
    high = tunable.high if table.high is None else table.high
    if not low < high:
        expected = "a lowest value below the highest"
        raise UserInputError(
            "the range is empty", where=where, found=[low, high], expected=expected, remedy="swap or widen them"
        )
    return low, high


def _shape(kind: str, table: FactorTable, low: float, high: float, where: str) -> tuple[float, ...]:
    shape = tuple(float(getattr(table, key)) for key in SHAPES.get(kind, ()))
    if kind == "triangular" and not low <= shape[0] <= high:
        expected = f"a mode from {low:g} to {high:g}"
        raise UserInputError(
            "the mode lies outside", where=where, found=shape[0], expected=expected, remedy="move mode"
        )
    if kind == "normal":
        mean, sd = shape
        if not sd > 0.0 or ndtr((high - mean) / sd) - ndtr((low - mean) / sd) < 0.01:
            expected = f"sd above 0, and at least 1 % of the distribution from {low:g} to {high:g}"
            remedy = "move the mean into the range, or widen the range"
            raise UserInputError(
                "the range cuts almost all off", where=where, found=list(shape), expected=expected, remedy=remedy
            )
    if kind == "beta" and not (0.0 < shape[0] <= 1000.0 and 0.0 < shape[1] <= 1000.0):
        expected = "a and b above 0 and at most 1,000"
        raise UserInputError(
            "beta cannot have this shape", where=where, found=list(shape), expected=expected, remedy="change a or b"
        )
    return shape
