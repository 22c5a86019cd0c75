/* The week in C, for an area without programmes: what the compiled core is measured against.

   It follows sim/kernels function by function, under the same names and in the same order of reckoning, on the very
   arrays that the core works on. `layout.h` is written by benchmarks/c.py from the arrays' record types and from the
   enums of the model, so that neither can drift. One worker; nobody looks on (no sums, no mechanisms kept). */

#include <math.h>
#include <stdint.h>

typedef struct { uint32_t meets, ends, leaves; } Luck; /* of meeting, ending and leaving: the words of the draw MEET */
#include "layout.h"

#define UNIT 1048576.0
#define NEIGHBOURHOOD 64
#define inline inline __attribute__((always_inline))

typedef struct { uint32_t w[4]; } Words;

/* randomness.py */

static inline Words philox(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t key0, uint64_t key1) {
    const uint64_t low = 0xFFFFFFFFu;
    for (int i = 0; i < 10; i++) {
        uint64_t product0 = 0xD2511F53u * a, product1 = 0xCD9E8D57u * c;
        a = (product1 >> 32) ^ b ^ key0;
        b = product1 & low;
        c = (product0 >> 32) ^ d ^ key1;
        d = product0 & low;
        key0 = (key0 + 0x9E3779B9u) & low;
        key1 = (key1 + 0xBB67AE85u) & low;
    }
    return (Words){{(uint32_t)a, (uint32_t)b, (uint32_t)c, (uint32_t)d}};
}

static inline Words words(const Week *week, int draw, int index, int64_t number, uint32_t identity, uint32_t name) {
    return philox(draw + (index << 8), number, identity, name, week->seed, week->replicate);
}

static inline Words draws(const Week *week, int draw, int index, uint32_t identity, uint32_t name) {
    return words(week, draw, index, week->number, identity, name);
}

static inline Words lasting(const Week *week, int draw, int index, uint32_t identity, uint32_t name) {
    return words(week, draw, index, 0, identity, name);
}

static inline double uniform(uint32_t word) { return (word + 0.5) * 2.3283064365386963e-10; }

static inline double normal(uint32_t word) {
    double q = uniform(word) - 0.5, above, below;
    if (fabs(q) <= 0.425) {
        double r = 0.180625 - q * q;
        above = (((((((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r
                     + 45921.953931549871457) * r + 13731.693765509461125) * r + 1971.5909503065514427) * r
                  + 133.14166789178437745) * r + 3.387132872796366608);
        below = (((((((5226.495278852545925 * r + 28729.085735721942674) * r + 39307.89580009271061) * r
                     + 21213.794301586595867) * r + 5394.1960214247511077) * r + 687.1870074920579083) * r
                  + 42.313330701600911252) * r + 1.0);
        return q * above / below;
    }
    double r = sqrt(-log(0.5 - fabs(q)));
    if (r <= 5.0) {
        r -= 1.6;
        above = (((((((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r + 0.24178072517745061177) * r
                     + 1.27045825245236838258) * r + 3.64784832476320460504) * r + 5.7694972214606914055) * r
                  + 4.6303378461565452959) * r + 1.42343711074968357734);
        below = (((((((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r
                     + 0.14810397642748007459) * r + 0.68976733498510000455) * r + 1.6763848301838038494) * r
                  + 2.05319162663775882187) * r + 1.0);
    } else {
        r -= 5.0;
        above = (((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r
                     + 0.026532189526576123093) * r + 0.29656057182850489123) * r + 1.7848265399172913358) * r
                  + 5.4637849111641143699) * r + 6.6579046435011037772);
        below = (((((((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r
                     + 7.868691311456132591e-4) * r + 0.0148753612908506148525) * r + 0.13692988092273580531) * r
                  + 0.59983220655588793769) * r + 1.0);
    }
    return copysign(above / below, q);
}

/* maths.py */

static inline double least(double a, double b) { return a < b ? a : b; }
static inline double most(double a, double b) { return a > b ? a : b; }
static inline double clip(double x, double low, double high) { return least(most(x, low), high); }
static inline double share(double x) { return clip(x, 0.0, 1.0); }
static inline double sat(double x, double half) { return x / (x + half); }
static inline double logistic(double x) { return 1.0 / (1.0 + exp(-x)); }
static inline double chance(double hazard) { return 1.0 - exp(-hazard); }

/* meet.py */

static inline double asks_service(const Meet *meet, double rate, double planned, double withdrawal, double ratio) {
    return rate * planned * meet->scheduled * (1.0 - meet->closing_scheduled * withdrawal) * ratio;
}

static inline double asks_natural(const Meet *meet, double rate, double nearness, double strength, double withdrawal,
                                  int in_crisis) {
    double closeness = meet->floor + (1.0 - meet->floor) * strength;
    double openness = 1.0 - meet->closing_informal * withdrawal;
    return rate * nearness * closeness * openness * (in_crisis ? meet->crisis_informal : 1.0);
}

static inline double time_share(const Meet *meet, double asked, double sessions) {
    double left = most(0.0, meet->budget - sessions);
    return asked <= left ? 1.0 : left / asked;
}

static inline double availability(double capacity, double demand) {
    return demand <= capacity ? 1.0 : capacity / demand;
}

static inline int meets(double asked, uint32_t word) {
    double u = uniform(word);
    if (u >= asked) return 0;
    return u < asked - 0.5 * asked * asked || u < chance(asked);
}

/* help.py */

typedef struct { double distress, withdrawal, skill, wanted, empowerment, own, openness; } Helped;
typedef struct {
    int role;
    double trust, friction, reciprocity, expertise;
    int ruptured;
    double warmth, competence, criticism, strain, availability;
} Helper;
typedef struct {
    double presence, trust, communication, emotional, problem, influence, transcending, companionship, reactance;
    double competence;
} Mechanisms;
typedef struct {
    double good, ruptures, lesser, support, repairs, contacts, imbalance, good_reciprocity, given, opened, good_opened;
    double critical;
} Tally;

static inline double held_or(double value, const double *held, int mechanism, int role) {
    double fixed = held[4 * mechanism + role];
    return isnan(fixed) ? value : fixed;
}

static inline double knows(const Help *help, const Helper *helper) {
    return helper->role == PEER ? least(1.0, helper->competence + help->lived_competence) : helper->competence;
}

static inline double solves(const Help *help, const Helper *helper, double own, double competence) {
    double e = helper->expertise;
    if (helper->role == PROFESSIONAL) own = 1.0 - (1.0 - own) * (1.0 - help->drawing_out * competence);
    double together = 4.0 * e * (1.0 - e) * help->synergy * sqrt(own * competence);
    return share(e * own + (1.0 - e) * competence + together);
}

static inline Mechanisms helps(const Help *help, const double *held, const Helped *person, const Helper *helper) {
    Mechanisms now;
    int role = helper->role;
    now.presence = held_or(helper->availability * (1.0 - helper->strain) / 1.0, held, MECHANISM_PRESENCE, role);
    now.trust = held_or(helper->trust, held, MECHANISM_TRUST, role);
    double floor = help->communication_floor;
    double spoken = now.presence * (floor + (1.0 - floor) * now.trust) * (0.5 + 0.5 * person->skill);
    if (helper->ruptured) spoken *= help->ruptured_communication;
    now.communication = held_or(spoken, held, MECHANISM_COMMUNICATION, role);
    now.emotional = held_or(now.communication * helper->warmth, held, MECHANISM_EMOTIONAL_SUPPORT, role);
    now.competence = knows(help, helper);
    double solved = solves(help, helper, person->own, now.competence);
    now.problem = held_or(now.communication * solved, held, MECHANISM_PROBLEM_FOCUSED_SUPPORT, role);
    now.reactance = help->authority[role] * most(0.0, person->empowerment - helper->expertise);
    now.influence = held_or(now.trust * now.problem * (1.0 - now.reactance), held, MECHANISM_INFLUENCE, role);
    now.transcending = 0.0;
    if (role == PROFESSIONAL) now.transcending = held_or(person->openness * now.trust, held, MECHANISM_TRANSCENDING_ROLE, role);
    now.companionship = now.presence * helper->warmth * help->companionship[role];
    return now;
}

static inline int goes_well(const Help *help, const Helped *person, const Helper *helper, const Mechanisms *now,
                            uint32_t word) {
    double x = help->well_base + help->well_trust * now->trust + help->well_presence * now->presence
        + help->well_skill * person->skill - help->well_friction * helper->friction
        - help->well_criticism * helper->criticism - help->well_distress * person->distress
        - help->well_mismatch * fabs(person->wanted - helper->reciprocity) + 0.0;
    double u = uniform(word), t = 1.0 + x * (1.0 + x * (0.5 + x / 6.0));
    return (x > 0.0 && u * (1.0 + t) < t) || u < logistic(x);
}

/* bond.py */

typedef struct { double strength, trust, friction, trust_lost; int ruptured; } Strand;

static inline double power(double base, double times) {
    double result = 1.0;
    for (int64_t i = 0; i < (int64_t)times; i++) result *= base;
    return result;
}

static inline double towards(double value, double goal, double part) { return value + part * (goal - value); }

static inline double fades(const Bond *bond, double strength, int role) {
    return strength - bond->fading[role] * strength * (1.0 - bond->fading_protection * strength);
}

static inline Strand bonds(const Bond *bond, Strand tie, double ceiling, const Tally *tally) {
    if (tally->good > 0.0) {
        tie.trust = 1.0 - (1.0 - tie.trust) * power(1.0 - bond->trust_gain, tally->good);
        tie.friction *= power(1.0 - bond->friction_relief, tally->good);
        double speed = bond->strength_gain * (tie.strength > ceiling ? bond->above_ceiling : 1.0);
        tie.strength = share(tie.strength + speed * tally->support * (ceiling - tie.strength));
        if (tally->repairs > 0.0) {
            tie.trust = least(1.0, tie.trust + bond->repair_trust * tie.trust_lost);
            tie.trust_lost = 0.0;
            tie.ruptured = 0;
        }
    }
    if (tally->ruptures > 0.0) {
        double lost = tie.trust * (1.0 - power(1.0 - bond->rupture_trust, tally->ruptures));
        tie.trust -= lost;
        tie.trust_lost = least(1.0, tie.trust_lost + lost);
        tie.ruptured = 1;
        tie.friction = 1.0 - (1.0 - tie.friction) * power(1.0 - bond->rupture_friction, tally->ruptures);
        tie.strength *= power(1.0 - bond->rupture_strength, tally->ruptures);
    }
    if (tally->lesser > 0.0) {
        tie.trust *= power(1.0 - bond->lesser_trust, tally->lesser);
        tie.friction = 1.0 - (1.0 - tie.friction) * power(1.0 - bond->lesser_friction, tally->lesser);
        tie.strength *= power(1.0 - bond->lesser_strength, tally->lesser);
    }
    return tie;
}

/* tire.py */

static inline double tires(const Tire *tire, double strain, double overload, double contacts, double bad,
                           double imbalance, double good, double good_reciprocity, double weight_of_bad) {
    double change = tire->overload * overload - tire->recovery * strain;
    if (contacts > 0.0) change += bad / contacts * weight_of_bad + tire->imbalance * imbalance / contacts;
    if (good > 0.0) change -= tire->reward * good_reciprocity / good * strain;
    return share(strain + change);
}

static inline double strain_of_openness(const Tire *tire, double openness) {
    return tire->openness * most(0.0, openness - tire->openness_safe);
}

static inline double leaving_chance(const Tire *tire, double turnover, double strain) {
    double ratio = least(tire->leaving_highest, exp(tire->leaving_slope * (strain - tire->leaving_centre)));
    return chance(turnover / 52.0 * ratio);
}

/* form.py */

static inline int ends_outside(const Fade *fade, double strength, int family, uint32_t word) {
    double u = uniform(word), x = fade->outside_slope * (strength - fade->outside_centre);
    if (x > -3.0 && u > fade->anyhow + 20.1 * fade->outside) return 0;
    double hazard = fade->outside * exp(-x) * (family ? fade->outside_family : 1.0);
    return u < chance(hazard + fade->anyhow);
}

static inline int leaves_harm(const Fade *fade, double friction, double empowerment, uint32_t word) {
    double u = uniform(word), hazard = fade->leaving * friction * friction * empowerment;
    return u < hazard && u < chance(hazard);
}

static inline double openness_to_ties(const Form *form, double connectedness, double skill, double recreational,
                                      double withdrawal) {
    double openness = (form->connectedness + connectedness) * (form->skill + skill) * (form->recreational + recreational);
    return openness * (1.0 - withdrawal) / form->scale;
}

static inline int forms(const Form *form, int role, double openness, double wished, uint32_t word) {
    double u = uniform(word), at_most = form->chance[role] * wished;
    return u < at_most * most(1.0, openness) && u < at_most * pow(openness, form->exponent);
}

static inline double own_rate(const Meet *meet, int role, uint32_t word) {
    double s = meet->rate_spread;
    return meet->rate[role] * exp(s * normal(word) - 0.5 * s * s);
}

static inline double own_ceiling(const Bond *bond, const People *people, int role, double skill, uint32_t word) {
    double mean = bond->ceiling_mean + bond->ceiling_shift[role] + bond->ceiling_skill * (skill - people->skill);
    return clip(mean + bond->ceiling_spread * normal(word), 0.1, 1.0);
}

static inline double own_capacity(const People *people, int role, uint32_t word) {
    return people->capacity[role] * most(0.2, 1.0 + people->capacity_spread * normal(word));
}

static inline double own_trait(double mean, double spread, uint32_t word) {
    return share(mean + spread * normal(word));
}

/* rows.py */

static inline int32_t fellow(const Week *week, const Person *me, const Tie *stop, uint32_t word) {
    int64_t identity = me->identity;
    int64_t neighbour = identity / NEIGHBOURHOOD * NEIGHBOURHOOD + (int64_t)(uniform(word) * NEIGHBOURHOOD);
    int64_t place = neighbour - week->lowest;
    if (neighbour == identity || place < 0 || place >= week->n_where || week->where[place] < 0) return -1;
    int32_t supporter = week->n_posts + week->where[place];
    for (const Tie *tie = &week->ties[me->first]; tie < stop; tie++)
        if (tie->supporter == supporter) return -1;
    return supporter;
}

static __attribute__((noinline)) void begin(Week *week, Person *me, Tie *tie, int role, int origin, uint32_t name) {
    const Parameters *p = week->numbers;
    Words a = lasting(week, DRAW_TRAITS_A, 0, me->identity, name), b = lasting(week, DRAW_TRAITS_B, 0, me->identity, name);
    tie->key = name, tie->role = role, tie->origin = origin, tie->supporter = -1;
    if (origin == NATURAL && role == PEER && uniform(b.w[2]) < p->people.fellow_patients) {
        tie->supporter = fellow(week, me, tie, b.w[3]);
    }
    tie->strength = p->bond.start_strength, tie->trust = p->bond.start_trust, tie->friction = p->bond.start_friction;
    tie->reciprocity = p->bond.reciprocity[role];
    double left = role == PROFESSIONAL ? week->services[me->team].shared_decisions : 0.0;
    tie->expertise = share(p->bond.expertise[role] + left);
    tie->rate = own_rate(&p->meet, role, a.w[0]);
    tie->ceiling = own_ceiling(&p->bond, &p->people, role, me->skill, a.w[1]);
    tie->warmth = own_trait(p->people.warmth[role], p->people.warmth_spread, a.w[3]);
    tie->competence = own_trait(p->people.competence[role], p->people.competence_spread, a.w[2]);
    tie->own_criticism = own_trait(p->people.criticism[role], p->people.criticism_spread[role], b.w[0]);
    tie->criticism = tie->own_criticism;
    tie->capacity = own_capacity(&p->people, role, b.w[1]);
    tie->nearness = 1.0, tie->trust_lost = 0.0, tie->critical = 0.0, tie->strain = 0.0;
    tie->ruptured = 0, tie->age = 0, tie->since = 0;
    if (origin == SERVICE) {
        const SharedSupporter *post = &week->several[me->post];
        tie->supporter = me->post, tie->warmth = post->warmth, tie->competence = post->competence;
        me->holder = post->holder;
    }
}

static inline void add_natural(Week *week, Person *me, int role, int origin) {
    int number = me->made[role]++;
    if (me->n_ties >= me->rows) return;
    begin(week, me, &week->ties[me->first + me->n_ties], role, origin, (uint32_t)role << 16 | number);
    me->n_ties++;
}

static inline void hand_over(Week *week, Person *me, Tie *tie) {
    const Bond *bond = &week->numbers->bond;
    double kept = week->services[me->team].continuity;
    float trust = tie->trust, strength = tie->strength, rate = tie->rate, ceiling = tie->ceiling;
    int number = me->made[PROFESSIONAL]++;
    begin(week, me, tie, PROFESSIONAL, SERVICE, PROFESSIONAL << 16 | number);
    tie->trust = bond->start_trust + kept * (trust - bond->start_trust);
    tie->strength = bond->start_strength + kept * (strength - bond->start_strength);
    tie->rate = rate, tie->ceiling = ceiling;
}

static inline void end(Week *week, Person *me, int64_t row) {
    me->n_ties--;
    for (int64_t later = row; later < me->first + me->n_ties; later++) week->ties[later] = week->ties[later + 1];
}

/* enrol.py */

static inline int leaves(const Enrol *enrol, double base, double trust, double withdrawal, uint32_t word) {
    double u = uniform(word), x = enrol->leaving_withdrawal * (withdrawal - enrol->leaving_withdrawal_centre);
    x -= enrol->leaving_trust * (trust - enrol->leaving_trust_centre);
    if (x < 1.0 && u * (1.0 - x) > base) return 0;
    return u < chance(base * exp(x));
}

static inline int64_t service_row(const Week *week, const Person *me) {
    for (int64_t row = me->first; row < me->first + me->n_ties; row++)
        if (week->ties[row].origin == SERVICE) return row;
    return -1;
}

static inline void use_services(Week *week, Person *me) {
    const Enrol *enrol = &week->numbers->enrol;
    int64_t row = service_row(week, me);
    if (!me->access) {
        if (row >= 0) end(week, me, row);
        return;
    }
    Words luck = draws(week, DRAW_SERVICE, 0, me->identity, 0);
    if (row < 0) {
        if (uniform(luck.w[1]) < (me->crisis > 0 ? enrol->back_in_crisis : enrol->back))
            add_natural(week, me, PROFESSIONAL, SERVICE);
        return;
    }
    Tie *tie = &week->ties[row];
    if (me->holder != week->several[me->post].holder || tie->supporter != me->post) hand_over(week, me, tie);
    if (leaves(enrol, enrol->disengage, tie->trust, me->withdrawal, luck.w[0])) end(week, me, row);
}

/* contact.py */

static inline double asked(const Week *week, const Person *me, const Tie *tie) {
    const Meet *meet = &week->numbers->meet;
    int in_crisis = me->crisis > 0;
    double withdrawal = me->withdrawal;
    if (tie->origin == SERVICE) {
        const Services *services = &week->services[me->team];
        double ratio = in_crisis ? services->crisis_contact : 1.0;
        return asks_service(meet, tie->rate, services->contacts_per_week, withdrawal, ratio);
    }
    return asks_natural(meet, tie->rate, tie->nearness, tie->strength, withdrawal, in_crisis);
}

static inline void note(Week *week, const Mechanisms *now, const Helper *helper, int well) {
    double *inputs = week->inputs;
    inputs[INPUT_REACTANCE] += now->reactance;
    inputs[INPUT_EXPERTISE] += helper->expertise;
    inputs[INPUT_CONTACTS] += 1.0;
    if (helper->role == PEER || helper->role == FRIEND) inputs[INPUT_SOCIAL] += 1.0;
    if (helper->role == PROFESSIONAL) inputs[INPUT_HELP_CONTACTS] += 1.0;
    if (!well) return;
    inputs[INPUT_PRESENCE] += now->presence;
    inputs[INPUT_COMPANIONSHIP] += now->companionship;
    inputs[INPUT_EMOTIONAL] += now->emotional;
    inputs[INPUT_PROBLEM] += now->problem;
    inputs[INPUT_INFLUENCE] += now->influence;
    inputs[INPUT_TRANSCENDING] += now->transcending;
    inputs[INPUT_GIVING] += helper->reciprocity * now->presence;
    if (helper->role == PEER) inputs[INPUT_LIVED_EXPERIENCE] += now->communication;
    if (helper->role == PROFESSIONAL) {
        double lowest = week->numbers->clinic.help_competence;
        inputs[INPUT_HELP] += now->influence * most(0.0, now->competence - lowest) / (1.0 - lowest);
    }
}

static inline void count_good(const Mechanisms *now, const Helper *helper, Tally *tally) {
    tally->good += 1.0;
    tally->support += now->emotional + now->problem + now->companionship;
    tally->good_reciprocity += helper->reciprocity;
    tally->given += now->presence;
    if (now->transcending > 0.0) tally->good_opened += 1.0;
}

static inline void criticises(Week *week, const Helper *helper, uint32_t word, Tally *tally) {
    double critical = uniform(word) < helper->criticism ? 1.0 : 0.0;
    week->inputs[INPUT_FAMILY] += 1.0;
    week->inputs[INPUT_CRITICAL] += critical;
    tally->critical = towards(tally->critical, critical, week->numbers->bond.critical_memory);
}

static inline void has_contact(Week *week, uint32_t who, uint32_t name, const Helped *person, const Helper *helper,
                               Tally *tally) {
    const Parameters *p = week->numbers;
    Mechanisms now = helps(&p->help, week->held, person, helper);
    Words luck = draws(week, DRAW_HELP, 0, who, name);
    int well = goes_well(&p->help, person, helper, &now, luck.w[0]);
    note(week, &now, helper, well);
    tally->contacts += 1.0;
    tally->imbalance += most(0.0, 0.5 - helper->reciprocity);
    if (now.transcending > 0.0) tally->opened += 1.0;
    if (well) {
        count_good(&now, helper, tally);
        if (helper->ruptured
            && uniform(luck.w[2]) < p->bond.repair_base + p->bond.repair_communication * now.communication)
            tally->repairs += 1.0;
    } else if (uniform(luck.w[1]) < p->bond.rupture_chance) {
        tally->ruptures += 1.0;
        week->inputs[INPUT_RUPTURES] += 1.0;
    } else {
        tally->lesser += 1.0;
    }
    if (helper->role == FAMILY) criticises(week, helper, luck.w[3], tally);
}

static inline void aim(Week *week, const Person *me) {
    const Parameters *p = week->numbers;
    double wish = p->bond.reciprocity_wanted * (me->wanted - p->people.wanted);
    double held = p->bond.expertise_empowerment * (me->processes[4] - p->centre.empowerment);
    for (int role = 0; role < 4; role++) {
        double left = role == PROFESSIONAL ? week->services[me->team].shared_decisions : 0.0;
        week->goals[role] = share(p->bond.reciprocity[role] + wish);
        week->goals[4 + role] = share(p->bond.expertise[role] + left + held);
    }
}

static inline void drift(const Week *week, const Person *me, Tie *tie, double good_opened) {
    const Parameters *p = week->numbers;
    double reciprocity = towards(tie->reciprocity, week->goals[tie->role], p->bond.drift);
    tie->expertise = towards(tie->expertise, week->goals[4 + tie->role], p->bond.drift);
    for (int64_t i = 0; i < (int64_t)good_opened; i++)
        reciprocity = towards(reciprocity, week->services[me->team].boundary_openness, p->help.transcending_pull);
    tie->reciprocity = reciprocity;
}

static inline double criticism_after(const Week *week, const Tie *tie, double strain) {
    const Clinic *clinic = &week->numbers->clinic;
    double criticism = towards(tie->criticism, tie->own_criticism, clinic->criticism_rate);
    return criticism + clinic->criticism_strain * (strain - week->numbers->centre.relatives_strain);
}

static inline void add_up(Sums *sums, const Tally *tally) {
    sums->contacts += (int64_t)(tally->contacts * UNIT);
    sums->bad += (int64_t)((tally->contacts - tally->good) * UNIT);
    sums->imbalance += llrint(tally->imbalance * UNIT);
    sums->good += (int64_t)(tally->good * UNIT);
    sums->good_reciprocity += llrint(tally->good_reciprocity * UNIT);
    sums->given += llrint(tally->given * UNIT);
    sums->opened += (int64_t)(tally->opened * UNIT);
}

static inline double overload(const Tie *tie, double demand) { return most(0.0, demand / tie->capacity - 1.0); }

static inline double strain_after(const Week *week, const Person *me, const Tie *tie, double strain, double demand,
                                  const Tally *tally) {
    const Tire *tire = &week->numbers->tire;
    strain = tires(tire, strain, overload(tie, demand), tally->contacts, tally->contacts - tally->good,
                   tally->imbalance, tally->good, tally->good_reciprocity,
                   tie->role == PROFESSIONAL ? tire->bad_staff : tire->bad_other);
    if (tally->opened > 0.0)
        strain = share(strain + strain_of_openness(tire, week->services[me->team].boundary_openness));
    return strain;
}

static inline void week_of_contacts(Week *week, Person *me, Tie *tie, const Helped *person, double strain,
                                    double available, double demand, Tally *tally) {
    Helper helper = {tie->role, tie->trust, tie->friction, tie->reciprocity, tie->expertise, tie->ruptured != 0,
                     tie->warmth, tie->competence, tie->criticism, strain, available};
    *tally = (Tally){0};
    tally->critical = tie->critical;
    has_contact(week, me->identity, tie->key, person, &helper, tally);
    me->professional_contacts += helper.role == PROFESSIONAL;
    Strand strand = {tie->strength, helper.trust, helper.friction, tie->trust_lost, helper.ruptured};
    strand = bonds(&week->numbers->bond, strand, tie->ceiling, tally);
    tie->strength = strand.strength, tie->trust = strand.trust, tie->friction = strand.friction;
    tie->trust_lost = strand.trust_lost, tie->ruptured = strand.ruptured;
    drift(week, me, tie, tally->good_opened);
    if (tie->role == FAMILY) {
        tie->criticism = share(criticism_after(week, tie, strain));
        tie->critical = tally->critical;
    }
    tie->since = 0;
    if (tie->supporter < 0) tie->strain = strain_after(week, me, tie, strain, demand, tally);
    else add_up(&week->sums[tie->supporter], tally);
}

static inline void quiet_week(const Week *week, const Person *me, Tie *tie, double strain, double demand) {
    const Tire *tire = &week->numbers->tire;
    tie->strength = fades(&week->numbers->bond, tie->strength, tie->role);
    drift(week, me, tie, 0.0);
    if (tie->role == FAMILY) tie->criticism = share(criticism_after(week, tie, strain));
    tie->since = tie->since + 1 < 30000 ? tie->since + 1 : 30000;
    if (tie->supporter < 0 && demand > tie->capacity)
        tie->strain = tires(tire, strain, overload(tie, demand), 0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    else if (tie->supporter < 0)
        tie->strain = tires(tire, strain, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
}

static inline int live_tie(Week *week, Person *me, Tie *tie, const Helped *person, uint32_t meeting, Tally *tally) {
    double asks = asked(week, me, tie) * me->share;
    double strain = tie->supporter >= 0 ? week->several[tie->supporter].strain : tie->strain;
    int contact = 0;
    if (uniform(meeting) < asks) {
        double available = tie->supporter >= 0 ? week->several[tie->supporter].availability
                                               : availability(tie->capacity, asks);
        contact = meets(asks * available, meeting);
        if (contact) week_of_contacts(week, me, tie, person, strain, available, asks, tally);
    }
    if (!contact) quiet_week(week, me, tie, strain, asks);
    if (tie->nearness < 1.0f) tie->nearness = towards(tie->nearness, 1.0, week->numbers->fade.returning);
    tie->age += 1;
    return contact;
}

/* recover.py */

typedef struct { double best, friction, family_warmth; } Social;
typedef struct {
    double presence, companionship, emotional, problem, influence, lived, transcending, giving, ruptures, reactance;
    double expertise, help, social, critical;
} Felt;

static inline Felt feels(const Recover *recover, const Clinic *clinic, const Centre *centre, const float *inputs) {
    double h = recover->half;
    double prior = clinic->critical_prior;
    float contacts = inputs[INPUT_CONTACTS];
    return (Felt){
        sat(inputs[INPUT_PRESENCE], 2.0 * h), sat(inputs[INPUT_COMPANIONSHIP], h), sat(inputs[INPUT_EMOTIONAL], h),
        sat(inputs[INPUT_PROBLEM], h), sat(inputs[INPUT_INFLUENCE], h), sat(inputs[INPUT_LIVED_EXPERIENCE], h), sat(inputs[INPUT_TRANSCENDING], h),
        sat(inputs[INPUT_GIVING], h), sat(inputs[INPUT_RUPTURES], h), sat(inputs[INPUT_REACTANCE], h),
        contacts > 0.0 ? inputs[INPUT_EXPERTISE] / contacts : 0.5,
        inputs[INPUT_HELP] / (inputs[INPUT_HELP_CONTACTS] + clinic->help_half), sat(inputs[INPUT_SOCIAL], h),
        (inputs[INPUT_CRITICAL] + prior * centre->critical_share) / (inputs[INPUT_FAMILY] + prior),
    };
}

static inline double activates(const Resources *numbers, double level, double own, double source) {
    return share(level + 0.0 + numbers->natural * source * (1.0 - level) - numbers->fading * (level - own));
}

static inline double connectedness_input(const Recover *r, const Felt *felt, double best, double loneliness) {
    return r->connectedness_presence * felt->presence + r->connectedness_companionship * felt->companionship
        + r->connectedness_best_tie * best - r->connectedness_loneliness * loneliness;
}

static inline double hope_input(const Recover *r, const Felt *felt) {
    return r->hope_emotional * felt->emotional + r->hope_lived * felt->lived - r->hope_ruptures * felt->ruptures;
}

static inline double identity_input(const Recover *r, const Felt *felt, double strengths) {
    double giving = r->identity_giving * r->reciprocity_weight * felt->giving;
    return giving + r->identity_transcending * felt->transcending + r->identity_strengths * strengths;
}

static inline double meaning_input(const Recover *r, const Felt *felt, double recreational, double strengths) {
    double giving = r->meaning_giving * r->reciprocity_weight * felt->giving;
    return r->meaning_recreational * recreational + giving + r->meaning_strengths * strengths;
}

static inline double empowerment_input(const Recover *r, const Felt *felt, double decision) {
    return r->empowerment_expertise * r->expertise_weight * felt->expertise
        + r->empowerment_giving * r->reciprocity_weight * felt->giving + r->empowerment_decision * decision
        + r->empowerment_influence * felt->influence - r->empowerment_critical * felt->critical
        - r->empowerment_reactance * felt->reactance;
}

static inline double process_target(const Recover *r, double base, double intercept, double weighted, double distress) {
    return logistic(base + intercept + r->gain * weighted - r->distress * (distress - r->distress_reference));
}

static inline double distress_target(const Clinic *c, const Centre *centre, double vulnerability, const Felt *felt,
                                     double loneliness, double friction, double hope) {
    double pressure = c->distress_loneliness * (loneliness - centre->loneliness)
        + c->distress_critical * (felt->critical - centre->critical_share)
        + c->distress_friction * (friction - centre->friction)
        - c->distress_emotional * (felt->emotional - centre->emotional)
        - c->distress_help * (felt->help - centre->help) - c->distress_hope * (hope - centre->hope);
    return vulnerability / (vulnerability + (1.0 - vulnerability) * exp(-c->distress_gain * pressure));
}

static inline double withdrawal_target(const Clinic *c, const Centre *centre, double own, const Felt *felt,
                                       double loneliness, double distress, double recreational) {
    return own + c->withdrawal_loneliness * (loneliness - centre->loneliness)
        + c->withdrawal_distress * (distress - centre->distress)
        - c->withdrawal_contact * (felt->social - centre->contact)
        - c->withdrawal_recreational * (recreational - centre->recreational);
}

static inline double missing_closeness(const Clinic *c, double need, double best, double companionship) {
    double have = c->loneliness_best_tie * best + c->loneliness_company * companionship;
    return most(0.0, need - have) / most(need, 0.05);
}

static inline double relapse_chance(const Clinic *c, const Centre *centre, int condition, const Felt *felt,
                                    const Social *social, double distress, double empowerment, double loneliness) {
    double log_ratio = c->relapse_distress * (distress - centre->distress)
        + c->relapse_critical * (felt->critical - centre->critical_share)
        - c->relapse_warmth * (social->family_warmth - centre->family_warmth)
        - c->relapse_empowerment * (empowerment - centre->empowerment)
        + c->relapse_loneliness * (loneliness - centre->loneliness);
    return chance(least(c->relapse_highest, c->relapse_hazard[condition] * exp(log_ratio)));
}

static inline double admission_chance(const Clinic *c, double contacts) {
    return c->admission_chance * (1.0 - c->admission_buffer * sat(contacts, c->admission_half));
}

static inline int crisis_length(const Clinic *c, double u) {
    double weeks = c->crisis_shortest + floor(u * (c->crisis_longest - c->crisis_shortest + 1.0));
    return (int)clip(weeks, 1.0, c->crisis_longest);
}

/* healing.py */

static inline void smooth(Person *me, const double *inputs, double weight, double slow) {
    for (int k = 0; k < N_INPUTS; k++) me->inputs[k] += (k >= INPUT_FAMILY ? slow : weight) * (inputs[k] - me->inputs[k]);
}

static inline void recover_processes(const Week *week, Person *me, const Felt *felt, double best, const Words *own,
                                     const Words *shared) {
    const Recover *r = &week->numbers->recover;
    double decision = me->resources[0], strengths = me->resources[2], recreational = me->resources[3];
    double speed = r->rate * (1.0 + r->self_actualising * (double)me->resources[4]);
    double common = r->common_noise * normal(shared->w[1]);
    double inputs[5] = {
        connectedness_input(r, felt, best, me->loneliness), hope_input(r, felt), identity_input(r, felt, strengths),
        meaning_input(r, felt, recreational, strengths), empowerment_input(r, felt, decision),
    };
    uint32_t noise[5] = {own->w[0], own->w[1], own->w[2], own->w[3], shared->w[0]};
    for (int k = 0; k < 5; k++) {
        double now = me->processes[k];
        double goal = process_target(r, r->base[k], me->intercept, inputs[k], me->distress);
        me->processes[k] = share(now + speed * (goal - now) + r->own_noise * normal(noise[k]) + common);
    }
}

static inline void activate_resources(const Week *week, Person *me, const Felt *felt, double hope) {
    double sources[5] = {felt->expertise * felt->problem, felt->lived, 0.5 * (felt->influence + felt->giving),
                         felt->companionship, hope};
    for (int k = 0; k < 5; k++)
        me->resources[k] = activates(&week->numbers->resources, me->resources[k], me->own_resources[k], sources[k]);
}

static inline double distress_after(const Clinic *clinic, double distress, double goal, const Felt *felt,
                                    const Words *luck, double noise) {
    double event = 0.0;
    if (uniform(luck->w[0]) < clinic->event_chance)
        event = -clinic->event_size * (1.0 - distress) * log(1.0 - uniform(luck->w[1]));
    double buffered = event * (1.0 - clinic->event_buffer * felt->emotional);
    return share(distress + clinic->distress_rate * (goal - distress) + buffered + clinic->distress_noise * noise);
}

static inline void relapse(Week *week, Person *me, double contacts, uint32_t admission) {
    const Clinic *clinic = &week->numbers->clinic;
    double loss = week->numbers->recover.relapse_loss;
    me->distress = share(me->distress + clinic->relapse_rise[me->condition]);
    for (int k = 0; k < 5; k++) me->processes[k] = share(me->processes[k] - loss);
    me->crisis = crisis_length(clinic, uniform(draws(week, DRAW_CRISIS, 0, me->identity, 0).w[0]));
    me->relapse_week = week->number;
    me->relapses += 1;
    if (uniform(admission) < admission_chance(clinic, contacts)) {
        me->admissions += 1;
        for (int64_t row = me->first; row < me->first + me->n_ties; row++)
            if (week->ties[row].role == PROFESSIONAL) week->ties[row].trust *= 1.0 - clinic->admission_trust;
    }
}

static inline void recover(Week *week, Person *me, const Social *social) {
    const Parameters *p = week->numbers;
    const Clinic *clinic = &p->clinic;
    const Centre *centre = &p->centre;
    const double *inputs = week->inputs;
    smooth(me, inputs, p->recover.smoothing, clinic->critical_fading);
    Felt felt = feels(&p->recover, clinic, centre, me->inputs);
    Words own = draws(week, DRAW_NOISE_A, 0, me->identity, 0), shared = draws(week, DRAW_NOISE_B, 0, me->identity, 0);
    Words luck = draws(week, DRAW_CLINIC, 0, me->identity, 0);
    double distress = me->distress, withdrawal = me->withdrawal, loneliness = me->loneliness;
    double hope = me->processes[1], empowerment = me->processes[4], recreational = me->resources[3];
    recover_processes(week, me, &felt, social->best, &own, &shared);
    activate_resources(week, me, &felt, hope);
    double goal = distress_target(clinic, centre, me->vulnerability, &felt, loneliness, social->friction, hope);
    me->distress = distress_after(clinic, distress, goal, &felt, &luck, normal(shared.w[2]));
    goal = withdrawal_target(clinic, centre, me->own_withdrawal, &felt, loneliness, distress, recreational);
    double moved = withdrawal + clinic->withdrawal_rate * (goal - withdrawal);
    me->withdrawal = share(moved + clinic->withdrawal_noise * normal(shared.w[3]));
    double missing = missing_closeness(clinic, me->need, social->best, felt.companionship);
    me->loneliness = share(loneliness + clinic->loneliness_rate * (missing - loneliness));
    double skill = me->skill;
    me->skill = skill - p->bond.skill_loss * (skill - me->own_skill);
    double contacts = inputs[INPUT_CONTACTS] + me->contacts;
    me->contacts = inputs[INPUT_CONTACTS];
    if (me->crisis > 0) {
        me->crisis -= 1;
        me->crisis_weeks += 1;
    } else if (uniform(luck.w[2]) < clinic->relapse_highest && uniform(luck.w[2])
               < relapse_chance(clinic, centre, me->condition, &felt, social, distress, empowerment, loneliness)) {
        relapse(week, me, contacts, luck.w[3]);
    }
}

/* person.py */

static inline void share_time(Week *week, Person *me) {
    use_services(week, me);
    double wanted = 0.0;
    for (int64_t row = me->first; row < me->first + me->n_ties; row++) wanted += asked(week, me, &week->ties[row]);
    me->share = time_share(&week->numbers->meet, wanted, 0.0);
    for (int64_t row = me->first; row < me->first + me->n_ties; row++) {
        int32_t supporter = week->ties[row].supporter;
        if (supporter >= 0) week->sums[supporter].demand += llrint(asked(week, me, &week->ties[row]) * me->share * UNIT);
    }
}

static inline void prepare(Week *week, Person *me) {
    for (int slot = 0; slot < me->n_ties; slot++) {
        Words luck = draws(week, DRAW_MEET, 0, me->identity, week->ties[me->first + slot].key);
        week->meeting[slot] = (Luck){luck.w[0], luck.w[1], luck.w[2]};
    }
    for (int k = 0; k < N_INPUTS; k++) week->inputs[k] = 0.0;
    week->inputs[INPUT_GIVING] = me->owed_giving;
    for (int role = 0; role < 4; role++) me->recent[week->number % 4][role] = 0;
    aim(week, me);
}

static inline void count_contacts(Person *me, const Tie *tie, int64_t number, const Tally *tally) {
    int recent = me->recent[number % 4][tie->role] + (int)tally->contacts;
    me->recent[number % 4][tie->role] = recent < 255 ? recent : 255;
    me->ruptures += (int)tally->ruptures;
    me->repairs += tally->repairs > 0.0;
    if (tie->origin == SERVICE) me->since_service = 0;
}

static inline int may_end(const Fade *fade, const Tie *tie, Luck luck) {
    return tie->strength < fade->floor || ends_outside(fade, tie->strength, tie->role == FAMILY, luck.ends)
        || leaves_harm(fade, tie->friction, 1.0, luck.leaves);
}

static inline Social live_with_ties(Week *week, Person *me, int *restless) {
    const Centre *centre = &week->numbers->centre;
    Helped person = {me->distress, me->withdrawal, me->skill, me->wanted, me->processes[4],
                     0.5 * ((double)me->resources[0] + (double)me->resources[1]),
                     week->services[me->team].boundary_openness};
    prepare(week, me);
    me->since_service = me->since_service + 1 < 30000 ? me->since_service + 1 : 30000;
    double best = 0.0, friction = 0.0, warmth = 0.0;
    int relatives = 0;
    for (int slot = 0; slot < me->n_ties; slot++) {
        Tie *tie = &week->ties[me->first + slot];
        Tally tally;
        if (live_tie(week, me, tie, &person, week->meeting[slot].meets, &tally))
            count_contacts(me, tie, week->number, &tally);
        best = most(best, (double)tie->strength * tie->trust);
        friction += tie->friction;
        if (tie->role == FAMILY) {
            warmth += (double)tie->warmth * tie->strength;
            relatives += 1;
        }
        *restless |= may_end(&week->numbers->fade, tie, week->meeting[slot]);
    }
    return (Social){best, me->n_ties > 0 ? friction / me->n_ties : centre->friction,
                    relatives > 0 ? warmth / relatives : centre->family_warmth};
}

static inline void fade(Week *week, Person *me) {
    const Fade *numbers = &week->numbers->fade;
    for (int slot = me->n_ties - 1; slot >= 0; slot--) {
        int64_t row = me->first + slot;
        Tie *tie = &week->ties[row];
        if (tie->origin == SERVICE) continue;
        if (tie->strength < numbers->floor) {
            end(week, me, row);
        } else if (ends_outside(numbers, tie->strength, tie->role == FAMILY, week->meeting[slot].ends)) {
            end(week, me, row);
        } else if (leaves_harm(numbers, tie->friction, me->processes[4], week->meeting[slot].leaves)) {
            if (tie->role == FAMILY) tie->nearness *= numbers->distance;
            else end(week, me, row);
        }
    }
}

static inline void form(Week *week, Person *me) {
    const Form *numbers = &week->numbers->form;
    double wished = 1.0 - me->n_ties / (double)me->wished_size;
    if (wished <= 0.0) return;
    double openness = openness_to_ties(numbers, me->processes[0], me->skill, me->resources[3], me->withdrawal);
    Words luck = draws(week, DRAW_FORM, 0, me->identity, 0);
    for (int role = 1; role < 4; role++)
        if (forms(numbers, role, openness, wished, luck.w[role - 1])) add_natural(week, me, role, NATURAL);
}

static inline void live(Week *week, Person *me) {
    int restless = 0;
    Social social = live_with_ties(week, me, &restless);
    recover(week, me, &social);
    if (restless) fade(week, me);
    form(week, me);
    me->post_weeks += me->access / week->services[me->team].caseload;
}

/* watch.py */

static inline void track_recovery(const Week *week, Person *me) {
    const Thresholds *t = &week->numbers->thresholds;
    float sum = 0.0f;
    for (int k = 0; k < 5; k++) sum += me->processes[k];
    int personal = me->weeks_personal + 1, clinical = me->weeks_clinical + 1;
    me->weeks_personal = 12.0 * sum >= t->recovered_qpr ? (personal < 30000 ? personal : 30000) : 0;
    int remitted = floor(27.0 * me->distress + 0.5) < t->remission_phq9 && me->withdrawal < t->remission_withdrawal;
    me->weeks_clinical = remitted ? (clinical < 30000 ? clinical : 30000) : 0;
}

/* staff.py */

static inline void share_out(Week *week, int64_t supporter) {
    double demand = week->sums[supporter].demand / UNIT;
    week->several[supporter].availability = availability(week->several[supporter].capacity, demand);
}

static inline void holder_traits(const Week *week, int64_t post, SharedSupporter *at) {
    const People *numbers = &week->numbers->people;
    Words luck = words(week, DRAW_STAFF_TRAITS, 0, at->holder, post, 0);
    at->competence = own_trait(numbers->competence[PROFESSIONAL], numbers->competence_spread, luck.w[0]);
    at->warmth = own_trait(numbers->warmth[PROFESSIONAL], numbers->warmth_spread, luck.w[1]);
}

static inline void may_leave(const Week *week, int64_t post) {
    SharedSupporter *at = &week->several[post];
    at->open_weeks += 1;
    double turnover = week->services[at->team].turnover;
    if (uniform(draws(week, DRAW_STAFF, 0, post, 0).w[0]) < leaving_chance(&week->numbers->tire, turnover, at->strain)) {
        at->strain = 0.0;
        at->holder += 1;
        at->left += 1;
        holder_traits(week, post, at);
    }
}

static inline void tire_several(Week *week, int64_t supporter) {
    Sums *sums = &week->sums[supporter];
    SharedSupporter *helper = &week->several[supporter];
    const Tire *tire = &week->numbers->tire;
    int staff = supporter < week->n_posts;
    if (staff && helper->team < 0) return;
    double strain = tires(tire, helper->strain, most(0.0, sums->demand / UNIT / helper->capacity - 1.0),
                          sums->contacts / UNIT, sums->bad / UNIT, sums->imbalance / UNIT, sums->good / UNIT,
                          sums->good_reciprocity / UNIT, staff ? tire->bad_staff : tire->bad_other);
    if (staff && sums->opened > 0)
        strain = least(1.0, strain + strain_of_openness(tire, week->services[helper->team].boundary_openness));
    helper->strain = strain;
    if (staff) may_leave(week, supporter);
    else week->people[supporter - week->n_posts].owed_giving = sums->given / UNIT;
    *sums = (Sums){0};
}

/* week.py */

void live_weeks(Week *week, int64_t first_week, int64_t weeks) {
    for (week->number = first_week; week->number < first_week + weeks; week->number++) {
        for (int64_t i = 0; i < week->n_people; i++) share_time(week, &week->people[i]);
        for (int64_t k = 0; k < week->n_several; k++) share_out(week, k);
        for (int64_t i = 0; i < week->n_people; i++) {
            live(week, &week->people[i]);
            track_recovery(week, &week->people[i]);
        }
        for (int64_t k = 0; k < week->n_several; k++) tire_several(week, k);
    }
}
