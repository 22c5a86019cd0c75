"""`supportnet study check`, `sweep` and `results` as people and scripts meet them."""

import json
from pathlib import Path

import pandas as pd
import pytest

from supportnet.analysis.wording.formatting import HEADLINES
from supportnet.experiments.runs import cost_forecast
from supportnet.sim.outcomes import OUTCOMES
from supportnet.sim.provenance import sealed
from tests.command_line import Supportnet
from tests.studies import BODY, HEAD, study_at
from tests.test_sweep import FAILING


@pytest.fixture
def here(supportnet: Supportnet) -> Path:
    """The folder that commands are called from."""
    return Path.cwd()


def test_check__says_what_a_study_will_take(supportnet: Supportnet, here: Path) -> None:
    study_at(here)
    said = supportnet("study", "check", "mine.toml")
    assert said.code == 0
    assert "services.caseload" in said.out
    assert "uniform, 10 to 40" in said.out
    assert "1 scenario × 16 design points (sobol) × 2 replicates = 32 runs" in said.out
    assert "MiB" in said.out
    found = supportnet("study", "check", "mine.toml", "--json").json
    assert {"runs", "seconds", "memory", "disk"} <= set(found)
    assert found["runs"] == 32
    assert found["seconds"] > 0.0
    assert not list(here.glob("results/*"))
    study_at(here, BODY.replace("n = 4", "n = 6"))
    assert "n = 6 is not a power of two" in supportnet("study", "check", "mine.toml").out


def test_check__says_that_numbers_of_the_model_need_pools(
    supportnet: Supportnet, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("supportnet.sim.area.pool.SETTLING_WEEKS", 156)
    study_at(here, '[design]\nkind = "latin"\nn = 5\n[factors."bond.trust_gain"]\n', HEAD + "pool = 200\n")
    said = supportnet("study", "check", "mine.toml")
    assert "5 pools of people must be burned in" in said.out


def test_sweep_json__has_the_keys_of_the_interface(supportnet: Supportnet, here: Path) -> None:
    study_at(here)
    found = supportnet("sweep", "mine.toml", "--json", "--workers", "2").json
    assert {"study", "runs", "computed", "reused", "failed", "files"} <= set(found)
    assert (found["runs"], found["computed"], found["reused"], found["failed"]) == (32, 32, 0, [])
    assert all(Path(path).exists() for path in found["files"].values())
    folder = Path(found["files"]["results.parquet"]).parent
    assert folder.parent.name == "results"
    assert folder.name.startswith("sweep-mine-")
    study_at(here, head=HEAD.replace("replicates = 2", "replicates = 3"))
    again = supportnet("sweep", "mine.toml", "--json").json
    assert (again["computed"], again["reused"], again["files"]) == (16, 32, found["files"]), "an edited study goes on"


def test_study_check__times_a_pool_once_the_core_is_compiled(
    supportnet: Supportnet, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first run compiles it, which takes many times as long as a pool."""
    done, run = list[str](), cost_forecast.run_batch
    monkeypatch.setattr(cost_forecast, "run_batch", lambda batch: done.append("run") or run(batch))
    monkeypatch.setattr(cost_forecast, "pool_seconds", lambda plan: done.append("pool") or 2.0)
    monkeypatch.setattr("supportnet.sim.area.pool.SETTLING_WEEKS", 156)
    study_at(here, '[design]\nn = 2\n[factors."bond.pull"]\n', HEAD + "pool = 200\n")
    assert supportnet("study", "check", "mine.toml", "--json").json["seconds_a_pool"] == 2.0
    assert set(done[:-1]) == {"run"}
    assert done[-1] == "pool"


def test_sweep__says_that_nothing_is_missing(supportnet: Supportnet, here: Path) -> None:
    study_at(here)
    assert "32 runs: 32 computed, 0 reused" in supportnet("sweep", "mine.toml", "--out", "out").out
    assert "Nothing is missing" in supportnet("sweep", "mine.toml", "--out", "out").out


def test_failed_runs__end_with_code_3_and_are_named(
    supportnet: Supportnet, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("supportnet.sim.area.pool.SETTLING_WEEKS", 156)
    study_at(here, FAILING, HEAD + "pool = 200\n")
    said = supportnet("sweep", "mine.toml", "--out", "out", "--json")
    assert said.code == 3
    assert [one["design_point"] for one in said.json["failed"]] == [
        {"programmes.befriending.coverage": 0.3, "programmes.befriending.start_week": 104}
    ] * 2
    assert "starts after the end of the run" in said.err
    told = supportnet("results", "out", "--outcome", "qpr")
    assert told.code == 0
    assert "6 of 8 runs complete, 2 missing, of which 2 failed" in told.out


def test_results__summarise_filter_and_export(supportnet: Supportnet, here: Path) -> None:
    study_at(here, head=HEAD + "observe = [4]\n")
    supportnet("sweep", "mine.toml", "--out", "out", "--quiet")
    said = supportnet("results", "out", "--outcome", "recovery,qpr")
    assert "32 of 32 runs complete, 0 missing" in said.out
    assert "qpr" in said.out
    assert [name for name in OUTCOMES if f"\n{name} " in supportnet("results", "out").out] == [
        name for name in OUTCOMES if name in HEADLINES
    ]
    assert "more with --full" in supportnet("results", "out").out
    assert all(f"\n{name}" in supportnet("results", "out", "--full").out for name in ("hope", "posts"))
    where = ("--where", "services.caseload < 20 and replicate == 0")
    found = supportnet("results", "out", *where, "--csv", "few.csv", "--json").json
    rows = pd.read_csv("few.csv")
    assert set(rows["week"]) == {4, 8}
    assert (rows["services.caseload"] < 20).all()
    assert len(rows) == 2 * found["chosen"]
    assert list(rows.columns[-len(OUTCOMES) :]) == list(OUTCOMES)
    piped = supportnet("results", "out", *where, "--csv", "-")
    assert piped.out.encode() == Path("few.csv").read_bytes()
    assert "32 of 32 runs complete" in piped.err
    assert "\nqpr " in piped.err
    quiet = supportnet("results", "out", *where, "--csv", "-", "--quiet")
    assert (quiet.out, quiet.err) == (piped.out, "")
    both = supportnet("results", "out", "--csv", "-", "--json")
    assert (both.code, both.out) == (2, "")
    assert not Path("-").exists()
    whole = pd.read_parquet("out/results.parquet")
    means = whole[whole["week"] == 8].groupby("design_point")["qpr"].mean()
    summary = {row["outcome"]: row for row in supportnet("results", "out", "--json").json["summary"]}["qpr"]
    assert summary["mean"] == pytest.approx(means.mean())
    assert summary["sd_points"] == pytest.approx(means.std())
    assert summary["points"] == 16


def test_results__say_what_is_missing(supportnet: Supportnet, here: Path) -> None:
    study_at(here)
    supportnet("sweep", "mine.toml", "--out", "out", "--quiet")
    for part in Path("out/runs").glob("*.parquet"):
        part.unlink()
    said = supportnet("results", "out")
    assert "0 of 32 runs complete, 32 missing, of which 0 failed" in said.out
    assert "computes only what is missing" in said.out


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (("sweep", "nothing.toml"), ["no such study", "remedy"]),
        (("sweep", "mine.toml", "--engine", "thread"), ["--engine must be one of", "threads"]),
        (("sweep", "mine.toml", "--dask", "tcp://127.0.0.1:1"), ["only for the engine dask"]),
        (("results", "nowhere"), ["there are no results of a study here", "no such file"]),
        (("results", "out", "--outcome", "recovry"), ["did you mean 'recovery'?"]),
        (("results", "out", "--week", "3"), ["--week must be one of the weeks observed"]),
        (("results", "out", "--where", "services.casload < 3"), ["did you mean 'services.caseload'?"]),
        (("study", "check", "out"), ["no such study"]),
        (("schema", "studdy"), ["did you mean 'study'?"]),
    ],
)
def test_mistakes__end_with_code_2_and_a_remedy(
    supportnet: Supportnet, here: Path, words: tuple[str, ...], parts: list[str]
) -> None:
    study_at(here)
    supportnet("sweep", "mine.toml", "--out", "out", "--quiet")
    said = supportnet(*words)
    assert said.code == 2
    assert all(part in said.err for part in [*parts, "remedy: "]), said.err


def test_schema__of_studies_is_printed(supportnet: Supportnet) -> None:
    schema = json.loads(supportnet("schema", "study").out)
    assert schema["title"] == "supportnet study"
    assert "factors" in schema["properties"]


def test_a_study_of_another_format__is_read_by_the_version_that_wrote_it(supportnet: Supportnet, here: Path) -> None:
    study_at(here, BODY)
    supportnet("sweep", "mine.toml", "--out", "out", "--quiet")
    manifest = json.loads(Path("out/manifest.json").read_text())
    manifest["file"]["unknown"] = 1
    Path("out/manifest.json").write_text(json.dumps(sealed(manifest)))
    said = supportnet("results", "out")
    assert said.code == 2
    assert "there are no results of a study here" in said.err
