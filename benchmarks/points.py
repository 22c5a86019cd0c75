"""Design points whose numbers move people: their pool and two runs against the runs alone, and a point of patterns."""

from benchmarks.measure import Row, alternate, spread
from supportnet.experiments.patterns.studies import measure_study_values
from supportnet.experiments.patterns.table import to_fit
from supportnet.experiments.patterns.world import StudyWorld
from supportnet.experiments.randomised.design import SCENARIOS
from supportnet.sim.area.pool import make_pool
from supportnet.sim.area.population import Pool
from supportnet.sim.area.simulation import Simulation
from supportnet.sim.scenario.scenario import Scenario

PEOPLE, WEEKS = 500, 104
CHANGED: dict[str, object] = {"parameters.bond.trust_gain": 0.13}


def point_of_runs(repeats: int) -> Row:
    """Processor time of a pool and two runs, over that of the two runs."""
    scenario = Scenario.load("today").with_values(CHANGED | {"population.patients": PEOPLE})
    pool = make_pool(scenario, size=PEOPLE)

    def runs() -> int:
        for replicate in range(2):
            Simulation(scenario, 1, replicate, pool=pool).advance(WEEKS, every=WEEKS)
        return 1

    def point() -> int:
        make_pool(scenario, size=PEOPLE)
        return runs()

    times = alternate({"pool and two runs": point, "two runs": runs}, repeats)
    ratios = times.ratios("pool and two runs", "two runs")
    details = {"ratio": spread(ratios, "x"), **times.details("ms", 1e3)}
    what = f"a design point of {PEOPLE} people against its two runs of {WEEKS} weeks"
    return Row(what, sorted(ratios)[len(ratios) // 2], "x", at_most=2.5, details=details)


def measure(scenario: Scenario, pool: Pool) -> None:
    """All simulated studies that a calibration compares with evidence."""
    measure_study_values(StudyWorld(scenario, pool, 1, people=PEOPLE), to_fit(scenario.population.preset))


def point_of_patterns(repeats: int) -> Row:
    """Processor time of a design point of a calibration, in all presets, with its pools."""
    scenarios = [Scenario.load(name).with_values(CHANGED) for name in SCENARIOS.values()]

    def point() -> int:
        for scenario in scenarios:
            measure(scenario, make_pool(scenario, size=PEOPLE))
        return 1

    times = alternate({"point": point}, repeats)
    what = f"a design point of a calibration, {len(scenarios)} presets, {PEOPLE} people in a study"
    return Row(what, times.median("point"), "s", at_most=1.5, details=times.details("s", 1.0))


def compare(repeats: int) -> list[Row]:
    """Both."""
    return [point_of_runs(repeats), point_of_patterns(repeats)]
