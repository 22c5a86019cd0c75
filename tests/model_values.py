"""Everything that the model computes, to the bit, one line a value: `python -m tests.model_values`.

Every scalar verb of the kernels on a table of inputs, the pools of all presets, a year of some scenarios and of some
interviewed people with the state that it ends in, and every pattern that is fitted.
"""

import hashlib
import tempfile
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np

from supportnet.experiments.patterns.studies import measure_study_values
from supportnet.experiments.patterns.world import StudyWorld
from supportnet.experiments.randomised.evidence import shipped_evidence
from supportnet.experiments.randomised.twins import twin_effects
from supportnet.sim.area.pool import pool_for
from supportnet.sim.area.simulation import Simulation
from supportnet.sim.importing.importer import import_interviews
from supportnet.sim.scenario.scenario import Scenario
from tests import plain_kernels
from tests.golden import RUNS

PRESETS = ("today", "today-affective", "today-mixed")
SCENARIOS = {**RUNS, "today-mixed": 4, "loss-of-services": 5, "self-help-groups": 6}  # scenario: seed
WEEKS = 52


def bits(records: Any) -> str:
    """A digest of an array, field by field in their order: names and padding do not count."""
    columns = [records[name] for name in records.dtype.names] if records.dtype.names else [records]
    digest = hashlib.sha256()
    for column in columns:
        digest.update(np.ascontiguousarray(column).tobytes())
    return digest.hexdigest()


def main() -> None:
    plain_kernels.main()
    for preset in PRESETS:
        for part, records in pool_for(Scenario.load(preset))._asdict().items():
            print("pool", preset, part, bits(np.asarray(records)))
    for name, seed in SCENARIOS.items():
        print_run(name, Scenario.load(name, {"population.patients": 100}), seed)
    with (
        tempfile.TemporaryDirectory() as folder,
        as_file(files("supportnet.sim") / "examples" / "network-canvas") as example,
    ):
        import_interviews(example, example / "mapping.toml", Path(folder))
        networks = str(Path(folder, "networks.parquet"))
        print_run(
            "interviewed", Scenario.load("today", {"population.patients": 100, "population.networks": networks}), 1
        )
    for preset in PRESETS:
        today = Scenario.load(preset)
        world = StudyWorld(today, pool_for(today), 1, people=300)
        for pattern, value in measure_study_values(world).items():
            print("pattern", preset, pattern, value.hex())
        for effect, value in twin_effects(shipped_evidence(), world).items():
            print("trial", preset, effect, value.hex())


def print_run(name: str, scenario: Scenario, seed: int) -> None:
    run = Simulation(scenario, seed)
    read = run.outcomes(run.advance(WEEKS, every=13), np.arange(13, WEEKS + 1, 13))
    for outcome, values in read.items():
        print("run", name, outcome, *(float(value).hex() for value in np.atleast_1d(values)))
    print("run", name, "people", bits(np.asarray(run.area.world.people)))
    print("run", name, "ties", bits(np.asarray(run.area.world.ties)))


if __name__ == "__main__":
    main()
