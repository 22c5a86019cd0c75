"""Two threads against one."""

import os
import time

from benchmarks.measure import Row, alternate, spread
from benchmarks.worlds import living, run_of

PATIENTS, WEEKS = 100_000, 5


def compare(repeats: int) -> list[Row]:
    """Time on the clock: processor time would count both threads."""
    runs = [run_of(PATIENTS, workers=2) for _ in range(2)]
    sides = {
        name: living(run.area, run.orders, WEEKS, workers=workers)
        for run, (name, workers) in zip(runs, (("one thread", 1), ("two threads", 2)), strict=True)
    }
    times = alternate(sides, repeats, time.perf_counter)
    busy = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    details = {
        **times.details("ns per tie-week"), "ratio": spread(times.ratios("one thread", "two threads"), "x"),
        "patients": PATIENTS,
        "load average when measured": f"{busy} on {os.cpu_count()} processors (two threads need two free ones)",
    }  # fmt: skip
    ratio = times.ratio("one thread", "two threads")
    return [Row("core with two threads against one", ratio, "x", at_least=1.7, details=details)]
