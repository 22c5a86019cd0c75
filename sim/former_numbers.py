"""Numbers that the model had before: what each did, and what there is in its place."""

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from supportnet.sim.errors import nearest


@cache
def former_numbers() -> dict[str, dict[str, str]]:
    """Dotted name -> what it did, what to use now, and how it is shown that nothing is lost."""
    return tomllib.loads(files("supportnet.sim").joinpath("former_numbers.toml").read_text("utf-8"))


def meant_number(name: str, known: Iterable[str], listed_by: str = "`supportnet schema`") -> str:
    """A remedy for the name of no number: what there is in the place of one that the model had before; else the nearest
    known one."""
    if former := former_numbers().get(name.removeprefix("parameters.")):
        return f"the model no longer has it ({former['did']}); now: {former['now']}"
    return nearest(name[:60], known, listed_by)
