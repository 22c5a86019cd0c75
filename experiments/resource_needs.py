"""What each command takes in memory, disk and time, by arithmetic alone, before anything is run.

The numbers were measured on one core of an AMD EPYC; there, estimates are within a factor of two.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from supportnet.experiments.ensemble.ensemble import NAMES
from supportnet.experiments.ensemble.plan import RunPlan
from supportnet.experiments.ensemble.replication import LARGE
from supportnet.experiments.execution.capacity import PROCESS, START, Needs
from supportnet.experiments.execution.workers import processors
from supportnet.experiments.patterns import PEOPLE
from supportnet.experiments.patterns.world import COHORTS
from supportnet.experiments.posterior.posterior import Posterior
from supportnet.experiments.posterior.propagation import LIVES, POOL
from supportnet.experiments.study.tunables import moves_people
from supportnet.sim.area import pool_store
from supportnet.sim.area.pool import pool_identity
from supportnet.sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from supportnet.experiments.comparison.attribution import AttributionPlan
    from supportnet.experiments.comparison.plan import ComparisonPlan
    from supportnet.experiments.decision.plan import DecisionPlan
    from supportnet.experiments.optimise.result import Size
    from supportnet.experiments.runs.engines import Engine
    from supportnet.experiments.study.study import StudyDefinition
    from supportnet.experiments.trials.plan import TrialPlan

PERSON = 2.4e3  # bytes of a person and their ties while a run lasts
SETTING_UP, PERSON_WEEK, RUN = 1e-5, 0.9e-6, 1e-3  # seconds: to set up a person, of a week of theirs, of a run besides
POOL_OF_DRAW, POOL_SECONDS = POOL * pool_store.PERSON, 0.5  # bytes of the people who settle under a draw; to make them
VALUE, NUMBER = 68.0, 8.0  # bytes of a number while tables are written, and as it is kept
FOLLOWED = 200.0  # bytes of a person whose recovery is kept from start to end
RECORDED = {"people": 1300.0, "ties": 5100.0}  # bytes of a person in a recorded week, while these tables are made
ON_DISK = {"people": 60.0, "ties": 950.0}  # the same as files
TRIAL_WEEK = 3e-4  # seconds besides, for who enters and who is measured
TRIALS = 1.0  # seconds of a run in which published trials are simulated among PEOPLE
PATTERNS = 3.5  # seconds of a run in which patterns are measured among PEOPLE
KNOWN = 250.0  # bytes of what is known about a run of a study
COMPRESSED = 0.95  # of numbers that are all different
TRIANGLES = 35 * 5 / 3 / 2e10  # seconds to put a matrix in a triangle, of 35 values in five parts, by its rows cubed
CHANGES = 20  # assumptions that a report tries otherwise
MOST = 10**15  # of anything: what is more comes to the same


def runs(
    n: int, people: int, weeks: int, workers: int, pools: int = 0, kept: float = 0.0, besides: float = 0.0
) -> Needs:
    """So many runs, for which pools of people must be made first. kept: bytes of each; besides: seconds of each."""
    n, pools = min(n, MOST), min(pools, MOST)
    aside = 1 if people >= LARGE else min(workers, n)
    a_run = RUN + people * (SETTING_UP + weeks * PERSON_WEEK) + besides
    return Needs(
        PROCESS + aside * people * PERSON + min(pools * POOL_OF_DRAW, pool_store.MEMORY) + n * kept,
        START + (n * a_run + pools * POOL_SECONDS) / max(1, min(workers, processors())),
    )


def pools_of(scenarios: Sequence[Scenario], each: int, posterior: Posterior | None) -> int:
    """How many pools are made for so many runs of each scenario: one a draw, and again once it is forgotten."""
    draws = math.ceil(min(each, MOST) / LIVES) if posterior else 0
    remembered = draws * POOL_OF_DRAW <= pool_store.MEMORY
    return draws * (len({pool_identity(one) for one in scenarios}) if remembered else len(scenarios))


def of_run(plan: RunPlan, workers: int) -> Needs:
    """`run`, with tables recorded every so many weeks (0: in the last)."""
    people, weeks, tables = plan.scenario.population.patients, plan.scenario.weeks, plan.record
    n = len(plan.sampling.replicates)
    pools = pools_of([plan.scenario], n, plan.sampling.posterior)
    needs = runs(n, people, weeks, workers, pools, weeks * len(NAMES) * VALUE)
    seen = float(people * len(plan.weeks_recorded))  # persons in the recorded weeks of a run
    memory = seen * (RECORDED["people"] * ("people" in tables) + RECORDED["ties"] * ("ties" in tables) * n)
    return needs._replace(
        memory=needs.memory + memory, disk=n * seen * sum(ON_DISK[name] for name in ON_DISK if name in tables)
    )


def of_compare(plan: "ComparisonPlan", workers: int, follow: bool = True) -> Needs:
    """`compare`; follow: people are followed where they have the same random streams in all scenarios."""
    scenarios, n = plan.scenarios, len(plan.sampling.replicates)
    people, weeks = max(one.population.patients for one in scenarios), scenarios[0].weeks
    kept = weeks * len(NAMES) * NUMBER + people * FOLLOWED * (follow and not plan.independent)
    return runs(len(scenarios) * n, people, weeks, workers, pools_of(scenarios, n, plan.sampling.posterior), kept)


def of_decide(plan: "DecisionPlan", workers: int) -> Needs:
    """`decide`: every mix, then the best ones anew, then the answer under other assumptions."""
    from supportnet.experiments.decision.decide import FINALISTS, UNDER_OTHERS

    options, search = plan.options, of_compare(plan.search, workers, follow=False)
    again = (options.scenarios[0],) * (FINALISTS + 1)
    anew = of_compare(replace(options, scenarios=(*options.scenarios, *again)), workers)
    pair = replace(options, scenarios=again[:2], sampling=replace(options.sampling, replicates=range(UNDER_OTHERS)))
    others = of_compare(pair, workers, follow=False)
    return Needs(
        max(search.memory, anew.memory, others.memory), search.seconds + anew.seconds + CHANGES * others.seconds
    )


def of_explain(plan: "AttributionPlan", workers: int) -> Needs:
    """`explain`: every coalition in each scenario."""
    from supportnet.experiments.comparison.attribution import PLAYERS

    people, each = max(one.population.patients for one in plan.worlds), len(plan.sampling.replicates)
    n = len(plan.worlds) * 2 ** len(PLAYERS[plan.over]) * each
    pools = pools_of(plan.worlds, each, plan.sampling.posterior)
    return runs(n, people, plan.worlds[0].weeks, workers, pools, 4 * len(NAMES) * NUMBER)


def of_trials(plan: "TrialPlan", workers: int) -> Needs:
    """`trial`."""
    from supportnet.experiments.randomised.design import RECRUITING
    from supportnet.experiments.randomised.trial import MEASURES

    designs, n = plan.designs, len(plan.sampling.replicates)
    people = max(one.scenario.population.patients for one in designs)
    times = max((list(one.times) for one in designs), key=max)
    weeks, kept = RECRUITING + max(times), 2 * len(times) * designs[0].places * len(MEASURES) * NUMBER
    pools = pools_of([one.scenario for one in designs], n, plan.sampling.posterior)
    return runs(len(designs) * n, people, weeks, workers, pools, kept, weeks * TRIAL_WEEK)


def of_validate(each: int, workers: int, posterior: Posterior | None) -> Needs:
    """`validate`, in every preset."""
    from supportnet.experiments.randomised.design import SCENARIOS

    n = len(SCENARIOS) * each
    return runs(n, COHORTS * PEOPLE, 0, workers, pools=n if posterior else 0, besides=PATTERNS)


def of_optimise(today: Scenario, n_levers: int, size: "Size", workers: int, posterior: Posterior | None) -> Needs:
    """`optimise`."""
    from supportnet.experiments.optimise.optimise import work

    n, people = work(size, n_levers), today.population.patients
    pools = pools_of([today], 2 * size.replicates + size.search_replicates, posterior)
    return runs(n, people, today.weeks, workers, pools, NUMBER * 8)


def of_study(study: "StudyDefinition", n_points: int, engine: "Engine") -> Needs:
    """All runs of a study of so many design points; how long a Dask cluster takes elsewhere is not known here."""
    n, each = len(study.scenarios) * n_points * study.file.replicates, KNOWN + NUMBER * len(study.factor_names)
    people, weeks, besides = max(one.population.patients for one in study.scenarios), study.weeks[-1], 0.0
    if study.file.measure == "patterns":
        people, weeks, besides = COHORTS * study.file.people, 0, PATTERNS * study.file.people / PEOPLE
    elif study.file.measure == "trials":
        people, weeks, besides = study.file.people, 0, TRIALS * study.file.people / PEOPLE
    needs = runs(n, people, weeks, 0 if engine.address else engine.workers, kept=each, besides=besides)
    own = study.posterior is not None or any(map(moves_people, study.factor_names))
    pools = min(own * n * study.file.pool * pool_store.PERSON, pool_store.MEMORY)
    numbers = len(study.weeks) * len(study.columns) + len(study.factor_names)
    return needs._replace(
        memory=needs.memory + pools + engine.processes_here * (PROCESS + pools),
        seconds=START if engine.address else needs.seconds,
        disk=2 * NUMBER * COMPRESSED * numbers * n,  # by run, and put together
    )


def of_emulators(n_runs: int, workers: int) -> Needs:
    """What `calibrate` learns from so many runs: a matrix of runs by runs, put in triangles for each value and part."""
    n = float(min(n_runs, MOST))
    return Needs(PROCESS * (1 + workers) + workers * 4 * NUMBER * n**2, START + TRIANGLES * n**3 / workers)


def of_resamples(n_points: int, resamples: int) -> Needs:
    """The analysis of `sensitivity`."""
    return Needs(PROCESS + 5 * NUMBER * n_points * min(resamples, MOST))


def of_results(n_runs: int, numbers: int) -> Needs:
    """`results`, of so many numbers a run."""
    return Needs(PROCESS + n_runs * (KNOWN + 3 * NUMBER * numbers))


def of_report(worlds: Sequence[Scenario], each: int, workers: int, drawn: bool) -> Needs:
    """`report`: a comparison of these under other assumptions, about so many, by so many replicates."""
    people, weeks = max(one.population.patients for one in worlds), max(one.weeks for one in worlds)
    return runs(CHANGES * len(worlds) * each, people, weeks, workers, CHANGES * each * drawn)
