"""Where everything in a report comes from, and the commands that make it again."""

import shlex
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from supportnet.analysis.files.result_folder import has_checksums
from supportnet.analysis.outputs.rerun import scenario_from
from supportnet.analysis.report.parts import ReportTable, Section
from supportnet.analysis.report.result_index import ResultFolder, ResultIndex
from supportnet.analysis.report.scenarios import in_library
from supportnet.experiments.calibration.alternative_models import rivals
from supportnet.experiments.economics.costs import read_costs
from supportnet.experiments.posterior.posterior import read_draws, shipped_draws_path
from supportnet.experiments.runs.manifest import MANIFEST
from supportnet.experiments.study.study import shipped_studies
from supportnet.sim.errors import UserInputError
from supportnet.sim.provenance import commit, versions
from supportnet.sim.scenario.scenario import library

OPTIONS = (  # named as in the provenance
    "outcome", "over", "held", "budget", "effect", "threshold", "seed", "population", "years", "discount",
    "study_people",
)  # fmt: skip
WITH_DRAWS = ("compare", "explain", "optimise", "trial", "validate")  # commands that take --uncertainty and --posterior
PRICES, DRAWS = "prices.toml", "posterior.parquet"


def origin(found: ResultIndex, ledger: int, seed: int, question: str) -> Section:
    """Where everything comes from, and how it is made again."""
    rows = [
        [str(one.folder.relative_to(found.folder)), one.command, *(entry(one, name) for name in
         ("seed", "replicates", "run_identity", "code", "commit"))]
        for one in found.results
    ]  # fmt: skip
    columns = ("folder", "command", "seed", "replicates", "run identity", "model code", "commit")
    table = ReportTable("Results in this report", columns, rows, frozenset(range(1, 7)))
    asked = f" --question {shlex.quote(question)}" if question else ""
    made = [commands for one in found.results for commands in found.made_of(one, lambda one: again(one, found))]
    commands = [command for some in made for command in some]
    commands.append(f"supportnet report DIR --ledger {ledger} --seed {seed}{asked}")
    about = {
        "table": table, "commands": commands, "versions": versions(), "commit": commit() or "not from a checkout",
        "unchecked": [row[0] for row, one in zip(rows, found.results, strict=True) if not has_checksums(one.metadata)],
    }  # fmt: skip
    return Section("provenance", "Provenance", "provenance", about)


def entry(result: ResultFolder, name: str) -> str:
    """What a provenance says under a name, short."""
    value = result.metadata.get(name, "–")
    if name == "replicates":
        return str(replicates_of(result.metadata) or "–")
    return str(value)[:12] if value is not None else "–"


def replicates_of(says: dict[str, Any]) -> int:
    """The number of replicates recorded; 0 if a result has none."""
    given = says.get("replicates") or says.get("size", {}).get("replicates") or 0
    return len(given) if isinstance(given, list) else int(given)


def again(result: ResultFolder, found: ResultIndex) -> list[str]:
    """The commands that make a result again; files of one's own are named by what they hold."""
    return [shlex.join(["supportnet", *words]) for words in worded(result, found)]


def worded(result: ResultFolder, found: ResultIndex) -> list[list[str]]:
    """The commands, word by word: of trials, one a programme where they were not designed alike."""
    says = result.metadata
    if result.command == "run":
        return [["run", "--from", "provenance.json"]]
    if result.command == "sensitivity":
        return [["sensitivity", sweep_line(result, found), *analysed(says)]]
    if result.command == "calibrate":
        rounds, draws, seed = len(says["rounds"]), says["draws"], says["seed"]
        words = ["--rounds", str(rounds), "--draws", str(draws), "--seed", str(seed)]
        rival = next((name for name in rivals() if says["study"].endswith(f"-{name}")), "")
        study = study_called(says["study"].removesuffix(f"-{rival}" if rival else ""))
        return [["calibrate", study, *words, *(["--rival", rival] if rival else [])]]
    subjects: dict[str, Callable[[], list[list[str]]]] = {
        "compare": lambda: [compared(result)], "explain": lambda: [compared(result)],
        "economics": lambda: [evaluated(result, found)], "optimise": lambda: [search_line(result)],
        "trial": lambda: tried(says),
    }  # fmt: skip
    options = [word for name in OPTIONS if says.get(name) is not None for word in (option(name), str(says[name]))]
    if n := replicates_of(says):
        options += ["--replicates", str(n)]
    options += ["--independent"] if says.get("independent") else []
    posterior = says.get("compared", says).get("posterior", "")
    if posterior and posterior != identity_shipped():
        options += ["--posterior", DRAWS]
    elif result.command in WITH_DRAWS and not posterior:
        options += ["--uncertainty", "none"]
    return [[result.command, *words, *options] for words in subjects.get(result.command, lambda: [[]])()]


def option(name: str) -> str:
    """The option of a name in a provenance."""
    return f"--{name.replace('_', '-')}"


def compared(result: ResultFolder) -> list[str]:
    """The scenarios that were compared: those of the library by name, others as files."""
    says = result.metadata
    rows = [one if "scenario" in one else {"scenario": one, "parameters": {}} for one in says["scenarios"]]
    worlds = [
        scenario_from({**row, "name": name, "title": name, "assumes": "", "fixed": fixed}, result.folder)
        for row, name, fixed in zip(rows, says["names"], says.get("fixed", [[]] * len(rows)), strict=True)
    ]
    names = [world.name if in_library(world) else f"{world.name}.toml" for world in worlds]
    return [*names, "--patients", str(worlds[0].population.patients), "--weeks", str(worlds[0].weeks)]


def study_called(name: str) -> str:
    """A study as a command names it: a shipped one, or a file."""
    return name if name in shipped_studies() else f"{name}.toml"


def sweep_line(result: ResultFolder, found: ResultIndex) -> str:
    """The runs that were analysed, where they are in the folder; else their study."""
    runs = result.folder.parent
    inside = (runs / MANIFEST).is_file() and runs.is_relative_to(found.folder)
    return Path("DIR", runs.relative_to(found.folder)).as_posix() if inside else study_called(result.metadata["study"])


def analysed(says: dict[str, Any]) -> list[str]:
    """What was analysed, by which method and how."""
    outcomes = [word for word in ("--outcome", ",".join(says.get("outcomes", []))) if says.get("outcomes")]
    return ["--method", says["method"], *outcomes, "--resamples", str(says["resamples"]), "--seed", str(says["seed"])]


def search_line(result: ResultFolder) -> list[str]:
    """Where the search for the best use of a budget starts, and how far it goes."""
    says, size = result.metadata, result.metadata["size"]
    today = scenario_from({**says, "title": says["name"], "assumes": ""}, result.folder)
    name = today.name if in_library(today) else f"{today.name}.toml"
    sizes = [word for what in ("candidates", "generations", "search_replicates")
             for word in (f"--{what.replace('_', '-')}", str(size[what]))]  # fmt: skip
    people = ["--patients", str(today.population.patients), "--weeks", str(today.weeks)]
    savings = ["--count-savings"] if says.get("count_savings", True) else []  # as searches before could not do without
    return [name, "--levers", ",".join(says["levers"]), *savings, *people, *sizes]


def evaluated(result: ResultFolder, found: ResultIndex) -> list[str]:
    """The comparison whose costs were evaluated, and prices of one's own."""
    of = evaluated_comparison(result, found)
    where = "COMPARISON" if of is None else Path("DIR", of.folder.relative_to(found.folder)).as_posix()
    own = result.metadata["costs"] != read_costs().model_dump()
    return [where, *(["--costs", PRICES] if own else [])]


def evaluated_comparison(result: ResultFolder, found: ResultIndex) -> ResultFolder | None:
    """The comparison that an economic evaluation is of, where it is in the folder."""
    identity = result.metadata.get("comparison")
    return next((one for one in found.of("compare") if one.metadata.get("run_identity") == identity), None)


def tried(says: dict[str, Any]) -> list[list[str]]:
    """Trials: as requested, if that is recorded; else each with its design."""
    given = says.get("set") or []
    pairs = [f"{name}={value}" for name, value in given.items()] if isinstance(given, dict) else list(map(str, given))
    people = ["--patients", str(says["patients"]), *(word for pair in pairs for word in ("--set", pair))]
    designs = says["designs"]
    if len(designs) > 1 and "entry" in says:
        return [["all", *design_of(says), *people]]
    return [[one["programme"], *design_of(one), *people] for one in designs]


def design_of(says: dict[str, Any]) -> list[str]:
    """The options that make the design of a trial."""
    options = {name: says[name] for name in ("entry", "control", "cut", "places") if says.get(name) is not None}
    if scenario := says.get("scenario"):
        options["scenario"] = scenario if scenario in library() else f"{scenario}.toml"
    return [word for name, value in options.items() for word in (f"--{name}", str(value))]


def identity_shipped() -> str:
    """The identity of the shipped posterior; empty if there is none, or it is of another model."""
    with suppress(UserInputError):
        return read_draws().identity if shipped_draws_path() else ""
    return ""
