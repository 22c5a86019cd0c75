"""Names that a shell completes. Each is found within a third of a second, so nothing heavy is imported here."""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import typer

Names = Callable[[str], Iterator[str]]


def starting(incomplete: str, names: Iterable[str]) -> Iterator[str]:
    """Names that begin like this; none if their source can't be read."""
    with contextlib.suppress(OSError, ValueError):
        yield from (name for name in names if name.startswith(incomplete))


def several(one: Names) -> Names:
    """The last of several names with commas between them."""

    def complete(incomplete: str) -> Iterator[str]:
        before, comma, last = incomplete.rpartition(",")
        yield from (f"{before}{comma}{name}" for name in one(last) if name not in before.split(","))

    return complete


def complete_scenarios(incomplete: str) -> Iterator[str]:
    """Scenarios of the library, and TOML files."""
    yield from starting(incomplete, shipped("supportnet.sim", "scenarios"))
    yield from starting(incomplete, complete_files(incomplete))


def complete_studies(incomplete: str) -> Iterator[str]:
    """Shipped studies, and TOML files."""
    yield from starting(incomplete, shipped("supportnet.experiments", "studies"))
    yield from starting(incomplete, complete_files(incomplete))


def complete_outcomes(incomplete: str) -> Iterator[str]:
    from supportnet.sim.outcomes import OUTCOMES

    yield from starting(incomplete, OUTCOMES)


def complete_programmes(incomplete: str) -> Iterator[str]:
    from supportnet.sim.scenario.files import shipped_programmes

    yield from starting(incomplete, ["all", *shipped_programmes()])


def complete_settings(incomplete: str) -> Iterator[str]:
    """Dotted names for --set, each with its equals sign."""
    yield from (f"{name}=" for name in complete_tunable(incomplete))


def complete_levers(incomplete: str) -> Iterator[str]:
    """What a budget may change."""
    yield from starting(incomplete, ["programmes"])
    yield from (name for name in complete_programmes(incomplete) if name != "all")
    yield from (name for name in complete_tunable(incomplete) if name.startswith("services."))


def complete_tunable(incomplete: str) -> Iterator[str]:
    from supportnet.experiments.study.tunables import tunables
    from supportnet.sim.scenario.scenario import Scenario

    yield from starting(incomplete, tunables([Scenario.load("today")]))


def complete_factors(ctx: typer.Context, incomplete: str) -> Iterator[str]:
    """Factors of the study that the command names, the last of several."""

    def of_study(last: str) -> Iterator[str]:
        words = [ctx.params.get("target"), *ctx.args]  # of an unfinished command it is among the words
        yield from starting(last, factors_in(next((str(word) for word in words if word), "")))

    yield from several(of_study)(incomplete)


def factors_in(study: str) -> Iterator[str]:
    import tomllib
    from importlib.resources import files

    own = Path(study)
    shipping = files("supportnet.experiments").joinpath("studies", f"{study}.toml")
    text = own.read_text("utf-8") if own.is_file() else shipping.read_text("utf-8")
    names = table_names(tomllib.loads(text).get("factors"))
    yield from (name for several_names in names for name in several_names.split() if "*" not in name)


def table_names(tables: Any, above: str = "") -> Iterator[str]:
    """Names of tables, which may lie within one another."""
    for key, one in tables.items() if isinstance(tables, dict) else ():
        inner = isinstance(one, dict) and one and all(isinstance(each, dict) for each in one.values())
        yield from table_names(one, f"{above}{key}.") if inner else (f"{above}{key}",)


def shipped(package: str, folder: str) -> Iterator[str]:
    """Names of the shipped files in a folder."""
    from importlib.resources import files

    available = (one.name for one in files(package).joinpath(folder).iterdir())
    yield from sorted(name.removesuffix(".toml") for name in available if name.endswith(".toml"))


def complete_files(incomplete: str) -> Iterator[str]:
    """TOML files of the folder in which a name so far leads, which may be the current one."""
    folder = incomplete[: incomplete.rfind("/") + 1]
    yield from (f"{folder}{path.name}" for path in sorted(Path(folder or ".").glob("*.toml")))
