"""How well a programme is predicted by a fit without any of its trials, beside what other programmes did.

Scores of each effect: CRPS (Gneiting & Raftery 2007, doi:10.1198/016214506000001437), the logarithm of the predictive
density, and the place of the published effect in the prediction, from which coverage and rank histogram follow.
"""

import math
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from supportnet.experiments.calibration.discrepancy import (
    Benefits,
    Doubles,
    as_benefits,
    discrepancies,
    joint_weights,
    log_likelihoods,
)
from supportnet.experiments.randomised.evidence import TrialEffect, is_by_professional, sessions_received

SAMPLES = 4000  # of each prediction
RESAMPLES = 4000  # of programmes
BETTER, HARDLY_WORSE, COVERED = 0.9, 1.05, 0.8  # success: ratios of CRPS, share of programmes (docs/left-out.md)
FEW = 3  # programmes in a class: with fewer, their spread is that of all classes together


class Prediction(NamedTuple):
    """Of one effect: a sample of what a study of it would publish."""

    sample: Doubles  # (SAMPLES,)

    def crps(self, seen: float) -> float:
        """Continuous ranked probability score: 0 is best."""
        ordered, n = np.sort(self.sample), len(self.sample)
        spread = 2.0 * (ordered * (np.arange(n) - (n - 1) / 2)).sum() / n**2
        return float(np.abs(self.sample - seen).mean() - spread)

    def log_density(self, seen: float) -> float:
        """By a normal kernel over the sample."""
        return float(stats.gaussian_kde(self.sample).logpdf(seen)[0])

    def place(self, seen: float) -> float:
        """Share of the sample below what was seen."""
        return float((self.sample < seen).mean())


def predict(
    published: Benefits, simulated: Doubles, weights: Doubles, programme: str, rng: np.random.Generator
) -> list[Prediction]:
    """Each effect of a programme, from draws weighed by the trials of all others; discrepancies are drawn anew.

    simulated: (draws, effects) benefits that the model shows at draws of the first fit. weights: as `joint_weights`.
    The samples of a programme's effects belong together.
    """
    own, unknown = [k for k, one in enumerate(published.programmes) if one == programme], discrepancies()
    draw, level = np.divmod(rng.choice(weights.size, SAMPLES, p=weights.ravel()), weights.shape[1])
    common = unknown.of_programme[level] * rng.standard_normal(SAMPLES)
    found = list[Prediction]()
    for k in own:
        each = np.hypot(unknown.of_outcome[level], published.error[k]) * rng.standard_normal(SAMPLES)
        found.append(Prediction(simulated[draw, k] + common + each))
    return found


def mean_of_others(published: Benefits, effect: int, rng: np.random.Generator) -> Prediction:
    """(a) What other programmes did to outcomes of the same class: their mean, with its error and their spread."""
    programme, outcome_class = published.programmes[effect], published.classes[effect]
    means = class_means(published, published.compared_with(programme))
    own = means[outcome_class]
    spread, freedom = (own.std(ddof=1), len(own) - 1) if len(own) >= FEW else pooled_spread(means)
    middle = own.mean() if len(own) else np.concatenate(list(means.values())).mean()
    new = middle + spread * np.sqrt(1.0 + 1.0 / max(len(own), 1)) * rng.standard_t(freedom, SAMPLES)
    return Prediction(new + published.error[effect] * rng.standard_normal(SAMPLES))


def class_means(published: Benefits, without: Collection[str] = ()) -> dict[str, Doubles]:
    """Mean benefit of each other programme, by class of outcome."""
    table = pd.DataFrame({"of": published.programmes, "in": published.classes, "benefit": published.estimate})
    means = table[~table["of"].isin(without)].groupby(["in", "of"])["benefit"].mean()
    return {one: means[one].to_numpy() if one in means.index else np.zeros(0) for one in set(published.classes)}


def pooled_spread(means: dict[str, Doubles]) -> tuple[float, int]:
    """SD between programmes within classes, and its degrees of freedom."""
    squares = [((one - one.mean()) ** 2).sum() for one in means.values() if len(one) > 1]
    freedom = sum(len(one) - 1 for one in means.values() if len(one) > 1)
    return float(np.sqrt(sum(squares) / freedom)), freedom


def regression_on_others(published: Benefits, effect: int, covariates: Doubles, rng: np.random.Generator) -> Prediction:
    """(b) The same with covariates of the programmes (effects, covariates), by Bayesian ridge regression."""
    from sklearn.linear_model import BayesianRidge

    away = published.compared_with(published.programmes[effect])
    others = np.array([one not in away for one in published.programmes])
    x = np.hstack([pd.get_dummies(pd.Series(published.classes)).to_numpy(np.float64), covariates])
    line = BayesianRidge().fit(x[others], published.estimate[others])
    mean, sd = line.predict(x[effect][None], return_std=True)
    return Prediction(mean[0] + np.hypot(sd[0], published.error[effect]) * rng.standard_normal(SAMPLES))


class LeftOut(NamedTuple):
    """Programmes predicted without any of their trials."""

    effects: pd.DataFrame  # programme, effect, outcome_class, se, as `scores_of`, and both scores of the other two ways
    programmes: pd.DataFrame  # programme, effective_draws without its trials, and of its mean benefit as `scores_of`
    discrepancy: float  # posterior median of the SD of both together, with all trials
    spread: float  # SD between programmes within classes of outcome


class Criterion(NamedTuple):
    """What counts as success (docs/left-out.md), and what came of it."""

    says: str
    value: float
    lower: float | None  # 95 %, programmes resampled, where there is an interval
    upper: float | None
    limit: float  # the largest value that counts as success, or the smallest where more is better
    met: bool


def predict_left_out(
    effects: Sequence[TrialEffect], simulated: Doubles, programmes: Sequence[str], seed: int
) -> LeftOut:
    """Each of these programmes left out in turn; simulated: (draws, effects) that the model shows at draws of the first
    fit, as effects are fitted."""
    return predicted_from_others(
        Benefits.of(effects), as_benefits(effects, simulated), covariates_of(effects), programmes, seed
    )


def predicted_from_others(
    published: Benefits, benefits: Doubles, covariates: Doubles, programmes: Sequence[str], seed: int
) -> LeftOut:
    """The same of benefits: published ones, those that the model shows (draws, effects), covariates (effects, k)."""
    unknown = discrepancies()
    log = log_likelihoods(published, benefits, unknown)
    parts, whole = [], []
    for programme in programmes:
        rng = np.random.default_rng([seed, published.programmes.index(programme)])
        own = [k for k, one in enumerate(published.programmes) if one == programme]
        weights = joint_weights(log, published.compared_with(programme))
        by_model = predict(published, benefits, weights, programme, rng)
        for k, prediction in zip(own, by_model, strict=True):
            seen = published.estimate[k]
            row: dict[str, Any] = {"programme": programme, "effect": published.names[k]}
            row |= {"outcome_class": published.classes[k], "se": published.error[k], **scores_of(prediction, seen)}
            for way, other in (
                ("class_mean", mean_of_others(published, k, rng)),
                ("regression", regression_on_others(published, k, covariates, rng)),
            ):
                row |= {f"crps_{way}": other.crps(seen), f"log_score_{way}": other.log_density(seen)}
            parts.append(row)
        together = Prediction(np.mean([one.sample for one in by_model], axis=0))
        about = {"programme": programme, "effective_draws": 1.0 / (weights.sum(axis=1) ** 2).sum()}
        whole.append({**about, **scores_of(together, float(published.estimate[own].mean()))})
    variance = unknown.of_programme**2 + unknown.of_outcome**2
    by_level = joint_weights(log).sum(axis=0)
    middle = np.quantile(np.sqrt(variance), 0.5, weights=by_level, method="inverted_cdf")
    spread, _ = pooled_spread(class_means(published))
    return LeftOut(pd.DataFrame(parts), pd.DataFrame(whole), float(middle), spread)


def covariates_of(effects: Sequence[TrialEffect]) -> Doubles:
    """(effects, 2) Standardised logarithm of the sessions received, and whether a professional delivers them."""
    rows = [(math.log(sessions_received(one.about)), is_by_professional(one.about)) for one in effects]
    found = np.array(rows, np.float64)
    found[:, 0] = (found[:, 0] - found[:, 0].mean()) / found[:, 0].std()
    return found


def scores_of(prediction: Prediction, seen: float) -> dict[str, Any]:
    """published, predicted (median), lower50, upper50, lower90, upper90, place (share of the prediction below what was
    published), crps, log_score, in_50, in_90 of one prediction."""
    place = prediction.place(seen)
    ends = np.quantile(prediction.sample, (0.5, 0.25, 0.75, 0.05, 0.95))
    named = zip(("predicted", "lower50", "upper50", "lower90", "upper90"), map(float, ends), strict=True)
    return {
        "published": seen, **dict(named), "place": place, "crps": prediction.crps(seen),
        "log_score": prediction.log_density(seen), "in_50": abs(place - 0.5) <= 0.25, "in_90": abs(place - 0.5) <= 0.45,
    }  # fmt: skip


def criteria(found: LeftOut, seed: int) -> list[Criterion]:
    """The four conditions of success, in the order of docs/left-out.md."""
    others = ("symptoms", "relapse", "network")
    one = ratio_of_scores(found.effects, others, "regression", seed)
    two = ratio_of_scores(found.effects, ("recovery",), "class_mean", seed)
    covered, n = int(found.programmes["in_90"].sum()), len(found.programmes)
    least = math.ceil(COVERED * n)
    nothing = None, None
    return [
        Criterion("CRPS against a regression on others: symptoms, relapse, network", *one, BETTER, one[0] <= BETTER),
        Criterion("CRPS against the mean of others: recovery", *two, HARDLY_WORSE, two[0] <= HARDLY_WORSE),
        Criterion(f"programmes in their 90 % interval, of {n}", covered, *nothing, least, covered >= least),
        Criterion("discrepancy, in standard deviations, against the spread between programmes", found.discrepancy,
                  *nothing, found.spread, found.discrepancy < found.spread),
    ]  # fmt: skip


def ratio_of_scores(
    table: pd.DataFrame, classes: Sequence[str], to: str, seed: int
) -> tuple[float, float | None, float | None]:
    """Mean CRPS of the model over that of another way (class_mean or regression) in these classes of outcomes, over
    programmes that count alike, with a 95 % interval by resampling programmes; none of fewer than three."""
    here = table[table["outcome_class"].isin(classes)]
    means = here.groupby("programme")[["crps", f"crps_{to}"]].mean().to_numpy()
    value = means.mean(axis=0)
    if len(means) < FEW:
        return float(value[0] / value[1]), None, None
    chosen: NDArray[np.int64] = np.random.default_rng(seed).integers(len(means), size=(RESAMPLES, len(means)))
    above, below = means[chosen].mean(axis=1).T
    low, high = np.quantile(above / below, (0.025, 0.975))
    return float(value[0] / value[1]), float(low), float(high)
