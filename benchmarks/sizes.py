"""Time per tie-week from a thousand to a million people."""

from benchmarks.measure import Row, alternate
from benchmarks.worlds import living, run_of

PERSON_WEEKS = 1_000_000
SIZES = (1_000, 10_000, 100_000, 1_000_000)


def compare(repeats: int) -> list[Row]:
    """The slowest size against the fastest; larger areas live fewer weeks."""
    runs = {f"{size:,} patients": run_of(size) for size in SIZES}
    sides = {name: living(run.area, run.orders, PERSON_WEEKS // run.n_people) for name, run in runs.items()}
    times = alternate(sides, repeats)
    medians = [times.median(name) for name in runs]
    ratio = max(medians) / min(medians)
    what = "time per tie-week from 1,000 to 1,000,000 patients, slowest size to fastest"
    return [Row(what, ratio, "x", at_most=3.0, details=times.details("ns per tie-week"))]
