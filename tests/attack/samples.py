"""One small whole input of every kind that the project reads, each in the shape in which a user has it."""

import pkgutil
import shutil
import sys
import zipfile
from importlib import import_module
from pathlib import Path

from tests.attack.processes import ROOT, forked, supportnet

POOL = 200  # people, instead of thousands: pools are made within moments
MAKES_POOLS_SMALL = f"from supportnet.sim import parameters\nparameters.POOL_SIZE = {POOL}"
PASSED_OVER = ("on_dask", "mesa", "demo", "headline")  # modules that load what starts threads, or not ours to attack

SIZE = ("--patients", "20", "--weeks", "4", "--workers", "1", "--uncertainty", "none")
FILES = {
    "scenario.toml": """
based_on = "today"
title = "Smaller caseloads, later befriending"
assumes = "Posts can be filled."
weeks = 8
[population]
patients = 20
[services]
caseload = 15
[programmes.befriending]
coverage = 0.2
[parameters]
"bond.trust_gain" = 0.05
[mechanisms]
presence = false
[[calendar]]
week = 3
set = { "services.caseload" = 12 }
""",
    "interviewed.toml": """
based_on = "today"
title = "Interviewed"
assumes = "The people of the example stand for an area."
weeks = 4
[population]
patients = 12
networks = "networks.parquet"
""",
    "question.toml": """
title = "Befriending, or smaller caseloads?"
people = 100
budget_total = 100_000
options = ["befriending", "smaller-caseloads"]
not_worse = ["relapses"]
smallest_difference = { qpr = 1.0 }
cashable = ["post"]
[report]
funding = "none"
""",
    "mine.toml": """
title = "Caseload and openness"
replicates = 2
set = { "population.patients" = 12, weeks = 8 }
constraints = ["services.caseload * services.boundary_openness < 39"]
[design]
kind = "latin"
n = 64
[factors."services.caseload"]
low = 10
high = 40
[factors."services.boundary_openness"]
""",
    "list.toml": """
title = "From a list"
replicates = 2
set = { "population.patients" = 12, weeks = 8 }
[design]
kind = "list"
file = "points.csv"
""",
    "points.csv": "services.caseload,programmes.befriending.target\n10,all\n20,few_ties\n30,all\n",
    "long.toml": """
title = "Long enough to be stopped"
replicates = 20
set = { "population.patients" = 100, weeks = 52 }
[design]
kind = "sobol"
n = 8
[factors."services.caseload"]
low = 10
high = 40
[factors."services.boundary_openness"]
""",
    "patterns.toml": """
title = "A tiny calibration"
scenarios = ["today"]
replicates = 1
measure = "patterns"
pool = 100
people = 100
[design]
kind = "sobol_sequence"
n = 16
[factors."bond.pull"]
[factors."help.well_base"]
""",
}
MADE = (  # in this order, for some read others
    ("import", "interviews", "--out", "imported"),
    ("run", "scenario.toml", *SIZE, "--replicates", "2", "--out", "run"),
    ("run", "today", "--patients", "20", "--weeks", "4", "--workers", "1", "--replicates", "4", "--posterior",
     "posterior.parquet", "--out", "drawn"),
    ("run", "interviewed.toml", "--workers", "1", "--uncertainty", "none", "--replicates", "2", "--out", "interviewed"),
    ("compare", "today", "scenario.toml", *SIZE, "--replicates", "4", "--out", "all/compare"),
    ("economics", "all/compare", "--out", "all/economics"),
    ("explain", "today", "open-dialogue", *SIZE, "--replicates", "2", "--out", "all/explain"),
    ("trial", "befriending", "--patients", "60", "--places", "20", "--replicates", "2", "--workers", "1",
     "--uncertainty", "none", "--out", "all/trial"),
    ("optimise", "--budget", "150", *SIZE, "--candidates", "4", "--generations", "1", "--search-replicates", "2",
     "--replicates", "4", "--levers", "befriending,services.caseload", "--out", "all/optimise"),
    ("sweep", "mine.toml", "--workers", "1", "--out", "swept"),
    ("sweep", "list.toml", "--workers", "1", "--out", "listed"),
    ("sensitivity", "swept", "--method", "pawn", "--resamples", "20", "--workers", "1"),
)  # fmt: skip


def load_everything() -> None:
    """Loads the project into this process with small pools, so that forks of it need not."""
    exec(MAKES_POOLS_SMALL, {})
    if "supportnet.sim.area.pool" in sys.modules and sys.modules["supportnet.sim.area.pool"].POOL_SIZE != POOL:
        raise RuntimeError("the size of pools must be set before they are loaded")
    for package in ("sim", "experiments", "analysis"):
        for module in pkgutil.walk_packages([str(ROOT / package)], f"{package}."):
            if not any(word in module.name for word in PASSED_OVER):
                import_module(module.name)
    import_module("supportnet.experiments.posterior.propagation").POOL = POOL  # type: ignore[attr-defined]
    import_module("matplotlib.backends.backend_agg")
    import_module("matplotlib.backends.backend_svg")
    _load_kernels()


def _load_kernels() -> None:
    """Loads compiled code by living a week; the pool is forgotten, so that forks read it from the disk."""
    from supportnet.sim.area import pool_store
    from supportnet.sim.area.simulation import Simulation
    from supportnet.sim.scenario.scenario import Scenario

    Simulation(Scenario.load("today", {"population.patients": 20})).advance(1)
    pool_store._known.clear()


def make_samples(folder: Path) -> None:
    """Writes every sample into a folder. Raises RuntimeError where a command fails on a sound input."""
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    shutil.copytree(ROOT / "sim" / "examples" / "network-canvas", folder / "interviews")
    _write_studies(folder)
    made(folder, _write_posterior)
    for words in MADE:
        made(folder, supportnet(*words))
        if words[0] == "import":
            shutil.copyfile(folder / "imported" / "networks.parquet", folder / "networks.parquet")
    shutil.copyfile(ROOT / "experiments" / "evidence" / "costs.toml", folder / "prices.toml")


def made(folder: Path, call: object) -> None:
    end = forked(call, folder, seconds=300)  # type: ignore[arg-type]
    if end.code != 0:
        raise RuntimeError(f"a sample can't be made: {end.err or end.out}")


def _write_studies(folder: Path) -> None:
    """The same small study as two CSV files, in an archive and as Stata files, and one whose people are its rows."""
    import io

    import pandas as pd

    from tests.test_import import PAIR, study
    from tests.test_import_layouts import WIDE, WIDE_MAPPING

    study(folder / "pair", PAIR)
    study(folder / "wide", {"interviews.csv": WIDE, "mapping.toml": WIDE_MAPPING})
    study(folder / "stata", {"mapping.toml": PAIR["mapping.toml"].replace(".csv", ".dta")})
    with zipfile.ZipFile(folder / "pair.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in PAIR.items():
            archive.writestr(name, text)
            if name.endswith(".csv"):
                table = pd.read_csv(io.StringIO(text)).drop(columns="note")
                table.to_stata(folder / "stata" / name.replace(".csv", ".dta"), write_index=False)


def _write_posterior() -> None:
    import numpy as np
    import pandas as pd

    from supportnet.experiments.posterior.posterior import write_draws

    values = np.random.default_rng(1).uniform(0.04, 0.06, (4, 2))
    table = pd.DataFrame(values, columns=["bond.trust_gain", "bond.strength_gain"])
    write_draws(Path("posterior.parquet"), table, {"presets": ["psychosis"]})


def copied(samples: Path, names: tuple[str, ...], folder: Path) -> Path:
    """A folder with copies of some samples."""
    folder.mkdir(parents=True)
    for name in names:
        goal = folder / name
        goal.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (samples / name).is_dir() else shutil.copyfile)(samples / name, goal)
    return folder


def cleared(folder: Path) -> None:
    """Takes a case's folder and what lies beside it away, whatever permissions it was left with."""
    for place in [folder, *folder.parent.glob(f"{folder.name}.*")]:
        if place.is_dir():
            shutil.rmtree(place, ignore_errors=True)
        else:
            place.unlink(missing_ok=True)
