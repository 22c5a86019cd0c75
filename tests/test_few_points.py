"""Sensitivity analyses of samples that are small, or lack values: refused, left out or remarked on, never made up."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from supportnet.analysis.commands.sensitivity import about_columns, indices_table
from supportnet.analysis.sensitivity import study as module
from supportnet.analysis.sensitivity.indices import METHODS, block, least_points, own_design, used
from supportnet.analysis.sensitivity.study import Cell, Sensitivity, analyse, check_method
from supportnet.experiments.runs.plan import SweepPlan, plan_of
from supportnet.sim.errors import UserInputError
from tests.known_functions import NAMES, ishigami
from tests.studies import study

Analyse = Callable[..., Sensitivity]
Doubles = np.ndarray


def plan(folder: Path, kind: str, n: int, factors: int = 3, more: str = "") -> SweepPlan:
    body = f'[design]\nkind = "{kind}"\nn = {n}\nlevels = 4\n{more}'
    return plan_of(study(folder, body + "".join(f'[factors."{name}"]\n' for name in NAMES[:factors])))


@pytest.fixture
def of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Analyse:
    """Analyses known outcomes, by name, instead of runs: each a function of the places of design points."""

    def analysed(what: SweepPlan, method: str, **outcomes: Callable[[Doubles], Doubles]) -> Sensitivity:
        places = module.places(what)

        def cells(*_: object) -> list[Cell]:
            values = {name: function(places) for name, function in outcomes.items()}
            failed = np.zeros(what.n_points, bool)
            return [Cell("today", name, 8, np.stack([one, one], axis=1), failed) for name, one in values.items()]

        monkeypatch.setattr(module, "read_cells", cells)
        return analyse(what, tmp_path, method, list(outcomes), weeks=[8], resamples=20, seed=1)

    return analysed


def gone(n: int, function: Callable[[Doubles], Doubles] = ishigami) -> Callable[[Doubles], Doubles]:
    """The function, without a value at the first n points."""
    return lambda places: np.where(np.arange(len(places)) < n, np.nan, function(places))


SIZES = {"morris": ("morris", 4), "sobol": ("sobol", 8), "fast": ("fast", 129), "rbd-fast": ("latin", 40),
         "delta": ("latin", 50), "pawn": ("sobol_sequence", 50), "dgsm": ("dgsm", 8)}  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
def test_every_method__works_with_its_least_number_of_points_and_is_refused_below(
    tmp_path: Path, of: Analyse, method: str
) -> None:
    kind, n = SIZES[method]
    found = of(plan(tmp_path, kind, n), method, recovery=ishigami)
    assert found.indices["value"].notna().any()
    assert found.noise["points"].item() == least_points(METHODS[method], found.plan.study)
    with pytest.raises(UserInputError) as refused:
        check_method(plan(tmp_path, kind, n - 1), method)
    assert f"use n = {n} or more" in str(refused.value)
    assert f"at least {least_points(METHODS[method], found.plan.study):,}" in str(refused.value)


@pytest.mark.parametrize(
    ("n", "parts"), [(40, [40]), (80, [40, 80]), (160, [40, 80, 160]), (41, [41]), (400, [50, 100, 200, 400])]
)
def test_rbd_fast__has_the_indices_of_the_whole_sample_whatever_its_halves_are(
    tmp_path: Path, of: Analyse, n: int, parts: list[int]
) -> None:
    found = of(plan(tmp_path, "sobol_sequence", n), "rbd-fast", recovery=lambda places: places[:, 0])
    values = found.indices.set_index("factor")["value"].to_numpy()
    np.testing.assert_allclose(values, [1.0, 0.0, 0.0], atol=0.6 if n < 100 else 0.2)
    assert sorted(set(found.convergence["n"])) == parts
    assert any("convergence leaves out" in remark for remark in found.remarks) == (len(parts) < 4)
    known = found.indices["lower"].notna().all()
    assert known == (n >= 80)
    assert any("intervals need 80 points" in caution for caution in found.every_caution) != known
    assert (found.indices["upper"] > found.indices["lower"]).all() == known


@pytest.mark.parametrize("kind", ["morris", "fast"])
def test_points_that_are_not_independent__are_no_sample_for_other_methods(tmp_path: Path, kind: str) -> None:
    """With FAST's curves a factor without effect had S1 = .79."""
    with pytest.raises(UserInputError, match="this design does not allow"):
        check_method(plan(tmp_path, kind, 129), "rbd-fast")


@pytest.mark.parametrize(("kind", "each"), [("sobol", 2), ("dgsm", 1), ("latin", 1)])
def test_of_a_design_for_another_method__points_that_share_no_value_are_used(
    tmp_path: Path, of: Analyse, kind: str, each: int
) -> None:
    what = plan(tmp_path, kind, 64)
    found = of(what, "pawn", recovery=ishigami)
    assert found.noise["points"].item() == 64 * each
    chosen = module.used_points(what, METHODS["pawn"]).ravel()
    assert all(len(np.unique(column)) == len(chosen) for column in module.places(what)[chosen].T)
    assert any("share values" in remark for remark in found.remarks) == (kind != "latin")


def test_an_outcome_that_lacks_values__is_named_and_takes_no_other_along(tmp_path: Path, of: Analyse) -> None:
    found = of(plan(tmp_path, "sobol", 16), "sobol", cost_per_recovered=gone(50), recovery=ishigami)
    assert [cell.outcome for cell in found.cells] == ["recovery"] == [cell.outcome for cell in found.last]
    assert set(found.indices["outcome"]) == {"recovery"}
    (why,) = found.left_out.values()
    assert why.startswith("cost_per_recovered of today in week 8: no value at 50 design points")
    assert "sobol needs one at 40 points or more, and 30 are left" in why
    assert why in found.every_caution


def test_blocks_that_lack_a_value__are_left_out_whole(tmp_path: Path, of: Analyse) -> None:
    found = of(plan(tmp_path, "sobol", 16), "sobol", recovery=gone(6))
    assert found.noise[["points", "excluded"]].to_numpy().tolist() == [[14 * 5, 2 * 5]]
    assert any("no value at 6 design points" in said and "10 of 80 left out" in said for said in found.every_caution)


def test_curves_of_fast__can_do_without_no_point(tmp_path: Path, of: Analyse) -> None:
    with pytest.raises(UserInputError, match="no outcome has enough values"):
        of(plan(tmp_path, "fast", 129), "fast", recovery=gone(1))


def test_points_that_constraints_leave__are_counted(tmp_path: Path, of: Analyse) -> None:
    head = 'title = "Few"\nreplicates = 2\nset = {{ "population.patients" = 12, weeks = 8 }}\nconstraints = ["{}"]\n'
    body = '[design]\nkind = "latin"\nn = {}\n[factors."services.caseload"]\nlow = 10\nhigh = 40\n'
    body += '[factors."services.boundary_openness"]\n'
    few = plan_of(study(tmp_path, body.format(60), head.format("services.caseload < 20")))
    assert few.n_points < 40
    with pytest.raises(UserInputError, match="loosen the constraints"):
        check_method(few, "rbd-fast")
    for constraint, depend in (
        ("services.caseload < 20", False),
        ("services.caseload < 20 + 9 * services.boundary_openness", True),
    ):
        many = plan_of(study(tmp_path, body.format(240), head.format(constraint)))
        found = of(many, "rbd-fast", recovery=lambda places: places[:, 0])
        assert any("depend on each other" in remark for remark in found.remarks) == depend


def said(found: Sensitivity, words: str) -> bool:
    return any(words in one for one in [*found.every_caution, *found.remarks])


def test_what_cannot_be_true__is_remarked_on(tmp_path: Path, of: Analyse, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each sentence stands where the numbers are such, and nowhere else."""
    sentences = ("is below 0", "is above ST", "the S1 sum to", "not a power of two", "trajectories are few")
    sound = of(plan(tmp_path, "sobol", 256), "sobol", recovery=ishigami)
    assert not any(said(sound, words) for words in sentences)
    assert said(of(plan(tmp_path, "sobol", 12), "sobol", recovery=ishigami), "not a power of two")
    assert said(of(plan(tmp_path, "morris", 4), "morris", recovery=ishigami), "trajectories are few")
    assert not said(of(plan(tmp_path, "morris", 10), "morris", recovery=ishigami), "trajectories are few")
    for s1, st, words in (([-0.2, 0.3, 0.2], 0.5, "S1 of bond.trust_gain is below 0 beyond its interval"),
                          ([-0.01, 0.3, 0.2], 0.5, "bond.trust_gain is below 0, which is impossible for a share"),
                          ([0.9, 0.0, 0.0], 0.5, "S1 of bond.trust_gain is above ST"),
                          ([0.5, 0.5, 0.5], 0.5, "the S1 sum to 1.50")):  # fmt: skip
        narrow = np.full(3, 0.015)
        fake = {("S1", ""): (np.array(s1), narrow), ("ST", ""): (np.full(3, st), narrow)}
        monkeypatch.setitem(METHODS, "sobol", METHODS["sobol"]._replace(indices=lambda *_, fake=fake: fake))
        found = of(plan(tmp_path, "sobol", 256), "sobol", recovery=ishigami)
        assert [one for one in sentences if said(found, one)] == [next(one for one in sentences if one in words)]
        assert said(found, words)


def test_an_outcome_that_does_not_vary__is_told_as_such(tmp_path: Path, of: Analyse) -> None:
    def constant(places: Doubles) -> Doubles:
        return np.full(len(places), 0.1 + 0.2)

    assert said(of(plan(tmp_path, "sobol", 8), "sobol", recovery=constant), "shares of its variance are not defined")
    assert said(of(plan(tmp_path, "morris", 8), "morris", recovery=constant), "every index is 0")


def rare(at: int) -> Callable[[Doubles], Doubles]:
    """An outcome that a single design point has."""
    return lambda places: (np.arange(len(places)) == at) * 1.0


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("factors", [1, 2])
def test_an_outcome_that_hardly_varies__is_not_told_as_one_that_does_not(
    tmp_path: Path, of: Analyse, method: str, factors: int
) -> None:
    kind, n = SIZES[method]
    if method == "fast":
        n = 65
    for at in (0, 1, 3):
        found = of(plan(tmp_path, kind, n, factors), method, outcome=rare(at))
        assert not said(found, "does not vary"), at
        assert said(found, "at all but 1 design point") or method in ("morris", "dgsm")
        assert not np.isinf(found.indices["value"]).any()
        unknown = found.indices.loc[found.indices["index"] == METHODS[method].main, "value"].isna()
        assert said(found, "cannot be estimated, as too few outcomes differ") == unknown.any()


def test_delta__says_where_outcomes_are_the_same(tmp_path: Path, of: Analyse) -> None:
    """A class without variance counts as nothing: a factor that decides everything seems to decide little."""
    for function, expected in ((ishigami, False), (lambda places: 1.0 * (places[:, 0] > 0.5), True)):
        found = of(plan(tmp_path, "latin", 64), "delta", recovery=function)
        assert said(found, "δ may be too small") == expected


@pytest.mark.parametrize(
    ("kind", "method", "intervals", "corrected"),
    [("sobol", "sobol", True, True), ("fast", "fast", False, True), ("latin", "pawn", False, False)],
)
def test_what_columns_mean__is_said_of_those_that_are_there(
    tmp_path: Path, of: Analyse, kind: str, method: str, intervals: bool, corrected: bool
) -> None:
    line = about_columns(of(plan(tmp_path, kind, 129), method, recovery=ishigami))
    assert ("Intervals: 95 %" in line, "Corrected: " in line) == (intervals, corrected)


@pytest.mark.parametrize(("constant", "said"), [(False, "of whose variance"), (True, "SD between points 0\n")])
def test_the_share_of_luck__is_told_where_it_is_known(tmp_path: Path, of: Analyse, constant: bool, said: str) -> None:
    found = of(plan(tmp_path, "sobol", 8), "sobol", recovery=lambda places: places[:, 0] * (not constant))
    assert said in f"{indices_table(found, found.cells[0]).title}\n"


def test_the_page__says_how_many_points_each_method_needs() -> None:
    page = Path("docs/sensitivity.md").read_text("utf-8")
    rows = [line.split("|") for line in page.splitlines() if line.startswith("| `")]
    documented = {row[1].strip(" `"): row for row in rows}
    assert list(documented) == list(METHODS)
    for name, method in METHODS.items():
        least = "4 M² (k − 1) + 1" if name == "fast" else str(method.least)
        assert least in documented[name][4], name


def test_blocks__have_as_many_points_as_the_design(tmp_path: Path) -> None:
    for name, (kind, n) in SIZES.items():
        what = plan(tmp_path, kind, n)
        assert what.n_points % block(what.study) == 0
        assert len(used(METHODS[name], what.study)) == (block(what.study) if own_design(METHODS[name]) else 1)
