"""A run as a person would start it: 500 patients, two years, one thread."""

import numpy as np

from benchmarks.measure import Row, alternate, spread
from benchmarks.worlds import living, n_ties, run_of

PATIENTS, WEEKS, FIELDS = 500, 104, 10


def compare(repeats: int) -> list[Row]:
    """Milliseconds, and how many times longer than numpy takes to sum as many tie-weeks of ten fields."""
    run = run_of(PATIENTS)
    numbers = np.ones((n_ties(run.area) * WEEKS, FIELDS))
    lives = living(run.area, run.orders, WEEKS)

    def core() -> int:
        lives()
        return 1

    def total() -> int:
        numbers.sum()
        return 1

    times = alternate({"core": core, "numpy sum": total}, repeats)
    details = {
        **times.details("ms", 1e3), "ratio to numpy's sum": spread(times.ratios("core", "numpy sum"), "x"),
        "tie-weeks": len(numbers),
    }  # fmt: skip
    return [Row("500 patients x 104 weeks, compiled", 1e3 * times.median("core"), "ms", at_most=30.0, details=details)]
