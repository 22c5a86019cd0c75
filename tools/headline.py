"""`make results`: the headline study, from nothing to the tables and figures under results/headline/.

Some two hours on two cores (docs/headline.md); runs and explanations that are there already are not made again.
"""

import json
import shutil
from pathlib import Path

import pandas as pd

from supportnet.analysis.commands.sweep import folder_of
from supportnet.analysis.figures.rows import Page
from supportnet.analysis.figures.shares import shares_figure
from supportnet.analysis.figures.style import save_figure
from supportnet.analysis.figures.ties import ties_figure
from supportnet.analysis.files.result_folder import PROVENANCE
from supportnet.analysis.files.writing import read_csv, write_csv
from supportnet.experiments.comparison.attribution import AttributionPlan
from supportnet.experiments.runs.plan import plan_of
from supportnet.experiments.study.study import StudyDefinition
from supportnet.sim.scenario.scenario import Scenario
from tools import ties_study, ways_study
from tools.demo import call, say
from tools.screening import keep_tables, read_tables
from tools.screening_page import SHOWN
from tools.screening_picture import save_picture

OUT = Path("results") / "headline"
MADE = "make results. Simulated; not for decisions about people."
SEED, REPLICATES = 1, 20  # of `explain`
MATTER, BASE = "10", "128"  # factors that Sobol' indices are worked out for; base sample
KEPT = f"{ties_study.RECIPROCITY},{ties_study.EXPERTISE}"
PROGRAMMES = tuple(
    name.replace("_", "-") for name in Scenario.load("today").every_programme
)  # each has a scenario of its name
SMALL = ("indices.csv", "noise.csv", "tornado.csv", "shares.csv", "pairs.csv")
PICTURES = ("indices-", "response-", "tornado-", "figure")


def main() -> None:
    """Morris over every number, Sobol' over what matters, programmes explained, reciprocity and expertise."""
    OUT.mkdir(parents=True, exist_ok=True)
    call("sweep", "headline")
    morris()
    screen = ("--screen", MATTER, "--keep", KEPT, "--n", BASE)
    call("sensitivity", "headline", "--method", "sobol", "--outcome", ",".join(SHOWN), *screen)
    keep(folder_of("headline-sobol") / "sobol", "sobol")
    for over in ("mechanisms", "resources"):
        picture(pd.concat([explained(name, over) for name in PROGRAMMES], ignore_index=True), over)
    ties()
    say(f"Look into {OUT}")


def morris() -> None:
    """What every number moves, in people and in the effect of programmes."""
    plan, goal = plan_of(StudyDefinition.load("headline")), OUT / "morris"
    keep_tables(plan, folder_of("headline"), goal)
    save_picture(*read_tables(goal), goal, MADE)


def keep(folder: Path, name: str) -> None:
    """Small tables and pictures of an analysis, to be kept in the repository."""
    goal = OUT / name
    shutil.rmtree(goal, ignore_errors=True)
    goal.mkdir(parents=True)
    for path in sorted(folder.iterdir()):
        if path.name in SMALL or (path.suffix == ".png" and path.name.startswith(PICTURES)):
            shutil.copyfile(path, goal / path.name)


def explained(programme: str, over: str) -> pd.DataFrame:
    """Attribution of the effect of a programme on recovery, against today, to mechanisms or resources."""
    out = Path("results") / f"explain-{programme}-{over}"
    if not is_there(out, programme, over):
        ways = ("--over", over, "--interactions", "--seed", str(SEED), "--replicates", str(REPLICATES))
        call("explain", "today", programme, "--outcome", "qpr", *ways, "--out", str(out))
    keep(out, f"explain/{over}/{programme}")
    return read_csv(out / "shares.csv").assign(programme=programme)


def is_there(folder: Path, programme: str, over: str) -> bool:
    """Whether a folder holds what `explain` would write there."""
    plan = AttributionPlan.of("today", programme, REPLICATES, SEED, over=over, uncertainty="none")
    try:
        return bool(json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))["run_identity"] == plan.identity)
    except FileNotFoundError:
        return False


def picture(shares: pd.DataFrame, over: str) -> None:
    """Shares of all programmes, as a table and a figure."""
    goal = OUT / "explain" / over
    write_csv(shares, goal / "programmes.csv")
    says = f"Shapley shares of {over} in the effect of each programme on recovery, two years, against today."
    foot = "supportnet explain. Bold: the 95 % interval excludes 0. Simulated; not for decisions about a single person."
    page = Page(f"Which {over} explain the effects of programmes", says, foot)
    save_figure(shares_figure(shares, "QPR points", page), goal, "programmes")
    (goal / "programmes.svg").unlink()


def ties() -> None:
    """Reciprocity and expertise across what is assumed about them."""
    call("sweep", "ties")
    study, folder, goal = StudyDefinition.load("ties"), folder_of("ties"), OUT / "ties"
    goal.mkdir(parents=True, exist_ok=True)
    plan = plan_of(study)
    write_csv(found := ties_study.table(plan, folder), goal / "differences.csv")
    write_csv(numbers := ties_study.hangs_on(plan, folder), goal / "hangs_on.csv")
    says = "Effects of changes in reciprocity or expertise on recovery, and the assumptions they depend on most."
    foot = "supportnet sweep ties. Simulated; not for decisions about a single person."
    save_figure(ties_figure(found, numbers, "QPR points", Page(study.title, says, foot)), goal, "differences")
    (goal / "differences.svg").unlink()
    call("sweep", "ways")
    write_csv(ways_study.shares(plan_of(StudyDefinition.load("ways")), folder_of("ways")), goal / "ways.csv")


if __name__ == "__main__":
    main()
