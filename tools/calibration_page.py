"""What the calibration that ships found, as a page: `python -m tools.calibration_page FOLDER` keeps its small tables
under results/fit/ and its figures under docs/images/, and writes docs/calibration-results.md from these tables; without
FOLDER it writes the page only."""

import json
import shutil
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
import typer

from supportnet.analysis.files.result_folder import PROVENANCE
from supportnet.analysis.files.writing import read_csv, write_json
from supportnet.analysis.outputs.calibration import FEWEST_EFFECTIVE, LARGEST_R_HAT, LEARNED
from supportnet.analysis.wording.formatting import name_in_words, rounded
from supportnet.experiments.calibration.acceptance import ALWAYS_IN_RANGE
from tools.markdown import bold, markdown_table

ROOT = Path(__file__).parent.parent
PAGE, KEPT = ROOT / "docs" / "calibration-results.md", ROOT / "results" / "fit"
TABLES = ("patterns.csv", "numbers.csv", "trials.csv", "correlations.csv")
FIGURES = {"patterns.png": "calibration-patterns.png", "learned.png": "calibration-learned.png"}
SAID = (
    "study", "rounds", "tried", "draws", "effective_draws", "values_in_range", "recognised", "seed", "commit", "code",
)  # fmt: skip
MOST = 20  # parameters that are listed
WIDE = 1.96  # standard errors from a mean to the end of its 95 % interval

HEAD = """# Calibration: results

Made by `python -m tools.calibration_page` from the tables under `results/fit/`; a test compares the two. They are
those of `supportnet calibrate --rounds {rounds} --draws {tried}`, seed {seed}, which made the posteriors that ship.
[calibration.md](calibration.md) says how. Simulated; not for decisions about a person.

- **Kept**: {draws} of the {tried:,} draws at which the model was run. In each, at least {least:.0f} % of the {n}
  fitted values are in range; without exception: {always}. The median draw has **{median:.0f} %** in range (asked:
  90 %).
- **Medians** of these runs: {met} of {n} in range ({before} before fitting).
- **Trials** weigh the draws so that they count as {effective:.0f}.
- **Natural history told** of {learned} of {numbers} parameters (a tenth of the prior's variance or more is gone).
  All others remain assumptions; what is not known of them is in every interval.
- **Chains**: R-hat at most {r_hat:.2f} (asked: {largest}), effective sample size at least {ess:,.0f} (asked:
  {fewest}). Regression ABC on the first round differs by {off:.2f} posterior SD (median).
"""
PATTERNS = """
## Natural history

Each value before and after fitting, by runs of the model (1,500 people; cohorts: 6,000), with the Monte Carlo error
of a single run. † marks a range that is assumed around a published point. A median out of range is bold.
[validation.md](validation.md) has means over draws with fresh random numbers.

![Each pattern before and after calibration, in widths of its target range](images/calibration-patterns.png)

"""
TRIALS = """
## Trials

Each effect as it is fitted (SMD, differences of shares, logarithms of risk ratios): published ± standard error, and
what the model shows at the draws before and after trials weigh them (median, 95 %). Discrepancies of programmes and
outcomes ([left-out.md](left-out.md)) stand between the two. Bold: the median is within the published 95 % interval.

"""
TAUGHT = """
**What trials taught.** Parameters whose mean they moved by more than draws that count as {effective:.0f} would move
it by chance in 95 % of cases ({least:.2f} SD), the largest shift first. Among {numbers} parameters some
{chance:.0f} would be moved so far by chance alone.

"""
NUMBERS = """
## Parameters

The {most} of which natural history told most: mean and 95 % interval over draws, before and after trials weigh
them; share of the prior's variance that is gone on emulators whose errors are taken half as large again, so that it
is rather too small.

![How much the data informed each parameter](images/calibration-learned.png)

"""
TOGETHER = """
**Parameters that go together** in the posterior: {pairs}. `results/fit/correlations.csv` has all above .2.
"""


def page(folder: Path) -> str:
    """The whole of docs/calibration-results.md."""
    about = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
    patterns, numbers, trials, pairs = (read_csv(folder / name) for name in TABLES)
    effective, learned = about["effective_draws"], int((numbers["learned"] >= LEARNED).sum())
    least = WIDE / np.sqrt(effective)
    before = sum(row["accept_lower"] <= row["prior"] <= row["accept_upper"] for row in patterns.to_dict("records"))
    always = patterns[patterns["value"].isin(ALWAYS_IN_RANGE)].drop_duplicates("value")["what"]
    head = HEAD.format(
        rounds=len(about["rounds"]), tried=about["tried"], seed=about["seed"], draws=about["draws"],
        least=100 * about["values_in_range"]["least"], n=len(patterns), always="; ".join(always),
        median=100 * about["values_in_range"]["median"], met=int(patterns["in_range"].sum()), before=before,
        effective=effective, learned=learned, numbers=len(numbers), r_hat=numbers["r_hat"].max(),
        largest=LARGEST_R_HAT, ess=numbers["ess"].min(), fewest=FEWEST_EFFECTIVE, off=numbers["abc_off"].abs().median(),
    )  # fmt: skip
    strongest = ", ".join(
        f"`{row['number']}` and `{row['other']}` ({rounded(row['r'], 2, '+')})"
        for row in pairs.head(5).to_dict("records")
    )
    return "".join(
        (
            head,
            PATTERNS + patterns_rows(patterns),
            TRIALS + trials_rows(trials),
            TAUGHT.format(effective=effective, least=least, numbers=len(numbers), chance=0.05 * len(numbers)),
            taught_rows(numbers, least),
            NUMBERS.format(most=MOST) + numbers_rows(numbers.head(MOST)),
            TOGETHER.format(pairs=strongest or "none"),
        )
    )


def ends(row: dict[Any, Any], middle: str, prefix: str = "") -> str:
    """A median or mean, with its interval."""
    low, high = row[f"{prefix}lower"], row[f"{prefix}upper"]
    return f"{row[middle]:.3g} ({low:.3g} to {high:.3g})"


def patterns_rows(patterns: pd.DataFrame) -> str:
    """One line a fitted value and preset."""
    columns = ["row", "value", "preset", "range", "before: median", "after: median (95 % of runs)",
               "runs in range, before → after", "emulator: variance explained"]  # fmt: skip
    rows = [
        [row["pattern"], f"{row['what']} ({row['unit']})", row["preset"],
         f"{row['accept_lower']:g} to {row['accept_upper']:g}{' †' if row['assumed'] else ''}", f"{row['prior']:.3g}",
         bold(ends(row, "posterior", "posterior_"), not row["in_range"]),
         f"{row['prior_in_range']:.0%} → {row['posterior_in_range']:.0%}", f"{row['emulator_r2']:.0%}"]
        for row in patterns.to_dict("records")
    ]  # fmt: skip
    return markdown_table(columns, rows)


def trials_rows(trials: pd.DataFrame) -> str:
    """One line a published effect."""
    columns = ["programme", "outcome", "week", "unit", "published", "before", "after", "source"]
    rows = []
    for row in trials.to_dict("records"):
        inside = abs(row["after"] - row["published"]) <= WIDE * row["error"]
        published = f"{rounded(row['published'], 2)} ± {rounded(row['error'], 2)}"
        rows.append([
            name_in_words(row["programme"]), name_in_words(row["outcome"]), row["week"], row["unit"], published,
            ends(row, "before", "before_"), bold(ends(row, "after", "after_"), inside), row["source"],
        ])  # fmt: skip
    return markdown_table(columns, rows)


def taught_rows(numbers: pd.DataFrame, least: float) -> str:
    """One line a parameter that trials moved by so many standard deviations of the draws."""
    sd = (numbers["upper"] - numbers["lower"]) / (2 * WIDE)
    table = numbers.assign(shift=(numbers["trials_mean"] - numbers["mean"]) / sd)
    moved = table[table["shift"].abs() > least].sort_values("shift", key=lambda shift: -shift.abs())
    rows = [
        [f"`{row['number']}`", ends(row, "mean"), ends(row, "trials_mean", "trials_"), rounded(row["shift"], 2, "+")]
        for row in moved.to_dict("records")
    ]
    return markdown_table(["parameter", "before: mean (95 %)", "after", "shift (SD)"], rows) if rows else "None.\n"


def numbers_rows(numbers: pd.DataFrame) -> str:
    """One line a parameter."""
    columns = ["parameter", "prior", "natural history: mean (95 %)", "with trials", "learned"]
    rows = [
        [f"`{row['number']}`", row["prior"], ends(row, "mean"), ends(row, "trials_mean", "trials_"),
         f"{row['learned']:.0%}"]
        for row in numbers.to_dict("records")
    ]  # fmt: skip
    return markdown_table(columns, rows)


def keep(folder: Path) -> None:
    """Small tables of a calibration, and its figures, to be kept in the repository."""
    KEPT.mkdir(parents=True, exist_ok=True)
    for name in TABLES:
        shutil.copyfile(folder / name, KEPT / name)
    for name, shown in FIGURES.items():
        shutil.copyfile(folder / name, ROOT / "docs" / "images" / shown)
    about = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
    write_json({name: about[name] for name in SAID}, KEPT / PROVENANCE)


def main(folder: Annotated[Path | None, typer.Argument(help="Of a calibration.")] = None) -> None:
    """Keep what a calibration found, and write the page."""
    if folder is not None:
        keep(folder)
    PAGE.write_text(page(KEPT), encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
