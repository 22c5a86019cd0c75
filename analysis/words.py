"""Words that tables, figures and messages have in common."""

from collections.abc import Iterable

from experiments.comparison import Comparison


def in_a_foot(cautions: Iterable[str]) -> str:
    """Cautions as they stand at the foot of a figure; nothing where there are none."""
    said = "; ".join(cautions)
    return f" Caution: {said}." if said else ""


def counted(number: int, one: str, many: str = "") -> str:
    """A number of things: 1 week, 2 weeks, 1,000 people."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def luck_of(found: Comparison) -> str:
    """What the worlds of a comparison share."""
    if found.independent:
        return "each world with its own luck"
    if found.same_people:
        return "the same people and luck in every world"
    return "the same luck in every world, but other people"
