"""The simple tie update in mesa-frames: ties as one set of agents in a table, patients' support as a grouped sum."""

import numpy as np
import polars as pl
from mesa_frames import AgentSetPolars, ModelDF

from benchmarks.simple_update import CHANCE, GAIN, LOSS, PATIENTS, START, TIES_EACH, WEIGHT, report


class Ties(AgentSetPolars):
    def __init__(self, model: ModelDF) -> None:
        super().__init__(model)
        n = PATIENTS * TIES_EACH
        patient = np.repeat(np.arange(PATIENTS), TIES_EACH)
        self.add(pl.DataFrame({"unique_id": np.arange(n), "patient": patient, "strength": np.full(n, START)}))
        self.support = pl.DataFrame()

    def step(self) -> None:
        met = pl.Series(self.model.random.random(len(self.agents)) < CHANCE)
        strength = pl.col("strength")
        moved = pl.when(met).then(strength + GAIN * (1.0 - strength)).otherwise(strength - LOSS * strength)
        self.agents = self.agents.with_columns(strength=moved)
        self.support = self.agents.group_by("patient").agg(support=(WEIGHT * strength).sum())


class Network(ModelDF):
    def __init__(self) -> None:
        super().__init__(seed=1)
        self.ties = Ties(self)
        self.agents += self.ties


if __name__ == "__main__":
    network = Network()
    report(network.step, lambda: float(network.ties.support["support"].mean()), weeks=100)
