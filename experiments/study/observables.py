"""What a study keeps of each run: outcomes of the weeks observed, or the patterns that people like these show."""

import hashlib
import math
from functools import cache

from supportnet.experiments.patterns.table import PRESETS, patterns, to_fit
from supportnet.experiments.randomised.evidence import Evidence, shipped_evidence
from supportnet.sim.model_identity import identity_of_part, run_hash
from supportnet.sim.outcomes import OUTCOMES, Limits

MEASURES = {
    "outcomes": "every outcome, in the weeks observed",
    "patterns": "natural history and observed associations, as measured in simulated studies",
    "trials": "effects of programmes as published trials compared them, in the same people twice",
}


def units(measure: str, evidence: Evidence | None = None) -> dict[str, str]:
    """Names and units of what is kept; evidence: of the trials, if not the shipped one."""
    if measure == "trials":
        return {effect.name: effect.unit for effect in (evidence or shipped_evidence()).effects}
    if measure == "patterns":
        return {name: pattern.unit for name, pattern in patterns().items() if pattern.use == "calibrate"}
    return {name: outcome.unit for name, outcome in OUTCOMES.items()}


def limits(measure: str, evidence: Evidence | None = None) -> dict[str, Limits]:
    """Between which values what is kept is possible."""
    if measure == "trials":
        return dict.fromkeys(units(measure, evidence), (-math.inf, math.inf))
    if measure == "patterns":
        return {name: pattern.limits for name, pattern in patterns().items()}
    return {name: outcome.limits for name, outcome in OUTCOMES.items()}


@cache
def code(measure: str) -> str:
    """Identity of all code that decides what is kept: the model, and for patterns the simulated studies and what they
    look for, not the ranges that evidence gives it."""
    if measure == "outcomes":
        return run_hash()
    if measure == "trials":
        parts = identity_of_part("patterns"), identity_of_part("trials")
        return hashlib.sha256(" ".join([run_hash(), *parts]).encode()).hexdigest()[:16]
    wanted = {preset: list(to_fit(preset)) for preset in PRESETS}
    return hashlib.sha256(f"{run_hash()} {identity_of_part('patterns')} {wanted}".encode()).hexdigest()[:16]
