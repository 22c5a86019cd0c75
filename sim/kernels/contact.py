"""One contact: who helps how, whether it goes well, and what both sides take away (docs/odd.md, 7.2)."""

from supportnet.sim.enums import Role
from supportnet.sim.jit import verb
from supportnet.sim.kernels.bond import towards
from supportnet.sim.kernels.help import PEER, PROFESSIONAL, Helped, Helper, Mechanisms, Setting, goes_well, helps
from supportnet.sim.kernels.workspace import Week
from supportnet.sim.randomness import uniform
from supportnet.sim.state import Input, Tally

FRIEND, FAMILY = int(Role.FRIEND), int(Role.FAMILY)


@verb
def counting(week: Week, role: int) -> float:
    """Share of what contacts with supporters of this role bring that counts for the person."""
    return 1.0 if role == PROFESSIONAL else week.rules.parameters[0].help.lay


@verb
def accumulate_inputs(week: Week, now: Mechanisms, helper: Helper, setting: Setting, well: bool) -> None:
    """What a contact leaves in the person's week."""
    inputs, counts = week.room.inputs, counting(week, helper.role)
    part = counts / setting.shared_by
    inputs[Input.REACTANCE] += now.reactance * part
    inputs[Input.EXPERTISE] += setting.expertise * part
    inputs[Input.CONTACTS] += 1.0 / setting.shared_by
    if helper.role == PEER or helper.role == FRIEND:
        inputs[Input.SOCIAL] += part
    if helper.role == PROFESSIONAL and setting.delivers:
        stranger = week.rules.parameters[0].bond.start_trust
        inputs[Input.TREATMENT] += now.competence * (now.trust - stranger) * part
    if not well:
        return
    inputs[Input.COMPANIONSHIP] += counts * now.companionship
    inputs[Input.EMOTIONAL] += counts * now.emotional
    inputs[Input.PROBLEM] += counts * now.problem
    inputs[Input.INFLUENCE] += counts * now.influence
    inputs[Input.TRANSCENDING] += now.transcending
    inputs[Input.GIVING] += counts * (setting.reciprocity * now.presence)
    if helper.role == PEER:
        inputs[Input.LIVED_EXPERIENCE] += counts * now.communication


@verb
def count_good(now: Mechanisms, setting: Setting, tally: Tally) -> None:
    """Tally of a contact that went well."""
    tally.good += 1.0
    tally.good_shares += 1.0 / setting.shared_by
    tally.support += now.emotional + now.problem + now.companionship
    tally.good_reciprocity += setting.reciprocity
    tally.given += now.presence
    if now.transcending > 0.0:
        tally.good_opened += 1.0
    if setting.session:
        tally.learned += 1.0 / setting.shared_by


@verb
def criticises(week: Week, helper: Helper, setting: Setting, word: int) -> None:
    """Whether a contact is critical; relatives make the climate of the household."""
    tally, part = week.room.tally[0], 1.0 / setting.shared_by
    critical = 1.0 if uniform(word) < helper.criticism else 0.0
    week.room.inputs[Input.NEGATIVE] += part * critical
    if helper.role == FAMILY:
        week.room.inputs[Input.FAMILY] += part
        week.room.inputs[Input.CRITICAL] += part * critical
    tally.critical = towards(tally.critical, critical, week.rules.parameters[0].measure.critical_memory)


@verb
def has_contact(
    week: Week, words: tuple[int, int, int, int],
    person: Helped, helper: Helper, setting: Setting,
) -> Mechanisms:  # fmt: skip
    """One contact: who helps how, whether it goes well, and what both sides take away."""
    tally, p = week.room.tally[0], week.rules.parameters[0]
    now = helps(p.help, week.rules.mechanisms, person, helper, setting)
    goes, breaks, mends, criticism = words
    well = goes_well(p.help, person, helper, setting, now, p.bond.reciprocity[helper.role], goes)
    accumulate_inputs(week, now, helper, setting, well)
    tally.contacts += 1.0
    tally.imbalance += max(0.0, 0.5 - setting.reciprocity)
    if now.transcending > 0.0:
        tally.opened += 1.0
    if setting.facilitated:
        tally.facilitated += 1.0
        if not setting.delivers:
            tally.relieved += (1.0 + setting.known) / setting.shared_by
    if well:
        count_good(now, setting, tally)
        if helper.ruptured and uniform(mends) < p.bond.repair:
            tally.repairs += 1.0
    elif uniform(breaks) < p.bond.rupture_chance:
        tally.ruptures += 1.0
        tally.rupture_shares += 1.0 / setting.shared_by
        week.room.inputs[Input.RUPTURES] += counting(week, helper.role) / setting.shared_by
    else:
        tally.lesser_shares += 1.0 / setting.shared_by
    criticises(week, helper, setting, criticism)
    return now
