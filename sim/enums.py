"""The words of the field, as enums: roles, mechanisms, resources, recovery processes, support functions.

Names follow two papers: Priebe S, Omer S, Giacco D, Slade M (2014), Br J Psychiatry 204:256-261, for roles and
resources; Lauzier-Jobin F, Houle J (2024), doi:10.1007/s40737-022-00324-1, for mechanisms and, of the support
functions, reciprocity and power balance.
The five recovery processes are CHIME (Leamy et al. 2011, doi:10.1192/bjp.bp.110.083733).
"""

from enum import IntEnum


class Word(IntEnum):
    """An enum whose members are written in files as they are said: `Role.PEER.word == "peer"`."""

    @property
    def word(self) -> str:
        return self.name.lower()

    @classmethod
    def words(cls) -> tuple[str, ...]:
        return tuple(member.word for member in cls)


class Role(Word):
    """Who a supporter is to the person in recovery."""

    PROFESSIONAL = 0
    PEER = 1
    FRIEND = 2
    FAMILY = 3


class Mechanism(Word):
    """The seven mechanisms of the helping relationship."""

    PRESENCE = 0
    TRUST = 1
    COMMUNICATION = 2
    EMOTIONAL_SUPPORT = 3
    PROBLEM_FOCUSED_SUPPORT = 4
    INFLUENCE = 5
    TRANSCENDING_ROLE = 6


class Resource(Word):
    """The five personal resources; the sixth, social relationships, is the ties themselves."""

    DECISION_MAKING = 0
    EXPERIENTIAL_KNOWLEDGE = 1
    INDIVIDUAL_STRENGTHS = 2
    RECREATIONAL_ACTIVITIES = 3
    SELF_ACTUALISING = 4


SOCIAL_RELATIONSHIPS = "social_relationships"


class Process(Word):
    """CHIME: the five processes of personal recovery."""

    CONNECTEDNESS = 0
    HOPE = 1
    IDENTITY = 2
    MEANING = 3
    EMPOWERMENT = 4


class Condition(Word):
    """The kind of mental illness a person lives with; a preset is a mix of the two."""

    PSYCHOSIS = 0
    AFFECTIVE = 1


class SupportFunction(Word):
    """The 12 functions on which both sides of a tie are asked. Two (reciprocity, power balance) are named in the
    founding paper; the other ten are this project's working set."""

    EMOTIONAL_SUPPORT = 0
    COMPANIONSHIP = 1
    INSTRUMENTAL_SUPPORT = 2
    INFORMATIONAL_SUPPORT = 3
    VALIDATION = 4
    PRESENCE = 5
    COMMUNICATION = 6
    INFLUENCE = 7
    TRUST = 8
    PROBLEM_FOCUSED_SUPPORT = 9
    RECIPROCITY = 10
    POWER_BALANCE = 11


class Expert(Word):
    """Who is seen as the expert in a programme's sessions."""

    NOT_STATED = 0
    PATIENT = 1
    PROFESSIONAL = 2
    PEERS = 3
    EVERYONE = 4


class Reciprocity(Word):
    """How far help flows both ways between a programme's provider and the person."""

    ONE_WAY = 0
    MOST_RECIPROCAL_ONE_WAY = 1
    RECIPROCAL = 2


class Target(Word):
    """Groups at whom a programme or a change of services may be aimed, judged in the week in question."""

    ALL = 0
    FEW_TIES = 1
    NO_CONFIDANT = 2
    LONELY = 3
    LOW_RECOVERY = 4
    SEVERE_DISTRESS = 5
    WITHDRAWN = 6
    PSYCHOSIS = 7
    AFFECTIVE = 8


NATURAL = -1  # origin of a tie that life made
SERVICE = -2  # origin of the tie with one's own professional of the service
