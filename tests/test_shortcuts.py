"""Verbs that spare an exponential decide as the exact chance does, above all where a draw comes close to it."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats

from supportnet.sim.kernels import enrol, form, help, meet
from supportnet.sim.parameters import Parameters
from tests.plain_kernels import machine

P = Parameters()
TRIES = 3000
Case = tuple[Callable[[int], bool], float]  # the verb's decision for a word, and its exact chance


def chance(hazard: float) -> float:
    return 1.0 - math.exp(-hazard)


def words_around(share: float, luck: np.random.Generator) -> list[int]:
    """Words whose numbers lie just below and above a share, and one anywhere."""
    at = int(share * 2**32)
    near = [word for word in (at - 40, at - 2, at + 1, at + 40) if 0 <= word < 2**32]
    return [*near, int(luck.integers(2**32))]


def a_meeting(u: list[float]) -> Case:
    asked = 3.0 * u[0] ** 2
    return (lambda word: machine_of(meet.contacts_met)((asked, word)) > 0), chance(asked)


def several_meetings(u: list[float]) -> Case:
    asked, number = 10.0 * u[0] ** 2, 2 + int(6 * u[1])
    exact = float(stats.poisson.sf(number - 1, asked))
    return (lambda word: machine_of(meet.contacts_met)((asked, word)) >= number), exact


def an_end_outside(u: list[float]) -> Case:
    family, x = u[1] < 0.5, P.fade.outside_slope * u[0] + u[2]
    hazard = P.fade.outside * math.exp(-x) * (P.fade.family if family else 1.0)
    return (lambda word: machine_of(form.ends_outside)((P.fade, u[0], u[2], family, word))), chance(hazard)


def a_harm_left(u: list[float]) -> Case:
    exact = chance(P.fade.leaving * u[0] ** 2 * u[1])
    return (lambda word: machine_of(form.leaves_harm)((P.fade, u[0], u[1], word))), exact


def a_dropout(u: list[float]) -> Case:
    base, e = 0.1 * u[0] ** 2, P.enrol
    exact = chance(base * math.exp(-e.leaving_trust * u[1]))
    return (lambda word: machine_of(enrol.leaves)((e, base, u[1], word))), exact


def a_good_contact(u: list[float]) -> Case:
    numbers = P.help._replace(well_base=10.0 * u[0] - 5.0)
    person = help.Helped(u[1], u[3], u[4] - 0.5, u[5], u[6])
    helper = help.Helper(2, u[8], u[9], u[10], u[11], False, u[12], u[13], u[14], u[15], u[16], u[7])
    setting = help.Setting(1.0, 1.0, u[17], u[18], u[0], 0, False, False, u[18] < 0.5, False)
    now = help.Mechanisms(*u[19:29])
    others = now.presence + person.skill + (u[18] < 0.5) - helper.friction - helper.criticism - person.distress
    logit = numbers.well_base + numbers.well_trust * now.trust + numbers.well_other * others
    logit -= numbers.well_mismatch * abs(person.wanted - (setting.reciprocity - 0.45))
    exact = 1.0 / (1.0 + math.exp(-logit))
    return (lambda word: machine_of(help.goes_well)((numbers, person, helper, setting, now, 0.45, word))), exact


KNOWN: dict[Any, Any] = {}


def machine_of(verb: Any) -> Any:
    return KNOWN.setdefault(verb, machine(verb))


@pytest.mark.parametrize(
    "about",
    [several_meetings, a_dropout]
    + [pytest.param(one, marks=pytest.mark.slow) for one in (a_meeting, an_end_outside, a_harm_left, a_good_contact)],
    ids=lambda f: f.__name__,
)
def test_shortcuts__decide_as_the_exact_chance_does(about: Callable[[list[float]], Case]) -> None:
    luck, happened, apart = np.random.default_rng(7), 0, []
    for _ in range(TRIES):
        decides, exact = about([float(x) for x in luck.random(29)])
        for word in words_around(exact, luck):
            happens = decides(word)
            happened += happens
            if happens != ((word + 0.5) / 2**32 < exact):
                apart.append((exact, word))
    assert apart == []
    assert TRIES < happened < 4 * TRIES  # both answers are met often
