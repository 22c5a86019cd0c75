"""What a folder of results holds: every result below it, by what its provenance says."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import pandas as pd

from supportnet.analysis.files.comparison_folder import ComparisonMetadata
from supportnet.analysis.files.result_folder import PROVENANCE, damaged_files, has_checksums
from supportnet.analysis.files.writing import read_csv
from supportnet.experiments.execution.checked_files import UNREADABLE, inside, read_json, unreadable
from supportnet.sim.errors import UserInputError
from supportnet.sim.provenance import is_intact

T = TypeVar("T")
READ = {".csv", ".svg", ".png"}  # endings of files that a report reads


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
    "for_whom.csv": ("scenario", "by", "group", "people", "difference", "mcse", "lower", "upper", "contrast",
                     "contrast_mcse", "contrast_lower", "contrast_upper", "better", "worse", "p5", "p50", "p95"),
    "harmed.csv": ("scenario", "change", "unit", "people", "worse_off", "mcse", "lower", "upper", "others"),
    "shares.csv": ("outcome", "value", "mcse", "lower", "upper"),
    "indices.csv": ("scenario", "outcome", "week", "factor", "other", "index", "value", "lower", "upper"),
    "patterns.csv": ("pattern", "what", "use", "preset", "unit", "value", "mcse", "lower", "upper", "accept_lower",
                     "accept_upper", "in_range"),
    "effects.csv": ("programme", "control", "outcome", "week", "when", "kind", "value", "lower", "upper",
                    "people"),
    "published.csv": ("programme", "outcome", "week", "value", "lower", "upper", "published", "published_lower",
                      "published_upper", "in_range", "preset", "entry", "control", "published_control", "population",
                      "note", "source"),
    "strategies.csv": ("scenario", "cost", "cost_mcse", "effect", "effect_mcse", "icer", "icer_mcse", "compared_with",
                       "status", "remark", "ratio", *added("incremental_cost"), *added("incremental_effect")),
    "acceptability.csv": ("threshold", "scenario", "probability"),
    "information.csv": ("threshold", "about", "kind", "value", "mcse", "clear"),
    "portfolios.csv": ("portfolio", "recommended", *moved("qpr"), *moved("cost"), *moved("inequality"),
                       *moved("spending"), "probability_on_front", "probability_within_budget"),
    "simpler.csv": ("portfolio", *moved("qpr"), *added("regret"), "probability_within_budget"),
}  # fmt: skip
WORDS = {
    "scenario", "outcome", "unit", "by", "group", "factor", "other", "index", "what", "use", "preset", "in_range",
    "change", "programme", "control", "when", "kind", "about", "status", "compared_with", "entry", "published_control",
    "population", "note", "source", "portfolio", "remark",
}  # fmt: skip


@dataclass(frozen=True)
class ResultFolder:
    """A folder that a command has written."""

    command: str
    folder: Path
    metadata: dict[str, Any]  # its provenance
    root: Path  # the folder that the report is about

    def has(self, name: str) -> bool:
        return (self.folder / name).is_file()

    def table(self, name: str) -> pd.DataFrame:
        """A table of this result. Raises UserInputError where it is not what its command writes."""
        try:
            found = read_csv(inside(self.folder, name, self.root))
        except UserInputError:
            raise
        except (OSError, ValueError) as error:  # whatever pandas finds wrong with a table is a ValueError
            raise self.broken(name, str(error).splitlines()[0][:200]) from error
        for column in COLUMNS.get(name, ()):
            if column not in found:
                raise self.broken(name, f"no column {column}")
            if len(found) and column not in WORDS and not pd.api.types.is_numeric_dtype(found[column]):
                raise self.broken(name, f"something in the column {column} that is not a number")
        return found

    def broken(self, name: str, found: str) -> UserInputError:
        return UserInputError(
            f"{name} can't be read", where=str(self.folder), found=found,
            expected=f"{name} as `supportnet {self.command}` wrote it", remedy="compute these results again",
        )  # fmt: skip

    def figures(self) -> list[Path]:
        """Its figures, each once: as SVG, or as PNG where there is no other."""
        drawn = sorted(path for path in self.folder.iterdir() if path.suffix in (".svg", ".png"))
        drawn = [path for path in drawn if path.suffix == ".svg" or path.with_suffix(".svg") not in drawn]
        return [inside(self.folder, path.name, self.root) for path in drawn]


class UnreadableResult(NamedTuple):
    """A result that can't be read."""

    command: str  # that wrote it; nothing where that can't be read either
    folder: str  # below the folder of the report
    why: str


@dataclass(frozen=True)
class ResultIndex:
    """Everything that a folder and those below it hold, in the order of their paths."""

    folder: Path
    results: list[ResultFolder]
    left_out: list[UnreadableResult]

    def of(self, command: str) -> list[ResultFolder]:
        return [one for one in self.results if one.command == command]

    def each(self, command: str, made_of: Callable[[ResultFolder], T]) -> list[T]:
        """What is made of each result of a command; those that can't be read are left out."""
        return [made for one in self.of(command) for made in self.made_of(one, made_of)]

    def made_of(self, one: ResultFolder, make: Callable[[ResultFolder], T]) -> list[T]:
        """What is made of a result; nothing where it can't be read: then it is left out."""
        try:
            return [make(one)]
        except (UserInputError, *UNREADABLE) as error:
            why = unreadable_result(one.command, one.folder, self.folder, error)
            self.left_out.extend([why] if why not in self.left_out else [])
            return []

    @cached_property
    def comparison(self) -> ResultFolder:
        """The comparison that the report is about: the first."""
        return self.of("compare")[0]


def index_results(folder: Path) -> ResultIndex:
    """The results in a folder. Raises UserInputError where there is no folder, or no comparison in it."""
    if not folder.is_dir():
        raise UserInputError(
            "there is no such folder", where=str(folder), found="a file" if folder.exists() else "nothing",
            expected="a folder of results", remedy="name the folder that a command wrote into, or one above it",
        )  # fmt: skip
    found, of_comparisons = ResultIndex(folder, [], []), list[UserInputError]()
    for path in provenances(folder):
        try:
            found.results.extend(result(path, folder))
        except UserInputError as mistake:
            command = command_in(path, folder)
            found.left_out.append(unreadable_result(command, path.parent, folder, mistake))
            of_comparisons += [mistake] if command in ("compare", "") else []
    if not found.of("compare"):
        if of_comparisons:
            raise of_comparisons[0]
        kinds = ", ".join(sorted({one.command for one in found.results})) or "no results"
        raise UserInputError(
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


def result(path: Path, root: Path) -> list[ResultFolder]:
    """What wrote a provenance.json, and left the files beside it; nothing where it is not one of this project's."""

    def damage(where: Path, found: str) -> UserInputError:
        expected = "the file as a command of this project wrote it"
        remedy = "compute these results again, or move them elsewhere"
        what = f"{where.name} is damaged, or was changed"
        return UserInputError(what, where=str(where.parent), found=found, expected=expected, remedy=remedy)

    try:
        metadata = read_json(inside(path.parent, path.name, root))
        if not isinstance(metadata, dict):
            return []
        if not is_intact(metadata):
            raise damage(path, "a checksum other than the one it was written with")
        if metadata.get("command") == "compare":
            ComparisonMetadata.model_validate(metadata)
    except UserInputError:
        raise
    except UNREADABLE as error:
        raise damage(path, unreadable(error)) from error
    names = [name for name in metadata["files"] if Path(name).suffix in READ] if has_checksums(metadata) else []
    if changed := damaged_files(path.parent, metadata, names):
        raise damage(path.parent / changed[0], "a checksum other than the one it was written with")
    command = metadata.get("command")
    if not (isinstance(command, str) and command.isalpha()):
        return []
    return [ResultFolder(command, path.parent, metadata, root)]


def command_in(path: Path, root: Path) -> str:
    """The command that wrote a provenance, where that can still be read; else nothing."""
    try:
        return str(read_json(inside(path.parent, path.name, root))["command"])
    except (UserInputError, *UNREADABLE):
        return ""


def unreadable_result(command: str, folder: Path, root: Path, why: Exception) -> UnreadableResult:
    """Why a result is left out, in few words, and without any place on this computer: the page is sent on."""
    what, found = (
        (why.parts["what"], str(why.parts["found"])) if isinstance(why, UserInputError) else ("", unreadable(why))
    )
    about = ": ".join(part for part in (what, found) if part and os.sep not in part)
    return UnreadableResult(command, folder.relative_to(root).as_posix(), about[:200] or "can't be read")
