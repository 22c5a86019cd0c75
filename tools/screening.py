"""Which numbers of the model matter: a Morris screening of all of them, as tables and a page.

`python -m tools.screening DIR` reads the folder of a sweep of experiments/studies/screening.toml, which only the model
that made it can do, and writes results/screening/, docs/screening.md and its figure; without DIR only page and figure.
"""

import shutil
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer
from numpy.typing import NDArray

from supportnet.analysis.files.writing import read_csv, write_csv
from supportnet.analysis.sensitivity.indices import METHODS, AnalysisInput, block, indices, morris_noise
from supportnet.analysis.sensitivity.noise import noise_share
from supportnet.analysis.sensitivity.study import check_method, places, read_cells
from supportnet.experiments.runs.manifest import study_kept
from supportnet.experiments.runs.plan import SweepPlan, plan_of
from supportnet.sim.outcomes import OUTCOMES
from tools.screening_page import CELLS, EFFECT, SCENARIOS, SHOWN, page
from tools.screening_picture import save_picture

Doubles = NDArray[np.float64]
ROOT = Path(__file__).parent.parent
TABLES, DOCS = ROOT / "results" / "screening", ROOT / "docs"
RESAMPLES, SEED = 1000, 1
FOOT = "python -m tools.screening. The model before its numbers were reduced. Simulated; not for decisions on people."


def main(
    folder: Annotated[Path | None, typer.Argument(help="Results of the sweep; none: the page from the tables.")] = None,
) -> None:
    """Write the tables of a screening, its page and its figure."""
    if folder:
        plan = plan_of(study_kept(folder))
        check_method(plan, "morris")
        keep_tables(plan, folder, TABLES)
    mu_star, noise = read_tables(TABLES)
    (DOCS / "screening.md").write_text(page(mu_star, noise), encoding="utf-8")
    save_picture(mu_star, noise, DOCS / "images", FOOT)


def keep_tables(plan: SweepPlan, folder: Path, goal: Path) -> None:
    """The tables of a sweep, in the repository, instead of what was there."""
    shutil.rmtree(goal, ignore_errors=True)
    goal.mkdir(parents=True)
    mu_star, noise = screening_tables(plan, read_outcomes(plan, folder))
    write_csv(mu_star, goal / "mu_star.csv")
    write_csv(noise, goal / "noise.csv")


def read_tables(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tables in the repository: μ*, noise."""
    return read_csv(folder / "mu_star.csv"), read_csv(folder / "noise.csv")


def read_outcomes(plan: SweepPlan, folder: Path) -> dict[tuple[str, str], Doubles]:
    """Outcomes in the last week, (points, replicates), by scenario and outcome."""
    cells = read_cells(plan, folder, list(SHOWN), plan.study.weeks[-1:])
    return {(cell.scenario, cell.outcome): cell.values for cell in cells}


def screening_tables(
    plan: SweepPlan, outcomes: Mapping[tuple[str, str], Doubles]
) -> tuple[pd.DataFrame, pd.DataFrame]:  # fmt: skip
    """μ* with its interval, one row a number, and `noise_row` for each cell and outcome."""
    baseline, other = SCENARIOS
    asked = AnalysisInput(plan.study, places(plan), RESAMPLES, SEED)
    ends = pd.DataFrame(plan.values).agg(["min", "max"]).T
    columns, noise = {"number": ends.index, "low": ends["min"].to_numpy(), "high": ends["max"].to_numpy()}, []
    for cell, outcome in product(CELLS, SHOWN):
        effect = outcomes[other, outcome] - outcomes[baseline, outcome]  # point by point, with common random numbers
        values = effect if cell == EFFECT else outcomes[cell, outcome]
        table, name = mu_star_table(asked, values), f"{cell}.{outcome}"
        columns |= {name: table["value"], f"{name}.lower": table["lower"], f"{name}.upper": table["upper"]}
        noise.append({"cell": cell, "outcome": outcome, "unit": OUTCOMES[outcome].unit, **noise_row(asked, values)})
    return pd.DataFrame(columns), pd.DataFrame(noise)


def mu_star_table(asked: AnalysisInput, values: Doubles) -> pd.DataFrame:
    """μ* of each number with its 95 % interval: value, lower, upper."""
    table = indices(METHODS["morris"], asked, values)
    return table[table["index"] == "mu_star"].reset_index(drop=True)


def noise_row(asked: AnalysisInput, values: Doubles) -> dict[str, float]:
    """Size of the sample, mean of the outcome, noise in it, and Spearman's correlation of μ* between its halves."""
    size = block(asked.study)
    middle = len(values) // size // 2 * size
    first = mu_star_table(asked._replace(places=asked.places[:middle]), values[:middle])["value"]
    second = mu_star_table(asked._replace(places=asked.places[middle:]), values[middle:])["value"]
    return {
        "points": values.shape[0],
        "replicates": values.shape[1],
        "mean": float(values.mean()),
        "noise_mu_star": morris_noise(asked, values),
        "noise_share": noise_share(values),
        "rank_correlation_of_halves": float(first.corr(second, method="spearman")),
    }


if __name__ == "__main__":
    typer.run(main)
