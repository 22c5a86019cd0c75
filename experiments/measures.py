"""What a study keeps of each run: outcomes of the weeks observed, or the patterns that people like these show."""

import hashlib
from functools import cache
from pathlib import Path

from experiments.patterns.table import PRESETS, patterns, to_fit
from sim.observe import OUTCOMES
from sim.provenance import whole_hash

MEASURES = {
    "outcomes": "every outcome, in the weeks observed",
    "patterns": "natural history and observed associations, as simulated studies find them",
}


def units(measure: str) -> dict[str, str]:
    """Names and units of what is kept."""
    if measure == "patterns":
        return {name: pattern.unit for name, pattern in patterns().items() if pattern.use == "calibrate"}
    return {name: outcome.unit for name, outcome in OUTCOMES.items()}


@cache
def code(measure: str) -> str:
    """Hash of all that decides what is kept: the model, and for patterns the simulated studies and what they look for,
    not the ranges that evidence gives it."""
    if measure == "outcomes":
        return whole_hash()
    wanted = {preset: list(to_fit(preset)) for preset in PRESETS}
    digest = hashlib.sha256(f"{whole_hash()} {wanted}".encode())
    for path in sorted((Path(__file__).parent / "patterns").glob("*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]
