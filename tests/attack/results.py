"""How an attack ended, and how such endings are counted."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from random import Random


class Ending(StrEnum):
    """How a case ended; all but the last are as they should be."""

    ACCEPTED = "accepted"
    HEALED = "healed"
    REFUSED = "refused"
    UNCHANGED = "without effect"
    FAULT = "FAULTS"


@dataclass(frozen=True)
class Result:
    """How one case ended."""

    ending: Ending
    about: str  # what was attacked
    what: str = ""  # went wrong
    how: str = ""  # it was attacked

    @property
    def alike(self) -> str:
        """The same text for faults that differ only in numbers and names of temporary files."""
        return re.sub(r"0x[0-9a-f]+|[0-9a-f]{8,}|(?<!py:)\b\d+\b", "N", f"{self.about}: {self.what}")

    @property
    def in_full(self) -> str:
        return f"{self.about}: {self.what}" + (f" [{self.how}]" if self.how else "")


def fault(about: str, what: str, how: str = "") -> Result:
    return Result(Ending.FAULT, about, what, how)


def random_of(kind: str, seed: int, number: int) -> Random:
    """The random numbers of one case: it can be repeated without those before it."""
    return Random(f"{kind} {seed} {number}")


def repeat(kind: str, seed: int, number: int) -> str:
    """The line that repeats one case."""
    return f"python -m tests.attack {kind} --seed {seed} --case {number}"


def counts(results: Iterable[Result]) -> Counter[Ending]:
    return Counter(one.ending for one in results)
