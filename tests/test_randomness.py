"""Keyed draws: known answers, shape, and that nothing but the key and the counter decides."""

import numpy as np
from scipy import stats

from supportnet.sim.randomness import Draw, normal, philox, philox_words, rng_key, uniform

MEET = int(Draw.MEET)


def hexes(*numbers: int) -> list[str]:
    return [f"{int(number):08x}" for number in numbers]


def test_philox__gives_the_published_answers() -> None:
    ones = 0xFFFFFFFF
    pi = (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344, 0xA4093822, 0x299F31D0)
    assert hexes(*philox(0, 0, 0, 0, 0, 0)) == ["6627e8d5", "e169c58d", "bc57ac4c", "9b00dbd8"]
    assert hexes(*philox(ones, ones, ones, ones, ones, ones)) == ["408f276d", "41c83b0e", "a20bc7c6", "6d5451fd"]
    assert hexes(*philox(*pi)) == ["d16cfe09", "94fdcceb", "5001e420", "24126ea1"]


def test_words__depend_on_every_part_of_the_counter_and_the_key() -> None:
    parts = [MEET, 0, 7, 11, 13, rng_key(1, 2)]
    seen = {philox_words(*parts)}
    for place, other in enumerate([MEET + 1, 1, 8, 12, 14, rng_key(1, 3)]):
        changed = [*parts[:place], other, *parts[place + 1 :]]
        seen.add(philox_words(*changed))
    seen.add(philox_words(*parts[:5], rng_key(2, 2)))
    assert len(seen) == 8
    assert philox_words(*parts) in seen


def test_uniform__stays_inside_the_unit_interval() -> None:
    assert 0.0 < uniform(0) < 1e-9
    assert 1.0 - 1e-9 < uniform(2**32 - 1) < 1.0


def test_normal__is_the_inverse_of_the_normal_distribution() -> None:
    for word in [0, 1, 2**10, 2**20, 2**31, 3 * 2**30, 2**32 - 2**12, 2**32 - 1]:
        assert abs(normal(word) - stats.norm.ppf(uniform(word))) < 1e-13


def drawn(n: int) -> np.ndarray:
    return np.array([philox_words(MEET, 0, week, 3, 5, rng_key(1, 0)) for week in range(n)], np.uint32)


def wrong(sample: np.ndarray) -> np.ndarray:
    """A sampler with a fault: the lowest of 64 values never comes."""
    return np.where(sample < 2**26, sample + np.uint32(2**26), sample)


def looks_uniform(sample: np.ndarray) -> bool:
    """Chi-square on 64 cells; false alarms: 1 in 10,000."""
    counts = np.bincount(sample >> 26, minlength=64)
    return bool(stats.chisquare(counts).pvalue > 1e-4)


def test_words__are_uniform__and_a_faulty_sampler_is_caught() -> None:
    sample = drawn(20_000)
    for place in range(4):
        assert looks_uniform(sample[:, place])
        assert not looks_uniform(wrong(sample[:, place]))


def test_words__of_neighbouring_people_and_weeks_are_unrelated() -> None:
    by_person = np.array(
        [[philox_words(MEET, 0, week, who, 5, rng_key(1, 0))[0] for week in range(400)] for who in range(30)]
    )
    correlations = np.corrcoef(by_person)[np.triu_indices(30, 1)]
    assert np.abs(correlations).max() < 5.0 / np.sqrt(400)  # 435 pairs; false alarms: about 1 in 4,000
