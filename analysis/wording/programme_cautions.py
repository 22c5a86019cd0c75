"""What has to be said of the programmes that an option brings: where trials found something else, or there are none."""

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd

from supportnet.analysis.wording.formatting import name_in_words
from supportnet.sim.scenario.scenario import Scenario, row_of

TRIALS = "programmes_in_trials.csv"
SMD = "SMD"  # unit of effects that are no logarithms of ratios


@cache
def effects_in_trials() -> pd.DataFrame:
    """Effects that trials found, and those of the model, one row a programme and outcome."""
    with files("supportnet.experiments").joinpath("evidence", TRIALS).open(encoding="utf-8") as file:
        return pd.read_csv(file)


def programme_cautions(scenarios: Sequence[Scenario]) -> list[str]:
    """Cautions about the programmes of the scenarios after the first that the first does not have, each once."""
    names = [name for one in scenarios[1:] for name in programmes_brought(one, scenarios[0])]
    return [caution for name in dict.fromkeys(names) for caution in cautions_about(name)]


def programmes_brought(scenario: Scenario, baseline: Scenario) -> Iterator[str]:
    """Names of programmes that a scenario offers otherwise than the baseline."""
    before = baseline.programmes
    for name, programme in scenario.programmes.items():
        if name not in before or row_of(before[name]) != row_of(programme):
            yield name


def cautions_about(programme: str) -> Iterator[str]:
    """What trials say of a programme that the model does not."""
    title, rows = name_in_words(programme), effects_in_trials().query("programme == @programme")
    if rows.empty:
        yield f"no trial of {title} has taught the model: what it does here follows from its sessions and ties alone"
        return
    apart = rows[(rows["model_lower"] > rows["published_upper"]) | (rows["model_upper"] < rows["published_lower"])]
    if len(apart):
        yield f"{title}: {'; '.join(effect_in_words(row) for row in apart.to_dict('records'))}"


def effect_in_words(row: dict[Any, Any]) -> str:
    """An effect in trials and in the model, with 95 % intervals."""
    ends = np.array([[row[f"{one}{end}"] for end in ("", "_lower", "_upper")] for one in ("published", "model")])
    ratio = row["unit"] != SMD
    found, here = (f"{value:.2f} ({low:.2f} to {high:.2f})" for value, low, high in (np.exp(ends) if ratio else ends))
    measure = "risk ratio" if ratio else "standard deviations"
    return f"{name_in_words(str(row['outcome']))} changed by {found} {measure} in trials, by {here} in this model"
