"""What a folder of results holds: every result below it, by what its provenance says."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.folder import PROVENANCE
from analysis.writing import read_csv
from experiments.disk import inside, read_json
from sim.mistakes import Mistake


def added(name: str) -> tuple[str, ...]:
    """Columns of an estimate."""
    return name, f"{name}_mcse", f"{name}_lower", f"{name}_upper"


def moved(name: str) -> tuple[str, ...]:
    """Columns of a difference from where a search started."""
    return f"{name}_difference", f"{name}_mcse", f"{name}_lower", f"{name}_upper"


COLUMNS = {  # tables that the report reads, and what it needs of them
    "differences.csv": ("scenario", "outcome", "difference", "mcse", "lower", "upper", "unit", "n", "lower_adjusted",
                        "upper_adjusted"),
    "ranking.csv": ("outcome", "place", "scenario", "probability_best"),
    "for_whom.csv": ("scenario", "by", "group", "people", "difference", "mcse", "lower", "upper", "better", "worse",
                     "p5", "p50", "p95"),
    "harmed.csv": ("scenario", "change", "unit", "people", "worse_off", "mcse", "lower", "upper", "others"),
    "shares.csv": ("value", "mcse", "lower", "upper"),
    "indices.csv": ("scenario", "outcome", "week", "factor", "other", "index", "value", "lower", "upper"),
    "patterns.csv": ("pattern", "what", "use", "preset", "unit", "value", "mcse", "lower", "upper", "accept_lower",
                     "accept_upper", "in_range"),
    "effects.csv": ("programme", "control", "outcome", "week", "when", "kind", "value", "lower", "upper",
                    "people"),
    "published.csv": ("programme", "outcome", "week", "value", "lower", "upper", "published", "published_lower",
                      "published_upper", "in_range", "preset", "entry", "control", "published_control", "population",
                      "note", "source"),
    "strategies.csv": ("scenario", "cost", "cost_mcse", "effect", "effect_mcse", "icer", "icer_mcse", "compared_with",
                       "status", *added("incremental_cost"), *added("incremental_effect")),
    "acceptability.csv": ("threshold", "scenario", "probability"),
    "information.csv": ("threshold", "about", "kind", "value", "mcse", "clear"),
    "portfolios.csv": ("portfolio", "recommended", *moved("qpr"), *moved("cost"), *moved("inequality"),
                       *moved("spending"), "probability_on_front", "probability_within_budget"),
    "simpler.csv": ("portfolio", *moved("qpr"), *added("regret"), "probability_within_budget"),
}  # fmt: skip
WORDS = {
    "scenario", "outcome", "unit", "by", "group", "factor", "other", "index", "what", "use", "preset", "in_range",
    "change", "programme", "control", "when", "kind", "about", "status", "compared_with", "entry", "published_control",
    "population", "note", "source", "portfolio",
}  # fmt: skip


@dataclass(frozen=True)
class Result:
    """A folder that a command has written."""

    command: str
    folder: Path
    told: dict[str, Any]  # its provenance
    root: Path  # the folder that the report is about

    def has(self, name: str) -> bool:
        return (self.folder / name).is_file()

    def table(self, name: str) -> pd.DataFrame:
        """A table of this result. Raises Mistake where it is not what its command writes."""
        try:
            found = read_csv(inside(self.folder, name, self.root))
        except (OSError, ValueError) as error:  # whatever pandas finds wrong with a table is a ValueError
            raise self.broken(name, str(error).splitlines()[0][:200]) from error
        for column in COLUMNS.get(name, ()):
            if column not in found:
                raise self.broken(name, f"no column {column}")
            if column not in WORDS and not pd.api.types.is_numeric_dtype(found[column]):
                raise self.broken(name, f"something in the column {column} that is not a number")
        return found

    def broken(self, name: str, found: str) -> Mistake:
        return Mistake(
            "this table of results can't be read", where=str(self.folder / name), found=found,
            expected=f"{name} as `supportnet {self.command}` wrote it", remedy="make these results again",
        )  # fmt: skip

    def figures(self) -> list[Path]:
        """Its figures, each once: as SVG, or as PNG where there is no other."""
        drawn = sorted(path for path in self.folder.iterdir() if path.suffix in (".svg", ".png"))
        drawn = [path for path in drawn if path.suffix == ".svg" or path.with_suffix(".svg") not in drawn]
        return [inside(self.folder, path.name, self.root) for path in drawn]


@dataclass(frozen=True)
class Found:
    """Everything that a folder and those below it hold, in the order of their paths."""

    folder: Path
    results: list[Result]

    def of(self, command: str) -> list[Result]:
        return [one for one in self.results if one.command == command]

    @cached_property
    def comparison(self) -> Result:
        """The comparison that the report is about: the first."""
        return self.of("compare")[0]


def find(folder: Path) -> Found:
    """The results in a folder. Raises Mistake where there is no folder, or no comparison in it."""
    if not folder.is_dir():
        raise Mistake(
            "there is no such folder", where=str(folder), found="a file" if folder.exists() else "nothing",
            expected="a folder of results", remedy="name the folder that was given with --out, or one above it",
        )  # fmt: skip
    found = Found(folder, [one for path in provenances(folder) if (one := result(path, folder))])
    if not found.of("compare"):
        kinds = ", ".join(sorted({one.command for one in found.results})) or "no results"
        raise Mistake(
            "there is no comparison to report", where=str(folder), found=kinds,
            expected="the folder of at least one `supportnet compare`, in it or below it",
            remedy=f"make one: supportnet compare today smaller-caseloads --out {folder / 'compare'}",
        )  # fmt: skip
    return found


def provenances(folder: Path) -> Sequence[Path]:
    """Every provenance.json, in the order of their paths; hidden folders are unfinished ones."""
    paths = []
    for here, below, names in os.walk(folder):
        below[:] = sorted(name for name in below if not name.startswith("."))
        if PROVENANCE in names:
            paths.append(Path(here, PROVENANCE))
    return paths


def result(path: Path, root: Path) -> Result | None:
    """What wrote a provenance.json; None where it is not one of this project's."""
    try:
        told = read_json(inside(path.parent, path.name, root))
    except (OSError, ValueError) as error:
        raise Mistake(
            "can't be read", where=str(path), found=str(error)[:200], expected="JSON as a command wrote it",
            remedy="make these results again, or move them elsewhere",
        ) from error  # fmt: skip
    if not isinstance(told, dict):
        return None
    command = told.get("command")
    return Result(command, path.parent, told, root) if isinstance(command, str) and command.isalpha() else None
