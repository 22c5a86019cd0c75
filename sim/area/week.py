"""The order of the week, written once.

1. fellows ties between fellow patients find each other, and end on both sides
2. enrol   programmes discharge, lose and admit people; staff are replaced; people disengage and return
3. share   people, then supporters, share out their time
4. meet    how many contacts each tie has
5. help    the seven mechanisms, and whether the contact goes well
6. bond    ties move
7. recover inputs, resources, processes, distress, withdrawal, relapse
8. tire    supporters' strain; staff leave
9. fade and form   ties end and begin
10. observe

People are taken in blocks of 1,024, whatever the number of workers, so that sums over people come out the same. A step
that depends on other people (places in programmes, time shared out, supporters' strain) waits until all have finished
the step before.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from supportnet.sim.jit import callable_form, compiled_with_memory, verb
from supportnet.sim.kernels.enrol import fill_places, leave_and_apply
from supportnet.sim.kernels.fellows import settle_fellows
from supportnet.sim.kernels.observe import track_recovery, watch, watched
from supportnet.sim.kernels.person_week import live, share_time
from supportnet.sim.kernels.staff import share_out, tire_several
from supportnet.sim.kernels.workspace import Week, room_for
from supportnet.sim.randomness import Key
from supportnet.sim.rules import PackedRules
from supportnet.sim.state import WorkBuffers, World

BLOCK = 1024


@verb
def enrol_people(week: Week, start: int, stop: int) -> None:
    """2: people leave programmes and apply for them."""
    for i in range(start, stop):
        leave_and_apply(week, i)


@verb
def share_people(week: Week, start: int, stop: int) -> None:
    """2, 3: people join programmes, use services and share out their time."""
    for i in range(start, stop):
        share_time(week, i)


@verb
def share_supporters(week: Week, start: int, stop: int) -> None:
    """3: supporters with several ties share out their time."""
    for supporter in range(start, stop):
        share_out(week, supporter)


@verb
def live_people(week: Week, start: int, stop: int, look: bool) -> None:
    """4 to 7 and 9: people meet, are helped, bond, recover, lose and make ties; 10: what is seen of them."""
    for i in range(start, stop):
        live(week, i)
        track_recovery(week, week.world.people[i])
        if look:
            seen = week.desk.seen[i // BLOCK]
            if i % BLOCK == 0:
                seen[:] = 0.0
            watch(week, i, seen)


@verb
def tire_supporters(week: Week, start: int, stop: int) -> None:
    """8: supporters with several ties tire; staff leave."""
    for supporter in range(start, stop):
        tire_several(week, supporter)


@compiled_with_memory
def live_weeks(
    world: World,
    rules: PackedRules,
    desk: WorkBuffers,
    key: Key,
    first_week: int,
    weeks: int,
    every: int,
    seen: NDArray[np.float64],
) -> None:
    """A run of weeks in one compiled call.

    seen (rows, N_SEEN): one row for each week whose number + 1 is a multiple of `every`; none where `every` is 0.
    """
    n, supporters = world.people.shape[0], world.several.shape[0]
    room, row = room_for(world), 0
    for number in range(first_week, first_week + weeks):
        week = Week(world, rules, desk, key, number, 0, room)
        look = every > 0 and (number + 1) % every == 0
        settle_fellows(week)
        if rules.programmes.shape[0] > 0:
            enrol_people(week, 0, n)
            fill_places(week)
        share_people(week, 0, n)
        share_supporters(week, 0, supporters)
        live_people(week, 0, n, look)
        tire_supporters(week, 0, supporters)
        if look:
            watched(week, seen[row])
            row += 1


# Steps as Python calls them, one after the other; each is compiled when it is needed.
ENROL, SHARE, SHARE_SUPPORTERS, LIVE, TIRE = (
    callable_form(step) for step in (enrol_people, share_people, share_supporters, live_people, tire_supporters)
)


def live_weeks_together(
    world: World,
    rules: PackedRules,
    desk: WorkBuffers,
    key: Key,
    first_week: int,
    weeks: int,
    *,
    every: int,
    seen: NDArray[np.float64],
    workers: int,
) -> None:
    """The same, bit for bit, by several threads: each takes whole blocks of people."""
    if len(desk.sums) < workers * desk.n_posts + len(world.people):
        raise ValueError(f"this area was set up for fewer than {workers} workers")
    blocks = -(-len(world.people) // BLOCK)
    workers = min(workers, blocks)
    if workers == 1:
        return live_weeks(world, rules, desk, key, first_week, weeks, every, seen)
    people = [min(len(world.people), BLOCK * (blocks * k // workers)) for k in range(workers + 1)]
    supporters = [len(world.several) * k // workers for k in range(workers + 1)]
    rooms, row = [room_for(world) for _ in range(workers)], 0
    with ThreadPoolExecutor(workers) as pool:
        for number in range(first_week, first_week + weeks):
            week = [Week(world, rules, desk, key, number, worker, rooms[worker]) for worker in range(workers)]
            look = [every > 0 and (number + 1) % every == 0] * workers
            settle_fellows(week[0])
            if len(rules.programmes):
                list(pool.map(ENROL, week, people, people[1:]))
                fill_places(week[0])
            list(pool.map(SHARE, week, people, people[1:]))
            list(pool.map(SHARE_SUPPORTERS, week, supporters, supporters[1:]))
            list(pool.map(LIVE, week, people, people[1:], look))
            list(pool.map(TIRE, week, supporters, supporters[1:]))
            if look[0]:
                watched(week[0], seen[row])
                row += 1
