"""How long one waits: the first start, which compiles; later starts, until the first week is lived; `--help`."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.measure import Row, spread

FIRST_WEEK = """
import json, time
from supportnet.sim.area.pool import found, make_pool
from benchmarks.worlds import run_of
run = run_of(500)
run.advance(1)
lived = time.process_time()
if {again}:
    found(run.scenario, 1)
    make_pool(run.scenario)
print(json.dumps([lived, time.process_time() - lived]))
"""


def first_week(cache: str, again: bool) -> tuple[float, float, float]:
    """Seconds until the first week is lived: by the clock and of the processor; and of making the pool again."""
    begin = time.perf_counter()
    child = subprocess.run(
        [sys.executable, "-c", FIRST_WEEK.format(again=again)],
        env={**os.environ, "SUPPORTNET_CACHE": cache}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    lived, pool = json.loads(child.stdout)
    return time.perf_counter() - begin, lived, pool


def first_and_second(repeats: int) -> list[Row]:
    compiling, whole, second = [], [], []
    for _ in range(repeats):
        with tempfile.TemporaryDirectory(prefix="supportnet-bench-") as cache:
            _, lived, pool = first_week(cache, again=True)
            whole.append(lived)
            compiling.append(lived - pool)
            second.append(first_week(cache, again=False)[0])
    first = {"compiling": spread(compiling, "s"), "with making the pool of people": spread(whole, "s")}
    second_start = sorted(second)[len(second) // 2]
    return [
        Row("first compile, seconds of the processor", sorted(compiling)[len(compiling) // 2], "s", at_most=28.0,
            details=first),
        Row("second start until the first week is lived", second_start, "s", at_most=2.0,
            details={"by the clock": spread(second, "s")}),
    ]  # fmt: skip


def help_of_the_command(repeats: int) -> Row:
    what = "supportnet --help"
    command = shutil.which("supportnet", path=str(Path(sys.executable).parent))
    if command is None:
        return Row(what, None, details={"skipped": "the command is not installed"})
    seconds = []
    for repeat in range(repeats + 1):
        begin = time.perf_counter()
        if subprocess.run([command, "--help"], capture_output=True, check=False).returncode:
            return Row(what, None, details={"skipped": "the command does not start yet"})
        if repeat > 0:
            seconds.append(time.perf_counter() - begin)
    middle = sorted(seconds)[len(seconds) // 2]
    return Row(what, middle, "s", at_most=0.4, details={"by the clock": spread(seconds, "s")})


def compare(repeats: int) -> list[Row]:
    """Three waits."""
    return [*first_and_second(repeats), help_of_the_command(repeats)]
