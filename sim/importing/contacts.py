"""How much of the contacts that interviews tell of a run can have (docs/odd.md, 7.1; docs/import.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from supportnet.sim.enums import Condition, Role
from supportnet.sim.parameters import Parameters
from supportnet.sim.scenario.schema import SHARE_PSYCHOSIS, Population, ServiceLevers

if TYPE_CHECKING:
    import pandas as pd

    from supportnet.sim.network_file.reader import Networks

Doubles = NDArray[np.float64]
NORMAL = np.array([-1.6449, -1.0364, -0.6745, -0.3853, -0.1257, 0.1257, 0.3853, 0.6745, 1.0364, 1.6449])  # tenths
ENOUGH = 0.95  # share of contacts from which on nothing need be said
STRENGTH = 0.4  # of a tie of which it is not told: the mean of the model's
# Mean withdrawal of the model's people by condition, from so many ties on (a test holds them against the pool).
TIES = np.array([0, 4, 6, 9])
WITHDRAWAL = np.array([[0.60, 0.48, 0.40, 0.33], [0.40, 0.35, 0.25, 0.21]])


class ContactAnswers(NamedTuple):
    """What interviews say that contacts depend on; named as in `Networks`."""

    patient: NDArray[np.integer]  # (ties,) row of the person
    role: NDArray[np.integer]  # (ties,)
    strength: Doubles  # (ties,) NaN: not given
    contacts_per_week: Doubles  # (ties,) NaN: not given
    condition: NDArray[np.integer]  # (people,) -1: not given
    withdrawal: Doubles  # (people,) NaN: not given


class WeeklyContacts(NamedTuple):
    """Contacts a week, summed over the ties of which interviews tell them."""

    given: float
    possible: float  # about so many take place in a run
    ties_above: int  # ties with more than any tie of their role can have

    @property
    def share(self) -> float:
        return self.possible / self.given if self.given else 1.0

    @property
    def fewer(self) -> bool:
        """Whether a run has noticeably fewer."""
        return self.share < ENOUGH

    def as_dict(self) -> dict[str, float]:
        """All of it for JSON."""
        return {**self._asdict(), "share": self.share}

    def note(self) -> str:
        """What a report says about it."""
        above = f"{self.ties_above} {'tie has' if self.ties_above == 1 else 'ties have'} more than the model allows"
        return (
            f"contacts_per_week: about {contact_count(self.possible)} of {contact_count(self.given)} contacts a week "
            f"({100 * self.share:.0f} %) can take place in a run"
            + (f"; {above}, which is about one a week at most" if self.ties_above else "")
        )


def contact_count(contacts: float) -> str:
    """A number of contacts, for people."""
    return f"{contacts:,.0f}" if contacts >= 10.0 else f"{contacts:.2g}"


def contacts_given(
    answers: ContactAnswers | Networks, parameters: Parameters, services: ServiceLevers, preset: str
) -> WeeklyContacts | None:
    """Contacts given and possible; None where none are given."""
    given = ~np.isnan(answers.contacts_per_week)
    if not given.any():
        return None
    possible = possible_contacts(answers, parameters, services, SHARE_PSYCHOSIS[preset])
    most = meeting_chance(np.full(len(Role), np.inf), np.arange(len(Role)), parameters)[answers.role]
    above = int((answers.contacts_per_week > most).sum())
    return WeeklyContacts(float(answers.contacts_per_week[given].sum()), float(possible[given].sum()), above)


def contacts_in(table: pd.DataFrame) -> WeeklyContacts | None:
    """The same for the table of a network file, in a service and with people as they are in the reference area."""
    import pandas as pd

    people, ties = table.drop_duplicates("patient"), table[table["supporter"].notna()]
    answers = ContactAnswers(
        patient=pd.Index(people["patient"]).get_indexer(pd.Index(ties["patient"])),
        role=pd.Index(Role.words()).get_indexer(pd.Index(ties["role"])),
        strength=ties["strength"].to_numpy(np.float64),
        contacts_per_week=ties["contacts_per_week"].to_numpy(np.float64),
        condition=pd.Index(Condition.words()).get_indexer(pd.Index(people["condition"])),
        withdrawal=people["withdrawal"].to_numpy(np.float64),
    )
    return contacts_given(answers, Parameters(), ServiceLevers(), Population().preset)


def possible_contacts(
    answers: ContactAnswers | Networks, parameters: Parameters, services: ServiceLevers, share_psychosis: float
) -> Doubles:
    """(ties,) mean contacts in a week of each tie, as the model's equations have it, in usual circumstances."""
    meet, n = parameters.meet, len(answers.condition)
    service = first_professionals(answers)
    strength = np.where(np.isnan(answers.strength), STRENGTH, answers.strength)
    planned = np.where(answers.role == Role.PROFESSIONAL, services.contacts_per_week, 1.0)
    drawn = planned * np.array(meet.rate)[answers.role] * (meet.floor + (1.0 - meet.floor) * strength)
    drawn[service] = services.contacts_per_week * meet.scheduled
    wished = np.where(np.isnan(answers.contacts_per_week), drawn, answers.contacts_per_week)
    withdrawal = usual_withdrawal(answers, share_psychosis)[answers.patient]
    asked = wished * (1.0 - np.where(service, meet.closing_scheduled, meet.closing_informal) * withdrawal)
    of_person = np.bincount(answers.patient, asked, n)
    asked *= np.minimum(1.0, meet.budget / np.maximum(of_person, meet.budget))[answers.patient]
    found = meeting_chance(asked, answers.role, parameters)
    of_post = services.caseload * asked[service].sum() / n
    found[service] = 1.0 - np.exp(
        -asked[service] * min(1.0, parameters.people.capacity.professional / max(of_post, 1e-9))
    )
    return found


def meeting_chance(asked: Doubles, role: NDArray[np.integer], parameters: Parameters) -> Doubles:
    """Chance of a contact in a week with a supporter who has this one tie; capacities are spread."""
    people = parameters.people
    spread = np.maximum(0.2, 1.0 + people.capacity_spread * NORMAL)
    capacity = np.array(people.capacity)[role][:, None] * spread
    return np.asarray((1.0 - np.exp(-np.minimum(asked[:, None], capacity))).mean(axis=1))


def first_professionals(answers: ContactAnswers | Networks) -> NDArray[np.bool_]:
    """(ties,) whether a tie becomes the service's: the first professional of each person."""
    professional = np.flatnonzero(answers.role == Role.PROFESSIONAL)
    first = np.zeros(len(answers.role), bool)
    first[professional[np.unique(answers.patient[professional], return_index=True)[1]]] = True
    return first


def usual_withdrawal(answers: ContactAnswers | Networks, share_psychosis: float) -> Doubles:
    """(people,) withdrawal as told, else as usual with this condition and so many ties."""
    n_ties = np.bincount(answers.patient, minlength=len(answers.condition))
    usual = WITHDRAWAL[:, np.searchsorted(TIES, n_ties, side="right") - 1]
    mixed = share_psychosis * usual[Condition.PSYCHOSIS] + (1.0 - share_psychosis) * usual[Condition.AFFECTIVE]
    known = np.where(answers.condition == Condition.PSYCHOSIS, usual[Condition.PSYCHOSIS], usual[Condition.AFFECTIVE])
    return np.where(np.isnan(answers.withdrawal), np.where(answers.condition < 0, mixed, known), answers.withdrawal)
