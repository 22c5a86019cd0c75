"""Mistakes of users, in words that help to put them right: what, where, found, expected, remedy."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

FEW = 12  # names that fit in a message
MOST_SHOWN = 20  # mistakes in a message
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
        What is wrong, in a few words; with an argument, a predicate of it: "must be at least 1".
    where : str, optional
        The place: a file with its line.
    argument : str, optional
        The name of the argument that is wrong. The command line shows the option of that name instead.
    found : object, optional
        What stands there.
    expected : str, optional
        What could stand there, with units and range.
    remedy : str, optional
        What to do about it. Arguments stand in it as in Python, `name` in backticks or name="value"; the command line
        shows options instead.

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
    >>> print(sn.UserInputError("must be at least 1", argument="replicates", found=0))
    replicates must be at least 1 (got 0)
    """

    def __init__(
        self, what: str, *, where: str = "", argument: str = "", found: object = None, expected: str = "",
        remedy: str = "",
    ):  # fmt: skip
        self.where = where
        self.parts: dict[str, Any] = {
            "what": what, "argument": argument, "found": found, "expected": expected, "remedy": remedy,
        }  # fmt: skip
        self._several: tuple[UserInputError, ...] = ()
        shown = repr(found) if isinstance(found, str) else as_written(found)
        head = f"{argument} {what}" + (f" (got {shown})" if found is not None else "") if argument else what
        lines = [f"{where}: {head}" if where else head]
        lines += [f"found: {shown}"] if found is not None and not argument else []
        lines += [f"expected: {expected}"] if expected else []
        lines += [f"remedy: {remedy}"] if remedy else []
        super().__init__("\n  ".join(map(_on_one_line, lines)))

    @classmethod
    def together(cls, mistakes: "Iterable[UserInputError]") -> "UserInputError":
        """Several mistakes as one error, those of a file in the order of its lines.

        Parameters
        ----------
        mistakes : iterable of UserInputError
            At least one. One alone is given back as it is.

        Returns
        -------
        UserInputError
            An error that shows the first twenty of them and says how many more there are.

        Examples
        --------
        >>> import supportnet as sn
        >>> week = sn.UserInputError("no such week", where="a.toml, line 3")
        >>> day = sn.UserInputError("no such day", where="a.toml, line 1")
        >>> print(sn.UserInputError.together([week, day]))
        a.toml, line 1: no such day
        a.toml, line 3: no such week
        """
        each = {str(one): one for several in mistakes for one in several.mistakes}
        files = list(dict.fromkeys(_line(one.where)[0] for one in each.values()))
        ordered = sorted(each.values(), key=lambda one: (files.index(_line(one.where)[0]), _line(one.where)[1]))
        if len(ordered) == 1:
            return ordered[0]
        error = cls(f"{len(ordered):,} mistakes")
        more = [f"and {len(ordered) - MOST_SHOWN:,} more"] if len(ordered) > MOST_SHOWN else []
        error.args = ("\n".join([*map(str, ordered[:MOST_SHOWN]), *more]),)
        error._several = tuple(ordered)
        return error

    @property
    def mistakes(self) -> "tuple[UserInputError, ...]":
        """Every mistake by itself."""
        return self._several or (self,)

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
        return UserInputError.together(UserInputError(where=where, **one.parts) for one in self.mistakes)

    def with_options(self, options: Mapping[str, str]) -> "UserInputError":
        """The same mistake as the command line shows it.

        Parameters
        ----------
        options : mapping of str to str
            The option of each argument, such as {"values": "--set"}.

        Returns
        -------
        UserInputError
            A new error, to be shown instead.

        Examples
        --------
        >>> import supportnet as sn
        >>> error = sn.UserInputError("must be at least 1", argument="replicates", found=0, remedy="omit `replicates`")
        >>> print(error.with_options({"replicates": "--replicates"}))
        --replicates must be at least 1 (got 0)
          remedy: omit --replicates
        """
        if not options:
            return self
        named = "|".join(map(re.escape, options))
        written = re.compile(rf"`({named})`|\b({named})=(?:\"([^\"]*)\"|([\w./-]+))")

        def option(part: re.Match[str]) -> str:
            value = part[3] or part[4] or ""
            return options[part[1] or part[2]] + (f" {value}" if value not in ("", "True") else "")

        def shown(one: UserInputError) -> UserInputError:
            texts = {name: written.sub(option, one.parts[name]) for name in ("what", "expected", "remedy")}
            argument = options.get(one.parts["argument"], one.parts["argument"])
            where = options.get(one.where, one.where)
            return UserInputError(where=where, **{**one.parts, **texts, "argument": argument})

        return UserInputError.together(map(shown, self.mistakes))


class Mistakes:
    """Collects mistakes, so that all of them are raised together."""

    def __init__(self) -> None:
        self.all: list[UserInputError] = []

    @contextmanager
    def collected(self) -> Iterator[None]:
        """A step whose mistake does not stop the next one."""
        try:
            yield
        except UserInputError as error:
            self.all += error.mistakes

    def raise_any(self) -> None:
        """Raises UserInputError where there were mistakes."""
        if self.all:
            raise UserInputError.together(self.all) from None


def _line(where: str) -> tuple[str, int]:
    """The file and the line that a place names."""
    line = re.search(r", line (\d+)", where)
    return (where[: line.start()], int(line[1])) if line else (where, 0)


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


def closest(name: str, known: Iterable[str]) -> str:
    """The known name nearest to a misspelt one; nothing where none is near."""
    from difflib import get_close_matches

    short = sorted(one for one in known if len(one) <= LONGEST_NAME)[:MOST_NAMES]  # comparing long ones takes for ever
    small = {one.lower(): one for one in reversed(short)}
    near = get_close_matches(name[:LONGEST_NAME].lower(), small, n=1, cutoff=0.6)
    return small[near[0]] if near else ""


def meant_by(name: str, known: Iterable[str]) -> str:
    """The question whether the nearest known name was meant; nothing where none is near."""
    return f"did you mean {close!r}?" if (close := closest(name, known)) else ""


def unquoted(found: object) -> str:
    """A remedy for a number, or true or false, that stands in quotation marks; nothing for anything else."""
    is_value = isinstance(found, str) and re.fullmatch(r"[+-]?\d[\d_]*(\.\d+)?(e[+-]?\d+)?|true|false", found)
    return f"write {found} without quotation marks" if is_value else ""


def not_one_of(argument: str, found: object, known: Iterable[str]) -> UserInputError:
    """The mistake of an argument that is none of the known words."""
    known = list(known)
    remedy = meant_by(str(found), known) or "choose one of these"
    return UserInputError(f"must be one of: {', '.join(known)}", argument=argument, found=found, remedy=remedy)


def names_with(part: str, known: Iterable[str], kind: str) -> list[str]:
    """Names that have this part. Raises UserInputError, with the nearest name, where none has it."""
    known = list(known)
    if not (chosen := [one for one in known if part.lower() in one.lower()]):
        remedy = nearest(part, known, f"`supportnet list {kind}`")
        must = f"must be part of the name of one of the {kind}"
        raise UserInputError(must, argument="name", found=part, remedy=remedy)
    return chosen


def nearest(name: str, known: Iterable[str], listed_by: str = "`supportnet schema`") -> str:
    """A remedy for a misspelt name: the nearest known one; else all of them, or what lists them where they are many."""
    known = sorted(known)
    if meant := meant_by(name, known):
        return meant
    if len(known) > FEW:
        return f"use one of the {len(known)} names listed by {listed_by}"
    return "one of: " + ", ".join(known)
