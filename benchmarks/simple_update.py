"""The numbers of the simple tie update, and how each side of it is timed. Needs nothing but Python."""

import json
import time
from collections.abc import Callable

PATIENTS, TIES_EACH = 10_000, 8
CHANCE, GAIN, LOSS, START = 0.4, 0.05, 0.01, 0.5
WEIGHT = 1.0 / TIES_EACH


def report(week: Callable[[], None], support: Callable[[], float], weeks: int) -> None:
    """Print seconds of the processor a tie update, and mean support after the twentieth week."""
    for _ in range(20):
        week()
    reached, start = support(), time.process_time()
    for _ in range(weeks):
        week()
    seconds = time.process_time() - start
    print(json.dumps([seconds / weeks / (PATIENTS * TIES_EACH), reached]))
