"""Fellow patients of the reference model find each other, and part on both sides (docs/odd.md, 7.0)."""

from itertools import groupby
from typing import TYPE_CHECKING

from supportnet.sim.randomness import Draw
from supportnet.sim.state import UNMATCHED
from tests.reference_people import Person, Tie

if TYPE_CHECKING:
    from tests.reference import Reference

NEIGHBOURHOOD = 64  # consecutive identities


def first_neighbour(person: Person) -> int:
    """The lowest identity that somebody in the same neighbourhood can have."""
    return person.identity // NEIGHBOURHOOD * NEIGHBOURHOOD


def settle_fellows(model: "Reference") -> None:
    """What has ended on one side ends on the other; then those who look for somebody find each other."""
    for person in model.persons:
        for tie in list(person.ties):
            if tie.fellow and not knows(tie.fellow, person):
                tie.end("the other side ended it")
    people = sorted(model.persons, key=lambda person: person.identity)
    for _, neighbours in groupby(people, first_neighbour):
        find_each_other(list(neighbours))


def knows(person: Person, other: Person) -> bool:
    """Whether `other` is the supporter in one of the person's ties."""
    return any(tie.fellow is other for tie in person.ties)


def find_each_other(neighbours: list[Person]) -> None:
    """Matching within one neighbourhood, if anybody has begun to look since the last time."""
    if not any(person.looking for person in neighbours):
        return
    waiting = sorted((tie for person in neighbours for tie in person.ties if seeks(tie)), key=whom)
    while waiting:
        tie = waiting.pop(0)
        match = next((other for other in waiting if fits(tie, other)), None)
        if match:
            waiting.remove(match)
            tie.be_with(match.person.helper)
            match.be_with(tie.person.helper)
            tie.person.model.tell("fellows", tie.person.identity, tie.key, match.person.identity, match.key)
    for person in neighbours:
        person.looking = False


def whom(tie: Tie) -> float:
    """Place in the order of matching; equal ones stay in that of identities, then of age."""
    return tie.person.model.luck.uniforms(Draw.TRAITS_B, 0, tie.person.identity, tie.key)[3]


def seeks(tie: Tie) -> bool:
    """Whether a tie may be matched: one from a programme while the person is in it."""
    in_it = tie.origin < 0 or tie.person.places[tie.origin].weeks_in >= 0
    return tie.supporter.row == UNMATCHED and in_it


def fits(tie: Tie, other: Tie) -> bool:
    same = tie.origin == other.origin and tie.person is not other.person
    return same and not knows(tie.person, other.person)
