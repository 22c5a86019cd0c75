"""Records that the files of the model, of runs, patterns and trials, as they are now, do the same: `make same-model`.

Compared with the commit of the last record, which is checked out beside this one: every kernel, the pools, whole runs
and patterns must be equal to the bit on this machine, and the reference in plain Mesa objects must agree. Otherwise
nothing is recorded. Values may be added, and outcomes may change their names: then runs are recorded as new
(`python -m tests.same_model new run`), and the model stays the same. A change of numbers is another model: `make
new-model` records it under an identity of its own once kernels, golden runs and the reference agree; no posterior is of
it until `supportnet calibrate` makes one.
"""

import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Collection
from pathlib import Path

from supportnet.sim.model_identity import FILES, RECORD, identity_of, meanings, recorded_parts, write_record

ROOT = Path(__file__).parents[1]
PROOFS = ("tests/test_kernels.py", "tests/test_golden.py", "tests/test_core_agrees.py")


def values_at(checkout: Path) -> list[str]:
    """What the model computes in a checkout, one line a value."""
    run = [sys.executable, "-m", "tests.model_values"]
    here = {**os.environ, "PYTHONPATH": str(checkout)}
    return subprocess.run(
        run, cwd=checkout, env=here, stdout=subprocess.PIPE, text=True, check=True
    ).stdout.splitlines()


def git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


def values_of_record() -> list[str]:
    """What the model computed at the commit of the last record."""
    commit = git("log", "-1", "--format=%H", "--", str(RECORD.relative_to(ROOT)))
    with tempfile.TemporaryDirectory() as folder:
        git("worktree", "add", "--detach", "--force", folder, commit)
        try:
            return values_at(Path(folder))
        finally:
            git("worktree", "remove", "--force", folder)


def differences(before: list[str], now: list[str]) -> list[str]:
    """What is not computed any more, by whatever name an outcome has now."""
    return sorted((Counter(map(unnamed, before)) - Counter(map(unnamed, now))).elements())


def unnamed(line: str) -> str:
    """A line without the name of its outcome, if it is of a run."""
    words = line.split(" ")
    return " ".join([*words[:2], *words[3:]] if words[0] == "run" else words)


def main(new: Collection[str]) -> None:
    """Record these parts as new, and the others as the same."""
    if unknown := {*new} - {*FILES}:
        sys.exit(f"There is no part {', '.join(sorted(unknown))}: name some of {', '.join(FILES)}.")
    if new != {*FILES} and (different := differences(values_of_record(), values_at(ROOT))):
        sys.exit("\n  ".join([f"Not the same model: {len(different)} values differ, first of all", *different[:3]]))
    if subprocess.run([sys.executable, "-m", "pytest", "-q", *PROOFS], cwd=ROOT, check=False).returncode:
        sys.exit("Not recorded: the proofs above have failed.")
    identities = {
        part: identity_of(meanings(part)) if part in new else recorded_parts()[part].identity for part in FILES
    }
    write_record(identities)
    named = ", ".join(f"{'a new' if part in new else 'the same'} {part} {one}" for part, one in identities.items())
    print(f"Recorded in {RECORD.relative_to(ROOT)}: {named}.")


if __name__ == "__main__":
    main({*(sys.argv[2:] or FILES)} if sys.argv[1:2] == ["new"] else set())
