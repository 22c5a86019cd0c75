"""From what a week showed to outcomes: one line an outcome, each knows its unit, which direction is better and between
which limits it is possible."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from supportnet.sim.parameters import Costs
from supportnet.sim.state import Seen

Rows = NDArray[np.float64]  # (weeks, N_SEEN) or (N_SEEN,)
Limits = tuple[float, float]  # the smallest and the largest value that is possible
AT_LEAST_0: Limits = (0.0, np.inf)
SHARE: Limits = (0.0, 1.0)


@dataclass(frozen=True)
class View:
    """What outcomes are read from."""

    seen: Rows
    weeks: Any  # weeks since the run began, one for each row
    costs: Costs

    def __getitem__(self, column: Seen) -> Any:
        return self.seen[..., column]

    @property
    def patient_years(self) -> Any:
        return self[Seen.PEOPLE] * self.weeks / 52.0

    @property
    def ties(self) -> Any:
        return self[Seen.PROFESSIONALS] + self[Seen.PEERS] + self[Seen.FRIENDS] + self[Seen.FAMILY]


class Outcome(NamedTuple):
    """One outcome: what it means, its unit and which direction is better.

    Parameters
    ----------
    unit : str
        The unit, with its range where it has one.
    better : {"higher", "lower", ""}
        Which direction is better; empty where neither is.
    meaning : str
        What it is, in words.
    read : callable
        From the sums of a week to its value; the model calls it.
    limits : tuple of float, default (0, inf)
        The smallest and the largest value that is possible; no interval leaves them.
    """

    unit: str
    better: str
    meaning: str
    read: Callable[[View], Any]
    limits: Limits = AT_LEAST_0


def mean(column: Seen) -> Callable[[View], Any]:
    """Mean over people."""
    return lambda view: view[column] / view[Seen.PEOPLE]


def per_tie(column: Seen) -> Callable[[View], Any]:
    return lambda view: view[column] / view.ties


def per_year(column: Seen) -> Callable[[View], Any]:
    """Events per patient-year since the run began."""
    return lambda view: view[column] / view.patient_years


def recovery(view: View) -> Any:
    return view.seen[..., Seen.CONNECTEDNESS : Seen.EMPOWERMENT + 1].sum(axis=-1) / 5.0 / view[Seen.PEOPLE]


def without_connectedness(view: View) -> Any:
    return view.seen[..., Seen.HOPE : Seen.EMPOWERMENT + 1].sum(axis=-1) / 4.0 / view[Seen.PEOPLE]


def spent(view: View) -> Any:
    """All costs since the run began."""
    c = view.costs
    return (
        c.post / 52.0 * view[Seen.POST_WEEKS]
        + c.contact * view[Seen.PROFESSIONAL_CONTACTS]
        + view[Seen.SESSION_COST]
        + c.crisis_week * view[Seen.CRISIS_WEEKS]
        + c.admission * view[Seen.ADMISSIONS]
    )


#: Every outcome by name, in the order of tables; docs/outcomes.md lists them.
#:
#: Each value has `unit`, `better` ("higher", "lower" or "" where neither is) and `meaning`.
#:
#: Examples
#: --------
#: >>> import supportnet as sn
#: >>> sn.OUTCOMES["qpr"].unit, sn.OUTCOMES["qpr"].better
#: ('score 0-60', 'higher')
#: >>> [name for name in sn.OUTCOMES if name.startswith("n_")]
#: ['n_professional', 'n_peer', 'n_friend', 'n_family']
OUTCOMES: dict[str, Outcome] = {
    "recovery": Outcome("0-1", "higher", "mean of the five recovery processes", recovery, SHARE),
    "connectedness": Outcome("0-1", "higher", "mean of this recovery process (CHIME)", mean(Seen.CONNECTEDNESS), SHARE),
    "hope": Outcome("0-1", "higher", "mean of this recovery process (CHIME)", mean(Seen.HOPE), SHARE),
    "identity": Outcome("0-1", "higher", "mean of this recovery process (CHIME)", mean(Seen.IDENTITY), SHARE),
    "meaning": Outcome("0-1", "higher", "mean of this recovery process (CHIME)", mean(Seen.MEANING), SHARE),
    "empowerment": Outcome("0-1", "higher", "mean of this recovery process (CHIME)", mean(Seen.EMPOWERMENT), SHARE),
    "recovery_without_connectedness": Outcome(
        "0-1", "higher", "mean of the other four recovery processes", without_connectedness, SHARE
    ),
    "qpr": Outcome("score 0-60", "higher", "60 times recovery", lambda view: 60.0 * recovery(view), (0.0, 60.0)),
    "distress": Outcome("0-1", "lower", "affective symptoms", mean(Seen.DISTRESS), SHARE),
    "withdrawal": Outcome("0-1", "lower", "social withdrawal", mean(Seen.WITHDRAWAL), SHARE),
    "phq9": Outcome("score 0-27", "lower", "depression", mean(Seen.PHQ9), (0.0, 27.0)),
    "gad7": Outcome("score 0-21", "lower", "anxiety", mean(Seen.GAD7), (0.0, 21.0)),
    "share_severe_depression": Outcome(
        "share of people", "lower", "PHQ-9 of 20 or more", mean(Seen.SEVERE_DEPRESSION), SHARE
    ),
    "share_severe_anxiety": Outcome(
        "share of people", "lower", "GAD-7 of 15 or more", mean(Seen.SEVERE_ANXIETY), SHARE
    ),
    "share_recovered_personal": Outcome(
        "share of people", "higher", "QPR-like score of 45 or more for 26 weeks", mean(Seen.RECOVERED_PERSONAL), SHARE
    ),
    "share_recovered_clinical": Outcome(
        "share of people", "higher", "PHQ-9 and withdrawal below their cut-offs for 26 weeks, no relapse for 52",
        mean(Seen.RECOVERED_CLINICAL), SHARE
    ),
    "share_recovered_both": Outcome(
        "share of people", "higher", "recovered personally and clinically", mean(Seen.RECOVERED_BOTH), SHARE
    ),
    "remission": Outcome(
        "share of people", "higher", "PHQ-9 and withdrawal below their cut-offs for 26 weeks",
        mean(Seen.REMITTED), SHARE
    ),
    "loneliness": Outcome("0-1", "lower", "share of needed closeness that is missing", mean(Seen.LONELINESS), SHARE),
    "relapses": Outcome("per patient-year", "lower", "relapses since the run began", per_year(Seen.RELAPSES)),
    "admissions": Outcome(
        "per patient-year", "lower", "hospital admissions since the run began", per_year(Seen.ADMISSIONS)
    ),
    "network_size": Outcome("ties per person", "", "all ties", lambda view: view.ties / view[Seen.PEOPLE]),
    "n_professional": Outcome("ties per person", "", "ties with professionals", mean(Seen.PROFESSIONALS)),
    "n_peer": Outcome("ties per person", "", "ties with peers", mean(Seen.PEERS)),
    "n_friend": Outcome("ties per person", "", "ties with friends", mean(Seen.FRIENDS)),
    "n_family": Outcome("ties per person", "", "ties with relatives", mean(Seen.FAMILY)),
    "supporter_ties": Outcome(
        "pairs per person", "", "pairs of a person's supporters who know each other", mean(Seen.SUPPORTER_TIES)
    ),
    "density": Outcome(
        "share of pairs", "", "supporters who know each other, mean over people with two or more",
        lambda view: view[Seen.DENSITY] / view[Seen.PAIRED], SHARE
    ),
    "components": Outcome(
        "groups per person", "", "groups of supporters who are joined by knowing each other", mean(Seen.COMPONENTS)
    ),
    "share_unlinked": Outcome(
        "share of people", "", "none of two or more supporters knows another",
        lambda view: view[Seen.UNLINKED] / view[Seen.PAIRED], SHARE
    ),
    "strongest_tie": Outcome(
        "strength 0-1", "higher", "mean over people of their strongest tie", mean(Seen.STRONGEST), SHARE
    ),
    "share_reciprocal": Outcome(
        "share of ties", "higher", "reciprocity of .4 or more", per_tie(Seen.RECIPROCAL), SHARE
    ),
    "share_harmful": Outcome(
        "share of ties", "lower", "friction above .5, or more than 70 % of recent contacts critical",
        per_tie(Seen.HARMFUL), SHARE
    ),
    "alliance": Outcome(
        "trust 0-1", "higher",
        "mean trust in all ties with professionals; a new therapist, not yet trusted, lowers it at first",
        lambda view: view[Seen.ALLIANCE] / view[Seen.PROFESSIONALS], SHARE
    ),
    "ruptures": Outcome("per patient-year", "lower", "ruptures of ties since the run began", per_year(Seen.RUPTURES)),
    "repairs": Outcome("per patient-year", "", "repaired ruptures since the run began", per_year(Seen.REPAIRS)),
    "supporter_strain": Outcome(
        "0-1", "lower", "mean over ties of the supporter's strain", per_tie(Seen.STRAIN), SHARE
    ),
    "staff_turnover": Outcome(
        "leavers per post and year", "lower", "professionals who left since the run began",
        lambda view: 52.0 * view[Seen.STAFF_LEFT] / view[Seen.OPEN_POST_WEEKS],
    ),
    "engagement": Outcome(
        "share of people", "higher", "has a professional of the service, and had contact within 8 weeks",
        mean(Seen.ENGAGED), SHARE
    ),
    "dropout": Outcome(
        "share of enrolments", "lower", "drop-outs from programmes, of enrolments since the run began",
        lambda view: view[Seen.DROPOUTS] / view[Seen.ENROLMENTS], SHARE
    ),
    "posts": Outcome(
        "years of a post per patient-year", "", "professionals' posts used since the run began",
        lambda view: view[Seen.POST_WEEKS] / 52.0 / view.patient_years,
    ),
    "contacts_staff": Outcome(
        "per patient-year", "", "natural contacts with professionals (not in sessions) since the run began",
        per_year(Seen.PROFESSIONAL_CONTACTS)
    ),
    "crisis_weeks": Outcome(
        "per patient-year", "lower", "weeks in crisis since the run began", per_year(Seen.CRISIS_WEEKS)
    ),
    "session_cost": Outcome(
        "per patient-year", "lower", "prices of programme sessions since the run began", per_year(Seen.SESSION_COST)
    ),
    "cost": Outcome(
        "per patient-year", "lower", "posts, contacts, sessions, weeks in crisis and admissions since the run began",
        lambda view: spent(view) / view.patient_years
    ),
    "cost_per_recovered": Outcome(
        "per person recovered personally, whole run", "lower", "all costs since the run began",
        lambda view: spent(view) / view[Seen.RECOVERED_PERSONAL],
    ),
    "inequality": Outcome(
        "Gini 0-1", "lower", "Gini coefficient of recovery, in the last week", lambda view: np.nan, SHARE
    ),
}  # fmt: skip


def outcomes(seen: Rows, weeks: Any, costs: Costs) -> dict[str, Any]:
    """Every outcome from the sums of some weeks; NaN where there is nothing to divide by.

    seen: (rows, N_SEEN) or (N_SEEN,); weeks: since the run began, one for each row. `inequality` needs people and is
    left NaN here: see `gini`.
    """
    view = View(seen, weeks, costs)
    with np.errstate(divide="ignore", invalid="ignore"):
        read = {name: np.array(outcome.read(view), np.float64) for name, outcome in OUTCOMES.items()}
    for values in read.values():
        values[~np.isfinite(values)] = np.nan
    return read


def gini(values: NDArray[np.float64]) -> float:
    """Gini coefficient of non-negative values: 0 all equal."""
    values = np.sort(values)
    n, total = len(values), float(values.sum())
    if total == 0.0:
        return 0.0
    return float(2.0 * (np.arange(1, n + 1) * values).sum() / (n * total) - (n + 1) / n)
