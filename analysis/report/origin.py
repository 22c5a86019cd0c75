"""Where everything in a report comes from, and the commands that make it again."""

import shlex
from typing import Any

from analysis.report.found import Found, Result
from analysis.report.parts import Section, Table
from sim.provenance import commit, versions

LIVED = ("compare", "explain", "validate", "trial")  # commands that take --uncertainty


def origin(found: Found, ledger: int, seed: int, question: str) -> Section:
    """Where everything comes from, and how it is made again."""
    rows = [
        [str(one.folder.relative_to(found.folder)), one.command, *(told(one, name) for name in
         ("seed", "replicates", "run_identity", "code", "commit"))]
        for one in found.results
    ]  # fmt: skip
    columns = ("folder", "command", "seed", "replicates", "run identity", "model’s code", "commit")
    table = Table("Results in this report", columns, rows, frozenset(range(1, 7)))
    asked = f" --question {shlex.quote(question)}" if question else ""
    commands = [again(one) for one in found.results] + [f"supportnet report DIR --ledger {ledger} --seed {seed}{asked}"]
    made = {"versions": versions(), "commit": commit() or "not from a checkout"}
    return Section(
        "provenance", "Where it comes from", "provenance", {"table": table, "commands": commands, "made": made}
    )


def told(result: Result, name: str) -> str:
    """What a provenance says under a name, short."""
    value = result.told.get(name, "–")
    if name == "replicates" and isinstance(value, list):
        return str(len(value))
    return str(value)[:12] if value is not None else "–"


def again(result: Result) -> str:
    """The command that makes a result again; files of one's own are named by their scenarios."""
    says: dict[str, Any] = result.told
    words = list(map(str, says.get("names", [])))
    if result.command == "run":
        return "supportnet run --from provenance.json"
    if result.command == "sensitivity":
        return f"supportnet sensitivity {shlex.quote(str(says.get('study')))} --method {says.get('method')}"
    if result.command in ("compare", "explain"):
        first = says["scenarios"][0].get("scenario", says["scenarios"][0])
        words += ["--patients", str(first["population"]["patients"]), "--weeks", str(first["weeks"])]
    for name in ("outcome", "over", "held", "seed"):
        words += [f"--{name}", str(says[name])] if name in says else []
    replicates = says.get("replicates")
    words += (
        ["--replicates", str(len(replicates) if isinstance(replicates, list) else replicates)] if replicates else []
    )
    words += ["--independent"] if says.get("independent") else []
    words += [] if says.get("posterior") or result.command not in LIVED else ["--uncertainty", "none"]
    return shlex.join(["supportnet", result.command, *words])
