"""The files of an explained difference, or level."""

from pathlib import Path

import numpy as np
import pandas as pd

from supportnet.analysis.files.result_folder import PROVENANCE
from supportnet.analysis.files.writing import write_csv, write_json, write_parquet
from supportnet.analysis.wording.attribution import attribution_sentence
from supportnet.analysis.wording.caveats import explain_cautions
from supportnet.experiments.comparison.attribution import Attribution
from supportnet.experiments.ensemble.ensemble import NAMES
from supportnet.experiments.ensemble.estimates import contains
from supportnet.sim.provenance import provenance


def write_explained(found: Attribution, outcome: str, pairs: bool, folder: Path) -> list[str]:
    """Write everything about the attribution of a difference; the names of the files."""
    from supportnet.analysis.figures.explain import explain_figure  # slow to load
    from supportnet.analysis.figures.style import save_figure

    write_csv(shares_of_outcomes(found), folder / "shares.csv")
    if pairs:
        write_csv(found.pairs(outcome), folder / "pairs.csv")
    write_parquet(coalitions(found), folder / "coalitions.parquet")
    save_figure(explain_figure(found, outcome), folder)
    labels = {
        "names": [world.name for world in found.worlds], "titles": [world.title for world in found.worlds],
        "outcome": outcome, "sentence": attribution_sentence(found, outcome), "interval": contains(found.posterior),
        "cautions": explain_cautions(found, outcome),
    }  # fmt: skip
    write_json(provenance(found.plan.request, labels), folder / PROVENANCE)
    return sorted(path.name for path in folder.iterdir())


def shares_of_outcomes(found: Attribution) -> pd.DataFrame:
    """Shares of every outcome, as `Attribution.shares`: outcome, then the name of the player."""
    shares = {outcome: found.shares(outcome) for outcome in NAMES}
    return pd.concat(shares, names=["outcome", found.over]).reset_index()


def coalitions(found: Attribution) -> pd.DataFrame:
    """One row per coalition, scenario and replicate: which players are free, scenario, replicate, every outcome."""
    n_coalitions, n_worlds, n_replicates, _ = found.values.shape
    number = np.arange(n_coalitions).repeat(n_worlds * n_replicates)
    names = np.array([world.name for world in found.worlds], object)
    table = {player: (number >> i & 1).astype(bool) for i, player in enumerate(found.players)}
    table |= {"scenario": np.tile(names.repeat(n_replicates), n_coalitions)}
    table |= {"replicate": np.tile(np.array(found.replicates), n_coalitions * n_worlds)}
    values = pd.DataFrame(found.values.reshape(-1, len(NAMES)), columns=pd.Index(NAMES))
    return pd.concat([pd.DataFrame(table), values], axis=1)
