"""What a calibration keeps to go on with: plain numbers, checked, and never executed, whoever the folder comes from."""

import hashlib
import io
import pickle
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from supportnet.experiments.calibration import store as module
from supportnet.experiments.calibration.emulator import Emulator, arrays_of, emulators_from, emulators_of, means_of
from supportnet.experiments.calibration.iterate import chains, train_emulators
from supportnet.experiments.calibration.mcmc import Sampled, sample
from supportnet.experiments.calibration.store import FOLDER, fitted, store_in
from supportnet.experiments.calibration.targets import CalibrationTarget
from supportnet.experiments.execution.store import packed, unpacked
from supportnet.experiments.posterior.posterior import METADATA, read_draws
from supportnet.sim.errors import UserInputError
from tests.test_calibration import DIMS, LIKELIHOOD, known

WHOLE = np.array([4.0, 2.0])


class Halves:
    """Something that takes long, as the calibration asks a store for it."""

    def __init__(self) -> None:
        self.times = 0

    @staticmethod
    def one(arrays: Sequence[np.ndarray]) -> np.ndarray:
        (found,) = arrays
        return found

    def of(self, folder: Path, whole: np.ndarray = WHOLE) -> np.ndarray:
        def work_out() -> np.ndarray:
            self.times += 1
            return whole / 2

        return fitted(store_in(folder), (whole, "halves"), work_out, lambda found: [found], self.one)


def only_file(folder: Path) -> Path:
    (path,) = (one for one in (folder / FOLDER).rglob("*") if one.is_file())
    return path


def test_what_was_worked_out__is_read_again__but_not_by_other_libraries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    halves = Halves()
    assert np.array_equal(halves.of(tmp_path), halves.of(tmp_path))
    assert halves.times == 1
    halves.of(tmp_path, WHOLE + 1)
    halves.of(tmp_path, WHOLE.astype(np.float32))
    halves.of(tmp_path, WHOLE[None])
    assert halves.times == 4
    monkeypatch.setattr(module, "FITTED_BY", ("numpy",))
    assert np.array_equal(halves.of(tmp_path), WHOLE / 2)
    assert halves.times == 5


class Attack:
    """Runs a program when it is unpickled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> Any:
        return Path.touch, (self.folder / "pwned",)


def pickled(content: bytes, folder: Path) -> bytes:
    return pickle.dumps(Attack(folder))


def pickled_and_signed(content: bytes, folder: Path) -> bytes:
    return signed(pickle.dumps(Attack(folder)))


def object_array(content: bytes, folder: Path) -> bytes:
    file = io.BytesIO()
    np.save(file, np.array([Attack(folder)], object), allow_pickle=True)
    return signed(file.getvalue())


def signed(rest: bytes) -> bytes:
    return hashlib.sha256(rest).digest() + rest


def huge(content: bytes, folder: Path) -> bytes:
    """An array that says of itself that it has 10^15 numbers."""
    return signed(content[32:].replace(b"(2,)", b"(999999999999999,)"[:18]))


DAMAGES: list[Callable[[bytes, Path], bytes]] = [
    pickled, pickled_and_signed, object_array, huge,
    lambda content, folder: b"",
    lambda content, folder: content[:-1],
    lambda content, folder: content[:-1] + bytes([content[-1] ^ 1]),
    lambda content, folder: packed([]),
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_damaged_or_forged__is_worked_out_again_and_never_executed(
    damage: Callable[[bytes, Path], bytes], tmp_path: Path
) -> None:
    halves = Halves()
    halves.of(tmp_path)
    path = only_file(tmp_path)
    path.write_bytes(damage(path.read_bytes(), tmp_path))
    assert np.array_equal(halves.of(tmp_path), WHOLE / 2)
    assert halves.times == 2
    assert not (tmp_path / "pwned").exists()
    assert np.array_equal(halves.of(tmp_path), WHOLE / 2)
    assert halves.times == 2, "mended"


def test_pickles_that_another_version_left__are_not_read(tmp_path: Path) -> None:
    """As joblib's Memory kept them: kept/CODE/joblib/MODULE/FUNCTION/ARGUMENTS/output.pkl."""
    Halves().of(tmp_path)
    below = only_file(tmp_path).parent / "joblib" / "experiments" / "calibration" / "emulator" / "emulators_of" / "0"
    below.mkdir(parents=True)
    (below / "output.pkl").write_bytes(pickle.dumps(Attack(tmp_path)))
    Halves().of(tmp_path)
    assert not (tmp_path / "pwned").exists()


def test_emulators_and_chains__come_back_to_the_bit() -> None:
    luck = np.random.default_rng(2)
    units = luck.random((60, DIMS))
    emulators = emulators_of(units, known(units)[:, :2], np.ones(60, np.bool_), 1)
    again = emulators_from(unpacked(packed(arrays_of(emulators))))
    fresh = luck.random((50, DIMS))
    assert means_of(emulators)(fresh).tobytes() == means_of(again)(fresh).tobytes()
    assert [one.fit for one in again] == [one.fit for one in emulators]
    assert [type(value) for value in again[0].fit] == [float, float, int]
    drawn = sample(LIKELIHOOD, DIMS, 1, chains=4, warm_up=20, draws=40, thin=10)
    back = Sampled.of(unpacked(packed(drawn.arrays())))
    assert all(np.array_equal(one, other) for one, other in zip(drawn, back, strict=True))


def test_an_interrupted_calibration__goes_on_with_the_same_bits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from contextlib import nullcontext

    from supportnet.experiments.calibration import iterate
    from supportnet.experiments.calibration.targets import targets_of
    from supportnet.experiments.study.study import StudyDefinition

    targets: list[CalibrationTarget] = targets_of(StudyDefinition.load("calibration"))[:2]
    units = np.random.default_rng(3).random((60, 5))
    values = np.array([[target.pattern.low, target.pattern.high] for target in targets]).mean(axis=1) + 0 * units[:, :2]
    values *= 1 + 0.1 * units[:, :2]

    def lived() -> tuple[list[Emulator], Sampled]:
        store = store_in(tmp_path)
        emulators = train_emulators([], units, values, targets, 1, lambda doing: nullcontext(None), store)
        size = {"seed": 1, "steps": 200, "wider": 1.0, "workers": 1}
        return emulators, chains(emulators, targets, 5, store, **size, progress=iterate.ignore)

    first, drawn = lived()
    monkeypatch.setattr(iterate, "emulators_of", lambda *_: pytest.fail("emulators are there"))
    monkeypatch.setattr(iterate, "sample", lambda *_, **__: pytest.fail("chains are there"))
    again, drawn_again = lived()
    assert [one.tobytes() for one in arrays_of(again)] == [one.tobytes() for one in arrays_of(first)]
    assert drawn_again.units.tobytes() == drawn.units.tobytes()


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"bond.pull": np.zeros(100_001), "weight": np.ones(100_001)}, "more than 100,000 parameter draws"),
        ({"bond.pull": ["x" * 10], "weight": [1.0]}, "text in the column bond.pull"),
    ],
)
def test_a_posterior__holds_no_more_than_numbers_that_fit_in_memory(
    table: dict[str, Any], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few bytes of Parquet may stand for very many values."""
    pq.write_table(pa.table(table), tmp_path / "p.parquet")
    monkeypatch.setattr(pq.ParquetFile, "read", lambda *_, **__: pytest.fail("read before it was looked at"))
    with pytest.raises(UserInputError, match=said):
        read_draws(tmp_path / "p.parquet")


def test_a_posterior_nested_without_end__is_a_mistake(tmp_path: Path) -> None:
    told = {METADATA: b"[" * 100_000}
    pq.write_table(pa.table({"weight": [1.0]}).replace_schema_metadata(told), tmp_path / "p.parquet")
    with pytest.raises(UserInputError, match="there is no posterior here"):
        read_draws(tmp_path / "p.parquet")
