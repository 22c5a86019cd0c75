"""What a scenario asks of the compiled core: numbers, services of each team, programmes on offer, held mechanisms."""

from enum import IntEnum
from functools import cache
from typing import Annotated, Any, NamedTuple, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

from supportnet.sim.parameters import Parameters

Doubles = NDArray[np.float64]
Bytes = NDArray[np.int8]


class Services(NamedTuple):
    """Levers of the mental health service; one entry a team."""

    caseload: Doubles  # people per professional's post
    turnover: Doubles  # leavers per post and year at middling strain
    continuity: Doubles  # share of trust and strength handed over to a successor
    contacts_per_week: Doubles  # planned contacts with one's own professional
    boundary_openness: Doubles  # 0-1, how far professionals share of themselves
    shared_decisions: Doubles  # 0-1, expertise left with the person
    crisis_contact: Doubles  # ratio of planned contacts in crisis
    coverage: Doubles  # share of people with access


class Programmes(NamedTuple):
    """Programmes on offer (P rows)."""

    key: NDArray[np.uint32]  # key space of its ties
    uses: Bytes  # (P, 4) ties of each role in a session
    makes: Bytes  # (P, 4) 1 where the programme brings them
    deliverer: Bytes  # role, or -1: a facilitator who is not part of the network
    mobilises: Bytes  # (P, 5) resources
    reciprocity: Doubles  # of its sessions, 0-1
    expertise: Doubles  # how far the person's knowledge counts in its sessions, 0-1
    supporter_expertise: Doubles  # how far that of whoever delivers them does, 0-1
    expert_stated: Bytes
    facilitated: Bytes
    non_verbal: Bytes
    keeps_staff: Bytes
    group: Bytes  # members are each other's peers and share its professionals
    without_person: Bytes  # supporters meet without the person
    network_share: Doubles  # of weeks in which ties that it uses without making take part
    sessions_per_week: Doubles
    weeks: Doubles
    coverage: Doubles  # share of people to whom it is offered
    uptake: Doubles  # share of those who are willing
    places: NDArray[np.int64]  # at a time, in the whole area
    target: Bytes  # enums.Target
    start: NDArray[np.int64]  # week
    cost: Doubles  # per session


class HeldResource(IntEnum):
    """What can be held of the six resources, in the order of `Rules.resources`: the five personal ones (as
    `enums.Resource`), then what ties amount to: the sixth, social relationships."""

    DECISION_MAKING = 0
    EXPERIENTIAL_KNOWLEDGE = 1
    INDIVIDUAL_STRENGTHS = 2
    RECREATIONAL_ACTIVITIES = 3
    SELF_ACTUALISING = 4
    BEST_TIE = 5  # strength x trust of the best tie
    COMPANIONSHIP = 6  # saturated
    CONTACT = 7  # with friends and peers, saturated


ALL_FREE = np.full(len(HeldResource), np.nan)


class Rules(NamedTuple):
    """All that a week needs to know besides the state and the key of the luck."""

    parameters: Parameters
    services: Services
    programmes: Programmes
    mechanisms: Doubles  # (7, 4) mechanism by role: value at which it is held, 0 switched off, NaN free
    resources: Doubles = ALL_FREE  # (8,) value at which a resource is held, 0 switched off, NaN free


class PackedRules(NamedTuple):
    """Rules as the compiled core takes them: few arrays of records, so that they pass through calls cheaply."""

    parameters: Any  # (1,) record of all numbers, by their dotted names
    services: Any  # (teams,) record of levers
    programmes: Any  # (P,) record of programmes
    mechanisms: Doubles  # (7, 4)
    resources: Doubles  # (8,)


@cache
def number_record(group: type) -> np.dtype[Any]:
    """Record type of a group of numbers: doubles, rows of doubles, and groups within groups."""
    fields: list[Any] = []
    for name, hint in get_type_hints(group, include_extras=True).items():
        inner = getattr(get_args(hint)[0], "_fields", None) if get_origin(hint) is Annotated else None
        if inner:
            fields.append((name, np.float64, (len(inner),)))
        elif get_origin(hint) is Annotated:
            fields.append((name, np.float64))
        else:
            fields.append((name, number_record(hint)))
    return np.dtype(fields, align=True)


def columns_record(columns: NamedTuple) -> Any:
    """Columns of equal length as one array of records."""
    arrays = columns._asdict()
    fields = [(name, array.dtype, array.shape[1:]) for name, array in arrays.items()]
    records = np.zeros(len(next(iter(arrays.values()))), np.dtype(fields, align=True))
    for name, array in arrays.items():
        records[name] = array
    return records.view(np.recarray)


def orders(rules: Rules) -> PackedRules:
    """Rules, packed for the compiled core."""
    return PackedRules(
        np.array([rules.parameters], number_record(Parameters)).view(np.recarray),
        columns_record(rules.services),
        columns_record(rules.programmes),
        np.ascontiguousarray(rules.mechanisms, np.float64),
        np.ascontiguousarray(rules.resources, np.float64),
    )
