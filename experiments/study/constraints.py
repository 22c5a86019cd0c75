"""Constraints of a study: conditions on its factors, written as one writes them, that design points must meet.

A condition comes out of a file, so it is never executed: it is parsed, and only what is listed here is worked out.
"""

import ast
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from supportnet.sim.errors import UserInputError, nearest

LONGEST, DEEPEST = 2000, 100  # characters of a condition; operations within operations
HIGHEST_POWER = 10.0
TEXT = r"""'[\w -]*'|"[\w -]*\""""
WORDS = {word: word for word in ("and", "or", "not", "True", "False")} | {"&": " and ", "|": " or "}
COMPARISONS = {
    ast.Lt: np.less, ast.LtE: np.less_equal, ast.Gt: np.greater, ast.GtE: np.greater_equal, ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
}  # fmt: skip
ARITHMETIC = {ast.Add: np.add, ast.Sub: np.subtract, ast.Mult: np.multiply, ast.Div: np.divide, ast.Pow: np.power}
CONNECTIVES = {ast.And: np.logical_and, ast.Or: np.logical_or}

Values = Mapping[str, NDArray[Any]]  # of each factor, one a design point
Part = Callable[[Values], Any]  # of a condition: its value at each design point


class Constraint(NamedTuple):
    """A condition in words, and what works it out."""

    text: str
    part: Part
    where: str
    joins: bool  # whether it names several factors

    def met(self, values: Values) -> NDArray[np.bool_]:
        """Which design points meet it. Raises UserInputError where it makes no sense."""
        try:
            with np.errstate(all="ignore"):  # a division by zero is no mistake at a single point
                found = _truth(self.part(values))
        except UserInputError:
            raise
        except (TypeError, ValueError) as error:
            raise _mistake(self.text, self.where, str(error)[:100]) from None
        if found.shape != np.shape(next(iter(values.values()))):
            raise _mistake(self.text, self.where, "the same at every design point")
        return found


def condition(text: str, factors: Iterable[str], where: str) -> Constraint:
    """A condition with its factors known. Raises UserInputError for an unknown name, or what is no condition."""
    names = sorted(factors, key=len, reverse=True)
    if len(text) > LONGEST:
        raise _mistake(text[:60], where, f"{len(text):,} characters, more than {LONGEST:,}")
    try:
        tree = ast.parse(" ".join(_numbered(text, names, where).split()), mode="eval").body
        if not isinstance(tree, ast.BoolOp | ast.Compare | ast.UnaryOp):
            raise ValueError("nothing is compared")
        named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        return Constraint(text, _part(tree, names), where, len(named) > 1)
    except UserInputError:
        raise
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError) as error:
        raise _mistake(text, where, str(error) if isinstance(error, ValueError) else text) from None


def _numbered(text: str, names: Sequence[str], where: str) -> str:
    """A condition with f0, f1 … for its factors, whose names may have a - in them, or words of Python."""
    numbers = {name: f"f{k}" for k, name in enumerate(names)}
    known = "|".join(map(re.escape, names))
    parts = re.compile(rf"{TEXT}|(?<![\w.])(?:{known or '(?!)'})(?![\w.])|(?<![\w.])[^\W\d][\w.]*|[&|]")

    def replaced(part: re.Match[str]) -> str:
        word = part[0]
        if found := word if word[0] in "'\"" else numbers.get(word) or WORDS.get(word):
            return found
        raise UserInputError(
            "a constraint names something that is not a factor", where=where, found=word,
            expected="factors of this study: " + ", ".join(sorted(names)), remedy=nearest(word, names, "[factors]"),
        )  # fmt: skip

    return parts.sub(replaced, text)


def _part(tree: ast.expr, names: Sequence[str], depth: int = 0) -> Part:
    """What works out a part of a condition. Raises ValueError for everything that is not listed here."""
    if depth > DEEPEST:
        raise ValueError(f"more than {DEEPEST} operations within one another")

    def of(*inner: ast.expr) -> list[Part]:
        return [_part(one, names, depth + 1) for one in inner]

    match tree:
        case ast.Name(id=number):
            name = names[int(number[1:])]
            return lambda values: _typed(values[name])
        case ast.Constant(value=bool() | str() as word):
            return lambda values: word
        case ast.Constant(value=int() | float() as number):
            constant = float(number)
            return lambda values: constant
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            (inner,) = of(operand)
            return lambda values: ~_truth(inner(values))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            (inner,) = of(operand)
            return lambda values: -_number(inner(values))
        case ast.BoolOp(op=operator, values=operands):
            join, parts = CONNECTIVES[type(operator)], of(*operands)
            return lambda values: reduce(join, [_truth(part(values)) for part in parts])
        case ast.Compare(left=left, ops=operators, comparators=others) if {*map(type, operators)} <= {*COMPARISONS}:
            compare, parts = [COMPARISONS[type(one)] for one in operators], of(left, *others)
            return lambda values: _in_a_row(compare, [part(values) for part in parts])
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in ARITHMETIC:
            if isinstance(operator, ast.Pow) and not _is_power(right):
                raise ValueError(f"a power that is not a number from 0 to {HIGHEST_POWER:g}")
            work_out, (one, other) = ARITHMETIC[type(operator)], of(left, right)
            return lambda values: work_out(_number(one(values)), _number(other(values)))
    raise ValueError(f"something that a condition cannot have ({type(tree).__name__})")


def _is_power(tree: ast.expr) -> bool:
    match tree:
        case ast.Constant(value=int() | float() as power):
            return 0 <= power <= HIGHEST_POWER
    return False


def _in_a_row(compare: Sequence[Callable[[Any, Any], Any]], sides: Sequence[Any]) -> NDArray[np.bool_]:
    """a < b < c: every side with the next, words with words and numbers with numbers."""
    if len({_is_word(side) for side in sides}) > 1:
        raise TypeError("a word compared with a number")
    pairs = zip(compare, sides, sides[1:], strict=False)
    return np.asarray(reduce(np.logical_and, [how(one, other) for how, one, other in pairs]), np.bool_)


def _typed(values: NDArray[Any]) -> NDArray[Any]:
    """Words and switches of a choice, which come as objects."""
    return np.array(values.tolist()) if values.dtype == object else values


def _is_word(value: Any) -> bool:
    return np.asarray(value).dtype.kind not in "biuf"


def _number(value: Any) -> NDArray[np.float64]:
    if _is_word(value):
        raise TypeError("a word where a number is needed")
    return np.asarray(value, np.float64)


def _truth(value: Any) -> NDArray[np.bool_]:
    found = np.asarray(value)
    if found.dtype != np.bool_:
        raise TypeError("something else than true or false")
    return found


def _mistake(text: str, where: str, found: str) -> UserInputError:
    return UserInputError(
        f"{text!r} is not a condition", where=where, found=found,
        expected="factors, numbers, words in quotes, + - * /, comparisons, and, or, not",
        remedy="write for example 'services.caseload * services.turnover < 20'",
    )  # fmt: skip
