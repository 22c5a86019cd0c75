"""Kinds of TOML files that users write, told apart by their sections: one is often given where another belongs."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from supportnet.sim.errors import UserInputError


class TomlKind(NamedTuple):
    """A kind of file: keys that no other kind has, and the command that takes it."""

    keys: frozenset[str]
    command: str


KINDS = {
    "a scenario": TomlKind(
        frozenset({"based_on", "population", "services", "programmes", "mechanisms", "parameters", "calendar"}), "run"
    ),
    "a study": TomlKind(frozenset({"scenarios", "design", "factors", "constraints"}), "sweep"),
    "a mapping": TomlKind(frozenset({"ties"}), "import --mapping"),
    "an evidence file": TomlKind(frozenset({"studies"}), "calibrate --evidence"),
    "a question": TomlKind(frozenset({"options", "people", "budget_total", "budget_per_person"}), "decide"),
    "a file of prices": TomlKind(frozenset({"currency", "price_year"}), "economics --costs"),
}


def refuse_other_kind(kind: str, written: Mapping[str, Any], name: str) -> None:
    """Raises UserInputError for a file that has keys of another kind only."""
    if KINDS[kind].keys & written.keys():
        return
    for other, about in KINDS.items():
        if keys := sorted(about.keys & written.keys()):
            raise UserInputError(
                f"this is {other}, not {kind}", where=name, found=", ".join(keys), expected=kind,
                remedy=f"name another file; `supportnet {about.command}` takes this one",
            )  # fmt: skip
