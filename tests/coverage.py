"""Bias of sensitivity indices and coverage of their intervals, over many repetitions: `python -m tests.coverage`."""

import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from supportnet.analysis.sensitivity.indices import METHODS, indices
from tests.known_functions import FUNCTIONS, asked

REPETITIONS = 200
REPLICATES = 4
DESIGNS = {"sobol": ("sobol", 512), "fast": ("fast", 513), "rbd-fast": ("latin", 2048)}  # some 2,000 points each


def repeated(method: str, function: str, noise: float, repetitions: int = REPETITIONS) -> pd.DataFrame:
    """Row a factor and index: truth, mean and SD over repetitions, coverage of the 95 % interval; of the index as it
    is, and corrected for noise. noise: its share of the variance of the means of replicates."""
    evaluate, known, factors = FUNCTIONS[function]
    kind, n = DESIGNS[method]
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for repetition in range(repetitions):
            what = asked(Path(folder), kind, n, factors, seed=repetition + 1)
            exact, luck = evaluate(what.places), np.random.default_rng(repetition)
            sd = np.sqrt(exact.var() * noise / (1.0 - noise) * REPLICATES)
            outcomes = exact[:, None] + sd * luck.normal(size=(len(exact), REPLICATES))
            found.append(indices(METHODS[method], what, outcomes).assign(repetition=repetition))
    whole = pd.concat(found, ignore_index=True)
    truth = {(factor, index): value for index, values in known().items()
             for factor, value in zip(what.study.groups, values, strict=True)}  # fmt: skip
    rows = []
    for (factor, index), table in whole.groupby(["factor", "index"], sort=False):
        true = truth[factor, index]
        row = {"method": method, "function": function, "noise": noise, "factor": factor, "index": index, "truth": true}
        for name, prefix in (("value", ""), ("corrected", "corrected_")):
            inside = (table[f"{prefix}lower"] <= true) & (true <= table[f"{prefix}upper"])
            known_width = table[f"{prefix}lower"].notna()
            row |= {f"{name}_mean": table[name].mean(), f"{name}_sd": table[name].std(ddof=1)}
            row[f"{name}_coverage"] = inside.mean() if known_width.all() else np.nan
        rows.append(row)
    return pd.DataFrame(rows)


def table(repetitions: int) -> pd.DataFrame:
    """All methods, functions and amounts of noise."""
    cases = [(method, function, noise) for method in DESIGNS for function in FUNCTIONS for noise in (0.0, 0.2)]
    return pd.concat([repeated(*case, repetitions=repetitions) for case in cases], ignore_index=True)


if __name__ == "__main__":
    print(table(int(sys.argv[1]) if sys.argv[1:] else REPETITIONS).round(3).to_string())
