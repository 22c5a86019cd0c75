"""`make results`: the headline study, from nothing to the tables and figures under results/headline/.

Some two hours on two cores (docs/headline.md); runs and explanations that are there already are not made again.
"""

import json
import shutil
from pathlib import Path

import pandas as pd

from supportnet.analysis.commands.sweep import folder_of
from supportnet.analysis.figures.mechanisms_off import mechanisms_off_figure
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
SEED, REPLICATES, OUTCOME = 1, 20, "qpr"  # of `explain`
FOOT = "Simulated; not for decisions about a single person."
MATTER, BASE = "10", "128"  # factors that Sobol' indices are worked out for; base sample
KEPT = f"{ties_study.RECIPROCITY},{ties_study.EXPERTISE}"
PROGRAMMES = tuple(
    name.replace("_", "-") for name in Scenario.load("today").every_programme
)  # each has a scenario of its name
SMALL = ("indices.csv", "noise.csv", "tornado.csv", "shares.csv", "pairs.csv")
PICTURES = ("indices-", "response-", "tornado-", "figure")


def main() -> None:
    """Morris over every number, Sobol' over what matters, programmes explained, today without mechanisms, reciprocity
    and expertise."""
    OUT.mkdir(parents=True, exist_ok=True)
    call("sweep", "headline")
    morris()
    screen = ("--screen", MATTER, "--keep", KEPT, "--n", BASE)
    call("sensitivity", "headline", "--method", "sobol", "--outcome", ",".join(SHOWN), *screen)
    keep(folder_of("headline-sobol") / "sobol", "sobol")
    for over in ("mechanisms", "resources"):
        picture(pd.concat([explained(name, over) for name in PROGRAMMES], ignore_index=True), over)
    mechanisms_off()
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
    out = made(f"explain-{programme}-{over}", programme, over)
    keep(out, f"explain/{over}/{programme}")
    shares = read_csv(out / "shares.csv").query("outcome == @OUTCOME").drop(columns="outcome")
    write_csv(shares, OUT / "explain" / over / programme / "shares.csv")
    return shares.assign(programme=programme)


def mechanisms_off() -> None:
    """Each mechanism switched off in today's world, alone and in all coalitions, for every outcome."""
    out = made("explain-today-off")
    shares, interval = read_csv(out / "shares.csv"), metadata_of(out)["interval"]
    write_csv(shares, OUT / "mechanisms_off.csv")
    says = (
        "Difference between today's services and the same with mechanisms switched off: what each of the seven adds "
        "(Shapley shares), and what is lost without it alone. After two years."
    )
    foot = f"supportnet explain today, {REPLICATES} replicates. Lines: {interval}. {FOOT}"
    page = Page("What each mechanism of helping contributes today", says, foot)
    save_figure(mechanisms_off_figure(shares, page), OUT, "mechanisms_off")
    (OUT / "mechanisms_off.svg").unlink()


def made(name: str, other: str | None = None, over: str = "mechanisms") -> Path:
    """The folder of what `explain` makes of today, or of another scenario against it; it is not made again."""
    out, plan = Path("results") / name, AttributionPlan.of("today", other, REPLICATES, SEED, over=over)
    if not is_there(out, plan):
        ways = ("--over", over, "--interactions", "--seed", str(SEED), "--replicates", str(REPLICATES))
        call("explain", "today", *filter(None, [other]), "--outcome", OUTCOME, *ways, "--out", str(out))
    return out


def is_there(folder: Path, plan: AttributionPlan) -> bool:
    """Whether a folder holds what `explain` would write there."""
    return (folder / PROVENANCE).is_file() and metadata_of(folder)["run_identity"] == plan.identity


def metadata_of(folder: Path) -> dict[str, str]:
    """The provenance of an explanation."""
    metadata: dict[str, str] = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
    return metadata


def picture(shares: pd.DataFrame, over: str) -> None:
    """Shares of all programmes, as a table and a figure."""
    goal = OUT / "explain" / over
    write_csv(shares, goal / "programmes.csv")
    says = f"Shapley shares of {over} in the effect of each programme on recovery, two years, against today."
    foot = f"supportnet explain. Bold: the 95 % interval excludes 0. {FOOT}"
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
    foot = f"supportnet sweep ties. {FOOT}"
    save_figure(ties_figure(found, numbers, "QPR points", Page(study.title, says, foot)), goal, "differences")
    (goal / "differences.svg").unlink()
    call("sweep", "ways")
    write_csv(ways_study.shares(plan_of(StudyDefinition.load("ways")), folder_of("ways")), goal / "ways.csv")


if __name__ == "__main__":
    main()
