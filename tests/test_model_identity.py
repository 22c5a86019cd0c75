"""The identity of the model follows what its code does, not how it is written down."""

import json
from pathlib import Path

import pytest

from sim import model_identity
from sim.model_identity import INTERVIEWED, identity_of, meaning_of, model_files, model_meanings, record, write_record
from tests.same_model import differences

CODE = '''"""A kernel."""

from sim.kernels.maths import sat


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
        ("sim.kernels.maths", "sim.kernels.functions"),
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
    meanings = model_meanings()
    moved = {f"elsewhere/{name}": meaning for name, meaning in meanings.items()}
    assert identity_of(moved) == identity_of(meanings)
    assert identity_of({**meanings, "week.py": "other"}) != identity_of(meanings)


def test_the_record_is_of_these_files__the_bytes_on_record_too() -> None:
    meanings = {name: meaning_of(path.read_text("utf-8")) for name, path in model_files().items()}
    recorded = {name: digests.meaning for name, digests in record().files.items() if name != INTERVIEWED}
    assert model_meanings() == meanings == recorded


def test_what_is_recorded_is_the_same_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_identity, "RECORD", tmp_path / "record.json")
    write_record("a model")
    written = json.loads((tmp_path / "record.json").read_text())
    assert written["identity"] == "a model"
    assert written["files"].keys() == record().files.keys()


def test_one_value_that_differs__is_seen() -> None:
    assert differences(["a 1", "b 2"], ["a 1", "b 3"]) == ["b 2 then, b 3 now"]
    assert differences(["a 1"], ["a 1", "b 3"]) == ["None then, b 3 now"]
    assert differences(["a 1"], ["a 1"]) == []
