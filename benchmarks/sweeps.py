"""Sweeps: what they cost beyond the runs themselves, two workers against one, Mesa's batch runner, memory, restarts."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import mesa
import numpy as np

from benchmarks.measure import Row, Side, alternate, spread
from supportnet.analysis.sensitivity.indices import METHODS, AnalysisInput, indices
from supportnet.experiments.runs.engines import engine_of
from supportnet.experiments.runs.plan import plan_of
from supportnet.experiments.runs.sweep import sweep_study
from supportnet.experiments.study.study import StudyDefinition
from supportnet.sim.area.pool import pool_for
from supportnet.sim.area.simulation import Simulation
from supportnet.sim.parameters import numbers
from tests.reference import Reference

LEVERS = "".join(f'[factors."services.{name}"]\n' for name in ("boundary_openness", "continuity", "shared_decisions"))
MIDDLING, SHORT = (50, 104), (10, 60)  # people and weeks of runs of about 5 and .5 ms in the compiled core
MIB = 2**20
HUGE = {"huge": 25, "large": 10}  # replicates: 256,000 and 102,400 runs


def study(
    folder: Path, people: int, weeks: int, n: int, replicates: int, kind: str = "sobol_sequence"
) -> StudyDefinition:
    """A study of three levers."""
    path = folder / "study.toml"
    path.write_text(
        f'replicates = {replicates}\nset = {{ "population.patients" = {people}, weeks = {weeks} }}\n'
        f'[design]\nkind = "{kind}"\nn = {n}\n{LEVERS}'
    )
    return StudyDefinition.load(path)


def bare(read: StudyDefinition) -> tuple[Side, list[float]]:
    """The same runs in a plain loop, scenarios made beforehand; and the seconds spent in the compiled core."""
    plan, core = plan_of(read), list[float]()
    tasks = plan.tasks(range(plan.n_runs))
    worlds = [read.scenarios[0].with_values(plan.point(point)) for point in range(plan.n_points)]
    pool, weeks = pool_for(read.scenarios[0]), read.scenarios[0].weeks

    def side() -> int:
        lived = 0.0
        for number, task in enumerate(tasks):
            simulation = Simulation(worlds[number // plan.replicates], task.seed, task.replicate, pool=pool)
            begin = time.perf_counter()
            simulation.advance(weeks, every=weeks)
            lived += time.perf_counter() - begin
        core.append(lived / len(tasks))
        return len(tasks)

    return side, core


def sweeping(read: StudyDefinition, folder: Path, engine: str, workers: int) -> Side:
    """A sweep into a fresh folder each time."""
    times = count()

    def side() -> int:
        out = folder / f"{engine}-{workers}-{next(times)}"
        return sweep_study(read, out, engine_of(engine, workers)).computed

    return side


def overhead(repeats: int) -> list[Row]:
    """Time on the clock beyond a plain loop over the same runs, one worker; and how two workers do."""
    rows = []
    for (people, weeks), n, most, engine in ((MIDDLING, 300, 10.0, "threads"), (SHORT, 2500, 50.0, "processes")):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            read = study(folder, people, weeks, n, 4)
            loop, core = bare(read)
            sides = {"plain loop": loop, "sweep": sweeping(read, folder, "threads", 1)}
            sides |= {"two workers": sweeping(read, folder, engine, 2)}
            if engine == "processes":
                sides |= {"one process": sweeping(read, folder, engine, 1)}
            times = alternate(sides, repeats, time.perf_counter)
        more = [100.0 * (ratio - 1.0) for ratio in times.ratios("sweep", "plain loop")]
        milliseconds = 1e3 * sorted(core)[len(core) // 2]
        about = {**times.details("ms per run", 1e3), "in the compiled core": f"{milliseconds:.3g} ms per run"}
        what = f"overhead of a sweep, runs of {milliseconds:.1g} ms ({people} people, {weeks} weeks)"
        rows.append(Row(what, sorted(more)[len(more) // 2], "%", at_most=most, details=about))
        one = "sweep" if engine == "threads" else "one process"
        found = times.ratio(one, "two workers")
        details = {"ratio": spread(times.ratios(one, "two workers"), "x"), "load average": f"{os.getloadavg()[0]:.1f}"}
        what = f"sweep with two workers against one ({engine}), runs of {milliseconds:.1g} ms"
        rows.append(Row(what, found, "x", at_least=1.7, details=details))
    return rows


class PlainArea(mesa.Model):
    """The reference model as Mesa's batch runner takes it."""

    def __init__(self, caseload: float = 25.0, folder: str = "", replicate: int = 0, rng: Any = None) -> None:
        super().__init__()
        read = StudyDefinition.load(folder)
        world = read.scenarios[0].with_values({"services.caseload": caseload})
        run = Simulation(world, 1, replicate)
        self.plain = Reference.from_world(run.area.world, run.spans[0].rules, 1, replicate)
        self.datacollector = mesa.DataCollector({"recovery": lambda model: recovery(model.plain)})

    def step(self) -> None:
        self.plain.step()
        self.datacollector.collect(self)


def recovery(plain: Reference) -> float:
    return float(np.mean([np.mean(person.processes) for person in plain.persons]))


def against_mesa(repeats: int) -> list[Row]:
    """Seconds a run on the clock, two workers each: this project's sweep, and Mesa's batch runner on the reference."""
    people, weeks, few = 50, 52, 8  # runs of Mesa's in a repeat: 200 would take an hour
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        read = study(folder, people, weeks, 100, 2)
        varied = {"caseload": list(np.linspace(10, 40, few // 2)), "folder": [str(folder / "study.toml")]}

        def batch_runner() -> int:
            found = mesa.batch_run(
                PlainArea, varied | {"replicate": [0, 1]}, number_processes=2, max_steps=weeks,
                display_progress=False, data_collection_period=-1,
            )  # fmt: skip
            assert len(found) == few
            return few

        sides = {"sweep of 200 runs": sweeping(read, folder, "threads", 2), "Mesa's batch runner": batch_runner}
        times = alternate(sides, min(repeats, 3), time.perf_counter)
    ratio = times.ratio("Mesa's batch runner", "sweep of 200 runs")
    details = {**times.details("ms per run", 1e3), "people": people, "weeks": weeks, "workers": 2}
    return [Row("sweep against Mesa's batch runner on the reference", ratio, "x", at_least=100.0, details=details)]


CHILD = """
import sys
sys.argv = ["supportnet", "sweep", *sys.argv[1:]]
from supportnet.analysis.commands.main import exit_code
from benchmarks.memory import highest_resident
exit_code()
print(highest_resident(), file=sys.stderr)
"""


def many_runs(repeats: int) -> list[Row]:
    """Highest resident memory of a process that sweeps; seconds until a finished study is known to be finished."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        peaks, starts = {}, {}
        for size, replicates in HUGE.items():
            path, out = folder / size, str(folder / f"{size}-out")
            path.mkdir()
            read = study(path, 2, 1, 2048, replicates, "sobol")
            words = [str(path / "study.toml"), "--out", out, "--quiet"]
            child = subprocess.run([sys.executable, "-c", CHILD, *words], capture_output=True, text=True, check=True)
            peaks[plan_of(read).n_runs] = int(child.stderr) / MIB
            timed = [timed_start(words) for _ in range(repeats)]
            starts[plan_of(read).n_runs] = timed
    (most, peak), (fewer, seconds) = max(peaks.items()), min(starts.items())
    rows = [
        Row(f"memory of a study of {most:,} runs", peak, "MiB", at_most=500.0, details={"two people, one week": ""})
    ]
    what = f"starting a finished study of {fewer:,} runs again"
    found = sorted(seconds)[len(seconds) // 2]
    rows.append(Row(what, found, "s", at_most=2.0, details={"time": spread(seconds, "s")}))
    return rows


def timed_start(words: list[str]) -> float:
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-m", "supportnet.analysis.commands.main", "sweep", *words], check=True)
    return time.perf_counter() - begin


def analysing(repeats: int) -> list[Row]:
    """Sobol' indices of 40 factors from a base sample of 4,096, first and total, 1,000 resamples."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "study.toml"
        factors = "".join(f'[factors."{number}"]\n' for number in list(numbers())[:40])
        path.write_text(f'[design]\nkind = "sobol"\nn = 4096\n{factors}')
        read = StudyDefinition.load(path)
        luck = np.random.default_rng(1)
        asked = AnalysisInput(read, luck.random((4096 * 42, 40)), 1000, 1)
        outcomes = luck.normal(size=(4096 * 42, 4))

        def side() -> int:
            return len(indices(METHODS["sobol"], asked, outcomes)) - 79

        times = alternate({"analysis": side}, min(repeats, 3), time.perf_counter)
    details = times.details("s", 1.0)
    what = "Sobol' indices, 40 factors, n = 4096, 1,000 resamples, 4 replicates, corrected"
    return [Row(what, times.median("analysis"), "s", at_most=30.0, details=details)]


def compare(repeats: int) -> list[Row]:
    parts: tuple[Callable[[int], list[Row]], ...] = (overhead, against_mesa, analysing, many_runs)
    return [row for part in parts for row in part(repeats)]
