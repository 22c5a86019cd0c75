"""Every number of the model: one line each, with default, unit, range and source.

`Parameters()` is the reference set. A number is addressed by its dotted name, for example `bond.trust_gain` or
`meet.rate.family`; the same name serves scenario files, `--set`, study factors and the tables in the documents.
A source of "assumed" means just that; "set" means set by hand so that patterns of docs/patterns.md are met.
Ranges are what a sensitivity analysis should vary over; hard limits of validation are the same.
"""

from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, get_args, get_origin, get_type_hints

from supportnet.sim.arguments import with_checked_arguments
from supportnet.sim.errors import names_with
from supportnet.sim.reference_area import BASES, CENTRES

if TYPE_CHECKING:
    import pandas as pd

IDLE = ("thresholds.", "measure.", "views.", "costs.")  # groups of numbers that move nobody
POOL_SIZE = 4000  # people of a stationary pool


class Number(NamedTuple):
    """What is known about one number: unit, plausible range, where it comes from."""

    unit: str
    low: float
    high: float
    source: str


class ByRole(NamedTuple):
    """One number for each kind of supporter, in the order of `enums.Role`."""

    professional: float
    peer: float
    friend: float
    family: float


class ByLayRole(NamedTuple):
    """One number for each kind of supporter but professionals, in the order of `enums.Role`."""

    peer: float
    friend: float
    family: float


class ByProfession(NamedTuple):
    """One number for professionals, one for all other supporters."""

    professional: float
    lay: float


class ByKinship(NamedTuple):
    """One number for supporters who are no relatives, one for relatives."""

    other: float
    family: float


class ByCondition(NamedTuple):
    """One number for each kind of mental illness, in the order of `enums.Condition`."""

    psychosis: float
    affective: float


class ByProcess(NamedTuple):
    """One number for each recovery process, in the order of `enums.Process`."""

    connectedness: float
    hope: float
    identity: float
    meaning: float
    empowerment: float


# fmt: off
class Pace(NamedTuple):
    """7 How fast what is slow moves: three speeds for all."""

    fast: Annotated[float, Number("share of the gap a week: distress, loneliness, what contacts leave", 0.05, 0.3, "set to retest and alliance, the same for all three")] = 0.12
    medium: Annotated[float, Number("share of the gap a week: processes of recovery, withdrawal, resources, the climate of the household, strain, reciprocity and expertise of ties; of friction, a good contact; of trust and of missing friction, a bad contact that is no rupture", 0.01, 0.1, "set to retest; critical comments: 40 weeks, odds ratios fall from early to late; the same for all")] = 0.03
    slow: Annotated[float, Number("share of the gap a week: relatives' criticism; chance a week of coming back to services", 0.002, 0.05, "assumed")] = 0.01


class Meet(NamedTuple):
    """7.1 Which ties have contact."""

    rate: Annotated[ByLayRole, Number("contacts/week", 0.1, 3, "set to composition and weekly contacts; a professional's is a multiple of services.contacts_per_week")] = ByLayRole(0.85, 1.1, 1.2)
    scheduled: Annotated[float, Number("share of planned contacts kept", 0.3, 1, "assumed at the better end: 20-67 % of appointments are missed, doi:10.2217/CPR.14.34")] = 0.63
    closing: Annotated[float, Number("share of contact with lay supporters, and of sessions in words, lost at full withdrawal", 0, 1, "set to withdrawal and recovery")] = 0.97
    budget: Annotated[float, Number("contacts/week a person has time for", 3, 6, "first-episode psychosis: 3.9 contacts a week, doi:10.1007/s00127-013-0754-3")] = 4.0


class Help(NamedTuple):
    """7.2 What happens in a contact."""

    lived_competence: Annotated[float, Number("competence added by a peer's lived experience", 0, 0.5, "assumed")] = 0.2
    well_base: Annotated[float, Number("logit", -1, 3, "set to rupture and repair")] = 0.57
    well_trust: Annotated[float, Number("logit per unit of trust", 0.5, 4, "set by hand; above about 5 trust has two equilibria")] = 1.5
    well_other: Annotated[float, Number("logit per unit of presence and relational skill and in facilitated sessions; per unit of friction, criticism and distress, negative", 0, 2, "assumed, the same for all six")] = 1.1
    well_mismatch: Annotated[float, Number("logit per unit of |wanted - given reciprocity|, each against what is usual, negative", 0, 2, "assumed, not identified: always varied")] = 0.8
    lay: Annotated[float, Number("share of what contacts with friends, peers and relatives bring that counts for the person", 0, 1, "assumed all; how much is explained by professional help alone is what a rival explanation asks (docs/validation.md)")] = 1.0


class Bond(NamedTuple):
    """7.3 How a contact changes the tie."""

    trust_gain: Annotated[float, Number("share of missing trust per good contact", 0.02, 0.3, "alliance plateaus by three months: De Leeuw et al. 2012, doi:10.1111/j.1365-2850.2011.01741.x, set by hand")] = 0.12
    strength_gain: Annotated[float, Number("share of missing strength per unit of support", 0.005, 0.06, "set to turnover of ties")] = 0.021
    repair: Annotated[float, Number("chance per good contact that a rupture is repaired", 0, 0.5, "set to rupture and repair")] = 0.12
    rupture_chance: Annotated[float, Number("chance that a bad contact is a rupture", 0.1, 0.9, "set to rupture and repair")] = 0.5
    rupture: Annotated[float, Number("share of trust lost in a rupture, and in an admission with every professional; share of missing friction added by a rupture", 0, 0.6, "set to rupture and repair")] = 0.21
    fading: Annotated[float, Number("share of a weak tie's strength lost in a week without contact, of a strong one's less", 0.001, 0.03, "set to turnover of ties")] = 0.0078
    ceiling: Annotated[float, Number("how close a tie can become on average: strength, 0-1", 0.4, 1, "set to close friends and confidants")] = 0.592
    reciprocity: Annotated[ByRole, Number("0 all help to the person, 1 balanced", 0, 1, "order family > friends > professionals: doi:10.1007/s11414-009-9203-1; levels assumed")] = ByRole(0.2, 0.5, 0.5, 0.6)
    adaptation: Annotated[float, Number("how far a tie follows the two people and not the role: reciprocity per unit wanted above the usual, expertise per unit of empowerment above the mean", 0, 1, "assumed")] = 0.3
    expertise: Annotated[float, Number("how far the knowledge of somebody counts who is no professional, 0-1", 0, 1, "assumed; of the person with professionals: services.shared_decisions")] = 0.5
    pull: Annotated[float, Number("share of the gap to a programme's reciprocity and expertise closed by a session, in the deliverer's tie only; to boundary openness by a good contact", 0, 0.2, "assumed")] = 0.05
    skill_gain: Annotated[float, Number("share of missing skill per session that goes well; share of what was learned that is lost a week", 0, 0.01, "assumed; that people can learn to shape relationships: Priebe et al. 2014")] = 0.002
    start_strength: Annotated[float, Number("strength, 0-1", 0.1, 0.5, "assumed")] = 0.25
    start_trust: Annotated[float, Number("trust, 0-1", 0.1, 0.7, "assumed")] = 0.52


class Net(NamedTuple):
    """7.0, 7.3, 7.6, 7.7 Ties among supporters."""

    kin: Annotated[float, Number("chance that two relatives know each other", 0, 1, "set to density and to the share of ties within a group, in maps of which 62 % were professionals, here 8 %: Wyngaerden et al. 2022, doi:10.1186/s12888-022-04278-3")] = 0.58
    other: Annotated[float, Number("chance that any two other supporters know each other", 0, 0.5, "set to density, the same source")] = 0.09
    embeddedness: Annotated[float, Number("log hazard of ending per share of the others known, negative", 0, 2, "sign from Feld 1997, doi:10.1016/S0378-8733(96)00293-6; bridging ties persist in other data, doi:10.1038/s42005-022-00863-w; size assumed")] = 0.5
    shared_load: Annotated[float, Number("share of the spare capacity of supporters known that backs an overloaded one; theirs is not used up by it", 0, 1, "assumed; perceived support goes with less burden of carers: del-Pino-Casado et al. 2018, doi:10.1371/journal.pone.0189874")] = 0.3
    climate: Annotated[float, Number("share of the gap to the criticism of relatives known, a week; and of all known in a facilitated session, a session", 0, 0.4, "assumed")] = 0.15
    meeting: Annotated[float, Number("chance that a facilitated session makes those in it acquainted", 0, 1, "assumed")] = 0.3


class Resources(NamedTuple):
    """7.4 How personal resources are activated."""

    session: Annotated[float, Number("share of missing activation per session", 0, 0.25, "assumed")] = 0.08


class Recover(NamedTuple):
    """7.4 The five processes of personal recovery."""

    half: Annotated[float, Number("contacts of full quality a week at half effect", 0.1, 1.5, "assumed")] = 0.4
    self_actualising: Annotated[float, Number("extra speed at full self-actualising", 0, 1, "assumed")] = 0.3
    noise: Annotated[float, Number("SD a week, shared by the five processes", 0, 0.04, "set to retest")] = 0.0205
    base: Annotated[ByProcess, Number("logit", -3, 3, "worked out so that each process averages .667 (QPR 40: Slade et al. 2015, doi:10.1016/S2215-0366(15)00086-3)")] = ByProcess(*BASES)
    distress: Annotated[float, Number("logit per unit of distress, negative", 0, 4, "set by hand: Leendertse et al. 2021, doi:10.3389/fpsyt.2021.622628")] = 2.6
    reciprocity_weight: Annotated[float, Number("logit per unit of giving, on identity, meaning and empowerment", 0, 1.75, "not identified by any pattern: always varied")] = 0.8
    expertise_weight: Annotated[float, Number("logit per unit of expertise held, on empowerment", 0, 1.75, "not identified by any pattern: always varied")] = 1.08
    reactance_weight: Annotated[float, Number("logit per unit of reactance, on empowerment, negative", 0, 1.8, "not identified by any pattern: always varied")] = 0.48
    weight: Annotated[float, Number("logit per unit of every other input of a process; of harm, negative", 0, 2, "assumed, the same for all 14; that peer work raises recovery and empowerment: White et al. 2020, doi:10.1186/s12888-020-02923-3, and hope: Lloyd-Evans et al. 2014, doi:10.1186/1471-244X-14-39; identity assumed")] = 1.0
    best_tie: Annotated[float, Number("logit per unit of the best tie, on connectedness", 0, 4.8, "set by hand: one strong tie matters, size barely")] = 2.0
    own_skill: Annotated[float, Number("logit per unit of own relational skill above the mean, whatever one's ties", 0, 3, "assumed none; how much skill explains without ties is what a rival explanation asks (docs/validation.md)")] = 0.0


class Clinic(NamedTuple):
    """7.5 The clinical axes: distress, withdrawal, loneliness, criticism, relapse."""

    distress_harm: Annotated[float, Number("logit per unit of relatives' criticism and of friction", 0, 2.5, "set by hand")] = 0.8
    distress_treatment: Annotated[float, Number("logit per unit of competence x (trust - that of a new tie) x sessions a week, negative", 0, 20, "sign, also below, from Goldsmith et al. 2015, doi:10.1017/S003329171500032X; size assumed")] = 7.5
    distress_hope: Annotated[float, Number("weight, negative", 0, 1.68, "set to symptoms and recovery")] = 0.6
    event_chance: Annotated[float, Number("chance a week", 0, 0.3, "assumed")] = 0.1
    event_size: Annotated[float, Number("mean rise of distress, times room left", 0, 0.5, "assumed")] = 0.225
    event_buffer: Annotated[float, Number("share buffered by emotional support", 0, 1, "assumed")] = 0.5
    vulnerability: Annotated[ByCondition, Number("mean distress without events, 0-1", 0.05, 0.6, "set by hand (psychosis); assumed (affective)")] = ByCondition(0.214, 0.28)
    vulnerability_skill: Annotated[float, Number("vulnerability per unit of own relational skill, negative", 0, 0.5, "set to alliance and outcome; that part of it is what a person brings: doi:10.1037/cou0000106")] = 0.08
    withdrawal_level: Annotated[ByCondition, Number("mean own level, 0-1", 0.05, 0.7, "assumed")] = ByCondition(0.36, 0.22)
    withdrawal_weight: Annotated[float, Number("withdrawal per unit of distress; of friends' and peers' contact, negative", 0, 0.3, "set to withdrawal and recovery")] = 0.195
    loneliness_best_tie: Annotated[float, Number("share of closeness that the best tie gives; companionship gives the rest", 0, 1, "assumed")] = 0.65
    family_sessions: Annotated[float, Number("kappa: share of criticism per facilitated family session", 0, 0.2, "assumed: always in sensitivity analyses")] = 0.16
    criticism_distress: Annotated[float, Number("level of relatives' criticism per unit of the person's distress above the mean", 0, 1, "assumed none; whether illness makes homes critical, and not the reverse, is what a rival explanation asks (docs/validation.md)")] = 0.0
    critical_prior: Annotated[float, Number("family contacts a week that count as the reference mean", 0.01, 0.5, "assumed: few contacts say little")] = 0.05
    relapse_hazard: Annotated[ByCondition, Number("per week", 0.0005, 0.03, "Alvarez-Jimenez et al. 2012, doi:10.1016/j.schres.2012.05.007, set by hand (psychosis); assumed twice that (affective)")] = ByCondition(0.0047, 0.0094)
    relapse_distress: Annotated[float, Number("log hazard per unit", 0, 5, "set by hand")] = 2.0
    relapse_critical: Annotated[float, Number("log hazard per unit of critical share", 0, 10, "Ma et al. 2021, doi:10.1017/S0033291721000209, through the odds ratios")] = 3.2
    relapse_other: Annotated[float, Number("log hazard per unit of loneliness; of relatives' warmth and of empowerment, negative", 0, 3, "warmth: Ma et al. 2021, doi:10.1017/S0033291721000209, through the odds ratios; loneliness goes with psychotic symptoms, doi:10.1093/schbul/sbx036; the same for all three")] = 0.97
    relapse_rise: Annotated[float, Number("rise of distress", 0, 0.5, "assumed")] = 0.2
    crisis_weeks: Annotated[float, Number("mean weeks of a crisis; each lasts from half to one and a half times that", 2, 20, "assumed")] = 8.0
    admission_chance: Annotated[float, Number("chance at a relapse without contact", 0, 1, "assumed")] = 0.4
    admission_half: Annotated[float, Number("contacts in two weeks that avert half of the admissions", 0.5, 20, "assumed")] = 6.0


class Tire(NamedTuple):
    """7.6 What helping does to those who help."""

    gain: Annotated[float, Number("strain a week per unit of overload, of bad contacts, of missing reciprocity, and of boundary openness above the safe level; share of strain gone at full reciprocity of good contacts", 0, 0.08, "set to turnover; the same for all five")] = 0.04
    session_relief: Annotated[float, Number("share of strain gone in a facilitated session of one's own", 0, 0.5, "size assumed; support for carers lowers their distress: Yesufu-Udechuku et al. 2015, doi:10.1192/bjp.bp.114.147561")] = 0.4
    openness_safe: Annotated[float, Number("boundary openness, 0-1", 0, 1, "assumed")] = 0.6
    leaving_slope: Annotated[float, Number("log hazard per unit of strain", 0, 8, "set to turnover, doi:10.1176/ps.2008.59.7.732")] = 4.0


class Fade(NamedTuple):
    """7.7 How ties end."""

    floor: Annotated[float, Number("strength below which a tie ends", 0.02, 0.2, "assumed")] = 0.08
    outside: Annotated[float, Number("per week, at strength 0", 0.006, 0.13, "set to turnover of ties: Roy et al. 2022, Sci Rep; Mollenhorst 2009")] = 0.0117
    outside_slope: Annotated[float, Number("log hazard per unit of strength, negative", 1, 15, "set to turnover of ties")] = 4.4
    family: Annotated[float, Number("ratio of fading, and of ending for reasons outside the tie, for family", 0, 1, "Roberts & Dunbar 2015, doi:10.1007/s12110-015-9242-7: friends fade faster than family; size assumed")] = 0.58
    leaving: Annotated[float, Number("per week at full friction and empowerment", 0, 0.05, "assumed")] = 0.02


class Form(NamedTuple):
    """7.7 How natural ties begin."""

    chance: Annotated[ByLayRole, Number("chance a week at an openness of 1 and no ties; of relatives, whatever the openness", 0, 0.2, "set to size and composition, Palumbo et al. 2015, doi:10.1186/s13104-015-1528-7")] = ByLayRole(0.0137, 0.0355, 0.0132)


class Enrol(NamedTuple):
    """7.8 How people come to and leave programmes and services."""

    application: Annotated[float, Number("chance a week that a person who was offered a programme and wants it starts", 0.01, 1, "assumed")] = 0.1
    pause: Annotated[float, Number("weeks before joining the same programme again", 0, 260, "assumed: in a run of two years nobody joins twice")] = 260.0
    dropout: Annotated[float, Number("hazard of dropping out over a whole programme, without trust", 0.1, 2, "set by hand: Swift & Greenberg 2012, doi:10.1037/a0028226")] = 0.96
    disengage: Annotated[float, Number("per week, without trust", 0.001, 0.04, "set to disengagement from early intervention services: 15 cohorts, PMC11205872")] = 0.0215
    leaving_trust: Annotated[float, Number("log hazard per unit of trust, negative", 0, 5, "assumed")] = 2.0
    back_in_crisis: Annotated[float, Number("chance a week in crisis", 0, 1, "assumed")] = 0.5
    afterlife: Annotated[float, Number("share of session contact that lives on", 0, 0.6, "assumed")] = 0.2
    reciprocity: Annotated[float, Number("reciprocity of reciprocal programmes, 0-1; of one-way ones as in usual care (bond.reciprocity.professional); of those mostly one-way in the middle", 0.3, 1, "assumed reading of Priebe et al. 2014")] = 0.6
    expert: Annotated[float, Number("how far the knowledge of whoever is the expert counts, 0-1; of who is not, the rest to 1; a professional is one unless a programme says otherwise", 0.5, 1, "assumed reading of Priebe et al. 2014")] = 0.85


class People(NamedTuple):
    """2. How people and their supporters differ."""

    skill: Annotated[float, Number("mean relational skill, 0-1", 0.3, 0.8, "assumed")] = 0.55
    spread: Annotated[float, Number("SD of every trait between 0 and 1 among people and supporters; of capacity, as a share of its mean", 0.05, 0.3, "assumed, the same for all; set to close friends, criticism and the SD of QPR")] = 0.122
    log_spread: Annotated[float, Number("SD of the logarithm of contact rates, of friends and peers wished and of relatives there are", 0, 1.5, "assumed, the same for all three")] = 0.6
    need: Annotated[float, Number("mean closeness needed, 0-1", 0.4, 1, "assumed")] = 0.95
    size: Annotated[float, Number("median number of friends and peers wished", 3, 15, "set to size and composition, doi:10.1186/s13104-015-1528-7")] = 8
    relatives: Annotated[float, Number("median number of relatives there are", 2, 15, "set to size and composition, doi:10.1186/s13104-015-1528-7; kinds of networks: Sweet et al. 2018, Br J Psychiatry")] = 5
    intercept_spread: Annotated[float, Number("SD of the logit of recovery, shared by the five processes", 0, 0.8, "set to the SD of QPR")] = 0.3
    connectedness_spread: Annotated[float, Number("SD of the logit of connectedness beside that", 0, 2, "set by hand: connectedness goes less with the other four, Leendertse et al. 2021, doi:10.3389/fpsyt.2021.622628")] = 1.3
    resource: Annotated[float, Number("mean own level of a resource, 0-1", 0, 0.5, "assumed")] = 0.15
    competence: Annotated[ByProfession, Number("mean competence, 0-1", 0.1, 0.9, "assumed")] = ByProfession(0.68, 0.32)
    warmth: Annotated[float, Number("mean warmth, 0-1", 0.3, 0.9, "assumed")] = 0.65
    criticism: Annotated[ByKinship, Number("mean own level of criticism, 0-1", 0, 0.9, "over half of families high in expressed emotion: Raune et al. 2004, doi:10.1192/bjp.184.4.321; set by hand")] = ByKinship(0.08, 0.465)
    capacity: Annotated[ByProfession, Number("contacts a week a supporter can sustain; of a professional: with all of the caseload", 0.2, 40, "professionals: 48 a month, Burns et al. 2007, Br J Psychiatry; others assumed")] = ByProfession(11.0, 0.63)
    fellow_patients: Annotated[float, Number("share of natural peers who are to be patients of the same neighbourhood", 0, 1, "assumed")] = 0.4


class Centre(NamedTuple):
    """Means of the reference area, worked out by `make centres`; never written by hand."""

    loneliness: Annotated[float, Number("0-1", 0, 1, "worked out")] = CENTRES["loneliness"]
    critical_share: Annotated[float, Number("0-1", 0, 1, "worked out")] = CENTRES["critical_share"]
    friction: Annotated[float, Number("0-1", 0, 1, "worked out")] = CENTRES["friction"]
    hope: Annotated[float, Number("0-1", 0, 1, "worked out")] = CENTRES["hope"]
    family_warmth: Annotated[float, Number("warmth x strength, 0-1", 0, 1, "worked out")] = CENTRES["family_warmth"]
    empowerment: Annotated[float, Number("0-1", 0, 1, "worked out")] = CENTRES["empowerment"]
    distress: Annotated[float, Number("0-1", 0, 1, "worked out")] = CENTRES["distress"]
    contact: Annotated[float, Number("friends' and peers' contact, saturated, 0-1", 0, 1, "worked out")] = CENTRES["contact"]
    relatives_strain: Annotated[float, Number("0-1", 0, 1, "worked out")] = CENTRES["relatives_strain"]
    staff_strain: Annotated[float, Number("0-1", 0, 1, "worked out")] = CENTRES["staff_strain"]


class Thresholds(NamedTuple):
    """Where a shade is called by a name: fixed beforehand, assumed, changeable."""

    close_strength: Annotated[float, Number("strength, 0-1", 0.2, 0.8, "assumed")] = 0.45
    close_trust: Annotated[float, Number("trust, 0-1", 0.2, 0.9, "assumed")] = 0.6
    confidant_strength: Annotated[float, Number("strength, 0-1", 0.3, 0.9, "assumed")] = 0.65
    confidant_trust: Annotated[float, Number("trust, 0-1", 0.3, 0.95, "assumed")] = 0.7
    recovered_qpr: Annotated[float, Number("QPR-like score", 30, 60, "assumed")] = 45.0
    recovered_weeks: Annotated[float, Number("weeks", 1, 104, "assumed")] = 26.0
    remission_phq9: Annotated[float, Number("PHQ-9 below", 5, 15, "convention")] = 10.0
    remission_withdrawal: Annotated[float, Number("withdrawal below, 0-1", 0.1, 0.6, "assumed")] = 0.35
    remission_weeks: Annotated[float, Number("weeks", 1, 104, "assumed")] = 26.0
    relapse_free_weeks: Annotated[float, Number("weeks", 1, 260, "assumed")] = 52.0
    severe_phq9: Annotated[float, Number("PHQ-9 from", 15, 27, "doi:10.1007/s40737-022-00324-1, note 1")] = 20.0
    severe_gad7: Annotated[float, Number("GAD-7 from", 10, 21, "doi:10.1007/s40737-022-00324-1, note 1")] = 15.0
    engaged_weeks: Annotated[float, Number("weeks, the present one included, in which a contact counts", 1, 26, "assumed")] = 8.0
    harmful_friction: Annotated[float, Number("friction above, 0-1", 0.2, 0.9, "assumed")] = 0.5
    harmful_critical: Annotated[float, Number("share of recent contacts critical, above", 0.3, 1, "assumed")] = 0.7
    reciprocal: Annotated[float, Number("reciprocity from, 0-1", 0.1, 0.8, "assumed")] = 0.4
    few_ties: Annotated[float, Number("network size below", 2, 15, "assumed")] = 6.0
    lonely: Annotated[float, Number("loneliness above, 0-1", 0.1, 0.9, "set so that three in ten are, as among people with severe mental illness: Heron et al. 2022, PMC8757957")] = 0.31
    low_recovery_qpr: Annotated[float, Number("QPR-like score below", 10, 50, "assumed")] = 32.0


class Measure(NamedTuple):
    """How values are read off: errors of measurement, anxiety beside distress, recent contacts."""

    qpr: Annotated[float, Number("SD of the score, 0-60", 0, 10, "retest .74: Williams et al. 2015, doi:10.1192/bjp.bp.114.161695; .68: doi:10.3389/fpsyg.2023.1178341")] = 5.16
    symptoms: Annotated[float, Number("SD as a share of the range of PHQ-9, GAD-7", 0, 0.2, "assumed")] = 0.07
    alliance: Annotated[float, Number("SD in SDs of trust", 0, 1, "assumed")] = 0.55
    support: Annotated[float, Number("SD of a questionnaire of support, as a share of its range", 0, 0.2, "assumed")] = 0.1
    criticism: Annotated[float, Number("SD of interviewed criticism", 0, 0.3, "assumed")] = 0.08
    anxiety: Annotated[float, Number("mean offset of anxiety, share of range", -0.2, 0.3, "assumed")] = 0.05
    anxiety_spread: Annotated[float, Number("SD", 0, 0.3, "assumed")] = 0.1
    critical_memory: Annotated[float, Number("weight of the last contact in the share of recent contacts that are critical", 0.02, 0.5, "assumed")] = 0.1


class Views(NamedTuple):
    """7.9 How the two sides of a tie see it."""

    noise: Annotated[float, Number("SD of the logarithm of what is felt, the same for all 12 functions", 0, 1, "assumed")] = 0.2
    memory: Annotated[float, Number("weeks after which a contact counts half", 1, 52, "assumed")] = 8.0
    enough: Annotated[float, Number("share of what is usual from which a function is said to be present", 0.1, 1, "assumed")] = 0.5
    frame: Annotated[float, Number("how far `usual` means usual for this kind of supporter: 1 wholly, 0 for any supporter", 0, 1, "assumed")] = 0.75
    companionship: Annotated[float, Number("share of a professional's contact that is felt as companionship", 0, 1, "informal help is companionship, formal is not: doi:10.1177/00207640211004988; size assumed")] = 0.1
    distance: Annotated[float, Number("logarithm of the giving of self that a professional leaves unsaid at full distance", 0, 3, "assumed: doi:10.1007/s40737-022-00324-1 finds low agreement, not its size")] = 0.9
    strain: Annotated[float, Number("logarithm of reciprocity per unit of a supporter's strain, negative", 0, 15, "assumed")] = 5.0
    wanted: Annotated[float, Number("logarithm of reciprocity per unit of reciprocity wanted by the person, negative", 0, 15, "assumed")] = 4.0
    empowerment: Annotated[float, Number("logarithm of power held per unit of the person's empowerment", 0, 15, "assumed")] = 6.0


class Costs(NamedTuple):
    """7.10 Unit costs: all assumptions, to be replaced by local prices (price year 2025)."""

    post: Annotated[float, Number("per professional's post and year", 0, 300000, "assumed")] = 65000.0
    contact: Annotated[float, Number("per professional contact, beyond the post", 0, 1000, "assumed")] = 15.0
    crisis_week: Annotated[float, Number("per week in crisis, on top of an admission if there is one", 0, 10000, "assumed")] = 350.0
    admission: Annotated[float, Number("per admission", 0, 200000, "assumed")] = 14000.0
# fmt: on


class Parameters(NamedTuple):
    """The numbers of the model, grouped in the order of the week.

    `Parameters()` is the reference set. docs/parameters.md lists every number with unit, range and source; a scenario
    changes some by dotted name, such as `parameters.bond.trust_gain`.

    Parameters
    ----------
    people : People
        How people and their supporters differ.
    pace : Pace
        How fast states move.
    meet : Meet
        Which ties have contact.
    help : Help
        What happens in a contact.
    bond : Bond
        How a contact changes the tie.
    net : Net
        Ties among supporters.
    resources : Resources
        Resources of a person.
    recover : Recover
        The five recovery processes.
    clinic : Clinic
        Symptoms, crises and admissions.
    tire : Tire
        Strain of supporters, and staff who leave.
    fade : Fade
        How ties end.
    form : Form
        How natural ties begin.
    enrol : Enrol
        How people come to and leave programmes and services.
    centre : Centre
        Means of the reference area, worked out by `make centres`.
    thresholds : Thresholds
        Where a level is called by a name, such as a close tie, or recovered.
    measure : Measure
        Errors of measurement.
    views : Views
        How the two sides of a tie see it.
    costs : Costs
        Unit costs, price year 2025.

    Examples
    --------
    >>> import supportnet as sn
    >>> reference = sn.Parameters()
    >>> 0 < reference.bond.trust_gain < 1
    True
    >>> reference.meet.rate._fields
    ('peer', 'friend', 'family')
    >>> changed = sn.Scenario.load("today").with_values({"parameters.bond.trust_gain": 0.2})
    >>> changed.all_parameters.bond.trust_gain
    0.2
    """

    people: People = People()
    pace: Pace = Pace()
    meet: Meet = Meet()
    help: Help = Help()
    bond: Bond = Bond()
    net: Net = Net()
    resources: Resources = Resources()
    recover: Recover = Recover()
    clinic: Clinic = Clinic()
    tire: Tire = Tire()
    fade: Fade = Fade()
    form: Form = Form()
    enrol: Enrol = Enrol()
    centre: Centre = Centre()
    thresholds: Thresholds = Thresholds()
    measure: Measure = Measure()
    views: Views = Views()
    costs: Costs = Costs()

    @staticmethod
    @with_checked_arguments
    def about(name: str = "") -> "pd.DataFrame":
        """What is known about the numbers: default, unit, range and source.

        Parameters
        ----------
        name : str, optional
            Only numbers with this in their dotted name, such as "bond." or "trust"; all if left out.

        Returns
        -------
        pandas.DataFrame
            Index parameter, by dotted name: default, unit, low, high, source.

        Raises
        ------
        UserInputError
            Where no number has this in its name.

        Examples
        --------
        >>> import supportnet as sn
        >>> float(sn.Parameters.about("bond.trust_gain").loc["bond.trust_gain", "low"])
        0.02
        """
        import pandas as pd

        rows = {one: (value(Parameters(), one), *about) for one, about in numbers().items()}
        columns = ["default", *Number._fields]
        chosen = names_with(name, rows, "parameters")
        return pd.DataFrame([rows[one] for one in chosen], pd.Index(chosen, name="parameter"), columns)

    def __repr__(self) -> str:
        known, reference = numbers(), Parameters()
        changed = sum(value(self, name) != value(reference, name) for name in known)
        return f"<Parameters: {len(known)} numbers in {len(self)} groups; {changed or 'none'} off the reference set>"


def spelled(parameters: Parameters) -> str:
    """Every number, as text."""
    groups = zip(parameters._fields, parameters, strict=True)
    return f"Parameters({', '.join(f'{name}={group!r}' for name, group in groups)})"


def numbers(group: type = Parameters, prefix: str = "") -> dict[str, Number]:
    """Dotted name of every number -> what is known about it."""
    found: dict[str, Number] = {}
    for name, hint in get_type_hints(group, include_extras=True).items():
        if get_origin(hint) is not Annotated:
            found |= numbers(hint, f"{prefix}{name}.")
            continue
        shape, about = get_args(hint)[:2]
        fields: tuple[str, ...] = getattr(shape, "_fields", ())
        found |= {f"{prefix}{name}.{field}": about for field in fields} or {f"{prefix}{name}": about}
    return found


def value(parameters: Any, dotted: str) -> float:
    """The number with this dotted name."""
    for name in dotted.split("."):
        parameters = getattr(parameters, name)
    return float(parameters)


def with_values(parameters: Any, values: dict[str, float]) -> Any:
    """A copy in which the numbers with these dotted names are replaced. Names are taken as known to be right."""
    for dotted, number in values.items():
        head, _, rest = dotted.partition(".")
        inner = with_values(getattr(parameters, head), {rest: number}) if rest else float(number)
        parameters = parameters._replace(**{head: inner})
    return parameters
