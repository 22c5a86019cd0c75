"""The identity of the model follows what its code does, not how it is written down."""

import ast
import json
from pathlib import Path

import pytest

from supportnet.sim import model_identity
from supportnet.sim.model_identity import (
    FILES,
    files_of,
    identity_of,
    meaning_of,
    meanings,
    recorded_parts,
    write_record,
)
from tests.same_model import ROOT, differences

CODE = '''"""A kernel."""

from supportnet.sim.kernels.math_functions import sat


def grows(trust: float) -> float:
    """Trust, grown."""
    return sat(trust, 0.5)
'''


@pytest.mark.parametrize(
    ("written", "otherwise"),
    [
        ("sat(trust, 0.5)", "sat(trust, 0.5)  # a comment"),
        ("sat(trust, 0.5)", "sat(\n        trust,\n        0.50,\n    )"),
        ('    """Trust, grown."""\n', ""),
        ('"""A kernel."""', '"""Another text."""'),
        ("supportnet.sim.kernels.math_functions", "supportnet.sim.kernels.functions"),
        ("supportnet.sim.kernels.math_functions", "supportnet.experiments.functions"),
    ],
)
def test_writing_does_not_count(written: str, otherwise: str) -> None:
    assert meaning_of(CODE.replace(written, otherwise)) == meaning_of(CODE)


@pytest.mark.parametrize(
    ("written", "otherwise"),
    [("0.5", "0.6"), ("sat(trust", "sat(-trust"), ("import sat", "import chance as sat"), ("0.5)", "0.5) or None")],
)
def test_what_code_does_counts(written: str, otherwise: str) -> None:
    assert meaning_of(CODE.replace(written, otherwise)) != meaning_of(CODE)


def test_a_place_does_not_count__one_meaning_does() -> None:
    now = meanings("model")
    moved = {f"elsewhere/{name}": meaning for name, meaning in now.items()}
    assert identity_of(moved) == identity_of(now)
    assert identity_of({**now, "sim/area/week.py": "other"}) != identity_of(now)


@pytest.mark.parametrize("part", FILES)
def test_the_record_is_of_these_files__the_bytes_on_record_too(part: str) -> None:
    now = {name: meaning_of(path.read_text("utf-8")) for name, path in files_of(part).items()}
    recorded = {name: digests.meaning for name, digests in recorded_parts()[part].files.items()}
    assert meanings(part) == now == recorded, (
        "code of the model has changed: commit, then `make same-model`; if numbers changed: `supportnet calibrate`"
    )


def test_what_is_recorded_is_the_same_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_identity, "RECORD", tmp_path / "record.json")
    write_record({"model": "a model", "run": "a run"})
    written = json.loads((tmp_path / "record.json").read_text())
    assert written["model"]["identity"] == "a model"
    assert written["run"]["files"].keys() == recorded_parts()["run"].files.keys()


def test_every_file_that_a_run_needs__has_an_identity_or_moves_no_number() -> None:
    """A new file is put into FILES, or here, where it only reads, checks, names or keeps."""
    no_number = {
        "arguments", "cards", "errors", "former_numbers", "model_identity", "parameters", "area/__init__",
        "area/pool_store",
        "network_file/__init__", "network_file/cache", "network_file/format", "scenario/__init__",
        "scenario/checks", "scenario/files", "scenario/json_schema", "scenario/layers", "scenario/scenario",
        "scenario/schema", "storage/__init__", "storage/arrays", "storage/cache", "storage/toml_files",
        "storage/toml_kinds", "storage/toml_schema", "storage/unfinished",
    }  # fmt: skip
    with_identity = {name for part in ("model", "run") for name in files_of(part)}
    needed = needed_by("sim/area/simulation.py")
    assert needed - with_identity == {f"sim/{name}.py" for name in no_number}


def needed_by(name: str) -> set[str]:
    """The files of sim that a file imports as it is loaded, and those that these import."""
    found, waiting = set[str](), [name]
    while waiting:
        if (name := waiting.pop()) in found:
            continue
        found.add(name)
        for node in ast.parse((ROOT / name).read_text("utf-8")).body:
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("supportnet.sim"):
                places = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
                waiting += [one for place in places for one in files_at(place)]
    return found


def files_at(module: str) -> list[str]:
    """The files that a module is loaded from, with those of the folders that it lies in."""
    parts = module.split(".")[1:]
    folders = ["/".join([*parts[:k], "__init__.py"]) for k in range(2, len(parts) + 1)]
    return [name for name in (f"{'/'.join(parts)}.py", *folders) if (ROOT / name).is_file()]


def test_one_value_that_differs__is_seen() -> None:
    assert differences(["a 1", "b 2"], ["a 1", "b 3"]) == ["b 2"]
    assert differences(["a 1", "a 1"], ["a 1"]) == ["a 1"]
    assert differences(["a 1"], ["a 1", "b 3"]) == differences(["a 1"], ["a 1"]) == []
    assert differences(["run today old 1 2"], ["run today new 1 2", "run today added 4 5"]) == []
    assert differences(["run today old 1 2"], ["run today old 1 3"]) == ["run today 1 2"]
