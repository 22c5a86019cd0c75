"""Calibrations of the model and of rivals that nobody ran, whose benefits are normal around known ones."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import logsumexp

from supportnet.analysis.files.result_folder import PROVENANCE, written_together
from supportnet.analysis.files.writing import write_csv, write_json, write_parquet
from supportnet.analysis.outputs.calibration import (
    EFFECTS,
    POSTERIOR,
    calibration_provenance,
    effects_table,
    patterns_table,
)
from supportnet.analysis.results.rival_fits import MODEL, PATTERNS
from supportnet.experiments.calibration.acceptance import weights_by_trials
from supportnet.experiments.calibration.alternative_models import as_rival
from supportnet.experiments.calibration.discrepancy import Benefits, as_benefits, discrepancies
from supportnet.experiments.calibration.marginal_likelihood import ALL
from supportnet.experiments.calibration.targets import targets_of
from supportnet.experiments.posterior.posterior import write_draws
from supportnet.experiments.randomised.evidence import shipped_evidence
from supportnet.experiments.study.study import StudyDefinition

SPREAD = 0.05  # SD of the benefits that a model shows, between draws


def effects_of(mean: np.ndarray, draws: int, seed: int) -> np.ndarray:
    """(draws, effects) as they are fitted, of a model whose benefits are normal around these."""
    trials = shipped_evidence().effects
    shown = mean + SPREAD * np.random.default_rng(seed).standard_normal((draws, len(trials)))
    return shown / as_benefits(trials, np.ones(len(trials)))


def exact_logs(mean: np.ndarray) -> dict[str, float]:
    """Logarithms of the probabilities of what trials found under that model, by programme and together."""
    published = Benefits.of(shipped_evidence().effects)
    levels = list(zip(*discrepancies(), strict=True))
    logs = {}
    for programme in dict.fromkeys(published.programmes):
        own = np.array([one == programme for one in published.programmes])
        logs[programme] = np.array([
            stats.multivariate_normal.logpdf(
                published.estimate[own], mean[own],
                common**2 + np.diag(each**2 + published.error[own] ** 2 + SPREAD**2),
            )
            for common, each in levels
        ])  # fmt: skip
    together = np.sum([*logs.values()], axis=0)
    return {name: float(logsumexp(one) - np.log(len(levels))) for name, one in {ALL: together, **logs}.items()}


def write_fit(folder: Path, name: str, behind: float = 0.0, off: int = 0, seed: int = 1) -> Path:
    """A calibration as it would have been saved, of a model whose benefits are so much less than published ones, and
    which has so many values out of range."""
    study, evidence, luck = StudyDefinition.load("calibration"), shipped_evidence(), np.random.default_rng(seed)
    study = study if name == MODEL else as_rival(study, name)
    targets = targets_of(study)
    low, high = np.array([(one.pattern.low, one.pattern.high) for one in targets]).T
    seen = luck.uniform(low, high, (40, len(targets))) + 2 * (high - low) * (np.arange(len(targets)) < off)
    fit = SimpleNamespace(r2=0.5, sd=0.1)
    effects = effects_of(Benefits.of(evidence.effects).estimate - behind, 40, seed)
    last = SimpleNamespace(values=seen, units=seen, emulators=[SimpleNamespace(fit=fit)] * len(targets))
    weights = weights_by_trials(evidence, effects)
    found = SimpleNamespace(
        study=study, targets=targets, rounds=[last], seen=seen, tried=40, draws=seen, evidence=evidence,
        effects=effects, weights=weights,
    )  # fmt: skip
    about = calibration_provenance(found, 1)
    with written_together(folder / name, "calibrate") as hidden:
        write_csv(patterns_table(found), hidden / PATTERNS)
        write_parquet(effects_table(found), hidden / EFFECTS)
        draws = pd.DataFrame({"bond.pull": luck.uniform(0.01, 0.05, 40)})
        write_draws(hidden / POSTERIOR, draws, {**about, "evidence": evidence.digest}, weights)
        write_json(about, hidden / PROVENANCE)
    return folder / name
