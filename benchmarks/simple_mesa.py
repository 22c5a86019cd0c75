"""The simple tie update in plain Mesa objects."""

import mesa

from benchmarks.simple_update import CHANCE, GAIN, LOSS, PATIENTS, START, TIES_EACH, WEIGHT, report


class Tie:
    def __init__(self) -> None:
        self.strength = START


class Patient(mesa.Agent):
    def __init__(self, model: mesa.Model) -> None:
        super().__init__(model)
        self.ties = [Tie() for _ in range(TIES_EACH)]
        self.support = 0.0

    def step(self) -> None:
        luck, total = self.random.random, 0.0
        for tie in self.ties:
            if luck() < CHANCE:
                tie.strength += GAIN * (1.0 - tie.strength)
            else:
                tie.strength -= LOSS * tie.strength
            total += WEIGHT * tie.strength
        self.support = total


class Network(mesa.Model):
    def __init__(self) -> None:
        super().__init__(seed=1)
        Patient.create_agents(self, PATIENTS)

    def step(self) -> None:
        self.agents.do("step")


if __name__ == "__main__":
    network = Network()
    report(network.step, lambda: sum(patient.support for patient in network.agents) / PATIENTS, weeks=5)
