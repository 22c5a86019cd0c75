"""The simulated studies, and which values each of them yields."""

from collections.abc import Callable, Collection, Mapping

from supportnet.experiments.patterns.course import first_episode, relapse_by_home
from supportnet.experiments.patterns.networks import snapshot, turnover_of_ties
from supportnet.experiments.patterns.treatment import alliance_course, disengagement, therapy
from supportnet.experiments.patterns.world import StudyWorld

Studies = Mapping[Callable[[StudyWorld], dict[str, float]], tuple[str, ...]]
STUDIES: Studies = {
    snapshot: (
        "size", "friends", "share_family", "share_friends", "share_professionals", "share_peers", "close_friend",
        "saw_friend", "no_confidant", "turnover", "relapses_a_year",
        "crisis_weeks_a_year", "high_criticism", "affective_recovery", "withdrawal_recovery",
        "qpr_mean", "qpr_sd", "support_depression", "connectedness_with_others", "hope_with_others",
        "identity_with_others", "meaning_with_others", "empowerment_with_others", "large_networks_withdrawal",
        "large_networks_distress", "supporter_density", "qpr_retest",
    ),
    turnover_of_ties: ("inner_loss", "loss_gradient", "average_loss", "kept_seven_years", "size_drift"),
    relapse_by_home: ("criticism_early", "warmth", "due_to_criticism"),
    first_episode: ("relapse_1", "relapse_2", "relapse_3"),
    therapy: ("alliance_outcome", "dropout"),
    alliance_course: ("linear_alliance", "rupture_repair"),
    disengagement: ("disengaged",),
}  # fmt: skip
VALUES = tuple(name for names in STUDIES.values() for name in names)


def measure_study_values(
    world: StudyWorld, wanted: Collection[str] = VALUES, studies: Studies = STUDIES
) -> dict[str, float]:
    """These values, each from the simulated study that yields it."""
    found: dict[str, float] = {}
    for study, names in studies.items():
        if not set(names).isdisjoint(wanted):
            found |= study(world)
    return {name: float(found[name]) for name in wanted}
