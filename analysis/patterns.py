"""Patterns of natural history and observed association, read off simulated people as studies read them off real ones.

Each function takes a seed and gives values by name; the accept ranges stand in `PATTERNS`, with their sources.
Numbers of patterns are those of the project's evidence table (docs/calibration.md). Trials are not looked at here.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analysis.cohort import Ties, Values, correlation, measured_qpr, measured_symptoms, odds_ratio, service_trust
from sim.scenario import Scenario
from sim.simulation import Simulation
from sim.state import Input
from sim.vocabulary import Role

PEOPLE = 1500
COHORT = 6000  # people among whom some come out of a crisis within a year
YEAR = 52


class Pattern(NamedTuple):
    """What the simulated world must look like."""

    number: int
    what: str
    low: float
    high: float
    source: str


PALUMBO, MA, OURS = "Palumbo et al. 2015", "Ma et al. 2021", "range assumed around"
PATTERNS: dict[str, Pattern] = {
    "size": Pattern(1, "ties per person", 8, 16, f"{OURS} {PALUMBO}; Lee et al. 2009"),
    "friends": Pattern(2, "friends per person", 1.5, 5, f"{OURS} {PALUMBO}"),
    "share_family": Pattern(3, "family, share of all ties", 0.30, 0.69, PALUMBO),
    "share_friends": Pattern(3, "friends, share of all ties", 0.16, 0.43, PALUMBO),
    "share_professionals": Pattern(3, "professionals, share of all ties", 0.005, 0.32, PALUMBO),
    "share_peers": Pattern(3, "peers, share of all ties", 0.08, 0.12, PALUMBO),
    "close_friend": Pattern(4, "share with a close friend", 0.60, 0.70, f"{OURS} Giacco et al. 2012"),
    "saw_friend": Pattern(4, "share who saw a friend this week", 0.50, 0.60, f"{OURS} Giacco et al. 2012"),
    "no_confidant": Pattern(4, "share without a confidant", 0.18, 0.50, "Sündermann et al. 2014"),
    "inner_loss": Pattern(9, "inner ties lost in a year", 0.01, 0.04, "Roy et al. 2022"),
    "average_loss": Pattern(9, "average ties lost in a year", 0.07, 0.13, f"{OURS} Mollenhorst 2009"),
    "kept_seven_years": Pattern(9, "ties kept for seven years", 0.40, 0.56, f"{OURS} Mollenhorst 2009"),
    "size_drift": Pattern(9, "change of network size in a year (absolute)", 0.0, 0.10, "assumed: stationary"),
    "alliance_outcome": Pattern(11, "alliance in week 5, symptom gain, r", 0.15, 0.40, f"{OURS} Flückiger et al. 2018"),
    "linear_alliance": Pattern(15, "dyads with a linear trend of alliance", 0.5, 0.8, f"{OURS} Stevens et al. 2007"),
    "rupture_repair": Pattern(15, "dyads with a rupture that is repaired", 0.35, 0.65, f"{OURS} Stevens et al. 2007"),
    "dropout": Pattern(20, "drop-out from therapy", 0.18, 0.21, "Swift & Greenberg 2012"),
    "disengaged": Pattern(20, "disengaged from services after 78 weeks", 0.12, 0.20, "PMC11205872"),
    "turnover": Pattern(22, "staff leaving per post and year", 0.25, 0.50, "Woltmann et al. 2008"),
    "criticism_early": Pattern(31, "high criticism and relapse by 12 months, odds ratio", 3.2, 7.4, MA),
    "criticism_late": Pattern(31, "the same, months 13 to 24", 1.4, 3.4, MA),
    "warmth": Pattern(31, "warmth and relapse by 12 months, odds ratio", 0.15, 0.85, MA),
    "due_to_criticism": Pattern(31, "share of first-year relapses due to high criticism", 0.0, 0.5, "assumed limit"),
    "high_criticism": Pattern(32, "families high in criticism", 0.45, 0.60, f"{OURS} Raune et al. 2004"),
    "affective_recovery": Pattern(37, "affective symptoms and recovery, r", -0.50, -0.37, "Leendertse et al. 2021"),
    "withdrawal_recovery": Pattern(37, "withdrawal and recovery, r", -0.27, -0.14, "Van Eck et al. 2018"),
    "qpr_mean": Pattern(39, "QPR, mean", 38, 42, f"{OURS} Slade et al. 2015"),
    "qpr_sd": Pattern(39, "QPR, SD", 9, 11, f"{OURS} Slade et al. 2015"),
    "qpr_retest": Pattern(39, "QPR, retest after two weeks", 0.68, 0.74, "Williams et al. 2015; QPR-15-SP 2023"),
    "relapse_1": Pattern(41, "relapsed by 1 year after a first remission", 0.12, 0.47, "Alvarez-Jimenez et al. 2012"),
    "relapse_2": Pattern(41, "by 2 years", 0.35, 0.54, "Alvarez-Jimenez et al. 2012"),
    "relapse_3": Pattern(41, "by 3 years", 0.40, 0.63, "Alvarez-Jimenez et al. 2012"),
    "support_depression": Pattern(44, "support, less depression, r", 0.15, 0.40, f"{OURS} Rueger et al. 2016 (youth)"),
}  # fmt: skip


def area(name: str, seed: int, **values: object) -> Simulation:
    """An area of the study's size under a library scenario."""
    return Simulation(Scenario.load(name, {"population.patients": PEOPLE, **values}), seed)


def snapshot(seed: int) -> dict[str, float]:
    """Networks, recovery and symptoms at one time; retest two weeks later."""
    run, luck = area("today", seed), np.random.default_rng(seed)
    seen = run.live(2 * YEAR)
    people, ties, t = run.area.world.people, Ties(run), run.scenario.all_parameters.thresholds
    friend, n = ties.role(Role.FRIEND), len(ties.now)
    close = friend & (ties.now.strength > t.close_strength) & (ties.now.trust > t.close_trust)
    confidant = (ties.now.strength > t.confidant_strength) & (ties.now.trust > t.confidant_trust)
    inputs, half = people.inputs, run.scenario.all_parameters.recover.half
    support = inputs[:, Input.EMOTIONAL] / (inputs[:, Input.EMOTIONAL] + half)
    felt = support + luck.normal(0, run.scenario.all_parameters.measure.support, len(people))
    qpr, symptoms = measured_qpr(run, luck), measured_symptoms(run, luck)
    family = ties.role(Role.FAMILY)
    criticism = ties.now.criticism[family] + luck.normal(0, run.scenario.all_parameters.measure.criticism, family.sum())
    values = {
        "size": n / len(people),
        "friends": ties.count(friend).mean(),
        "share_family": family.mean(),
        "share_friends": friend.mean(),
        "share_professionals": ties.role(Role.PROFESSIONAL).mean(),
        "share_peers": ties.role(Role.PEER).mean(),
        "close_friend": (ties.count(close) > 0).mean(),
        "saw_friend": (people.recent[:, (run.week - 1) % 4, Role.FRIEND] > 0).mean(),
        "no_confidant": (ties.count(confidant) == 0).mean(),
        "turnover": float(run.outcomes(seen[-1], run.week)["staff_turnover"]),
        "high_criticism": (criticism > 0.45).mean(),
        "affective_recovery": correlation(symptoms, qpr),
        "withdrawal_recovery": correlation(people.withdrawal, qpr),
        "qpr_mean": qpr.mean(),
        "qpr_sd": qpr.std(),
        "support_depression": -correlation(felt, symptoms),
    }
    run.live(2)
    return {**values, "qpr_retest": correlation(qpr, measured_qpr(run, luck))}


def turnover_of_ties(seed: int) -> dict[str, float]:
    """Ties of a year ago and of seven years ago that are still there; professionals left out."""
    run = area("today", seed, weeks=7 * YEAR)
    before = Ties(run)
    run.live(YEAR)
    after = Ties(run)
    natural = before.now.role != Role.PROFESSIONAL
    kept = np.isin(before.name, after.name)
    inner = natural & (before.now.strength >= np.quantile(before.now.strength[natural], 2 / 3))
    run.live(6 * YEAR)
    return {
        "inner_loss": 1 - kept[inner].mean(),
        "average_loss": 1 - kept[natural].mean(),
        "kept_seven_years": np.isin(before.name[natural], Ties(run).name).mean(),
        "size_drift": abs(len(after.now) / len(before.now) - 1),
    }


def after_remission(
    run: Simulation, enter_by: int, weeks: int, at_remission: Callable[[NDArray[np.bool_]], None] = lambda out: None
) -> tuple[NDArray[np.bool_], Values]:
    """Follow people from the week in which their crisis ends, if that is by `enter_by`, for so many weeks in all.

    Whose crisis ended by then (people,), and weeks from there to the next relapse (infinite where there is none).
    at_remission: told whose crisis has ended this week.
    """
    people = run.area.world.people
    started, relapsed = np.full(len(people), -1), np.full(len(people), np.inf)
    ill, relapses = people.crisis > 0, people.relapses.copy()
    for week in range(weeks):
        run.live(1, 0)
        again = (started >= 0) & (people.relapses > relapses) & np.isinf(relapsed)
        relapsed[again] = week - started[again]
        out = ill & (people.crisis == 0) & (started < 0) & (week < enter_by)
        if out.any():
            at_remission(out)
            started[out] = week
        ill, relapses = people.crisis > 0, people.relapses.copy()
    return started >= 0, relapsed


def relapse_by_home(seed: int) -> dict[str, float]:
    """People who come out of a crisis within a year: relapse over two years, by criticism and warmth at home."""
    run, luck = area("today", seed, **{"weeks": 3 * YEAR, "population.patients": COHORT}), np.random.default_rng(seed)
    critical, warm = np.full(COHORT, np.nan), np.full(COHORT, np.nan)

    def interview(out: NDArray[np.bool_]) -> None:
        ties = Ties(run)
        family = ties.role(Role.FAMILY)
        relatives = ties.count(family)
        has = out & (relatives > 0)
        for felt, values in ((critical, ties.now.criticism), (warm, ties.now.warmth * ties.now.strength)):
            felt[has] = np.bincount(ties.of[family], values[family], COHORT)[has] / relatives[has]

    cohort, relapsed = after_remission(run, YEAR, 3 * YEAR, interview)
    at_home = cohort & ~np.isnan(critical)
    noise = luck.normal(0, run.scenario.all_parameters.measure.criticism, COHORT)
    high, warmer = (critical + noise > 0.45)[at_home], (warm > np.nanmedian(warm[at_home]))[at_home]
    early, later = relapsed[at_home] <= YEAR, relapsed[at_home] > YEAR
    return {
        "criticism_early": odds_ratio(high, early),
        "criticism_late": odds_ratio(high[later], relapsed[at_home][later] <= 2 * YEAR),
        "warmth": odds_ratio(warmer, early),
        "due_to_criticism": 1.0 - early[~high].mean() / early.mean(),
    }


def first_episode(seed: int) -> dict[str, float]:
    """An inception cohort: everybody has a first crisis, as a relapse is, and is followed from its end.

    Nobody is chosen by how readily they relapse, as they would be if those who happen to be in crisis were followed.
    """
    run, luck = area("today", seed, weeks=4 * YEAR), np.random.default_rng(seed)
    people, numbers = run.area.world.people, run.scenario.all_parameters
    people.distress[:] = np.minimum(1.0, people.distress + np.array(numbers.clinic.relapse_rise)[people.condition])
    people.processes[:] = np.maximum(0.0, people.processes - numbers.recover.relapse_loss)
    shortest, longest = int(numbers.clinic.crisis_shortest), int(numbers.clinic.crisis_longest)
    people.crisis[:] = luck.integers(shortest, longest, len(people), endpoint=True)
    people.relapse_week[:] = 0
    _, relapsed = after_remission(run, longest + 1, longest + 1 + 3 * YEAR)
    return {f"relapse_{years}": (relapsed <= years * YEAR).mean() for years in (1, 2, 3)}


def therapy(seed: int) -> dict[str, float]:
    """Everybody is offered a therapy of 20 weeks at once: alliance and outcome, its course, drop-out."""
    everybody = {"coverage": 1.0, "uptake": 1.0, "weeks": 20}
    values = {f"programmes.client-centred-therapy.{name}".replace("-", "_"): value for name, value in everybody.items()}
    run = area("today", seed, **values, **{"parameters.enrol.application": 1.0, "weeks": 40})
    luck, people = np.random.default_rng(seed), run.area.world.people
    before = measured_symptoms(run, luck)
    courses, ruptured, repaired = [], np.zeros(len(people), bool), np.zeros(len(people), bool)
    after = np.full(len(people), np.nan)
    for week in range(21):
        run.live(1, 0)
        ties = Ties(run)
        theirs = ties.now.origin >= 0
        trust, broken = np.full(len(people), np.nan), np.zeros(len(people), bool)
        trust[ties.of[theirs]] = ties.now.trust[theirs]
        broken[ties.of[theirs]] = ties.now.ruptured[theirs] != 0
        repaired |= ruptured & ~broken & ~np.isnan(trust)
        ruptured |= broken
        courses.append(trust)
        if week == 19:
            after = measured_symptoms(run, luck)
    course = np.array(courses)
    stayed = ~np.isnan(course[19])
    early = course[4]
    felt = early + luck.normal(0, run.scenario.all_parameters.measure.alliance * np.nanstd(early), len(people))
    used = stayed & ~np.isnan(early)
    gain = -stats.linregress(before[used], after[used]).slope * before[used] + after[used]
    return {
        "alliance_outcome": -correlation(felt[used], gain),
        "dropout": people.dropouts.sum() / people.enrolments.sum(),
    }


def alliance_course(seed: int) -> dict[str, float]:
    """Thirty weekly sessions with one therapist, measured each time: trend, and rupture with repair."""
    values = {
        f"programmes.client_centred_therapy.{k}": v for k, v in {"coverage": 1.0, "uptake": 1.0, "weeks": 30}.items()
    }
    numbers = {"parameters.enrol.application": 1.0, "parameters.enrol.dropout": 0.003}
    run = area("today", seed, **values, **numbers)
    luck, n = np.random.default_rng(seed), PEOPLE
    course, broke, mended = np.full((30, n), np.nan), np.zeros(n, bool), np.zeros(n, bool)
    for week in range(30):
        run.live(1, 0)
        ties = Ties(run)
        theirs = ties.now.origin >= 0
        course[week, ties.of[theirs]] = ties.now.trust[theirs]
        broken, there = np.zeros(n, bool), np.zeros(n, bool)
        broken[ties.of[theirs]], there[ties.of[theirs]] = ties.now.ruptured[theirs] != 0, True
        mended |= broke & ~broken & there
        broke |= broken
    whole = ~np.isnan(course).any(axis=0)
    series = course[:, whole]
    error = run.scenario.all_parameters.measure.alliance * series.std()  # over dyads and sessions
    felt = series + luck.normal(0, error, series.shape)
    trends = [stats.linregress(np.arange(30), one).pvalue < 0.05 for one in felt.T]
    return {"linear_alliance": float(np.mean(trends)), "rupture_repair": float(mended[whole].mean())}


def disengagement(seed: int) -> dict[str, float]:
    """People in contact with the service: who no longer is 78 weeks later."""
    run = area("today", seed)
    served = ~np.isnan(service_trust(run))
    run.live(78, 0)
    return {"disengaged": float(np.isnan(service_trust(run))[served].mean())}


STUDIES: tuple[Callable[[int], dict[str, float]], ...] = (
    snapshot, turnover_of_ties, relapse_by_home, first_episode, therapy, alliance_course, disengagement,
)  # fmt: skip


class Found(NamedTuple):
    """A pattern, simulated."""

    pattern: Pattern
    value: float
    mcse: float

    @property
    def met(self) -> bool:
        return self.pattern.low <= self.value <= self.pattern.high


def find(seeds: range = range(101, 105)) -> dict[str, Found]:
    """Every pattern, as the mean over fresh seeds with its Monte Carlo standard error."""
    values: dict[str, list[float]] = {}
    for study in STUDIES:
        for seed in seeds:
            for name, value in study(seed).items():
                values.setdefault(name, []).append(float(value))
    return {
        name: Found(PATTERNS[name], float(np.mean(several)), float(np.std(several, ddof=1) / np.sqrt(len(several))))
        for name, several in values.items()
    }


def main() -> None:
    """Print the table."""
    for name, found in find().items():
        pattern = found.pattern
        print(
            f"{pattern.number:3d} {name:20s} {found.value:7.3f} ± {found.mcse:.3f}  "
            f"[{pattern.low:g}, {pattern.high:g}]  {'in' if found.met else 'OUT'}"
        )


if __name__ == "__main__":
    main()
