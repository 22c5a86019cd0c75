"""The simple tie update in Starsim: ties as a network's edges with a strength, support as a state of people."""

import numpy as np
import starsim as ss

from benchmarks.simple_update import CHANCE, GAIN, LOSS, PATIENTS, START, TIES_EACH, WEIGHT, report


class Ties(ss.Network):
    def __init__(self) -> None:
        super().__init__(name="ties")
        self.meta.strength = ss.dtypes.float
        self.contact = ss.random(name="contact")

    def init_post(self) -> None:
        super().init_post()
        patient, n = np.repeat(np.arange(PATIENTS), TIES_EACH), PATIENTS * TIES_EACH
        self.append(p1=patient, p2=patient, beta=np.full(n, WEIGHT), strength=np.full(n, START))

    def step(self) -> None:
        strength = self.edges.strength
        met = self.contact.rvs(len(strength)) < CHANCE
        self.edges.strength = np.where(met, strength + GAIN * (1.0 - strength), strength - LOSS * strength)


class Support(ss.Intervention):
    def __init__(self) -> None:
        super().__init__(name="support")
        self.define_states(ss.FloatArr("received", default=0.0))

    def step(self) -> None:
        edges = self.sim.networks.ties.edges
        self.received[:] = np.bincount(edges.p1, edges.beta * edges.strength, minlength=PATIENTS)


if __name__ == "__main__":
    sim = ss.Sim(n_agents=PATIENTS, start=2000, stop=2010, dt=ss.weeks(1), networks=Ties(), interventions=Support(),
                 verbose=0)  # fmt: skip
    sim.init()
    report(sim.run_one_step, lambda: float(np.mean(sim.interventions.support.received.values)), weeks=100)
