"""The file of published trials: what is wrong in it is told, and its comparisons are simulated as they were held."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from supportnet.experiments.patterns.world import StudyWorld
from supportnet.experiments.randomised.design import trials_written_down
from supportnet.experiments.randomised.evidence import CLASSES, Evidence, read_evidence, shipped_evidence
from supportnet.experiments.randomised.trial import EVENTS, SCALES
from supportnet.experiments.randomised.twins import followed_twice, twin_effects
from supportnet.experiments.runs.engines import engine_of
from supportnet.experiments.runs.plan import SweepPlan, plan_of
from supportnet.experiments.runs.sweep import sweep_study
from supportnet.experiments.study.study import StudyDefinition
from supportnet.sim.area.pool import pool_for
from supportnet.sim.errors import UserInputError
from tests.small import small

FILE = """
[studies.mine]
programme = "befriending"
control = "usual_care"
preset = "psychosis"
source = "Somebody 2020"
[[studies.mine.effects]]
outcome = "distress"
week = 26
scale = "SMD"
estimate = -0.2
lower = -0.4
upper = 0.1
"""


def evidence(folder: Path, *changes: tuple[str, str], more: str = "") -> Evidence:
    text = FILE + more
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    (folder / "evidence.toml").write_text(text)
    return read_evidence(folder / "evidence.toml")


AGAIN = FILE.replace("studies.mine", "studies.again").replace("Somebody 2020", "A review 2022")
AGAIN += 'source = "Somebody 2020"\n'


@pytest.mark.parametrize(
    ("changes", "more", "says"),
    [
        ([("lower = -0.4", "lower = 0.4")], "", ["line 7", "reversed", "-0.2 (0.4 to 0.1)"]),
        ([("upper = 0.1", "upper = -0.3")], "", ["leaves the estimate out"]),
        ([('scale = "SMD"', 'scale = "hedges"')], "", ["line 10", "scale", "hedges", "SMD, risk ratio"]),
        ([('scale = "SMD"', 'scale = "risk ratio"')], "", ["another scale", "distress as risk ratio"]),
        ([('"befriending"', '"befreinding"')], "", ["line 3", "no such programme", "did you mean 'befriending'"]),
        ([('control = "usual_care"\n', "")], "", ["a key is missing", "control"]),
        ([('control = "usual_care"', 'control = "placebo"')], "", ["line 4", "no such programme", "placebo"]),
        ([], AGAIN, ["twice", "Somebody 2020", "line 7", "leave one of them out"]),
        ([('source = "Somebody 2020"\n', 'source = ""\n')], "", ["source"]),
        ([("week = 26", "weak = 26")], "", ["weak", "week"]),
    ],
)  # fmt: skip
def test_a_mistake__is_told_with_its_place_and_a_remedy(
    tmp_path: Path, changes: list[tuple[str, str]], more: str, says: list[str]
) -> None:
    with pytest.raises(UserInputError) as error:
        evidence(tmp_path, *changes, more=more)
    for words in says:
        assert words in str(error.value)


def test_ratios__are_fitted_as_logarithms(tmp_path: Path) -> None:
    changes = ("distress", "relapses"), ("SMD", "risk ratio"), ("-0.2", "0.5"), ("-0.4", "0.25"), ("0.1", "1.0")
    (effect,) = evidence(tmp_path, *changes).effects
    assert effect.estimate == pytest.approx(math.log(0.5))
    assert effect.error == pytest.approx(math.log(4.0) / 3.92)
    assert effect.outcome_class == "relapse"


def test_the_shipped_evidence__has_trials_of_all_programmes_that_had_any() -> None:
    found = shipped_evidence()
    assert set(trials_written_down()) - set(found.programmes) == {"open_dialogue"}
    assert {one.outcome_class for one in found.effects} == {"recovery", "symptoms", "relapse", "network"}
    assert len({one.name for one in found.effects}) == len(found.effects)
    assert set(CLASSES) == {*SCALES, *EVENTS}


def test_the_same_people__are_followed_with_the_programme_and_without(tmp_path: Path) -> None:
    found = evidence(tmp_path)
    scenario = small()
    world = StudyWorld(scenario, pool_for(scenario), 1, 0, 300)
    both = followed_twice(found.studies["mine"], world, [26])
    n = int(both.treated.sum())
    assert len(both.treated) == 2 * n == 600
    np.testing.assert_array_equal(both.first[:n], both.first[n:])
    by_chance = twin_effects(found, world)["mine.distress.26"], twin_effects(found, world._replace(replicate=1))
    assert abs(by_chance[0] - by_chance[1]["mine.distress.26"]) < 0.1, "half of what two arms of 150 differ by"


def test_a_programme_that_nobody_takes_up__does_nothing(tmp_path: Path) -> None:
    found = evidence(tmp_path, ("[[studies", "sessions_per_week = 0.001\n[[studies"))
    scenario = small()
    assert twin_effects(found, StudyWorld(scenario, pool_for(scenario), 1, 0, 300)) == {
        "mine.distress.26": pytest.approx(0.0, abs=0.02)
    }


STUDY = """
scenarios = ["today"]
measure = "trials"
evidence = "evidence.toml"
people = 100
pool = 100
replicates = 1
[design]
n = 2
[factors."people.skill"]
"""


def runs_with(folder: Path, *changes: tuple[str, str]) -> tuple[list[str], SweepPlan]:
    evidence(folder, *changes)
    (folder / "study.toml").write_text(STUDY)
    read = StudyDefinition.load(folder / "study.toml")
    return list(read.columns), plan_of(read)


def test_a_study_of_trials__has_a_run_of_each_comparison_however_it_came_out(tmp_path: Path) -> None:
    columns, plan = runs_with(tmp_path)
    assert columns == ["mine.distress.26"]
    _, other_result = runs_with(tmp_path, ("estimate = -0.2", "estimate = -0.1"))
    _, other_comparison = runs_with(tmp_path, ("week = 26", "week = 30"))
    assert plan.names.tobytes() == other_result.names.tobytes()
    assert plan.names.tobytes() != other_comparison.names.tobytes()
    sweep_study(plan.study, tmp_path / "out", engine_of("threads", 1))
    assert pd.read_parquet(tmp_path / "out" / "results.parquet")["mine.distress.26"].abs().between(0.0, 1.0).all()
