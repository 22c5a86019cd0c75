"""Identities of runs in memory: read and written without loss, found where they stand."""

import hashlib

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportnet.experiments.runs.run_ids import NOBODY, Lookup, are_in, from_digests, from_hex, to_hex


def digests(words: list[str]) -> bytes:
    return b"".join(hashlib.sha256(word.encode()).digest() for word in words)


@given(st.lists(st.text(max_size=3), max_size=30))
def test_identities__are_read_as_they_were_written(words: list[str]) -> None:
    names = from_digests(digests(words))
    column = to_hex(names)
    assert column.to_pylist() == [hashlib.sha256(word.encode()).hexdigest() for word in words]
    np.testing.assert_array_equal(from_hex(column), names)
    np.testing.assert_array_equal(from_hex(pa.chunked_array([column[1:], column[:1]]))[:-1], names[1:])


@given(st.lists(st.text(max_size=2), max_size=20), st.lists(st.text(max_size=2), max_size=20))
def test_lookup__finds_the_first_place_of_each(there: list[str], wanted: list[str]) -> None:
    found = Lookup(from_digests(digests(there))).find(from_digests(digests(wanted)))
    assert found.tolist() == [there.index(word) if word in there else -1 for word in wanted]


def test_nobody__is_found_among_nobody() -> None:
    assert are_in(NOBODY, NOBODY).shape == (0,)
    assert not are_in(from_digests(digests(["a"])), NOBODY).any()


def test_an_identity_with_the_same_beginning__is_another_one() -> None:
    one = from_digests(bytes(range(32)))
    other = one.copy()
    other[0, 3] += np.uint64(1)
    assert not are_in(one, other).any()


@pytest.mark.parametrize("column", [["ab"], ["a" * 63], ["a" * 64, None], ["g" * 64]])
def test_texts_that_are_no_identities__are_refused(column: list[str | None]) -> None:
    with pytest.raises(ValueError, match=r"identities of runs|hexadecimal"):
        from_hex(pa.array(column, pa.string()))
