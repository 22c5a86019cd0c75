"""The smallest differences that matter, by outcome: `python -m tools.smallest_differences` (a minute) writes
experiments/evidence/smallest_differences.csv.

Published anchors where there are some; otherwise a fifth of the standard deviation between people of *today*, which is
what Cohen (1988, Statistical power analysis for the behavioral sciences) calls a small effect.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from supportnet.analysis.files.writing import write_csv
from supportnet.experiments.comparison.verdicts import SMALLEST
from supportnet.experiments.ensemble.plan import RunPlan
from supportnet.experiments.ensemble.replication import simulate
from supportnet.sim.outcomes import OUTCOMES

REPLICATES = 40
SMALL = 0.2  # standard deviations
ANCHORS = {
    "qpr": (4.0, "between groups, anchored: Psychosis 2021; 13: 220-230, doi:10.1080/17522439.2021.1883726"),
    "phq9": (1.7, "where people say that they are better: Kounali et al. 2022, doi:10.1017/S0033291720003700"),
    "gad7": (1.5, "where people say that they are better: Kounali et al. 2022, doi:10.1017/S0033291720003700"),
}
SAME_NAME = (
    "connectedness", "hope", "identity", "meaning", "empowerment", "distress", "withdrawal", "loneliness",
    "network_size", "n_professional", "n_peer", "n_friend", "n_family", "strongest_tie", "alliance",
)  # fmt: skip


def of_people(people: pd.DataFrame, years: float) -> dict[str, pd.Series]:
    """What is known of each person, by the outcome that is its mean; events per year."""
    processes = people[["hope", "identity", "meaning", "empowerment"]]
    return {
        **{name: people[name] for name in SAME_NAME},
        "recovery_without_connectedness": processes.mean(axis=1),
        "share_severe_depression": people["phq9"] >= 20,
        "share_severe_anxiety": people["gad7"] >= 15,
        "share_recovered_personal": people["recovered_personal"],
        "share_recovered_clinical": people["recovered_clinical"],
        "share_recovered_both": people["recovered_personal"] & people["recovered_clinical"],
        "engagement": people["engaged"],
        "relapses": people["relapses"] / years,
        "admissions": people["admissions"] / years,
    }


def table() -> pd.DataFrame:
    """One row an outcome: outcome, smallest, unit, source."""
    plan = RunPlan.of("today", REPLICATES, record="people")
    people = simulate(plan).people
    assert people is not None
    rows = {name: {"smallest": smallest, "source": source} for name, (smallest, source) in ANCHORS.items()}
    rows["recovery"] = {"smallest": ANCHORS["qpr"][0] / 60.0, "source": f"as of qpr, {ANCHORS['qpr'][1]}"}
    for name, values in of_people(people, plan.scenario.weeks / 52.0).items():
        spread = float(np.nanstd(values.astype(float), ddof=1))
        source = f"a fifth of the standard deviation between people of today, {spread:.3g}"
        rows[name] = {"smallest": float(f"{SMALL * spread:.2g}"), "source": source}
    found = pd.DataFrame.from_dict(rows, orient="index").rename_axis("outcome")
    found.insert(1, "unit", [OUTCOMES[str(name)].unit for name in found.index])
    return found.loc[[name for name in OUTCOMES if name in found.index]].reset_index()


if __name__ == "__main__":
    write_csv(table(), Path(__file__).parent.parent / "experiments" / "evidence" / SMALLEST)
