"""How well a programme is predicted by a fit without any of its trials, beside what other programmes did.

Scores of each effect: CRPS (Gneiting & Raftery 2007, doi:10.1198/016214506000001437), the logarithm of the predictive
density, and the place of the published effect in the prediction, from which coverage and rank histogram follow.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from supportnet.experiments.calibration.discrepancy import (
    Benefits,
    Doubles,
    discrepancies,
    joint_weights,
    log_likelihoods,
)

SAMPLES = 4000  # of each prediction
RESAMPLES = 4000  # of programmes
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
    means = class_means(published, programme)
    own = means[outcome_class]
    spread = own.std(ddof=1) if len(own) >= FEW else pooled_spread(means)
    n = max(len(own), 1)
    middle = own.mean() if len(own) else np.concatenate(list(means.values())).mean()
    new = middle + spread * np.sqrt(1.0 + 1.0 / n) * rng.standard_t(max(n - 1, 2), SAMPLES)
    return Prediction(new + published.error[effect] * rng.standard_normal(SAMPLES))


def class_means(published: Benefits, without: str) -> dict[str, Doubles]:
    """Mean benefit of each other programme, by class of outcome."""
    table = pd.DataFrame({"of": published.programmes, "in": published.classes, "benefit": published.estimate})
    means = table[table["of"] != without].groupby(["in", "of"])["benefit"].mean()
    return {one: means[one].to_numpy() if one in means.index else np.zeros(0) for one in set(published.classes)}


def pooled_spread(means: dict[str, Doubles]) -> float:
    """SD between programmes within classes."""
    squares = [((one - one.mean()) ** 2).sum() for one in means.values() if len(one) > 1]
    freedom = sum(len(one) - 1 for one in means.values() if len(one) > 1)
    return float(np.sqrt(sum(squares) / freedom))


def regression_on_others(published: Benefits, effect: int, covariates: Doubles, rng: np.random.Generator) -> Prediction:
    """(b) The same with covariates of the programmes (effects, covariates), by Bayesian ridge regression."""
    from sklearn.linear_model import BayesianRidge

    others = np.array([one != published.programmes[effect] for one in published.programmes])
    x = np.hstack([pd.get_dummies(pd.Series(published.classes)).to_numpy(np.float64), covariates])
    line = BayesianRidge().fit(x[others], published.estimate[others])
    mean, sd = line.predict(x[effect][None], return_std=True)
    return Prediction(mean[0] + np.hypot(sd[0], published.error[effect]) * rng.standard_normal(SAMPLES))


def scores(
    published: Benefits, simulated: Doubles, covariates: Doubles, programmes: Sequence[str], seed: int
) -> pd.DataFrame:
    """One row an effect of these programmes and a way to predict it (model, mean, regression): programme, effect,
    outcome_class, way, published, predicted, lower, upper (90 %), crps, log_score, place, in_50, in_90."""
    rows, log = [], log_likelihoods(published, simulated, discrepancies())
    for programme in programmes:
        rng = np.random.default_rng([seed, published.programmes.index(programme)])
        own = [k for k, one in enumerate(published.programmes) if one == programme]
        ways = {
            "model": predict(published, simulated, joint_weights(log, programme), programme, rng),
            "mean": [mean_of_others(published, k, rng) for k in own],
            "regression": [regression_on_others(published, k, covariates, rng) for k in own],
        }
        for way, predictions in ways.items():
            for k, prediction in zip(own, predictions, strict=True):
                seen, place = published.estimate[k], prediction.place(published.estimate[k])
                lower, middle, upper = np.quantile(prediction.sample, (0.05, 0.5, 0.95))
                rows.append({
                    "programme": programme, "effect": published.names[k], "outcome_class": published.classes[k],
                    "way": way, "published": seen, "predicted": middle, "lower": lower, "upper": upper,
                    "crps": prediction.crps(seen), "log_score": prediction.log_density(seen), "place": place,
                    "in_50": abs(place - 0.5) <= 0.25, "in_90": abs(place - 0.5) <= 0.45,
                })  # fmt: skip
    return pd.DataFrame(rows)


def ratio_of_scores(
    table: pd.DataFrame, classes: Sequence[str], of: str, to: str, seed: int
) -> tuple[float, float, float]:
    """Mean CRPS of one way over that of another, over programmes that count alike, with a 95 % interval by resampling
    programmes."""
    here = table[table["outcome_class"].isin(classes)]
    means = here.pivot_table(index="programme", columns="way", values="crps", aggfunc="mean")
    chosen: NDArray[np.int64] = np.random.default_rng(seed).integers(len(means), size=(RESAMPLES, len(means)))
    above, below = means[of].to_numpy(), means[to].to_numpy()
    again = above[chosen].mean(axis=1) / below[chosen].mean(axis=1)
    low, high = np.quantile(again, (0.025, 0.975))
    return float(above.mean() / below.mean()), float(low), float(high)
