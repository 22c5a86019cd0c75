"""Simulated trials beside published ones."""

from importlib.resources import files

import numpy as np
import pandas as pd

from supportnet.experiments.randomised.design import Design


def published() -> pd.DataFrame:
    """Published effects: programme, outcome, when, value (none if published in words only), lower, upper, effect
    (its kind), pattern, control, population, note, source."""
    with files("supportnet.experiments").joinpath("evidence", "published_effects.csv").open(encoding="utf-8") as file:
        found = pd.read_csv(file, dtype={"pattern": "Int64"})
    return found.assign(value=found["value"].where(found["effect"] != "words"))


def beside_published(found: pd.DataFrame, designs: list[Design]) -> pd.DataFrame:
    """Published effects with the simulated one: programme, outcome, entered, week, kind, value, mcse, lower, upper,
    published, published_lower, published_upper, in_range (of the mean over trials; missing where there is no range),
    pattern, preset, entry, control, published_control, population, note, source."""
    rows = []
    for design in designs:
        for row in published().query("programme == @design.programme").to_dict("records"):
            same = found["programme"].eq(design.programme) & found["outcome"].eq(row["outcome"])
            here = same & found["week"].eq(design.week(row["when"]))
            if not here.any():
                continue
            one = found[here].iloc[0]
            shown = ["programme", "outcome", "entered", "week", "kind", "value", "mcse", "lower", "upper"]
            ends = row["lower"], row["upper"]
            known = np.isfinite([*ends, one["value"]]).all()
            rows.append(
                {
                    **one[shown].to_dict(),
                    "published": row["value"], "published_lower": ends[0], "published_upper": ends[1],
                    "in_range": bool(ends[0] <= one["value"] <= ends[1]) if known else None,
                    "pattern": row["pattern"], "preset": design.scenario.population.preset, "entry": design.entry,
                    "control": design.control, "published_control": row["control"], "population": row["population"],
                    "note": row["note"], "source": row["source"],
                }
            )  # fmt: skip
    return pd.DataFrame(rows)
