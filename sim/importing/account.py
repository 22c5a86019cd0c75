"""What an import says about itself while it reads: remarks, and all that is left out with its place and reason."""

from collections.abc import Iterable
from typing import NamedTuple


class ReadFile(NamedTuple):
    """A file that was read, and as what."""

    file: str
    part: str
    rows: int


class OmittedRows(NamedTuple):
    """Files or rows that are not in the result, where they stand, and why."""

    what: str
    places: list[str]
    reason: str


class Account:
    """Remarks and what is left out, in the order in which they came up. No cell of the data is ever quoted here."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self._left_out: dict[tuple[str, str], dict[str, None]] = {}

    def note(self, text: str) -> None:
        """A remark, once."""
        if text not in self.notes:
            self.notes.append(text)

    def leave_out(self, what: str, places: Iterable[str], reason: str) -> None:
        """Files or rows that are not in the result; those of one kind are listed together, each once."""
        if found := dict.fromkeys(places):
            self._left_out.setdefault((what, reason), {}).update(found)

    @property
    def left_out(self) -> list[OmittedRows]:
        """All that is not in the result."""
        return [OmittedRows(what, list(places), reason) for (what, reason), places in self._left_out.items()]


def count_in_words(count: int, one: str, many: str = "") -> str:
    """A number of things in words."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def percent(share: float) -> int:
    """A share in per cent: 100 of all only, and 0 of nothing only."""
    whole = round(100 * share)
    return whole if share < 1e-9 or share > 1 - 1e-9 else min(99, max(1, whole))


def rows(count: int) -> str:
    """A number of rows in words."""
    return count_in_words(count, "row")


def people_in_words(count: int) -> str:
    """A number of people in words."""
    return count_in_words(count, "person", "people")


def first_of(places: list[str]) -> str:
    """The first places of several."""
    return ", ".join(places[:3]) + (", …" if len(places) > 3 else "")
