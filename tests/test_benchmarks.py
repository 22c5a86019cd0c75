"""The C side of the benchmarks lives the same lives as the core, or its speed would say nothing."""

import pytest

from benchmarks.c import apart_after, compiler


@pytest.mark.skipif(compiler() is None, reason="there is no C compiler here")
def test_the_week_in_c__leaves_every_field_of_a_small_area_the_same_to_the_bit() -> None:
    assert apart_after(patients=100, weeks=60) == {}
