"""Three small runs to compare with, written down: `python -m tests.golden` writes tests/golden/*.csv anew."""

from pathlib import Path

import numpy as np

from supportnet.sim.area.simulation import Simulation
from supportnet.sim.scenario.scenario import Scenario

FOLDER = Path(__file__).parent / "golden"
RUNS = {"today": 1, "open-dialogue": 2, "peer-support-roll-out": 3}  # scenario: seed
SHOWN = ("recovery", "distress", "withdrawal", "loneliness", "network_size", "n_friend", "alliance", "relapses", "cost")


def trajectory(name: str, seed: int) -> str:
    """A year of 40 people, every 13th week, to six digits."""
    run = Simulation(Scenario.load(name, {"population.patients": 40}), seed)
    weeks = np.arange(13, 53, 13)
    read = run.outcomes(run.advance(52, every=13), weeks)
    lines = [",".join(("week", *SHOWN))]
    for row, week in enumerate(weeks):
        lines.append(",".join((str(week), *(f"{read[outcome][row]:.6g}" for outcome in SHOWN))))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, seed in RUNS.items():
        (FOLDER / f"{name}.csv").write_text(trajectory(name, seed), encoding="utf-8")
