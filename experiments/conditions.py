"""Constraints of a study: conditions on its factors, written as one writes them, that design points must meet."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.mistakes import Mistake, nearest

NAME = re.compile(r"(?<![\w.])[A-Za-z_][\w.]*")
TEXT = re.compile(r"""'[\w -]*'|"[\w -]*\"""")
PLAIN = re.compile(r"[\w\s.+\-*/()<>=!&|]*")
WORDS = {"and", "or", "not", "True", "False"}


class Condition(NamedTuple):
    """A condition in words, and the same with factors by number, for pandas."""

    said: str
    numbered: str
    names: tuple[str, ...]  # of the factors, in the order of their numbers
    where: str

    def met(self, values: Mapping[str, NDArray[Any]]) -> NDArray[np.bool_]:
        """Which design points meet it; values: of each factor, one a point. Raises Mistake where it makes no sense."""
        import pandas as pd

        table = pd.DataFrame({f"f{k}": values[name] for k, name in enumerate(self.names)})
        try:
            found: Any = table.eval(self.numbered, engine="python")
        except Exception as error:
            raise _mistake(self.said, self.where, str(error)[:100]) from None
        if np.shape(found) != (len(table),) or np.asarray(found).dtype != bool:
            raise _mistake(self.said, self.where, "something else than true or false")
        return np.asarray(found)


def condition(said: str, factors: Iterable[str], where: str) -> Condition:
    """A condition with its factors known. Raises Mistake for an unknown name, or what is no condition."""
    known = sorted(factors, key=len, reverse=True)
    numbered = said
    for k, name in enumerate(known):
        numbered = re.sub(rf"(?<![\w.]){re.escape(name)}(?![\w.])", f"f{k}", numbered)
    bare = TEXT.sub("0", numbered)
    for word in NAME.findall(bare):
        if word not in WORDS and not re.fullmatch(r"f\d+", word):
            raise Mistake(
                "a constraint names something that is not a factor", where=where, found=word,
                expected="factors of this study: " + ", ".join(sorted(known)), remedy=nearest(word, known, "[factors]"),
            )  # fmt: skip
    if not PLAIN.fullmatch(bare) or not re.search("[<>=]", bare):
        raise _mistake(said, where, said)
    return Condition(said, numbered, tuple(known), where)


def _mistake(said: str, where: str, found: str) -> Mistake:
    return Mistake(
        f"{said!r} is not a condition", where=where, found=found,
        expected="factors, numbers, words in quotes, + - * /, comparisons, and, or, not",
        remedy="write for example 'services.caseload * services.turnover < 20'",
    )  # fmt: skip
