"""`supportnet sensitivity` as people and scripts meet it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import supportnet as sn
from supportnet.analysis.wording.caveats import not_fitted
from supportnet.experiments.runs.manifest import study_kept
from tests.command_line import Supportnet
from tests.studies import BODY, HEAD, study_at

pytestmark = pytest.mark.usefixtures("figures_not_drawn")
QUICK = ("--resamples", "20", "--workers", "2")
EIGHT = BODY.replace("n = 4", "n = 8")


@pytest.fixture
def here(supportnet: Supportnet) -> Path:
    """The folder that commands are called from."""
    return Path.cwd()


def test_json__has_the_keys_of_the_interface(supportnet: Supportnet, here: Path) -> None:
    study_at(here, EIGHT)
    words = ("--outcome", "recovery,qpr", "--second-order", "--json", *QUICK)
    found = supportnet("sensitivity", "mine.toml", "--method", "sobol", *words).json
    assert {"method", "outcome", "n", "noise_share", "indices"} <= set(found)
    (caution,) = not_fitted(None, " that no factor sets")
    assert caution in found["cautions"]
    assert f"Caution: {caution}." in supportnet("sensitivity", "mine.toml", "--method", "sobol", *words[:3], *QUICK).out
    assert (found["method"], found["outcome"], found["n"]) == ("sobol", "recovery", 8 * 6)
    assert {row["index"] for row in found["indices"]} == {"S1", "ST", "S2"}
    assert all({"factor", "index", "value", "lower", "upper", "corrected"} <= set(row) for row in found["indices"])
    assert 0.0 <= found["noise_share"] <= 1.0
    assert [one["outcome"] for one in found["analyses"]] == ["recovery", "qpr"]
    same = [
        {row["factor"]: row["value"] for row in one["indices"] if row["index"] == "ST"} for one in found["analyses"]
    ]
    assert same[0] == pytest.approx(same[1]), "qpr is 60 times recovery"
    assert all(Path(path).is_file() for path in found["files"].values())
    assert {"indices.csv", "noise.csv", "curves.csv", "pairs-today-qpr.png", "tornado-today-qpr.svg"} <= set(
        found["files"]
    )


def test_the_runs_of_a_sweep__are_used_and_a_larger_n_adds_to_them(supportnet: Supportnet, here: Path) -> None:
    study_at(here, EIGHT)
    swept = supportnet("sweep", "mine.toml", "--json").json
    said = supportnet("sensitivity", "mine.toml", *QUICK)
    assert "ST" in said.out
    folder = Path(swept["files"]["results.parquet"]).parent
    assert (folder / "sobol" / "indices.csv").is_file()
    from_folder = supportnet("sensitivity", str(folder), "--json", *QUICK).json
    supportnet("sensitivity", "mine.toml", "--n", "16", *QUICK)
    larger = pd.read_csv(folder / "sobol" / "noise.csv")
    assert (from_folder["n"], larger["points"].item()) == (8 * 4, 16 * 4)
    again = supportnet("sweep", "mine.toml", "--json").json
    assert (again["computed"], again["reused"]) == (0, 64), "the study as it is written is there still"


@pytest.mark.parametrize("method", ["morris", "fast", "rbd-fast", "delta", "pawn", "dgsm"])
def test_other_methods__make_the_design_that_they_need(supportnet: Supportnet, here: Path, method: str) -> None:
    study_at(here, BODY.replace("n = 4", f"n = {66 if method == 'fast' else 32}"))
    found = supportnet("sensitivity", "mine.toml", "--method", method, "--json", *QUICK).json
    assert found["method"] == method
    assert {row["factor"] for row in found["indices"]} == {"services.caseload", "services.boundary_openness"}


def test_screening__keeps_what_matters_and_what_is_named(supportnet: Supportnet, here: Path) -> None:
    more = '[factors."services.continuity"]\n[factors."thresholds.few_ties"]\n'  # the last moves nobody
    study_at(here, EIGHT + more)
    words = ("--screen", "1", "--keep", "services.continuity", *QUICK)
    said = supportnet("sensitivity", "mine.toml", *words)
    assert said.code == 0
    assert "services.continuity of 4 factors" in said.out
    found = supportnet("sensitivity", "mine.toml", *words, "--json").json
    factors = {row["factor"] for row in found["indices"]}
    assert len(factors) == 2
    assert "services.continuity" in factors
    assert "thresholds.few_ties" not in factors
    kept = study_kept(Path(found["files"]["indices.csv"]).parent.parent)
    assert kept.title == "Caseload and openness: 2 of 4 factors"


def test_another_outcome__leaves_no_figures_of_the_one_before(supportnet: Supportnet, here: Path) -> None:
    study_at(here, EIGHT)
    words = ("sensitivity", "mine.toml", "--json", *QUICK)
    both = supportnet(*words, "--outcome", "recovery,phq9").json["files"]
    folder = Path(both["indices.csv"]).parent
    (folder / "notes.txt").write_text("not ours")
    one = supportnet(*words, "--outcome", "phq9").json["files"]
    assert {path.name for path in folder.iterdir()} == {*one, "notes.txt"}
    assert len(one) < len(both)


def test_points_that_lack_an_outcome__are_named_and_their_blocks_left_out(supportnet: Supportnet, here: Path) -> None:
    """Where hardly anybody has access to services there is no alliance with professionals."""
    study_at(here, BODY.replace("n = 4", "n = 64") + '[factors."services.coverage"]\n', HEAD + "observe = [4]\n")
    found = supportnet("sensitivity", "mine.toml", "--outcome", "alliance", "--json", *QUICK).json
    assert found["excluded"] > 0
    assert found["excluded"] % 5 == 0
    assert found["n"] + found["excluded"] == 64 * 5
    assert any("alliance of today in week 8: no value at " in caution for caution in found["cautions"])
    assert all(row["value"] is not None for row in found["indices"])
    refused = supportnet("sensitivity", "mine.toml", "--method", "fast", "--n", "129", "--outcome", "alliance", *QUICK)
    assert refused.code == 2
    assert "no outcome has enough values" in refused.err
    assert "fast needs one at every point" in refused.err


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (("mine.toml", "--method", "sobl"), ["--method must be one of", "did you mean 'sobol'?"]),
        (("mine.toml", "--outcome", "recovry"), ["did you mean 'recovery'?"]),
        (("mine.toml", "--screen", "1", "--keep", "services.casload"), ["not a factor", "services.caseload"]),
        (("nothing.toml",), ["no such study"]),
        (("out", "--n", "16"), ["the runs of a folder are fixed"]),
        (("out", "--method", "morris"), ["this design does not allow morris", "found: 'sobol'"]),
        (("mine.toml", "--method", "fast"), ["too few points for FAST"]),
    ],
)
def test_mistakes__end_with_code_2_and_a_remedy(
    supportnet: Supportnet, here: Path, words: tuple[str, ...], parts: list[str]
) -> None:
    study_at(here)
    supportnet("sweep", "mine.toml", "--out", "out", "--quiet")
    said = supportnet("sensitivity", *words, *QUICK)
    assert said.code == 2
    assert all(part in said.err for part in [*parts, "remedy: "]), said.err


@pytest.mark.parametrize(("kind", "n"), [("latin", 24), ("sobol_sequence", 20)])
def test_too_few_points__are_refused_before_anything_is_run(
    supportnet: Supportnet, here: Path, kind: str, n: int
) -> None:
    study_at(here, BODY.replace("n = 4", f"n = {n}").replace("sobol", kind))
    said = supportnet("sensitivity", "mine.toml", "--method", "rbd-fast", "--out", "out", *QUICK)
    assert said.code == 2
    assert f"found: '{n} design points'" in said.err
    assert "use n = 40 or more (in the study, or as --n)" in said.err
    assert not (here / "out").exists()
    assert supportnet("study", "check", "mine.toml").code == 0, "for a sweep alone there is no least number"


def test_an_outcome_without_values__is_named_and_the_others_are_analysed(
    supportnet: Supportnet, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from supportnet.analysis.sensitivity import study as module

    read = module.read_cells

    def lacking(*words: Any) -> Iterator[module.Cell]:
        for cell in read(*words):
            yield cell._replace(values=np.nan * cell.values) if cell.outcome == "cost_per_recovered" else cell

    monkeypatch.setattr(module, "read_cells", lacking)
    study_at(here, EIGHT)
    words = ("sensitivity", "mine.toml", "--outcome", "cost_per_recovered,qpr", *QUICK)
    found = supportnet(*words, "--json").json
    assert found["outcome"] == "qpr"
    assert [(one["outcome"], one["week"]) for one in found["left_out"]] == [("cost_per_recovered", 8)]
    assert found["left_out"][0]["reason"] in found["cautions"]
    assert all(Path(path).is_file() for path in found["files"].values())
    assert "Caution: cost_per_recovered of today in week 8: no value at 32 design points" in supportnet(*words).out


def test_missing_runs__of_a_folder_are_a_mistake(supportnet: Supportnet, here: Path) -> None:
    study_at(here)
    supportnet("sweep", "mine.toml", "--out", "out", "--quiet")
    for part in Path("out/runs").glob("*.parquet"):
        part.unlink()
    said = supportnet("sensitivity", "out", *QUICK)
    assert said.code == 2
    assert "runs are missing" in said.err
    assert "32 of 32" in said.err


def test_indices_by_week__have_a_figure_of_their_own(supportnet: Supportnet, here: Path) -> None:
    study_at(here, EIGHT, HEAD + "observe = [2, 4]\n")
    found = supportnet("sensitivity", "mine.toml", "--outcome", "alliance", "--json", *QUICK).json
    assert [one["week"] for one in found["analyses"]] == [2, 4, 8]
    assert "over-time.png" in found["files"]
    assert found["n"] == found["analyses"][-1]["n"]


def test_failed_runs__end_with_code_3__and_the_others_are_analysed(
    supportnet: Supportnet, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("supportnet.sim.area.pool.SETTLING_WEEKS", 52)
    body = '[design]\nkind = "latin"\nn = 120\n[factors."services.caseload"]\nlow = 10\nhigh = 40\n'
    half_impossible = body + '[factors."programmes.befriending.start_week"]\nvalues = [2, 104]\n'
    head = HEAD.replace("weeks = 8", 'weeks = 8, "programmes.befriending.coverage" = 0.3') + "pool = 100\n"
    study_at(here, half_impossible, head)
    said = supportnet("sensitivity", "mine.toml", "--method", "pawn", "--outcome", "qpr", "--json", *QUICK)
    assert said.code == 3
    assert said.json["excluded"] > 0
    assert "starts after the end of the run" in said.err
    folder = said.json["files"]["indices.csv"].removesuffix("/pawn/indices.csv")
    assert supportnet("sensitivity", folder, "--method", "pawn", "--outcome", "qpr", *QUICK).code == 3


def test_a_design_that_is_replaced__is_named(supportnet: Supportnet, here: Path) -> None:
    factorial = EIGHT.replace('kind = "sobol"', 'kind = "factorial"\nlevels = 3')
    assert "factorial" in factorial
    study_at(here, factorial)
    study = sn.Study.load("mine.toml")
    assert "factorial, 2 factors" in repr(study), "n says nothing about it"
    said = supportnet("sensitivity", "mine.toml", "--method", "sobol", *QUICK)
    assert "Design replaced: sobol, n = 8, for factorial; 64 runs." in said.out
    morris = study.designed(kind="morris")
    assert (morris.design.levels, study.designed(kind="morris", levels=6).design.levels) == (4, 6)
    assert "Design replaced" not in supportnet("sensitivity", "mine.toml", "--method", "delta", *QUICK).out
