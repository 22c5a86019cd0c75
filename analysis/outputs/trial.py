"""The files of simulated trials."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from supportnet.analysis.files.result_folder import PROVENANCE
from supportnet.analysis.files.writing import write_csv, write_json
from supportnet.analysis.wording.caveats import few_replicates, not_fitted
from supportnet.analysis.wording.formatting import counted, in_a_foot, some_of
from supportnet.experiments.ensemble.sampling import Sampling
from supportnet.experiments.patterns.measurement import FEWEST
from supportnet.experiments.randomised.design import Design, departures, frozen
from supportnet.sim.provenance import commit, machine, versions

FROZEN = "Designs as they were frozen ({})."
ALLIANCE = (
    "Alliance is the mean over all professionals of a person: a new therapist, not yet trusted, lowers it at first"
)


def with_hash(rows: pd.DataFrame, designs: Sequence[Design]) -> pd.DataFrame:
    """The same rows with the hash of designs and doses as they were written down (frozen), and what of a trial is not
    so (changed; nothing where all is)."""
    if rows.empty:
        return rows
    changed = {one.programme: "; ".join(departures(one)) for one in designs}
    return rows.assign(frozen=frozen(), changed=rows["programme"].map(changed))


def as_frozen(designs: Sequence[Design]) -> str:
    """That trials are as they were written down, where all are."""
    return "" if any(map(departures, designs)) else f" {FROZEN.format(frozen())}"


def trial_cautions(rows: pd.DataFrame, designs: Sequence[Design], sampling: Sampling) -> list[str]:
    """All that has to be said beside trials."""
    n = len(sampling.replicates)
    lines = not_fitted(sampling.posterior)
    lines += [
        f"{one.programme} deviates from the design written down: {'; '.join(changed)}"
        for one in designs
        if (changed := departures(one))
    ]
    entered = rows.groupby("programme")["entered"].first()
    lines += [
        f"{one.programme}: {entered[one.programme]:.1f} people entered on average, of {one.places} places, as no more "
        f"met the criterion within half a year"
        for one in designs
        if entered[one.programme] < one.places
    ]
    return [*lines, *few_replicates(n, sampling.draws), *lacking_trials(rows, n)]


def lacking_trials(rows: pd.DataFrame, n: int) -> Iterator[str]:
    """Of which outcomes not every trial has an effect, and whether there are enough for an interval."""
    for count in sorted(set(rows["n"][rows["n"] < n].tolist())):
        few = rows[rows["n"] == count]
        names = some_of(list(few["outcome"].unique()))
        interval = ", and no interval where that is too few" * bool(few["lower"].isna().any())
        yield (
            f"only {counted(count, 'trial')} of {n} could tell the effect on {names}: {FEWEST} people must be "
            f"measured in each arm, or an event happen in both{interval}"
        )


def trial_foot(rows: pd.DataFrame, about: Mapping[str, Any]) -> str:
    """The caption of a figure of trials."""
    kept = "" if rows["changed"].any() else f" {FROZEN.format(frozen())}"
    return f"Lines: {about['interval']}.{kept}{in_a_foot(about['cautions'])}"


def write_trials(rows: pd.DataFrame, beside: pd.DataFrame, metadata: dict[str, Any], folder: Path) -> list[str]:
    """Writes effects.csv, published.csv, the figure and where they come from; the names of the files."""
    from supportnet.analysis.figures.forest import forest_figure  # slow to load
    from supportnet.analysis.figures.style import save_figure

    write_csv(rows, folder / "effects.csv")
    write_csv(beside, folder / "published.csv")
    save_figure(forest_figure(rows, beside, trial_foot(rows, metadata)), folder)
    changed = {str(name): one for name, one in rows.groupby("programme")["changed"].first().items() if one}
    made = {"frozen": frozen(), "as_frozen": not changed, "changed": changed}
    origin = {"versions": versions(), "commit": commit(), "machine": machine()}
    write_json({**metadata, **made, **origin}, folder / PROVENANCE)
    return sorted(path.name for path in folder.iterdir())
