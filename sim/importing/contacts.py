"""How many of the contacts that interviews report can take place in a run (docs/odd.md, 5 and 7.1; docs/import.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import pdtrc

from supportnet.sim.enums import Role
from supportnet.sim.parameters import Parameters
from supportnet.sim.scenario.schema import ServiceLevers

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from supportnet.sim.network_file.reader import Networks

Doubles = NDArray[np.float64]
MOST = 7  # natural contacts a week of a tie (a test holds it against the kernel, which an import need not compile)
ENOUGH = 0.95  # share of contacts from which on nothing need be said
LIMITS = "a tie has at most seven a week, and a professional of the service serves a whole caseload"


class ContactAnswers(NamedTuple):
    """What interviews say that contacts depend on; named as in `Networks`."""

    patients: Sequence[str]  # (people,) ids
    patient: NDArray[np.integer]  # (ties,) row of the person
    role: NDArray[np.integer]  # (ties,)
    strength: Doubles  # (ties,) NaN: not given
    contacts_per_week: Doubles  # (ties,) NaN: not given


class WeeklyContacts(NamedTuple):
    """Contacts a week, summed over the ties for which interviews give them."""

    given: float
    possible: float  # about so many take place in a run
    ties_above: int  # ties with more than any tie can have

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
        above = f"; {self.ties_above} {'tie has' if self.ties_above == 1 else 'ties have'} more than seven"
        return (
            f"contacts_per_week: about {contact_count(self.possible)} of {contact_count(self.given)} contacts a week "
            f"({100 * self.share:.0f} %) can take place in a run, as {LIMITS}" + (above if self.ties_above else "")
        )


def contact_count(contacts: float) -> str:
    """A number of contacts, for people."""
    return f"{contacts:,.0f}" if contacts >= 10.0 else f"{contacts:.2g}"


def contacts_given(
    answers: ContactAnswers | Networks, parameters: Parameters, services: ServiceLevers, n: int
) -> WeeklyContacts | None:
    """Contacts given, and possible in a run with n people; None where none are given."""
    contacts = answers.contacts_per_week
    given = ~np.isnan(contacts)
    if not given.any():
        return None
    possible = possible_contacts(answers, parameters, services, n)[given].sum()
    return WeeklyContacts(float(contacts[given].sum()), float(possible), int((contacts > MOST).sum()))


def contacts_in(table: pd.DataFrame) -> WeeklyContacts | None:
    """The same for the table of a network file, each person once, in a service as it is in the reference area."""
    import pandas as pd

    people, ties = pd.Index(table["patient"].unique()), table[table["supporter"].notna()]
    answers = ContactAnswers(
        patients=people,
        patient=people.get_indexer(pd.Index(ties["patient"])),
        role=pd.Index(Role.words()).get_indexer(pd.Index(ties["role"])),
        strength=ties["strength"].to_numpy(np.float64),
        contacts_per_week=ties["contacts_per_week"].to_numpy(np.float64),
    )
    return contacts_given(answers, Parameters(), ServiceLevers(), len(people))


def possible_contacts(
    answers: ContactAnswers | Networks, parameters: Parameters, services: ServiceLevers, n: int
) -> Doubles:
    """(ties,) Mean contacts a week of each tie, outside crises, in a run with n people; NaN where not given.

    E[min(N, 7)] = Σ P(N > k) over k = 0, …, 6, with N Poisson; its mean is what is given, times the availability of the
    professional for ties of the service. None of ties that end in the first week.
    """
    asked, service = answers.contacts_per_week.copy(), first_professionals(answers)
    planned = services.contacts_per_week * parameters.meet.scheduled
    of_person = np.where(np.isnan(asked), planned, asked)[service].sum() / len(answers.patients)
    of_post = min(services.caseload, n) * of_person
    if of_post > parameters.people.capacity.professional:
        asked[service] *= parameters.people.capacity.professional / of_post
    asked[~np.isnan(asked) & ends_at_once(answers, parameters)] = 0.0
    return np.asarray(pdtrc(np.arange(MOST), asked[:, None]).sum(axis=1))


def ends_at_once(answers: ContactAnswers | Networks, parameters: Parameters) -> NDArray[np.bool_]:
    """(ties,) whether a tie is too weak to last beyond the first week, unless contact strengthens it."""
    return (answers.strength < parameters.fade.floor) & ~first_professionals(answers)


def first_professionals(answers: ContactAnswers | Networks) -> NDArray[np.bool_]:
    """(ties,) whether a tie becomes the service's: the first professional of each person."""
    professional = np.flatnonzero(answers.role == Role.PROFESSIONAL)
    first = np.zeros(len(answers.role), bool)
    first[professional[np.unique(answers.patient[professional], return_index=True)[1]]] = True
    return first
