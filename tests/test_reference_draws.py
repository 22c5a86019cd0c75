"""The reference model's own luck: published answers, and one question one answer."""

from statistics import NormalDist

import pytest

from supportnet.sim.randomness import Draw
from tests.reference_draws import Luck, normal, philox


@pytest.mark.parametrize(
    ("counter", "key", "words"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (  # digits of pi
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_philox__gives_the_published_words(
    counter: tuple[int, int, int, int], key: tuple[int, int], words: tuple[int, int, int, int]
) -> None:
    assert philox(counter, key) == words


@pytest.mark.parametrize(
    ("u", "z"),
    [(0.25, -0.6744897501960817), (0.001, -3.090232306167814), (1e-20, -9.262340089798408)],  # Wichura's own checks
)
def test_normal__gives_the_published_quantiles(u: float, z: float) -> None:
    assert normal(u) == pytest.approx(z, rel=1e-14)


def test_normal__agrees_with_the_standard_library_from_one_end_to_the_other() -> None:
    words = [0, 1, 2, 3, *range(2**12, 2**32, 2**20 + 7), 2**32 - 2, 2**32 - 1]
    for u in [(word + 0.5) / 2**32 for word in words]:
        assert normal(u) == pytest.approx(NormalDist().inv_cdf(u), rel=1e-13, abs=1e-15)


def test_luck__asks_with_process_and_index_week_identity_and_tie() -> None:
    words = philox((Draw.HELP + 256 * 3, 7, 41, 65536 * 2 + 5), (11, 13))
    found = Luck(seed=11, replicate=13).uniforms(Draw.HELP, week=7, identity=41, tie_key=65536 * 2 + 5, index=3)
    assert found == [(word + 0.5) / 4294967296 for word in words]


def test_luck__is_another_for_every_part_of_the_key() -> None:
    asked = [
        Luck(1, 0).uniforms(Draw.MEET, 2, 3, 4, 5),
        Luck(2, 0).uniforms(Draw.MEET, 2, 3, 4, 5),
        Luck(1, 1).uniforms(Draw.MEET, 2, 3, 4, 5),
        Luck(1, 0).uniforms(Draw.HELP, 2, 3, 4, 5),
        Luck(1, 0).uniforms(Draw.MEET, 1, 3, 4, 5),
        Luck(1, 0).uniforms(Draw.MEET, 2, 1, 4, 5),
        Luck(1, 0).uniforms(Draw.MEET, 2, 3, 1, 5),
        Luck(1, 0).uniforms(Draw.MEET, 2, 3, 4, 1),
    ]
    assert len({word for words in asked for word in words}) == 4 * len(asked)
