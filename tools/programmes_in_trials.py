"""What each programme did in trials and does in the model: `python -m tools.programmes_in_trials` writes
experiments/evidence/programmes_in_trials.csv from what the shipped posterior was weighed by (results/fit/trials.csv).
"""

from pathlib import Path

import pandas as pd

from supportnet.analysis.files.writing import write_csv
from supportnet.analysis.wording.programme_cautions import TRIALS

ROOT = Path(__file__).parent.parent
NORMAL = 1.96  # standard errors on either side of a published estimate


def table() -> pd.DataFrame:
    """One row an effect: published with its 95 % interval, and that of the model over draws weighed by trials."""
    rows = pd.read_csv(ROOT / "results" / "fit" / "trials.csv")
    return pd.DataFrame({
        "programme": rows["programme"], "outcome": rows["outcome"], "week": rows["week"], "unit": rows["unit"],
        "published": rows["published"], "published_lower": rows["published"] - NORMAL * rows["error"],
        "published_upper": rows["published"] + NORMAL * rows["error"], "model": rows["after"],
        "model_lower": rows["after_lower"], "model_upper": rows["after_upper"], "source": rows["source"],
    }).round(4)  # fmt: skip


if __name__ == "__main__":
    write_csv(table(), ROOT / "experiments" / "evidence" / TRIALS)
