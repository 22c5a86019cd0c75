"""What a user would pick instead: one simple tie update in Mesa, mesa-frames, Starsim and in this project's style.

Each patient has eight ties. Each week a tie has contact with chance .4; contact moves its strength up, a week without
it down; a patient's support is the weighted sum of the strengths. The sides live in files of their own (simple_*.py)
and each runs in a process of its own: mesa-frames wants numpy 1 and cannot live beside the rest. The environment
variable SUPPORTNET_BENCH_PYTHON names the Python that has the three frameworks, if it is another one.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.measure import Row, Times, spread

SIDES = {"numba, this project's style": "simple_numba", "Mesa": "simple_mesa", "mesa-frames": "simple_mesa_frames",
         "Starsim": "simple_starsim"}  # fmt: skip


def measured(side: str) -> tuple[float, float] | str:
    """Seconds of the processor a tie update, and mean support at the end; or the word why not."""
    elsewhere = os.environ.get("SUPPORTNET_BENCH_PYTHON", sys.executable)
    python = sys.executable if side == "simple_numba" else elsewhere
    root = Path(__file__).parents[1]
    child = subprocess.run([python, "-m", f"benchmarks.{side}"], cwd=root, capture_output=True, text=True, check=False)
    if child.returncode:
        return (child.stderr.strip().splitlines() or ["it failed"])[-1]
    seconds, support = json.loads(child.stdout.splitlines()[-1])
    return seconds, support


def compare(repeats: int) -> list[Row]:
    """One row a framework: how many times longer than this project's style a tie update takes."""
    seconds: dict[str, list[float]] = {name: [] for name in SIDES}
    support, skipped = {}, {}
    for _ in range(repeats):
        for name, side in SIDES.items():
            if name in skipped:
                continue
            answer = measured(side)
            if isinstance(answer, str):
                skipped[name] = answer
            else:
                seconds[name].append(answer[0])
                support[name] = round(answer[1], 3)
    own, *others = SIDES
    rows, times = [], Times(seconds)
    for name in others:
        what = f"the same simple tie update in {name}, to numba in this project's style"
        if {own, name} & set(skipped):
            rows.append(Row(what, None, details={"skipped": skipped.get(name, skipped.get(own))}))
            continue
        details = {
            **{side: spread([1e9 * s for s in seconds[side]], "ns per tie update") for side in (own, name)},
            "mean support after the last week": f"{support[name]} ({own}: {support[own]})",
        }  # fmt: skip
        rows.append(Row(what, times.ratio(name, own), "x", details=details))
    return rows
