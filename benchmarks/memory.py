"""What a million people take: the highest resident memory of a process that sets them up and lives two weeks."""

import subprocess
import sys
from pathlib import Path

from benchmarks.measure import Row, Skipped, spread
from benchmarks.worlds import live, n_ties, run_of

PATIENTS = 1_000_000
GIB = 2**30


def highest_resident() -> int:
    """Bytes that this process held at most. (Linux's getrusage would count the process that started it, too.)"""
    status = Path("/proc/self/status")
    if status.exists():
        return next(1024 * int(line.split()[1]) for line in status.read_text().splitlines() if "VmHWM" in line)
    if sys.platform == "win32":
        raise Skipped("not measured on Windows")
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes on macOS


def compare(repeats: int) -> list[Row]:
    """GiB, a process of its own for each repeat."""
    if sys.platform == "win32":
        raise Skipped("not measured on Windows")
    run_of(500)  # the pool is there, and everything compiled
    peaks, ties = [], 0.0
    for _ in range(repeats):
        child = subprocess.run([sys.executable, "-m", __name__], capture_output=True, text=True, check=True)
        peak, ties = map(float, child.stdout.split())
        peaks.append(peak / GIB)
    details = {"highest resident": spread(peaks, "GiB"), "ties per patient": round(ties / PATIENTS, 2)}
    return [Row("memory of 1,000,000 patients", max(peaks), "GiB", at_most=2.5, details=details)]


if __name__ == "__main__":
    run = run_of(PATIENTS)
    live(run.area, run.orders, 0, 2)
    print(highest_resident(), n_ties(run.area))
