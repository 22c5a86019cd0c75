"""Which evidence tells the model from rival explanations: what a calibration of each found, side by side.

supportnet calibrate --rounds 2 --draws 300 --out results/rivals/model
supportnet calibrate --rounds 2 --draws 300 --rival no_social_effect --out results/rivals/no_social_effect   (and so on)
python -m supportnet.analysis.rival_evidence results/rivals                (writes tables into experiments/evidence)
"""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import typer

from supportnet.analysis.files.writing import read_csv, write_csv
from supportnet.analysis.results.rival_fits import MODEL, FittedModel, read_fits
from supportnet.experiments.calibration.acceptance import weights_by_trials
from supportnet.experiments.calibration.alternative_models import Rival, rivals
from supportnet.experiments.calibration.discrepancy import Benefits, as_benefits
from supportnet.experiments.calibration.marginal_likelihood import (
    BayesFactor,
    MarginalLikelihood,
    marginal_likelihoods,
)

NAMES = ("rivals.csv", "rival-trials.csv", "rival-benefits.csv")  # of the files of RivalTables
SAME = ["pattern", "name", "preset", "what", "unit", "accept_lower", "accept_upper"]
SEEN = {
    "posterior": "value", "posterior_lower": "lower", "posterior_upper": "upper", "in_range": "in_range",
    "posterior_in_range": "share",
}  # fmt: skip


class RivalTables(NamedTuple):
    """The model and its rivals beside natural history and trials; columns of a model begin with its name."""

    history: pd.DataFrame  # as `compare_with_rivals`
    trials: pd.DataFrame  # as `likelihoods_of`
    benefits: pd.DataFrame  # as `benefits_of`

    @classmethod
    def of(cls, fits: Mapping[str, FittedModel]) -> "RivalTables":
        """Of calibrations, by name, the model's first."""
        history = compare_with_rivals({name: fit.patterns for name, fit in fits.items()})
        return cls(history, likelihoods_of(fits), benefits_of(fits))

    @classmethod
    def read(cls, folder: Path) -> "RivalTables":
        """As `write_rivals` wrote them."""
        return cls(*(read_csv(folder / name) for name in NAMES))


def compare_with_rivals(worlds: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """One row a fitted value: pattern, name, preset, what, unit, accept_lower, accept_upper, and for each model value
    (median of runs at its draws), lower, upper (95 % of them), in_range (whether the median is), share (of runs that
    are).

    worlds: tables of patterns as `supportnet calibrate` writes them, by name.
    """
    columns = []
    for name, table in worlds.items():
        kept = table.rename(columns={"value": "name"}).set_index(SAME)[[*SEEN]]
        columns.append(kept.rename(columns=SEEN).add_prefix(f"{name}_"))
    return pd.concat(columns, axis=1).reset_index()


def likelihoods_of(fits: Mapping[str, FittedModel]) -> pd.DataFrame:
    """One row a programme, all together first: programme, and for each model log and error (of the marginal likelihood
    of trials, given natural history), effective (number of draws that carry it), draws, and whether these are
    recognised (kept for the natural history that the model shows there; otherwise too few were good enough)."""
    columns = []
    for name, fit in fits.items():
        found = pd.DataFrame.from_dict(marginal_likelihoods(fit.evidence, fit.effects), "index")
        columns.append(found.assign(draws=len(fit.effects), recognised=fit.recognised).add_prefix(f"{name}_"))
    return pd.concat(columns, axis=1).rename_axis("programme").reset_index()


def benefits_of(fits: Mapping[str, FittedModel]) -> pd.DataFrame:
    """One row a published effect, as a benefit (docs/left-out.md): programme, effect, published, error, and for each
    model benefit: the mean over its draws, weighed by all trials."""
    trials = fits[MODEL].evidence
    published = Benefits.of(trials.effects)
    shown = {
        f"{name}_benefit": weights_by_trials(trials, fit.effects) @ as_benefits(trials.effects, fit.effects)
        for name, fit in fits.items()
    }
    about = {"programme": published.programmes, "effect": published.names}
    return pd.DataFrame({**about, "published": published.estimate, "error": published.error, **shown})


def telling(table: pd.DataFrame, rival: str) -> pd.DataFrame:
    """Patterns that tell the model from a rival: in range in one of the two and not in the other, and the intervals of
    the two apart."""
    differ = table[f"{MODEL}_in_range"].astype(bool) != table[f"{rival}_in_range"].astype(bool)
    above = table[f"{MODEL}_lower"] > table[f"{rival}_upper"]
    below = table[f"{MODEL}_upper"] < table[f"{rival}_lower"]
    return table[differ & (above | below)]


def bayes_factors(trials: pd.DataFrame, rival: str) -> dict[str, BayesFactor]:
    """Of the model against a rival, by programme, all together first."""

    def likelihood(row: Mapping[Any, Any], name: str) -> MarginalLikelihood:
        return MarginalLikelihood(*(row[f"{name}_{part}"] for part in MarginalLikelihood._fields))

    rows = trials.to_dict("records")
    return {row["programme"]: BayesFactor.of(likelihood(row, MODEL), likelihood(row, rival)) for row in rows}


def rivals_in(table: pd.DataFrame) -> dict[str, Rival]:
    """The rivals that were fitted for this table, by name."""
    return {name: one for name, one in rivals().items() if f"{name}_value" in table}


def evidence_folder() -> Path:
    """Where the tables ship."""
    return Path(str(files("supportnet.experiments").joinpath("evidence")))


def write_rivals(folder: Path, out: Path | None = None) -> None:
    """Put calibrations of the model and of its rivals, in subfolders of these names, side by side.

    out: another folder than where the tables ship.
    """
    for name, table in zip(NAMES, RivalTables.of(read_fits(folder)), strict=True):
        write_csv(table, (out or evidence_folder()) / name)


if __name__ == "__main__":
    typer.run(write_rivals)
