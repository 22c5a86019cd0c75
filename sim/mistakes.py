"""A user's mistake, told so that it can be mended: what, where, found, expected, remedy."""

from collections.abc import Iterable
from difflib import get_close_matches


class Mistake(Exception):
    """Shown to the user without a traceback; the command ends with exit code 2."""

    def __init__(self, what: str, *, where: str = "", found: object = None, expected: str = "", remedy: str = ""):
        parts = [f"{where}: {what}" if where else what]
        parts += [f"found: {found!r}"] if found is not None else []
        parts += [f"expected: {expected}"] if expected else []
        parts += [f"remedy: {remedy}"] if remedy else []
        super().__init__("\n  ".join(parts))


def nearest(name: str, known: Iterable[str]) -> str:
    """A remedy for a misspelt name: the nearest known one, or all of them where none is near."""
    known = sorted(known)
    close = get_close_matches(name, known, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]!r}?"
    return "one of: " + ", ".join(known) if len(known) <= 40 else f"one of {len(known)} names; see `supportnet schema`"
