"""All sides in one run: `python -m benchmarks`, or some of them: `python -m benchmarks threads sizes`."""

import argparse
import importlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.measure import Row, Skipped, machine

COMPARISONS = ("reference", "threads", "sizes", "small", "memory", "starts", "points", "sweeps", "classroom", "others")
FOLDER = Path(__file__).parents[1] / "results" / "benchmarks"


def rows_of(name: str, repeats: int) -> list[Row]:
    """The rows of one comparison; a row with a word where it cannot be made here."""
    print(f"{name} ...", flush=True)
    try:
        rows: list[Row] = importlib.import_module(f"benchmarks.{name}").compare(repeats)
    except (Skipped, ImportError) as why:
        rows = [Row(name, None, details={"skipped": str(why)})]
    for row in rows:
        print("   " + " | ".join(cells(row)), flush=True)
    return rows


def cells(row: Row) -> list[str]:
    """A row of the table in words: what, target, value, met, details."""
    target = "" if row.at_least is None else f"≥ {row.at_least:g} {row.unit}"
    target = target if row.at_most is None else f"≤ {row.at_most:g} {row.unit}"
    value = "skipped" if row.value is None else f"{row.value:.3g} {row.unit}"
    met = {True: "yes", False: "no", None: ""}[row.met]
    return [row.what, target, value, met, "; ".join(f"{name}: {value}" for name, value in row.details.items())]


def table(rows: Iterable[Row], about: str, repeats: int) -> str:
    lines = [
        "# Speed", "", f"Machine: {about}.",
        f"Made by `python -m benchmarks`: sides in turn within one run, {repeats} repeats after one to warm up; values "
        "are medians, in brackets lowest to highest. One thread and processor time unless said otherwise.", "",
        "| what | at least / at most | measured | met | details |", "|---|---|---|---|---|",
    ]  # fmt: skip
    return "\n".join([*lines, *(f"| {' | '.join(cells(row))} |" for row in rows), ""])


def write(folder: Path, name: str, text: str) -> None:
    part = folder / f"{name}.tmp"
    part.write_text(text, encoding="utf-8")
    part.replace(folder / name)


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    asked.add_argument("comparisons", nargs="*", metavar="comparison", help=f"some of: {' '.join(COMPARISONS)}")
    asked.add_argument("--repeats", type=int, default=5, help="measured repeats of each side (5)")
    asked.add_argument("--out", type=Path, default=FOLDER, help="folder for speed.md and speed.json")
    wishes: Any = asked.parse_args()
    if unknown := set(wishes.comparisons) - set(COMPARISONS):
        asked.error(f"no comparison called {', '.join(sorted(unknown))}; there are: {' '.join(COMPARISONS)}")
    if wishes.repeats < 1:
        asked.error("--repeats: at least 1")
    about = machine()
    rows = [row for name in wishes.comparisons or COMPARISONS for row in rows_of(name, wishes.repeats)]
    wishes.out.mkdir(parents=True, exist_ok=True)
    write(wishes.out, "speed.md", table(rows, about, wishes.repeats))
    numbers = [{**asdict(row), "met": row.met} for row in rows]
    write(
        wishes.out, "speed.json", json.dumps({"machine": about, "repeats": wishes.repeats, "rows": numbers}, indent=1)
    )
    print(f"Written: {wishes.out / 'speed.md'} and speed.json")


if __name__ == "__main__":
    main()
