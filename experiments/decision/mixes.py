"""Mixes of options: what several of them change together, where they do not contradict each other."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from supportnet.sim.errors import UserInputError
from supportnet.sim.scenario.files import GIVEN, Source
from supportnet.sim.scenario.layers import Layer, flat
from supportnet.sim.scenario.scenario import Scenario

MOST = 80  # options and mixes that are simulated
LABELS = ("title", "assumes")


class Mix(NamedTuple):
    """One option, or several together."""

    parts: tuple[str, ...]  # names of the options
    scenario: Scenario


def mixes_of(baseline: Scenario, options: Sequence[Scenario]) -> tuple[list[Mix], dict[tuple[str, ...], str]]:
    """Each option, then each pair, and so on, all of one size if `MOST` allows; and pairs that contradict each other,
    with what they contradict each other about. A mix with such a pair in it is not formed."""
    mixes, apart = [Mix((one.name,), one) for one in options], dict[tuple[str, ...], str]()
    for one, other in combinations(options, 2):
        if about := contradiction(baseline, one, other):
            apart[one.name, other.name] = about
    for size in range(2, len(options) + 1):
        together = [some for some in combinations(options, size) if not _has_any(some, apart)]
        if len(mixes) + len(together) > MOST:
            break
        mixes += [Mix(tuple(one.name for one in some), mix_of(baseline, some)) for some in together]
    return mixes, apart


def _has_any(options: Sequence[Scenario], apart: dict[tuple[str, ...], str]) -> bool:
    names = {one.name for one in options}
    return any(names.issuperset(pair) for pair in apart)


def mix_of(baseline: Scenario, options: Sequence[Scenario]) -> Scenario:
    """What several options change, one after the other, as a scenario. Raises UserInputError where their calendars
    contradict each other."""
    name = " + ".join(one.name for one in options)
    titles = [one.title for one in options]
    words = {
        "title": f"{', '.join(titles[:-1])} and {titles[-1]}",
        "assumes": " ".join(f"{one.title}: {one.assumes}" for one in options if one.assumes),
    }
    files = [layer for layer in baseline.layers if layer.source != GIVEN]
    by_hand = [layer for layer in baseline.layers if layer.source == GIVEN]
    changes = [layer.as_base() for one in options for layer in changes_of(one, baseline)]
    return Scenario(name, (*files, *changes, Layer(Source(name), words, {}, {}), *by_hand))


def changes_of(option: Scenario, baseline: Scenario) -> list[Layer]:
    """What the files of an option say beyond those of the baseline. Raises UserInputError where it is not based on the
    baseline."""
    files, base = ([each for each in one.layers if each.source != GIVEN] for one in (option, baseline))
    begins = [each.as_base().content for each in files[: len(base)]]
    if begins != [each.as_base().content for each in base] or len(files) == len(base):
        raise UserInputError(
            f"{option.name} is not based on {baseline.name}", where="options", found=option.name,
            expected="options that say what they change of the baseline",
            remedy=f'write based_on = "{baseline.name}" in its file, or name what it is based on as the baseline',
        )  # fmt: skip
    return files[len(base) :]


def contradiction(baseline: Scenario, one: Scenario, other: Scenario) -> str:
    """What two options set to different values, by dotted name; empty where they can be had together."""
    first, second = (dict(_settings(changes_of(each, baseline))) for each in (one, other))
    if differ := [name for name, value in first.items() if second.get(name, value) != value]:
        return ", ".join(differ)
    try:
        mix_of(baseline, [one, other])
    except UserInputError as error:  # by their calendars, or by what must go together
        return str(error.mistakes[0].parts["what"])
    return ""


def _settings(layers: Sequence[Layer]) -> Iterator[tuple[str, object]]:
    """Dotted name and value of all that layers set, but for the calendar, which is checked as a whole."""
    for layer in layers:
        yield from flat({key: each for key, each in layer.content.items() if key not in (*LABELS, "calendar")})
