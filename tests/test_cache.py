"""Caches: what is damaged is made again, what others may write to is not read, and a full disk only costs time."""

import errno
import gc
import logging
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pytest

from supportnet.experiments.execution import store
from supportnet.sim.area import pool, pool_store
from supportnet.sim.area.population import Pool
from supportnet.sim.jit import CONFIG, compiled_with_memory
from supportnet.sim.storage import cache
from tests.damage import damaged
from tests.small import small

CONTENT = b"what was worked out" * 10


def test_a_damaged_file__counts_as_not_there__and_is_deleted(tmp_path: Path) -> None:
    path = tmp_path / "one.pool"
    cache.write(path, CONTENT)
    whole = path.read_bytes()
    assert cache.read_kept(path) == CONTENT
    for what, content in damaged(whole, 200):
        path.write_bytes(content)
        assert cache.read_kept(path) is None, what
        assert not path.exists(), what


def test_a_file_under_another_name__counts_as_not_there(tmp_path: Path) -> None:
    cache.write(tmp_path / "one.pool", CONTENT)
    (tmp_path / "one.pool").rename(tmp_path / "two.pool")
    assert cache.read_kept(tmp_path / "two.pool") is None


def a_pool(n: int) -> Pool:
    rows = np.zeros(n, [("trust", np.float64)]).view(np.recarray)
    return Pool(rows, rows, np.zeros(n), np.zeros(n), np.arange(n))


def test_a_damaged_pool__is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPPORTNET_CACHE", str(tmp_path))
    monkeypatch.setattr(pool_store, "_known", OrderedDict())
    pool_store.stored_pool("pool-x", lambda: a_pool(5))
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    for what, content in damaged(whole, 20):
        path.write_bytes(content)
        pool_store._known.clear()
        made = list[int]()
        again = pool_store.stored_pool("pool-x", lambda made=made: made.append(1) or a_pool(5))  # type: ignore[misc]
        assert made, what
        assert again.mechanisms.tolist() == [0, 1, 2, 3, 4]
        assert path.read_bytes() == whole, what


def test_pools_used_last__are_in_memory__as_far_as_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that was forgotten is read where it is kept on disk, and made again where it is not."""
    monkeypatch.setenv("SUPPORTNET_CACHE", str(tmp_path))
    monkeypatch.setattr(pool_store, "_known", OrderedDict())
    monkeypatch.setattr(pool_store, "MEMORY", 3 * sum(part.nbytes for part in a_pool(5)))
    made = list[str]()

    def asked(name: str, on_disk: bool = False) -> None:
        pool_store.stored_pool(name, lambda: made.append(name) or a_pool(5), on_disk=on_disk)  # type: ignore[func-returns-value]

    asked("pool-a", on_disk=True)
    for name in ("b", "c", "b", "d", "b"):  # in the end the one on disk was used longest ago
        asked(name)
    assert [*pool_store._known] == ["c", "d", "b"]
    assert made == ["pool-a", "b", "c", "d"]
    asked("pool-a", on_disk=True)
    assert made == ["pool-a", "b", "c", "d"], "read from the disk"
    asked("c")
    assert made == ["pool-a", "b", "c", "d", "c"], "made again"
    assert [path.name for path in tmp_path.iterdir()] == ["pool-a.pool"]


def test_what_was_used_longest_ago__is_deleted_when_there_is_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Being read counts as being used; what is not the cache's own stays whatever its size."""
    monkeypatch.setenv("SUPPORTNET_CACHE", str(tmp_path))
    for k, name in enumerate(["pool-a.pool", "draw-b.pool", "founders-c.pool", "mine.txt"]):
        cache.write(tmp_path / name, CONTENT)
        os.utime(tmp_path / name, (k, k))
    monkeypatch.setattr(cache, "MOST", 3 * (tmp_path / "mine.txt").stat().st_size)
    cache.prune()
    assert len(list(tmp_path.iterdir())) == 4, "no more than may be kept"
    assert cache.read_kept(tmp_path / "pool-a.pool")
    cache.write(tmp_path / "draw-d.pool", CONTENT)
    cache.prune()
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == ["draw-d.pool", "founders-c.pool", "mine.txt", "pool-a.pool"]


def test_draws_have_people_of_their_own__who_are_kept_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPPORTNET_CACHE", str(tmp_path))
    monkeypatch.setattr(pool_store, "_known", OrderedDict())
    monkeypatch.setattr(pool, "FOUNDING_WEEKS", 52)
    one, other = (pool.smaller_pool(small(), 60, seed, kept=True) for seed in (1, 2))
    assert not np.array_equal(one.people.made, other.people.made)
    assert abs(one.people.skill.mean() - other.people.skill.mean()) > 0.0, "traits too"
    pool_store._known.clear()
    again = pool.smaller_pool(small(), 60, 1, kept=True)
    np.testing.assert_array_equal(again.people, one.people)
    assert len(list(tmp_path.glob("draw-*.pool"))) == 2


def test_a_pool_of_other_people_or_of_another_age__has_another_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test makes cheaper is not taken for the real thing, in memory or on disk."""
    names = [pool.pool_identity(small()), pool.pool_identity(small(), 500), pool.pool_identity(small(), seed=2)]
    names.append(pool.pool_identity(small(bond__pull=0.01)))
    monkeypatch.setattr(pool, "SETTLING_WEEKS", 156)
    names.append(pool.pool_identity(small()))
    monkeypatch.setattr(pool, "FOUNDING_WEEKS", 156)
    names.append(pool.pool_identity(small()))
    assert len(set(names)) == len(names)
    assert pool.pool_identity(small(thresholds__engaged_weeks=4)) == names[-1], "a number that moves nobody"


def test_threads_that_want_the_same_pool__make_it_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_store, "_known", OrderedDict())
    both, made = threading.Barrier(2), list[str]()

    def make() -> Pool:
        made.append("a")
        time.sleep(0.05)
        return a_pool(5)

    def asked(_: int) -> Pool:
        both.wait()
        return pool_store.stored_pool("a", make, on_disk=False)

    with ThreadPoolExecutor(2) as threads:
        one, other = threads.map(asked, range(2))
    assert one is other
    assert made == ["a"]


def test_threads_read_pools_and_results_at_once__while_garbage_is_collected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python 3.11 fails where two threads parse the headers of arrays, and something is told of garbage meanwhile."""
    monkeypatch.setenv("SUPPORTNET_CACHE", str(tmp_path))
    monkeypatch.setattr(pool_store, "_known", OrderedDict())
    pool_store.stored_pool("pool-x", lambda: a_pool(5))
    whole = store.packed([np.zeros(3, [(f"of_{k}", "f4", (3, 2)) for k in range(60)])] * 4)

    def read(_: int) -> None:
        for _ in range(20):
            assert pool_store._read("pool-x") is not None
            assert len(store.unpacked(whole)) == 4

    often, seen = gc.get_threshold(), list[object]()
    gc.callbacks.append(told := lambda *about: seen.append(sum(range(50))))
    gc.set_threshold(5)
    try:
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(read, range(4)))
    finally:
        gc.set_threshold(*often)
        gc.callbacks.remove(told)
    assert seen


def test_damaged_machine_code__is_never_unpickled(tmp_path: Path) -> None:
    def files() -> cache.CheckedFiles:
        return cache.CheckedFiles(str(tmp_path), "week", b"stamp")

    files().save("types", {"code": b"\x90" * 500})
    for path in sorted(tmp_path.iterdir()):
        whole = path.read_bytes()
        for what, content in damaged(whole, 100):
            path.write_bytes(content)
            assert files().load("types") is None, f"{path.name}: {what}"
            files().save("types", {"code": b"\x90" * 500})
            assert path.read_bytes() == whole, f"{path.name}: {what}"
    assert files().load("types") == {"code": b"\x90" * 500}


def test_damaged_machine_code__is_compiled_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CONFIG, "CACHE_DIR", str(tmp_path))

    def start() -> Any:
        return compiled_with_memory(twice)

    assert start()(21) == 42
    files = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert [path.suffix for path in files] == [".nbc", ".nbi"]
    again = start()
    assert again(21) == 42
    assert again.stats.cache_hits, "from the cache"
    for path in files:
        whole = path.read_bytes()
        for content in (b"", whole[:-1], whole[:100] + bytes([whole[100] ^ 1]) + whole[101:]):
            path.write_bytes(content)
            again = start()
            assert again(21) == 42
            assert not again.stats.cache_hits
            assert len(path.read_bytes()) > 100, "kept again"


def twice(n: int) -> int:
    return 2 * n


def test_files_of_numba_itself__are_not_read(tmp_path: Path) -> None:
    """They have no checksum: what an earlier version kept under the same name is made again."""
    from numba.core.caching import IndexDataCacheFile

    IndexDataCacheFile(str(tmp_path), "week", b"stamp").save("types", "code")
    assert cache.CheckedFiles(str(tmp_path), "week", b"stamp").load("types") is None


@pytest.fixture
def fallback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The temporary folder of this user, where the folder that is wished for will not do."""
    monkeypatch.setattr(cache.tempfile, "tempdir", str(tmp_path))
    cache._remark.cache_clear()
    return tmp_path / f"supportnet-{cache.USER}"


@pytest.mark.skipif(os.name != "posix", reason="modes of POSIX")
def test_a_cache_that_others_may_write_to__is_passed_over(
    tmp_path: Path, fallback: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    wished = tmp_path / "mine"
    monkeypatch.setenv("SUPPORTNET_CACHE", str(wished))
    assert cache.cache_folder() == wished
    assert wished.stat().st_mode & 0o777 == 0o700
    for mode in (0o770, 0o702):
        wished.chmod(mode)
        assert cache.cache_folder() == fallback
    assert [record.levelno for record in caplog.records] == [logging.WARNING], "said once"
    monkeypatch.setenv("SUPPORTNET_CACHE", str(wished / "inside"))  # the remedy
    assert cache.cache_folder() == wished / "inside"


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can give files to others")
def test_a_folder_or_link_of_somebody_else__is_passed_over(
    tmp_path: Path, fallback: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPPORTNET_CACHE", str(tmp_path / "no-folder"))
    (tmp_path / "no-folder").write_text("")
    (tmp_path / "mine").mkdir(mode=0o700)
    fallback.symlink_to(tmp_path / "mine")
    assert cache.cache_folder() == fallback, "one's own link is fine"
    os.lchown(fallback, 12345, -1)
    assert cache.cache_folder() == cache._last_resort()
    fallback.unlink()
    fallback.mkdir(mode=0o700)
    os.chown(fallback, 12345, -1)
    assert cache.cache_folder() == cache._last_resort()


def test_a_full_disk__costs_time_and_one_remark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    @contextmanager
    def full(goal: Path) -> Iterator[BinaryIO]:
        raise OSError(errno.ENOSPC, "No space left on device", str(goal))
        yield

    monkeypatch.setenv("SUPPORTNET_CACHE", str(tmp_path))
    monkeypatch.setattr(CONFIG, "CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(cache, "file_for", full)
    monkeypatch.setattr(pool_store, "_known", OrderedDict())
    cache._cannot_write.cache_clear()
    cache._remark.cache_clear()
    assert len(pool_store.stored_pool("pool-x", lambda: a_pool(3)).mechanisms) == 3
    assert compiled_with_memory(twice)(21) == 42
    assert [record.getMessage() for record in caplog.records] == [
        f"The cache {tmp_path} can't be written to (No space left on device). This costs time at every start, nothing "
        "else."
    ]


def test_without_any_place_for_machine_code__there_is_none_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Numba would keep it beside the source otherwise, under a name that does not follow the kernels within."""
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(CONFIG, "CACHE_DIR", str(tmp_path / "file"))
    made = compiled_with_memory(twice)
    assert made(21) == 42
    assert made.stats.cache_path is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such pipes")
def test_a_pipe__is_not_waited_for__and_a_file_takes_its_place(tmp_path: Path) -> None:
    path = tmp_path / "one.pool"
    cache.write(path, CONTENT)
    whole = path.read_bytes()
    path.unlink()
    os.mkfifo(path)

    def give() -> None:
        with open(os.open(path, os.O_WRONLY), "wb") as pipe:  # whoever waits gets what was kept
            pipe.write(whole)

    threading.Thread(target=give, daemon=True).start()
    assert cache.read_kept(path) is None
    cache.write(path, CONTENT)
    assert path.is_file()
    assert cache.read_kept(path) == CONTENT
