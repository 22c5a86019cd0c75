"""A damaged folder of a sweep: what is wrong is named, nothing is read from it, and the same sweep mends it."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pyarrow.parquet as pq
import pytest

from supportnet.analysis.commands.results import results_sentences
from supportnet.analysis.sensitivity.study_results import StudyResults, read_results
from supportnet.experiments.runs.manifest import LIST, MANIFEST, STUDY, study_kept, write_manifest
from supportnet.experiments.runs.plan import identity_of_plan, plan_of
from supportnet.experiments.runs.plan_file import PLAN, write_plan
from supportnet.experiments.runs.results_table import RESULTS
from supportnet.experiments.runs.run_store import RunReader, RunWriter
from supportnet.experiments.runs.sweep import PARTS
from supportnet.experiments.study.study import StudyDefinition
from supportnet.sim.errors import UserInputError
from tests.command_line import Supportnet
from tests.damage import damaged
from tests.studies import HEAD, study
from tests.test_sweep import swept

LISTED = '[design]\nkind = "list"\nfile = "points.csv"\n'


class Made(NamedTuple):
    """A small sweep as it should be."""

    study: StudyDefinition
    folder: Path
    summary: pd.DataFrame


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Three design points from a list."""
    home = tmp_path_factory.mktemp("study")
    (home / "points.csv").write_text("services.caseload\n10\n20\n40\n")
    read = study(home, LISTED)
    swept(read, home / "out", workers=1)
    return Made(read, home / "out", read_results(home / "out", [], [], None).summary())


@pytest.fixture
def folder(made: Made, tmp_path: Path) -> Path:
    """A copy that may be damaged."""
    return Path(shutil.copytree(made.folder, tmp_path / "out"))


def damages(path: Path, flips: int) -> Iterator[str]:
    """Each damage to a file, one after the other, until it is as it was again; and the file gone."""
    content = path.read_bytes()
    for what, bad in damaged(content, flips):
        path.write_bytes(bad)
        yield f"{path.name}: {what}"
    path.unlink()
    yield f"{path.name}: gone"
    path.write_bytes(content)


def read(folder: Path) -> StudyResults:
    return read_results(folder, [], [], None)


def test_a_part_that_is_a_link_to_nothing__is_passed_over(folder: Path) -> None:
    part = next((folder / PARTS).glob("runs-*"))
    part.unlink()
    part.symlink_to(folder / "nowhere")
    assert list(RunReader(folder / PARTS).foreign) == [part]


@pytest.mark.parametrize("name", [MANIFEST, PLAN, LIST])
def test_what_results_depend_on__is_refused_by_name(made: Made, folder: Path, name: str) -> None:
    for what in damages(folder / name, 30):
        try:
            found = read(folder)
        except UserInputError as mistake:
            said = str(mistake)
            assert name in said or "there are no results of a study here" in said, f"{what}: {said}"
            assert "supportnet sweep" in said, what
            continue
        assert found.summary().equals(made.summary), what  # a space in the manifest, say
        assert found.missing == 0, what
    assert read(folder).summary().equals(made.summary)


@pytest.mark.parametrize("name", [MANIFEST, PLAN, LIST, STUDY, RESULTS])
def test_the_same_sweep__writes_what_was_damaged__and_computes_nothing(made: Made, folder: Path, name: str) -> None:
    whole = (folder / name).read_bytes()
    for content in (whole[:-1], whole[:20] + bytes([whole[20] ^ 1]) + whole[21:], None):
        (folder / name).unlink()
        if content is not None:
            (folder / name).write_bytes(content)
        found = swept(made.study, folder, workers=1)
        assert (found.computed, found.reused) == (0, 6)
        assert (folder / name).read_bytes() == whole


@pytest.mark.parametrize("name", [STUDY, RESULTS])
def test_what_results_do_not_depend_on__is_named(made: Made, folder: Path, name: str) -> None:
    for what in damages(folder / name, 10):
        found = read(folder)
        assert found.summary().equals(made.summary), what
        assert f"{folder / name}; `supportnet sweep` writes it again" in results_sentences(found), what
    assert "Damaged" not in results_sentences(read(folder))


def test_runs_of_a_damaged_part__are_missing__and_it_is_named(folder: Path) -> None:
    (part,) = (folder / PARTS).glob("runs-*.parquet")
    for what in damages(part, 30):
        found = read(folder)
        assert (found.missing, found.chosen) == (6, 0), what
        assert part in found.shelf.foreign or what.endswith("gone"), what
    assert read(folder).missing == 0


def test_runs_of_a_damaged_part__are_computed_again(made: Made, folder: Path) -> None:
    (part,) = (folder / PARTS).glob("runs-*.parquet")
    part.write_bytes(part.read_bytes()[:-3])
    found = swept(made.study, folder, workers=1)
    assert (found.computed, list(found.foreign)) == (6, [part])
    assert (folder / RESULTS).read_bytes() == (made.folder / RESULTS).read_bytes()


def test_sensitivity__says_which_runs_are_missing_and_why(made: Made, folder: Path, supportnet: Supportnet) -> None:
    (part,) = (folder / PARTS).glob("runs-*.parquet")
    part.write_bytes(part.read_bytes()[:-3])
    said = supportnet("sensitivity", str(folder), "--method", "delta")
    assert said.code == 2
    assert f"6 of 6; skipped: {part} (is damaged: its checksum differs)" in said.err


def test_a_part_without_checksum__as_earlier_versions_wrote_it__is_read(made: Made, folder: Path) -> None:
    (part,) = (folder / PARTS).glob("runs-*.parquet")
    old = part.rename(folder / PARTS / "runs-0123abcd-000001.parquet")
    assert read(folder).summary().equals(made.summary)
    chunk, content = pq.read_metadata(old).row_group(0).column(5), bytearray(old.read_bytes())
    content[chunk.data_page_offset + chunk.total_compressed_size - 1] ^= 1  # the last value of an outcome
    old.write_bytes(content)
    assert list(read(folder).shelf.foreign) == [old]


def test_a_damaged_part__is_not_merged_into_a_good_one(made: Made, folder: Path) -> None:
    (part,) = (folder / PARTS).glob("runs-*.parquet")
    whole = part.read_bytes()
    other = part.with_name(part.name.replace("-0000", "-9000"))
    other.write_bytes(whole)
    part.write_bytes(whole[:200] + bytes([whole[200] ^ 4]) + whole[201:])
    ledger = RunWriter(folder / PARTS)
    ledger._small = [(part, 6), (other, 6)]
    ledger.merge()
    assert part.exists()
    assert not other.exists()
    assert len(RunReader(folder / PARTS).names) == 6


def test_interviews_beside_a_study__are_those_of_the_sweep(tmp_path: Path) -> None:
    table = pd.DataFrame({"patient": ["ada", "bo"], "supporter": ["a", "b"], "role": "friend"})
    table.to_parquet(tmp_path / "net.parquet")
    (tmp_path / "who.toml").write_text('based_on = "today"\n[population]\nnetworks = "net.parquet"\n')
    read, folder = study(tmp_path, head=HEAD + 'scenarios = ["who.toml"]\n'), tmp_path / "out"
    write_plan(plan_of(read), folder)
    write_manifest(read, folder, {})
    for what in damages(folder / "networks-0.parquet", 20):
        with pytest.raises(UserInputError, match=r"networks-0.parquet: is damaged or missing"):
            print(what, study_kept(folder))
    assert identity_of_plan(study_kept(folder)) == identity_of_plan(read)


def test_runs_of_another_version_of_the_model__are_read_and_said_to_be(
    made: Made, folder: Path, monkeypatch: pytest.MonkeyPatch, supportnet: Supportnet
) -> None:
    monkeypatch.setattr("supportnet.experiments.runs.plan.code", lambda measure: "of-another-version")
    found = read(folder)
    assert found.missing == 0
    assert found.summary().equals(made.summary)
    assert "Made by another version of the model" in results_sentences(found)
    said = supportnet("sensitivity", str(folder), "--method", "delta")
    assert "these runs were made by another version of the model" in said.err
