"""The state of an area: arrays of records, one record a person, a tie, a supporter with several ties, a place.

A week touches nearly every field of a tie, so that a tie's fields lie together, in little more than one line of the
processor's cache; from outside each field is a column: `world.ties.strength`, `world.people.distress`.
A person's ties lie side by side, oldest first: rows `first` to `first + n_ties - 1`; the rows up to `first + rows` are
free. Numbers are kept in single precision and reckoned in double. Every share, strength and activation is in [0, 1].
"""

from enum import IntEnum
from functools import cache
from typing import Annotated, Any, NamedTuple, get_args, get_type_hints

import numpy as np
from numpy.typing import NDArray

Single = Annotated[float, np.float32]
Double = Annotated[float, np.float64]
Byte = Annotated[int, np.int8]
Short = Annotated[int, np.int16]
Whole = Annotated[int, np.int32]
Long = Annotated[int, np.int64]
Word = Annotated[int, np.uint32]
Mask = Annotated[int, np.uint64]
Floats = NDArray[np.float32]
MOST_TIES = 64  # of a person: bits of a mask
OUTSIDER, UNMATCHED = -1, -2  # a supporter with this one tie only; one who may turn out to be a fellow patient


class Input(IntEnum):
    """Columns of a person's smoothed inputs, per week (docs/odd.md, 7.4)."""

    COMPANIONSHIP = 0
    EMOTIONAL = 1
    PROBLEM = 2
    INFLUENCE = 3
    LIVED_EXPERIENCE = 4
    TRANSCENDING = 5
    GIVING = 6
    RUPTURES = 7
    REACTANCE = 8
    EXPERTISE = 9  # sum of expertise held over contacts
    CONTACTS = 10  # contacts of any kind
    TREATMENT = 11  # competence x (trust - threshold), of sessions with whoever delivers them; may be negative
    SOCIAL = 12  # contacts with friends and peers
    NEGATIVE = 13  # critical contacts, of all supporters
    FAMILY = 14  # contacts with relatives, fading slowly
    CRITICAL = 15  # critical ones among those, fading slowly


N_INPUTS = len(Input)


class Seen(IntEnum):
    """Columns of what is summed over people in a week."""

    PEOPLE = 0
    CONNECTEDNESS = 1
    HOPE = 2
    IDENTITY = 3
    MEANING = 4
    EMPOWERMENT = 5
    DISTRESS = 6
    WITHDRAWAL = 7
    LONELINESS = 8
    PHQ9 = 9
    GAD7 = 10
    SEVERE_DEPRESSION = 11
    SEVERE_ANXIETY = 12
    RECOVERED_PERSONAL = 13
    RECOVERED_CLINICAL = 14
    RECOVERED_BOTH = 15
    REMITTED = 16
    ENGAGED = 17
    STRONGEST = 18
    PROFESSIONALS = 19  # ties by role
    PEERS = 20
    FRIENDS = 21
    FAMILY = 22
    RECIPROCAL = 23
    HARMFUL = 24
    ALLIANCE = 25  # trust summed over professional ties
    STRAIN = 26  # summed over ties
    SUPPORTER_TIES = 27  # pairs of a person's supporters who know each other
    PAIRED = 28  # people with at least two ties
    DENSITY = 29  # summed over those
    UNLINKED = 30  # of those, people none of whose supporters know each other
    COMPONENTS = 31  # groups of supporters who are joined, directly or through others
    RELAPSES = 32  # from here on since the run began
    ADMISSIONS = 33
    CRISIS_WEEKS = 34
    ENROLMENTS = 35
    DROPOUTS = 36
    RUPTURES = 37
    REPAIRS = 38
    PROFESSIONAL_CONTACTS = 39
    SESSION_COST = 40
    POST_WEEKS = 41
    STAFF_LEFT = 42  # these two are filled in once, not by person
    OPEN_POST_WEEKS = 43


N_SEEN = len(Seen)


class Person:
    """A person in recovery."""

    identity: Word  # who this is in the keys of all draws
    condition: Byte  # enums.Condition
    team: Byte  # whose services apply
    access: Byte  # 1 where services may be used
    looking: Byte  # 1 where a tie has begun that is to be with a fellow patient, not matched yet
    parted: Byte  # 1 where a tie with a fellow patient has ended this week
    post: Whole  # professional's post, row of `several`; -1 none
    holder: Whole  # running number of the post's holder that the service tie is with
    first: Long  # first tie row
    rows: Whole  # tie rows set aside
    n_ties: Whole  # ties alive
    made: Annotated[NDArray[np.uint16], np.uint16, (4,)]  # ties ever begun in each natural key space
    vulnerability: Single  # fixed traits from here
    own_withdrawal: Single
    own_skill: Single
    wanted: Single  # reciprocity wanted
    wished_size: Single  # friends and peers
    relatives: Single  # that there are
    need: Single  # closeness needed
    anxiety: Single  # offset of GAD-7, -.5 to .5 of its range
    intercepts: Annotated[Floats, np.float32, (5,)]  # logit of each process of recovery
    time: Single  # contacts a week there is time for
    own_resources: Annotated[Floats, np.float32, (5,)]
    processes: Annotated[Floats, np.float32, (5,)]  # moving state from here
    resources: Annotated[Floats, np.float32, (5,)]
    distress: Single
    withdrawal: Single
    loneliness: Single
    skill: Single
    inputs: Annotated[Floats, np.float32, (N_INPUTS,)]  # smoothed, per week
    owed_giving: Single  # from helping fellow patients last week
    share: Single  # share of asked contacts that fits this week
    contacts: Single  # contacts last week
    recent: Annotated[NDArray[np.uint8], np.uint8, (4, 4)]  # contacts by week modulo 4 and role
    crisis: Short  # weeks left in crisis
    since_service: Short  # weeks since a contact with the service's professional
    weeks_personal: Short  # weeks recovered personally, in a row
    weeks_clinical: Short  # weeks below the clinical cuts, in a row
    relapse_week: Whole  # week of the last relapse; far in the past if never
    relapses: Short  # counts since the run began from here
    admissions: Short
    crisis_weeks: Short
    enrolments: Short
    dropouts: Short
    ruptures: Whole
    repairs: Whole
    sessions: Whole
    professional_contacts: Whole
    post_weeks: Single  # weeks of a professional's post used


COUNTS = (
    "relapses", "admissions", "crisis_weeks", "enrolments", "dropouts",
    "ruptures", "repairs", "sessions", "professional_contacts", "post_weeks",
)  # fmt: skip


class Tie:
    """A tie between a person and a supporter."""

    knows: Mask  # bit k: the person's k-th other tie, from the oldest, is with somebody whom this supporter knows
    key: Word  # 65536 * key space + running number
    supporter: Whole  # row of `several`, or OUTSIDER, or UNMATCHED
    age: Whole  # weeks
    since: Short  # weeks since the last contact
    role: Byte  # enums.Role
    origin: Byte  # NATURAL, SERVICE, or row of the programme that made it
    ruptured: Byte
    strength: Single
    trust: Single
    reciprocity: Single
    expertise: Single  # how far the person's own knowledge counts
    friction: Single
    rate: Single  # natural contacts a week
    ceiling: Single
    trust_lost: Single
    critical: Single  # share of recent contacts that were critical
    warmth: Single  # the supporter's from here
    competence: Single
    criticism: Single
    own_criticism: Single
    strain: Single  # of a supporter with this one tie
    capacity: Single  # contacts a week


class SharedSupporter:
    """A supporter with several ties: posts of the service first, then every person as a fellow patient."""

    strain: Single
    capacity: Single  # contacts a week
    availability: Single
    competence: Single  # of a post's holder
    warmth: Single
    holder: Whole  # running number of a post's holder
    left: Whole  # times that the holder left since the run began
    open_weeks: Whole  # weeks that a post has existed since the run began
    team: Byte  # of a post; -1 where there is no such post (any more)


class Sums:
    """This week's sums over the ties of a supporter with several, in units of 2^-20: the order cannot matter."""

    demand: Long
    contacts: Long
    bad: Long
    imbalance: Long
    good: Long
    good_reciprocity: Long
    given: Long
    opened: Long


class Place:
    """One person and one programme."""

    weeks_in: Short  # weeks since joining; -1 where not in it
    weeks_out: Short  # weeks since leaving; a great many where never in it
    attended: Short  # sessions attended since the run began
    made: Short  # ties ever made by it
    sessions: Byte  # sessions attended this week
    meetings: Byte  # this week's meetings of the person's supporters without them
    waiting: Word  # draw of somebody who applies this week; 0 where nobody does


class Tally:
    """What a tie lives through in a week with contacts."""

    good: Double  # contacts that went well
    ruptures: Double
    good_shares: Double  # the same as shares of sessions: 1 / number of those who share one
    rupture_shares: Double
    lesser_shares: Double  # bad contacts that are no ruptures
    support: Double  # emotional + problem-focused + companionship of good contacts
    repairs: Double
    contacts: Double
    imbalance: Double  # sum of max(0, 1/2 - reciprocity)
    good_reciprocity: Double  # sum over good contacts
    given: Double  # presence of good contacts
    opened: Double  # contacts with transcending of the role
    good_opened: Double
    critical: Double  # share of recent contacts that were critical
    learned: Double  # sessions that went well, as shares
    relieved: Double  # support from facilitated sessions that somebody else delivers
    facilitated: Double  # facilitated sessions the tie took part in


@cache
def record(kind: type) -> np.dtype[Any]:
    """The record type with the fields that a class is annotated with."""
    fields = []
    for name, hint in get_type_hints(kind, include_extras=True).items():
        fields.append((name, *get_args(hint)[1:]))
    return np.dtype(fields, align=True)


def zeros(kind: type, *shape: int) -> Any:
    """An array of records, all zero, whose fields can be read as columns."""
    return np.zeros(shape, record(kind)).view(np.recarray)


LONG_AGO = -10_000  # week of a relapse that never was
NEVER = 10_000  # weeks out of a programme one was never in


class World(NamedTuple):
    """Everything that moves."""

    people: Any  # (n,) Person
    ties: Any  # (rows,) Tie
    several: Any  # (posts + n,) SharedSupporter
    places: Any  # (P, n) Place
    last: Floats  # (rows, 7) mechanisms of each tie's last contact, or (0, 7) where nobody looks


class WorkBuffers(NamedTuple):
    """What a week needs at hand besides the world; nothing in it outlives the week but the look-up of people."""

    lowest: int  # lowest identity in the area
    where: NDArray[np.int32]  # identity - lowest -> row of `people`, -1 nobody
    n_posts: int  # rows of `several` that are posts
    sums: Any  # (workers * posts + n,) Sums
    seen: NDArray[np.float64]  # (blocks, columns of Seen) what the week showed, block by block
