"""The files of a search for the best use of a budget."""

import os
from importlib.metadata import version
from pathlib import Path
from typing import Any

from supportnet.analysis.files.result_folder import PROVENANCE
from supportnet.analysis.files.writing import write_csv, write_json
from supportnet.analysis.wording.portfolios import cautions_of
from supportnet.experiments.ensemble.estimates import contains
from supportnet.experiments.optimise.result import PortfolioResult
from supportnet.sim.provenance import commit, identity, machine, versions
from supportnet.sim.scenario.files import GIVEN
from supportnet.sim.scenario.layers import merged
from supportnet.sim.scenario.scenario import library
from supportnet.sim.storage.toml_files import toml_text

BEST = "best.toml"


def write_portfolios(found: PortfolioResult, asked: str, folder: Path, goal: Path) -> list[str]:
    """Writes everything about a search; the names of the files.

    asked: the scenario as the user named it. goal: where the folder will be, from which paths go.
    """
    from supportnet.analysis.figures.portfolio import portfolio_figure  # slow to load
    from supportnet.analysis.figures.style import save_figure

    write_csv(found.portfolios, folder / "portfolios.csv")
    write_csv(found.regret, folder / "simpler.csv")
    (folder / BEST).write_text(best_toml(found, asked, goal), encoding="utf-8")
    save_figure(portfolio_figure(found, identity(found.request)), folder)
    metadata = {
        "run_identity": identity(found.request),
        "name": found.today.name,
        **found.request,
        "interval": contains(found.reported.sampling.posterior),
        "cautions": cautions_of(found),
        "optimism": found.optimism.set_index("quantity").to_dict("index"),
        "versions": versions() | {"pymoo": version("pymoo")},
        "commit": commit(),
        "machine": machine(),
    }
    write_json(metadata, folder / PROVENANCE)
    return sorted(path.name for path in folder.iterdir())


def best_toml(found: PortfolioResult, asked: str, goal: Path) -> str:
    """The recommended portfolio as a scenario file, with all else that was given by hand."""
    scenario = found.today.with_values(found.settings(found.recommended))
    content: dict[str, Any] = {}
    for each in scenario.layers:
        if each.source == GIVEN:
            content = merged(content, each.content)
    row, interval = found.portfolios.iloc[0], contains(found.reported.sampling.posterior)
    labels = {
        "based_on": asked if asked in library() else path_from(goal, Path(asked)),
        "title": f"{found.today.title}, and {found.budget:g} more per person and year, allocated",
        "assumes": "The portfolio with most recovery for this budget, according to a search. What money buys follows "
        "from the model's assumptions, and prices are assumptions too. Recovery "
        f"{row['qpr_difference']:+.2f} QPR points ({row['qpr_lower']:.2f} to {row['qpr_upper']:.2f}), cost "
        f"{row['cost_difference']:+.0f} ({row['cost_lower']:.0f} to {row['cost_upper']:.0f}) against "
        f"{found.today.name}; interval: {interval}.",
    }
    return toml_text({**labels, **content, **labels})


def path_from(folder: Path, path: Path) -> str:
    """A path as a file in this folder names it."""
    try:
        return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    except ValueError:  # on another drive
        return path.resolve().as_posix()
