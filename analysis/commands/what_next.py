"""`supportnet validate --what-next`: which studies would narrow policy answers most."""

from pathlib import Path
from typing import TYPE_CHECKING

from supportnet.analysis.wording.formatting import number

if TYPE_CHECKING:
    from rich.table import Table

    from supportnet.analysis.commands.output import Output
    from supportnet.analysis.results.what_next import ResearchPriorities
    from supportnet.experiments.economics.priorities_plan import PrioritiesPlan

COUNTS = ("", "One study", "Two studies", "Three studies")


def show_what_next(plan: "PrioritiesPlan", workers: int, out: Path | None, output: "Output") -> None:
    """Simulates what is not stored yet, writes the files, and shows the ten first parameters and three studies."""
    from supportnet.analysis.commands.options import afford
    from supportnet.analysis.files.result_folder import default_folder, unfinished_store, written_together
    from supportnet.analysis.results.what_next import ResearchPriorities
    from supportnet.experiments.comparison.compare import compare_ensembles
    from supportnet.experiments.resource_needs import of_compare

    afford(of_compare(plan.comparison, workers, follow=False), "--replicates", output)
    folder = out or default_folder([plan.comparison.scenarios[0].name], plan.request)
    store = unfinished_store(folder, ResearchPriorities.command)
    with written_together(folder, ResearchPriorities.command, store) as hidden:
        with output.progress(f"Simulating {len(plan.comparison.scenarios)} scenarios") as progress:
            comparison = compare_ensembles(plan.comparison, workers, progress, store, follow=False)
        found = ResearchPriorities(plan, comparison)
        names = found.write(hidden)
    show_priorities(found, output)
    output.note(f"\nTable and figure: {folder}")
    output.answer({**found.to_dict(), "files": {name: str(folder / name) for name in names}})
    failed = [(world.scenario.name, one) for world in comparison.worlds for one in world.failed]
    output.conclude([(f"{name}, replicate {one.replicate}", one.error) for name, one in failed])


def show_priorities(found: "ResearchPriorities", output: "Output") -> None:
    """A table of the parameters that come first, and the studies in words."""
    output.show(priorities_table(found))
    if studies := found.studies:
        output.note(f"\n{COUNTS[len(studies)]} that somebody should do:")
        for place, study in enumerate(studies, start=1):
            output.note(f"{place}. {study}.")
    output.note(f"\n{found.size}. {found.interval[0].upper()}{found.interval[1:]}.")
    for caution in found.cautions:
        output.note(f"Caution: {caution}.")


def priorities_table(found: "ResearchPriorities") -> "Table":
    """One row a parameter, the first ten."""
    from supportnet.analysis.commands.table_layout import empty_table
    from supportnet.analysis.results.what_next import SHOWN, parameter_names

    columns = ("variance removed, %", "SE", "if known exactly, %", "stands out")
    table = empty_table(f"\n{found.title}", "parameter", columns, "most off")
    for row in found.parameters.head(SHOWN).to_dict("records"):
        reduction, se, exact = (100.0 * row[name] for name in ("reduction", "se", "exact"))
        cells = number(reduction, se), number(se, se), number(exact, se), "yes" if row["stands_out"] else "no"
        table.add_row(parameter_names(row), *cells, f"{row['most_scenario']}, {row['most_outcome']}")
    return table
