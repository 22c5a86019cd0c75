"""The files of a calibration: draws, what they show of each pattern, what was learned about each number."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from supportnet.analysis.files.result_folder import PROVENANCE
from supportnet.analysis.files.writing import write_csv, write_json, write_parquet
from supportnet.analysis.wording.formatting import some_of
from supportnet.experiments.calibration.acceptance import IN_RANGE, accepted, effective_number, in_range
from supportnet.experiments.calibration.diagnostics import Covered, regression_abc
from supportnet.experiments.calibration.iterate import FEWEST, Calibrated, errors_of, even_of, numbers_at
from supportnet.experiments.posterior.posterior import write_draws
from supportnet.experiments.runs.plan import identity_of_plan
from supportnet.experiments.study.observables import code
from supportnet.sim.provenance import commit, machine, versions

Doubles = NDArray[np.float64]
POSTERIOR, NATURAL_HISTORY = "posterior.parquet", "posterior-natural-history.parquet"
ENDS = (0.025, 0.5, 0.975)
EFFECTS = "posterior-effects.parquet"  # of trials, at draws
NOTABLE = 0.2  # correlation
LARGEST_R_HAT, FEWEST_EFFECTIVE = 1.05, 400  # of chains that agree, over hundreds of numbers (Vehtari et al. 2021)
LEARNED = 0.1  # share of the prior's variance that is gone: from here on a number counts as learned


def write_calibration(found: Calibrated, covered: list[Covered], seed: int, folder: Path) -> list[str]:
    """Writes everything about a calibration; the names of the files."""
    from supportnet.analysis.figures.calibration import learned_figure, patterns_figure  # slow to load
    from supportnet.analysis.figures.style import save_figure

    patterns, numbers = patterns_table(found), numbers_table(found)
    metadata = calibration_provenance(found, seed)
    write_csv(patterns, folder / "patterns.csv")
    write_csv(numbers, folder / "numbers.csv")
    write_csv(correlations(found), folder / "correlations.csv")
    if covered:
        write_csv(pd.DataFrame(covered), folder / "coverage.csv")
    write_csv(trials_table(found), folder / "trials.csv")
    write_parquet(effects_table(found), folder / EFFECTS)
    draws = numbers_at(found.study, found.draws).assign(**set_by(found))
    write_draws(folder / POSTERIOR, draws, {**metadata, "evidence": found.evidence.digest}, found.weights)
    write_draws(folder / NATURAL_HISTORY, draws, metadata)
    save_figure(patterns_figure(patterns, len(found.draws)), folder, "patterns")
    save_figure(learned_figure(numbers), folder, "learned")
    write_json(metadata, folder / PROVENANCE)
    return sorted(path.name for path in folder.iterdir())


def set_by(found: Calibrated) -> dict[str, float]:
    """Numbers of the model that the study sets for all its runs."""
    values = found.study.file.set.items()
    return {name.removeprefix("parameters."): value for name, value in values if name.startswith("parameters.")}


def patterns_table(found: Calibrated) -> pd.DataFrame:
    """One row a value and preset: its range; where it lies before and after, by runs of the model (2.5, 50 and 97.5 %
    of design points, each run once, so including Monte Carlo noise); shares in range; how well the emulator predicts
    it.
    """
    rows = []
    for k, target in enumerate(found.targets):
        pattern, fit = target.pattern, found.rounds[-1].emulators[k].fit
        row: dict[str, Any] = {
            "pattern": pattern.number, "value": pattern.name, "preset": target.preset, "what": pattern.what,
            "unit": pattern.unit, "accept_lower": pattern.low, "accept_upper": pattern.high, "assumed": pattern.assumed,
        }  # fmt: skip
        for name, values in (("prior", found.rounds[0].values[:, k]), ("posterior", found.seen[:, k])):
            finite = values[np.isfinite(values)]
            lower, median, upper = np.quantile(finite, ENDS)
            inside = ((finite >= pattern.low) & (finite <= pattern.high)).mean()
            row |= {f"{name}_lower": lower, name: median, f"{name}_upper": upper, f"{name}_in_range": inside}
        rows.append(row | {"in_range": pattern.met(row["posterior"]), "emulator_r2": fit.r2, "emulator_sd": fit.sd})
    return pd.DataFrame(rows)


def numbers_table(found: Calibrated) -> pd.DataFrame:
    """One row a number: its prior; its mean, 2.5 and 97.5 % over draws, before and after trials weigh them; learned:
    the share of the prior's variance, on the unit interval, that is gone in chains on emulators, and that of the draws'
    variance that trials took; R-hat and effective sample size; and how far regression ABC on the first round is from
    chains: difference of means in posterior SD, ratio of SD, on the probit scale."""
    study, posterior, first = found.study, found.rounds[-1].posterior, found.rounds[0]
    flat = posterior.units.reshape(-1, posterior.units.shape[-1])
    even = even_of(first.values, found.targets)
    mean, sd = regression_abc(first.units, even, found.targets[0].edge, errors_of(found.targets))
    z = ndtri(np.clip(flat, 1e-6, 1 - 1e-6))
    values = numbers_at(study, found.draws)
    rows = []
    for factor in study.factors:
        k = study.groups.index(factor.group or factor.name)
        rows.append({
            "number": factor.name, "prior": factor.says(), "group": factor.group,
            **mean_and_ends("", values[factor.name], np.ones(len(values))),
            "learned": 1.0 - 12.0 * flat[:, k].var(), "r_hat": posterior.r_hat[k], "ess": posterior.ess[k],
            "abc_off": (mean[k] - z[:, k].mean()) / z[:, k].std(), "abc_sd_ratio": sd[k] / z[:, k].std(),
            **mean_and_ends("trials_", values[factor.name], found.weights),
            "trials_learned": taken_by_weights(found.draws[:, k], found.weights),
        })  # fmt: skip
    return pd.DataFrame(rows).sort_values("learned", ascending=False, ignore_index=True)


def mean_and_ends(prefix: str, values: "pd.Series[float]", weights: Doubles) -> dict[str, float]:
    """Mean, 2.5 and 97.5 % of draws with these weights."""
    lower, _, upper = weighed_ends(np.asarray(values, np.float64), weights)
    return {
        f"{prefix}mean": float(np.average(values, weights=weights)), f"{prefix}lower": lower, f"{prefix}upper": upper,
    }  # fmt: skip


def weighed_ends(values: Doubles, weights: Doubles) -> list[float]:
    """2.5, 50 and 97.5 % of draws with these weights."""
    return [float(end) for end in np.quantile(values, ENDS, weights=weights, method="inverted_cdf")]


def taken_by_weights(values: Doubles, weights: Doubles) -> float:
    """The share of the variance of draws that is gone once they have these weights."""
    return 1.0 - float(np.cov(values, aweights=weights, ddof=0) / values.var())


def trials_table(found: Calibrated) -> pd.DataFrame:
    """One row a published effect: study, programme, outcome, week, scale; as fitted (ratios as logarithms) the estimate
    with its standard error, and what the model shows at draws, before and after they are weighed by all trials (2.5, 50
    and 97.5 %)."""
    rows = []
    for k, one in enumerate(found.evidence.effects):
        row: dict[str, Any] = {
            "study": one.study, "programme": one.about.programme, "outcome": one.entry.outcome, "week": one.entry.week,
            "unit": one.unit, "published": one.estimate, "error": one.error,
        }  # fmt: skip
        for name, weights in (("before", np.ones(len(found.draws))), ("after", found.weights)):
            ends = weighed_ends(found.effects[:, k], weights)
            row |= dict(zip((f"{name}_lower", name, f"{name}_upper"), ends, strict=True))
        rows.append(row | {"source": one.source})
    return pd.DataFrame(rows)


def effects_table(found: Calibrated) -> pd.DataFrame:
    """One row a draw: its weight, and each effect of a trial that the model shows there, as it is fitted."""
    names = [one.name for one in found.evidence.effects]
    return pd.DataFrame(found.effects, columns=names).assign(weight=found.weights)


def calibration_cautions(patterns: pd.DataFrame, numbers: pd.DataFrame) -> list[str]:
    """Why draws from a posterior are not to be relied on."""
    lines = []
    if unknown := list(patterns["value"][~(patterns["emulator_r2"] > 0.0)].unique()):
        lines.append(f"emulators predict {some_of(unknown)} no better than its mean: use more runs")
    if not ((numbers["r_hat"] <= LARGEST_R_HAT) & (numbers["ess"] >= FEWEST_EFFECTIVE)).all():
        expected = f"R-hat at most {LARGEST_R_HAT}, effective sample size at least {FEWEST_EFFECTIVE}"
        lines.append(f"chains have not converged (expected: {expected}), so these are not posterior draws")
    return lines


def draws_cautions(found: Calibrated) -> list[str]:
    """Why draws are not worlds that one knows, or too few of them count."""
    lines = []
    if not accepted(found.seen, found.targets).all():
        lines.append(
            f"fewer than {FEWEST} of {found.tried:,} draws show {IN_RANGE:.0%} of the values in range with recovery, "
            "turnover and relapse among them, so all draws were kept: use more rounds, moves or draws"
        )
    if (effective := effective_number(found.weights)) < FEWEST:
        lines.append(f"weighed by trials, draws count as {effective:.0f}, fewer than {FEWEST}: use more draws")
    return lines


def correlations(found: Calibrated) -> pd.DataFrame:
    """Pairs of numbers that go together in the posterior: number, other, r, the strongest first."""
    units = found.rounds[-1].posterior.units
    r = np.atleast_2d(np.corrcoef(units.reshape(-1, units.shape[-1]), rowvar=False))
    first, second = np.triu_indices(len(r), 1)
    kept = np.abs(r[first, second]) >= NOTABLE
    names = np.array(found.study.groups)
    table = pd.DataFrame(
        {"number": names[first[kept]], "other": names[second[kept]], "r": r[first[kept], second[kept]]}
    )
    return table.sort_values("r", key=lambda r: -r.abs(), ignore_index=True)


def calibration_provenance(found: Calibrated, seed: int) -> dict[str, Any]:
    """Everything that the draws depend on, as plain values, and how much of natural history they show."""
    shares = in_range(found.seen, found.targets).mean(axis=1)
    return {
        "command": "calibrate",
        "study": found.study.name,
        "study_text": found.study.text,
        "plan": identity_of_plan(found.study),
        "code": code(found.study.file.measure),
        "presets": list(dict.fromkeys(target.preset for target in found.targets)),
        "patterns": sorted({target.pattern.number for target in found.targets}),
        "seed": seed,
        "rounds": [len(one.units) for one in found.rounds],
        "tried": found.tried,
        "draws": len(found.draws),
        "effective_draws": effective_number(found.weights),
        "values_in_range": {"median": float(np.median(shares)), "least": float(shares.min())},  # of a draw, share
        "recognised": bool(accepted(found.seen, found.targets).all()),
        "versions": versions(),
        "machine": machine(),
        "commit": commit(),
    }
