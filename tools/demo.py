"""`make demo`: real networks in, two runs, one what-if, and a picture to look at."""

from importlib.resources import as_file, files
from pathlib import Path

import typer

from supportnet.analysis.commands.app import app

OUT = Path("results") / "demo"
SCENARIO = """based_on = "today"
title = "Six interviewed networks"
assumes = "The people of the shipped example (made up) represent an area; what the interviews do not say is drawn."
[population]
patients = 120
networks = "networks.parquet"
"""


def say(words: str) -> None:
    typer.secho(f"\n== {words}", bold=True)


def call(*words: str) -> None:
    """One command of the command line."""
    say("supportnet " + " ".join(words))
    app(list(words), standalone_mode=False)


def main() -> None:
    """Import, run, compare; then say where the picture is."""
    OUT.mkdir(parents=True, exist_ok=True)
    say("The first run compiles the core and burns in a population for 50 simulated years: about a minute, once.")
    with as_file(files("supportnet.sim") / "examples" / "network-canvas") as example:
        call("import", str(example), "--out", str(OUT / "imported"))
    scenario = OUT / "imported" / "interviewed.toml"
    scenario.write_text(SCENARIO, encoding="utf-8")
    call("run", str(scenario), "--replicates", "10", "--out", str(OUT / "interviewed"))
    call("run", "today", "--replicates", "10", "--out", str(OUT / "today"))
    call("compare", "today", "open-dialogue", "smaller-caseloads", "--replicates", "20", "--out", str(OUT / "compared"))
    say(f"Look at {OUT / 'compared' / 'figure.png'} and {OUT / 'today' / 'figure.png'}")


if __name__ == "__main__":
    main()
