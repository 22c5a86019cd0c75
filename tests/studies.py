"""Studies of a tiny area, as tests use them."""

from pathlib import Path

from supportnet.experiments.study.study import StudyDefinition

HEAD = """
title = "Caseload and openness"
replicates = 2
set = { "population.patients" = 12, weeks = 8 }
"""
BODY = """
[design]
kind = "sobol"
n = 4
[factors."services.caseload"]
low = 10
high = 40
[factors."services.boundary_openness"]
"""


def study_at(folder: Path, body: str = BODY, head: str = HEAD, name: str = "mine.toml") -> Path:
    """A study file in a folder."""
    path = folder / name
    path.write_text(head + body, "utf-8")
    return path


def study(folder: Path, body: str = BODY, head: str = HEAD) -> StudyDefinition:
    """A study, read from a file in a folder."""
    return StudyDefinition.load(study_at(folder, body, head))
