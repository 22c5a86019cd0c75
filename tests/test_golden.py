"""Numbers change only on purpose: three small trajectories, kept as readable tables."""

import pytest

from tests.golden import FOLDER, RUNS, trajectory


@pytest.mark.parametrize(("name", "seed"), RUNS.items())
def test_trajectory__is_the_one_written_down(name: str, seed: int) -> None:
    kept = (FOLDER / f"{name}.csv").read_text(encoding="utf-8")
    assert trajectory(name, seed) == kept, "if on purpose: python -m tests.golden, and a line in the CHANGELOG"
