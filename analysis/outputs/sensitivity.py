"""The files of a sensitivity analysis: tables, and a figure for each thing that it shows."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from supportnet.analysis.files.result_folder import PROVENANCE
from supportnet.analysis.files.writing import write_csv, write_json
from supportnet.analysis.sensitivity.response_curves import curves, ends, has_response, surfaces
from supportnet.analysis.sensitivity.study import KEYS, Cell, Sensitivity, with_cell_columns
from supportnet.analysis.wording.formatting import counted, in_a_foot
from supportnet.experiments.execution.checked_files import read_json
from supportnet.experiments.runs.plan import identity_of_plan
from supportnet.sim.provenance import versions

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from supportnet.analysis.figures.rows import Page


def write_sensitivity(found: Sensitivity, folder: Path) -> list[str]:
    """Writes everything about an analysis; the names of the files."""
    write_csv(found.indices, folder / "indices.csv")
    write_csv(found.noise, folder / "noise.csv")
    write_csv(found.convergence, folder / "convergence.csv")
    response: dict[str, list[pd.DataFrame]] = {}
    for cell in found.last:
        tables = response_tables(found, cell) if has_response(found.plan.study) else {}
        for name, table in tables.items():
            response.setdefault(name, []).append(with_cell_columns(table, cell))
        write_figures(found, cell, tables, folder, "" if len(found.last) == 1 else f"-{plain_name(cell)}")
    for name, parts in response.items():
        write_csv(pd.concat(parts, ignore_index=True), folder / f"{name}.csv")
    write_json(analysis_provenance(found), folder / PROVENANCE)
    return sorted(path.name for path in folder.iterdir())


def earlier_files(folder: Path) -> set[str]:
    """The tables and figures that an earlier analysis has left in this folder; its list may name files elsewhere."""
    try:
        recorded = set(read_json(folder / PROVENANCE)["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    return {path.name for path in folder.iterdir() if path.name in recorded and path.suffix in (".csv", ".png", ".svg")}


def response_tables(found: Sensitivity, cell: Cell) -> dict[str, pd.DataFrame]:
    """How the outcome goes with one factor and with two."""
    outcome, possible = cell.values.mean(axis=1), found.plan.study.limits[cell.outcome]
    main = of_cell(found.indices, cell)
    order = main[main["index"] == found.method.main].sort_values("value", ascending=False)["factor"]
    return {
        "curves": curves(found.plan, outcome, possible),
        "tornado": ends(found.plan, outcome, possible),
        "surfaces": surfaces(found.plan, outcome, list(order)),
    }


def write_figures(found: Sensitivity, cell: Cell, tables: dict[str, pd.DataFrame], folder: Path, ending: str) -> None:
    """All figures of one scenario and outcome."""
    from supportnet.analysis.figures.convergence import convergence_figure  # slow to load
    from supportnet.analysis.figures.over_time import over_time_figure
    from supportnet.analysis.figures.pairs import pairs_figure
    from supportnet.analysis.figures.response import response_figure
    from supportnet.analysis.figures.style import save_figure
    from supportnet.analysis.figures.surface import surface_figure
    from supportnet.analysis.figures.tornado import tornado_figure

    def page(about: str) -> "Page":
        return page_about(found, cell, about)

    def save(figure: "Figure", name: str) -> None:
        save_figure(figure, folder, f"{name}{ending}")

    indices, unit = of_cell(found.indices, cell), f"{cell.outcome}, {found.plan.study.columns[cell.outcome]}"
    pairs = indices[indices["other"] != ""]
    save(main_figure(found, cell), "morris" if found.method_name == "morris" else "indices")
    if len(pairs):
        save(pairs_figure(pairs, page("Share of variance that two factors have only together (S2)")), "pairs")
    path = of_cell(found.convergence, cell)
    if path["n"].nunique() > 1:
        save(convergence_figure(path, page(f"{found.method.main} as the sample grows")), "convergence")
    over_time = found.indices[(found.indices["index"] == found.method.main) & (found.indices["other"] == "")]
    over_time = over_time[(over_time["scenario"] == cell.scenario) & (over_time["outcome"] == cell.outcome)]
    if over_time["week"].nunique() > 1:
        save(over_time_figure(over_time, page(f"{found.method.main} by week")), "over-time")
    if not tables:
        return
    mean = float(of_cell(found.noise, cell)["mean"].iloc[0])
    if tables["tornado"][["low", "high"]].notna().any(axis=None):
        about = "Mean over the lowest and highest tenth of a factor"
        save(tornado_figure(tables["tornado"], mean, unit, page(about)), "tornado")
    if tables["curves"]["value"].notna().any():
        save(
            response_figure(tables["curves"], unit, page("Mean by value of a factor, averaged over the others")),
            "response",
        )
    if tables["surfaces"]["value"].notna().any():
        save(
            surface_figure(tables["surfaces"], unit, page("Mean by values of two factors, averaged over the others")),
            "surface",
        )


def main_figure(found: Sensitivity, cell: Cell, ax: "Axes | None" = None) -> "Figure":
    """The indices of one scenario and outcome, on a page or on given axes."""
    from supportnet.analysis.figures.indices import indices_figure  # slow to load
    from supportnet.analysis.figures.morris import morris_figure

    indices, page = of_cell(found.indices, cell), page_about(found, cell, found.method.says)
    single = indices[indices["other"] == ""]
    if found.method_name != "morris":
        return indices_figure(single, unit_of(found), page, ax)
    noise = float(of_cell(found.noise, cell)["noise_mu_star"].iloc[0])
    whole = f"{found.plan.study.columns[cell.outcome]}, over the whole range of a factor"
    return morris_figure(single, noise, whole, page, ax)


def page_about(found: Sensitivity, cell: Cell, about: str) -> "Page":
    """Title, description and foot of a figure."""
    from supportnet.analysis.figures.rows import Page

    return Page(
        f"{found.plan.study.title} – {cell.outcome}", analysis_caption(found, cell, about), analysis_foot(found, cell)
    )


def unit_of(found: Sensitivity) -> str:
    """What an axis of indices is in."""
    return {
        "delta": "δ, 0–1",
        "pawn": "Kolmogorov–Smirnov distance, 0–1",
        "dgsm": "bound on the share of variance",
    }.get(found.method_name, "share of variance")


def analysis_caption(found: Sensitivity, cell: Cell, about: str) -> str:
    """What a figure shows, in words."""
    plan, points = found.plan, int(of_cell(found.noise, cell)["points"].iloc[0])
    replicates = counted(plan.replicates, "replicate")
    scenario = next(one for one in plan.study.scenarios if one.name == cell.scenario)
    where = f"{scenario.title}, week {cell.week}: {points:,} design points × {replicates}"
    return f"{about[0].upper()}{about[1:]}. {where}."


def analysis_foot(found: Sensitivity, cell: Cell) -> str:
    """Where a figure comes from."""
    run = f"supportnet sensitivity, {found.method_name}, {identity_of_plan(found.plan.study)[:8]}"
    caution = in_a_foot(found.cautions[cell.key])
    return f"{run}. Intervals: 95 %. Simulated; not for decisions about a single person.{caution}"


def of_cell(table: pd.DataFrame, cell: Cell) -> pd.DataFrame:
    """The rows of one scenario, outcome and week."""
    here = (table[KEYS] == [cell.scenario, cell.outcome, cell.week]).all(axis=1)
    return table[here].reset_index(drop=True)


def plain_name(cell: Cell) -> str:
    return re.sub(r"[^\w.-]+", "-", f"{cell.scenario}-{cell.outcome}")


def analysis_provenance(found: Sensitivity) -> dict[str, Any]:
    """What the analysis was made from."""
    return {
        "command": "sensitivity",
        "method": found.method_name,
        "outcomes": list(found.asked),
        "study": found.plan.study.name,
        "plan": identity_of_plan(found.plan.study),
        "resamples": found.resamples,
        "seed": found.seed,
        "remarks": found.remarks,
        "cautions": found.every_caution,
        "versions": versions(),
    }
