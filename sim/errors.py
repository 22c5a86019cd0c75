"""A user's mistake, told so that it can be mended: what, where, found, expected, remedy."""

import json
import re
from collections.abc import Iterable
from importlib.util import find_spec
from typing import Any

FEW = 12  # names that fit in a message
LONGEST = 2000  # characters of a part of a message
LONGEST_NAME, MOST_NAMES = 60, 1000  # that are looked through for what was meant
# Characters that do something to a terminal, or turn the direction of what follows, instead of being shown.
ACTING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class UserInputError(ValueError):
    """A mistake in what a user has written or passed: what is wrong, where, and what to do about it.

    Commands show its message without a traceback and end with exit code 2. It is a ValueError.

    Parameters
    ----------
    what : str
        What is wrong, in a few words.
    where : str, optional
        The place: a file with its line, an option, an argument.
    found : object, optional
        What stands there.
    expected : str, optional
        What could stand there, with units and range.
    remedy : str, optional
        What to do about it.

    Examples
    --------
    >>> import supportnet as sn
    >>> try:
    ...     sn.Scenario.load("tody")
    ... except sn.UserInputError as error:
    ...     print(error)
    'tody': no such scenario
      found: 'tody'
      expected: a scenario of the library or the path of a TOML file
      remedy: did you mean 'today'?
    """

    def __init__(self, what: str, *, where: str = "", found: object = None, expected: str = "", remedy: str = ""):
        self.told: dict[str, Any] = {"what": what, "found": found, "expected": expected, "remedy": remedy}
        parts = [f"{where}: {what}" if where else what]
        if found is not None:
            parts.append("found: " + (repr(found) if isinstance(found, str) else as_written(found)))
        parts += [f"expected: {expected}"] if expected else []
        parts += [f"remedy: {remedy}"] if remedy else []
        super().__init__("\n  ".join(map(_on_one_line, parts)))

    def at(self, where: str) -> "UserInputError":
        """The same mistake with another place: the one that led to it.

        Parameters
        ----------
        where : str
            The place that the message names.

        Returns
        -------
        UserInputError
            A new error, to be raised instead.

        Examples
        --------
        >>> import supportnet as sn
        >>> print(sn.UserInputError("no such week", found=0).at("study.toml, line 3"))
        study.toml, line 3: no such week
          found: 0
        """
        return UserInputError(where=where, **self.told)


def escaped(text: str) -> str:
    """A text that comes from data, for a terminal: characters that act there are written out, such as \\x1b."""
    return ACTING.sub(lambda sign: sign[0].encode("unicode_escape").decode(), text)


def _on_one_line(part: str) -> str:
    """A part of a message: no file can make it look like another part, or fill the screen."""
    part = escaped(part.replace("\n", " "))
    return part if len(part) <= LONGEST else part[:LONGEST] + " …"


def as_written(value: Any) -> str:
    """A value as messages and tables show it, much as TOML has it; `toml_text` writes files."""
    if value == {}:
        return "{}"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {as_written(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(as_written, value)) + "]"
    if isinstance(value, bytes):
        return "the bytes " + value.hex(" ")
    if isinstance(value, bool | str):
        return json.dumps(value, ensure_ascii=False)
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def meant_by(name: str, known: Iterable[str]) -> str:
    """The question whether the nearest known name was meant; nothing where none is near."""
    from difflib import get_close_matches

    short = sorted(one for one in known if len(one) <= LONGEST_NAME)[:MOST_NAMES]  # comparing long ones takes for ever
    close = get_close_matches(name[:LONGEST_NAME], short, n=1, cutoff=0.6)
    return f"did you mean {close[0]!r}?" if close else ""


def nearest(name: str, known: Iterable[str], listed_by: str = "`supportnet schema`") -> str:
    """A remedy for a misspelt name: the nearest known one; else all of them, or what lists them where they are many."""
    known = sorted(known)
    if meant := meant_by(name, known):
        return meant
    if len(known) > FEW:
        return f"take one of the {len(known)} that {listed_by} lists"
    return "one of: " + ", ".join(known)


def needed(extra: str, *modules: str) -> None:
    """Raises UserInputError where libraries are missing that only some commands need: those of an extra."""
    if missing := [name for name in modules if find_spec(name) is None]:
        raise UserInputError(
            "libraries for this command are missing", found=f"no {', '.join(missing)}", expected=f"the extra [{extra}]",
            remedy=f'pip install "supportnet[{extra}]", or in a checkout: pip install -e ".[{extra}]"',
        )  # fmt: skip
