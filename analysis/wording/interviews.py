"""How interviews are used in a run, in words."""

from collections.abc import Iterator

import numpy as np

from supportnet.analysis.wording.formatting import counted
from supportnet.sim.area.empirical_population import expected_people
from supportnet.sim.importing.account import percent
from supportnet.sim.importing.contacts import LIMITS, contact_count, contacts_given, ends_at_once
from supportnet.sim.network_file.cache import cached_networks
from supportnet.sim.network_file.reader import Networks
from supportnet.sim.scenario.scenario import Scenario

TIMES = {1: "once", 2: "twice"}


def about_interviews(scenario: Scenario) -> Iterator[str]:
    """Why people of a scenario with networks from data do not represent the interviews exactly."""
    if scenario.networks:
        networks, n = cached_networks(scenario.networks), scenario.population.patients
        if used := use_of(networks, n):
            interviews = counted(len(networks.patients), "interview")
            yield f"a sample of {counted(n, 'person', 'people')} from {interviews}: {used}"
        if ending := np.count_nonzero(ends_at_once(networks, scenario.all_parameters)):
            yield (
                f"short of ties: {ending} of the {counted(len(networks.supporters), 'tie')} in its interviews "
                f"{'is' if ending == 1 else 'are'} below fade.floor ({scenario.all_parameters.fade.floor:g}) and "
                f"{'ends' if ending == 1 else 'end'} in the first week, unless contact strengthens "
                f"{'it' if ending == 1 else 'them'}"
            )
        contacts = contacts_given(networks, scenario.all_parameters, scenario.services, n)
        if contacts and contacts.fewer:
            yield (
                f"short of contacts: about {contacts.share:.0%} of the {contact_count(contacts.given)} contacts a week "
                f"in its interviews can take place, as {LIMITS}"
            )


def use_of(networks: Networks, n: int) -> str:
    """How often interviews are used for n people; empty if each is used once."""
    m = len(networks.patients)
    if np.ptp(networks.weight) > 0.0:
        share = np.minimum(expected_people(networks, n), 1.0).mean()
        return f"drawn by weight, which represents {percent(share)}% of the interviews in each replicate"
    if n < m:
        return f"{were(m - n)} left out"
    least, more = divmod(n, m)
    if more == 0:
        return f"each is used {times(least)}" if least > 1 else ""
    return f"{were(more)} used {times(least + 1)}" + (f", the others {times(least)}" if least > 1 else "")


def were(n: int) -> str:
    return f"{counted(n, 'interview')} {'is' if n == 1 else 'are'}"


def times(n: int) -> str:
    return TIMES.get(n, f"{n} times")
