"""Rival explanations, fitted to the same evidence."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from supportnet.experiments.study.schema import FactorTable
from supportnet.experiments.study.study import StudyDefinition
from supportnet.sim.enums import Process
from supportnet.sim.errors import not_one_of

BASE = "recover.base"


@dataclass(frozen=True)
class Rival:
    """Another explanation of what is seen."""

    title: str
    says: str
    set: dict[str, float]  # numbers that make it
    free: dict[str, tuple[float, float]]  # numbers that vary evenly between these ends


@cache
def rivals() -> dict[str, Rival]:
    """The shipped rivals, by name."""
    tables = tomllib.loads(
        files("supportnet.experiments").joinpath("evidence", "rivals.toml").read_text(encoding="utf-8")
    )
    found = {}
    for name, table in tables.items():
        free = {number: tuple(ends) for number, ends in table.get("free", {}).items()}
        if "base" in table:
            free |= {f"{BASE}.{process}": tuple(table["base"]) for process in Process.words()}
        found[name] = Rival(table["title"], table["says"], dict.fromkeys(table["zero"], 0.0), free)
    return found


def as_rival(study: StudyDefinition, name: str) -> StudyDefinition:
    """The same study of a simpler model: its defining parameters are set, and those its fit needs are free."""
    if name not in rivals():
        raise not_one_of("rival", name, rivals())
    rival, file = rivals()[name], study.file
    values = {f"parameters.{number}": value for number, value in rival.set.items()}
    free = {
        number: FactorTable.model_validate({"low": low, "high": high, "group": BASE if number.startswith(BASE) else ""})
        for number, (low, high) in rival.free.items()
    }
    factors = {number: table for number, table in file.factors.items() if number not in rival.set} | free
    kept = {name: value for name, value in file.set.items() if name.removeprefix("parameters.") not in rival.free}
    update = {"set": kept | values, "factors": factors}
    scenarios = tuple(scenario.with_values(values) for scenario in study.scenarios)
    return study.of(file.model_copy(update=update), scenarios, study.text, f"{study.name}-{name}", study.folder)
