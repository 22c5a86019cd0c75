"""Kernels: machine code and plain Python agree to the bit."""

import os
import subprocess
import sys


def values(**environment: str) -> list[str]:
    run = [sys.executable, "-m", "tests.plain_kernels"]
    done = subprocess.run(run, env=os.environ | environment, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_every_verb__is_the_same_in_machine_code_and_in_plain_python() -> None:
    machine, plain = values(), values(NUMBA_DISABLE_JIT="1")
    assert len(plain) == len(machine) > 1000
    assert [pair for pair in zip(machine, plain, strict=True) if pair[0] != pair[1]] == []
