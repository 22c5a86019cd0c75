"""Study files: what they may say, and what is said about mistakes in them."""

from pathlib import Path

import jsonschema
import numpy as np
import pytest

from supportnet.experiments.runs.plan import plan_of
from supportnet.experiments.runs.run_ids import are_in
from supportnet.experiments.study.constraints import condition
from supportnet.experiments.study.design import points
from supportnet.experiments.study.study import StudyDefinition, shipped_studies, study_schema
from supportnet.sim.errors import UserInputError
from tests.studies import BODY, HEAD, study, study_at

FACTOR = '[factors."services.caseload"]\n'


def test_studies_that_ship__are_read_and_fit_the_schema() -> None:
    import tomllib

    assert shipped_studies()
    for name in shipped_studies():
        read = StudyDefinition.load(name)
        assert read.title != name
        jsonschema.validate(tomllib.loads(read.text), study_schema())


def test_factors__may_be_written_as_quoted_names_or_as_tables(tmp_path: Path) -> None:
    quoted = study(tmp_path)
    tables = study(tmp_path, BODY.replace('"services.caseload"', "services.caseload"))
    assert tables.factor_names == quoted.factor_names == ("services.caseload", "services.boundary_openness")


def test_factors__take_their_range_from_the_parameter_table(tmp_path: Path) -> None:
    read = study(
        tmp_path, '[factors."bond.trust_gain"]\n[factors."services.continuity"]\n[factors."mechanisms.trust"]\n'
    )
    trust, continuity, mechanism = read.factors
    assert (trust.distribution, trust.low, trust.high) == ("uniform", 0.02, 0.3)
    assert (continuity.low, continuity.high) == (0.0, 1.0)
    assert (mechanism.distribution, mechanism.values) == ("choice", (True, False))


@pytest.mark.parametrize(
    ("said", "shape"), [('distribution = "normal"\nsd = 0.1', (0.05, 0.02)), ('distribution = "triangular"', (0.05,))]
)
def test_a_star__may_be_densest_where_numbers_are_set(said: str, shape: tuple[float, ...], tmp_path: Path) -> None:
    (pull,) = (
        factor for factor in study(tmp_path, f'[factors."bond.*"]\n{said}\n').factors if factor.name == "bond.pull"
    )
    assert (pull.low, pull.high) == (0.0, 0.2)
    assert pull.shape == pytest.approx(shape)


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("bond.trust_gain", 0.092, 0.148), ("bond.pull", 0.03, 0.07), ("bond.start_trust", 0.46, 0.58)],
)
def test_a_star__may_spread_over_a_part_of_the_range(name: str, low: float, high: float, tmp_path: Path) -> None:
    factors = {one.name: one for one in study(tmp_path, '[factors."bond.*"]\nwidth = 0.2\n').factors}
    assert (factors[name].low, factors[name].high) == pytest.approx((low, high))


def test_a_star__stays_in_the_range_where_the_number_is_set_at_its_edge(tmp_path: Path) -> None:
    (own,) = study(tmp_path, '[factors."recover.own_s*"]\nwidth = 0.2\n').factors
    assert (own.low, own.high) == pytest.approx((0.0, 0.6))


def test_the_headline_study__varies_numbers_as_widely_as_they_are_believed() -> None:
    """An even spread is as wide as a normal one where its width is the square root of 12 standard deviations."""
    believed = {one.name: one for one in StudyDefinition.load("calibration").factors}
    varied = StudyDefinition.load("headline").factors
    assert len(varied) > 100
    for one in varied:
        wide = believed[one.name]
        assert wide.low <= one.low < one.high <= wide.high, one.name
        if wide.distribution == "normal":
            assert one.high - one.low == pytest.approx(12**0.5 * wide.shape[1], rel=0.02), one.name
        else:
            assert (one.low, one.high) == (wide.low, wide.high), one.name


@pytest.mark.parametrize(
    "said",
    [
        'distribution = "normal"',
        'distribution = "triangular"\nsd = 0.1',
        'distribution = "beta"',
        "width = 2",
        "width = 0",
    ],
)
def test_a_star__has_no_shape_but_that(said: str, tmp_path: Path) -> None:
    with pytest.raises(UserInputError, match="triangular, or normal with sd"):
        study(tmp_path, f'[factors."bond.*"]\n{said}\n')


def test_a_star__means_every_number_that_moves_people(tmp_path: Path) -> None:
    read = study(tmp_path, '[factors."*"]\n[factors."bond.pull"]\nlow = 0.01\nhigh = 0.02\n')
    names = set(read.factor_names)
    assert {"bond.trust_gain", "people.competence.lay", "recover.reciprocity_weight"} <= names
    assert not any(
        name.startswith(("thresholds.", "measure.", "views.", "costs.", "centre.", "recover.base.")) for name in names
    )
    assert len(names) == len(read.factor_names) > 100
    assert next(factor for factor in read.factors if factor.name == "bond.pull").high == 0.02
    some = study(tmp_path, '[design]\nkind = "morris"\n[factors."bond.reciprocity.*"]\ngroup = "reciprocity"\n')
    assert some.groups == ("reciprocity",)
    assert len(some.factors) == 4
    assert study(tmp_path, '[factors."centre.*"]\n').factor_names[0].startswith("centre.")
    with pytest.raises(UserInputError, match="no parameter has such a name"):
        study(tmp_path, '[factors."bnd.*"]\n')
    with pytest.raises(UserInputError, match="has the ranges of the parameter table"):
        study(tmp_path, '[factors."bond.*"]\nlow = 0\n')


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        ('[factors."services.casload"]\nlow = 1\nhigh = 2\n', ["line 5", "casload", "services.caseload"]),
        (FACTOR, ["has no default range", "line 5", "add low"]),
        (FACTOR + "low = 10\nhigh = 10\n", ["the range is empty", "[10, 10]"]),
        (FACTOR + "low = 0\nhigh = 10\n", ["outside the range", "found: 0", "from 1 to 1,000"]),
        (FACTOR + 'distribution = "normal"\nmean = 20\nlow = 1\nhigh = 40\n', ["normal needs sd"]),
        (FACTOR + 'distribution = "normal"\nmean = 900\nsd = 1\nlow = 1\nhigh = 40\n', ["cuts almost all off"]),
        (FACTOR + 'distribution = "gauss"\n', ["one of: uniform, log-uniform"]),
        (FACTOR + "low = 10\nhigh = 40\nmode = 20\n", ["uniform has no mode"]),
        (FACTOR + 'distribution = "triangular"\nlow = 10\nhigh = 40\nmode = 50\n', ["the mode lies outside"]),
        (FACTOR + "values = [10, 10]\n", ["choice needs several values"]),
        (FACTOR + 'values = [10, "many"]\n', ["outside the range", "'many'"]),
        (FACTOR + "lowest = 10\n", ["unknown key", "'lowest'", "did you mean 'low'?"]),
        ('[factors."services.continuity"]\ndistribution = "log-uniform"\n', ["log-uniform needs positive values"]),
        ('[factors."population.patients"]\nlow = 10\nhigh = 20\ndistribution = "uniform"\n', ['"integer"']),
        ('[factors."mechanisms.trust"]\nlow = 0\nhigh = 1\n', ["choice has no high"]),
        ("[design]\nn = 8\n", ["nothing varies"]),
        ('[design]\nkind = "sobl"\n' + FACTOR, ["line 6", "one of: factorial"]),
        ('[design]\nkind = "list"\n', ["there is no list"]),
        ('[design]\nkind = "morris"\nlevels = 3\n' + FACTOR + "low = 1\nhigh = 2\n", ["half the levels", "line 7"]),
        ('[design]\nkind = "latin"\n' + FACTOR + 'low = 1\nhigh = 2\ngroup = "g"\n', ["moves each factor separately"]),
    ],
)
def test_mistakes_in_factors_and_designs__are_told_with_what_was_expected(
    tmp_path: Path, body: str, parts: list[str]
) -> None:
    with pytest.raises(UserInputError) as told:
        study(tmp_path, body)
    assert all(part in str(told.value) for part in ["mine.toml", "expected: ", "remedy: ", *parts]), told.value


@pytest.mark.parametrize(
    ("head", "parts"),
    [
        ('scenarios = ["todya"]\n', ["line 1", "no such scenario", "did you mean 'today'?"]),
        ('scenarios = ["today", "today"]\n', ["two scenarios have the same name"]),
        ('set = { "services.casload" = 3 }\n', ["mine.toml, line 1, key set", "did you mean"]),
        ("observe = [300]\n", ["not part of the run", "1 to 104"]),
        ("replicates = 0\n", ["a whole number from 1"]),
        ('replicates = "2"\n', ["line 1, key replicates"]),
        ("repliactes = 2\n", ["unknown key", "did you mean 'replicates'?"]),
        ('constraints = ["services.casload < 3"]\n', ["not a factor", "did you mean 'services.caseload'?"]),
        ('constraints = ["services.caseload"]\n', ["is not a condition"]),
        ('constraints = ["services.caseload.__class__ < 3"]\n', ["not a factor"]),
        ("replicates = \n", ["is not TOML", "line 1"]),
    ],
)
def test_mistakes_in_the_study__are_told_with_their_line(tmp_path: Path, head: str, parts: list[str]) -> None:
    with pytest.raises(UserInputError) as told:
        study(tmp_path, FACTOR + "low = 10\nhigh = 40\n", head)
    assert all(part in str(told.value) for part in ["mine.toml", *parts]), told.value


def test_constraints__that_leave_nothing_are_a_mistake(tmp_path: Path) -> None:
    design = '[design]\nkind = "latin"\nn = 8\n' + FACTOR + "low = 10\nhigh = 40\n"
    with pytest.raises(UserInputError, match="the constraints leave nothing"):
        points(study(tmp_path, design, HEAD + 'constraints = ["services.caseload < 5"]\n'))


def test_constraints__take_points_out_where_the_design_allows_it(tmp_path: Path) -> None:
    body = '[design]\nkind = "{}"\nn = 64\n' + BODY.split("n = 4\n")[1]
    head = (
        HEAD + 'constraints = ["services.caseload / 40 + services.boundary_openness < 1 and services.caseload > 12"]\n'
    )
    left = points(study(tmp_path, body.format("sobol_sequence"), head))
    caseload, openness = left["services.caseload"], left["services.boundary_openness"]
    assert 0 < len(caseload) < 64
    assert ((caseload / 40 + openness < 1) & (caseload > 12)).all()
    with pytest.raises(UserInputError, match="a sobol design cannot leave points out"):
        study(tmp_path, body.format("sobol"), head)


@pytest.mark.parametrize(
    ("said", "met"),
    [
        ("a.b < 2", [True, False, False]),
        ("a.b-a.c>1", [False, False, True]),
        ("3-a.b >= 1 and not (a.c == 1)", [False, True, False]),
        ("a.b * 2.5e0 > 4 or a.word == 'all'", [True, True, True]),
        ("a.word == 'few_ties' and a.b-x.c-y > -10", [False, True, True]),
    ],
)
def test_conditions__are_read_as_they_are_written(said: str, met: list[bool]) -> None:
    values = {"a.b": np.array([1.0, 2.0, 3.0]), "a.c": np.array([1, 2, 1]), "x.c-y": np.array([0, 0, 0]),
              "a.word": np.array(["all", "few_ties", "few_ties"], object)}  # fmt: skip
    assert condition(said, values, "here").met(values).tolist() == met


@pytest.mark.parametrize(
    "said", ["", "a.b", "1", "a.b <", "open('x') < a.b", "a.b.real < 1", "a.b + 1", "(a.b < 1", "@a < 1"]
)
def test_what_is_no_condition__is_a_mistake(said: str) -> None:
    values = {"a.b": np.array([1.0, 2.0])}
    with pytest.raises(UserInputError):
        condition(said, values, "here").met(values)


def test_a_trillion_runs__are_refused_before_anything_is_made(tmp_path: Path) -> None:
    factors = "".join(f'[factors."bond.{name}"]\nlevels = 1000\n' for name in ("trust_gain", "pull", "skill_gain"))
    read = study(tmp_path, '[design]\nkind = "factorial"\n' + factors, HEAD.replace("= 2", "= 1000"))
    with pytest.raises(
        UserInputError, match=r"mine.toml, line 5, key design: too many runs\n  found: '1,000,000,000,000'"
    ):
        plan_of(read)


def test_a_list_of_design_points__is_taken_as_it_stands(tmp_path: Path) -> None:
    listed = tmp_path / "points.csv"
    listed.write_text("services.caseload,programmes.befriending.coverage\n10,0.5\n20,0\n")
    read = study(tmp_path, '[design]\nkind = "list"\nfile = "points.csv"\n')
    assert points(read)["services.caseload"].tolist() == [10, 20]
    listed.write_text("services.caseload,services.turnover\n10,0.5\n0,0\n")
    with pytest.raises(UserInputError, match=r"points.csv, line 3: services.caseload cannot have this value"):
        points(study(tmp_path, '[design]\nkind = "list"\nfile = "points.csv"\n'))
    with pytest.raises(UserInputError, match=r"mine.toml, line \d+, key design.file: cannot be read"):
        points(study(tmp_path, '[design]\nkind = "list"\nfile = "nowhere.csv"\n'))


def test_scenarios__are_found_beside_the_study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "other.toml").write_text('based_on = "today"\n[services]\ncaseload = 12\n')
    study_at(inside, head=HEAD + 'scenarios = ["today", "other.toml"]\n')
    monkeypatch.chdir(tmp_path)
    assert [one.name for one in StudyDefinition.load("inside/mine.toml").scenarios] == ["today", "other"]


def test_identities__are_those_of_everything_that_affects_a_run(tmp_path: Path) -> None:
    first = plan_of(study(tmp_path))
    assert len(np.unique(first.names, axis=0)) == first.n_runs == 32
    more = plan_of(study(tmp_path, BODY.replace("n = 4", "n = 8"), HEAD.replace("= 2", "= 3")))
    assert are_in(first.names, more.names).all()
    for other in (
        HEAD + "seed = 2\n",
        HEAD + "observe = [4]\n",
        HEAD.replace("12", "13"),
        HEAD + "independent = true\n",
    ):
        assert not are_in(first.names, plan_of(study(tmp_path, head=other)).names).any()


def test_identity__is_the_hash_of_the_canonical_json(tmp_path: Path) -> None:
    import hashlib
    import json

    from supportnet.sim.model_identity import run_hash

    plan = plan_of(study(tmp_path))
    scenario = plan.study.scenarios[0]
    about = {
        "always": {
            "code": run_hash(),
            "observed": [8],
            "pool": 4000,
            "programmes": [],
            "scenario": scenario.canonical(),
        },
        "run": {"replicate": 1, "seed": 1, "values": plan.point(3)},
    }
    text = json.dumps(about, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert plan.names[7].tobytes().hex() == hashlib.sha256(text.encode()).hexdigest()
