"""The simulated studies behind predictions, and which values each of them yields."""

from supportnet.experiments.patterns.studies import Studies
from supportnet.experiments.predictions.course import after_depression, from_low_point
from supportnet.experiments.predictions.inputs import fading, two_sides
from supportnet.experiments.predictions.people import one_time
from supportnet.experiments.predictions.treatment import within_therapy
from supportnet.experiments.predictions.trials import trials_among_all, trials_in_depression, trials_in_psychosis

STUDIES: Studies = {
    one_time: (
        "network_kinds_stability", "network_kinds", "best_tie_beyond_size", "critical_recovery", "reciprocity_order",
        "recovered_two_years", "alliance_later_recovery",
    ),
    within_therapy: ("alliance_to_symptoms", "symptoms_to_alliance", "repair_outcome"),
    from_low_point: ("spontaneous_recovery",),
    after_depression: ("depression_relapse", "depression_relapse_early", "residual_symptoms"),
    trials_in_psychosis: ("befriending_recovery", "music_withdrawal", "family_work_relapse"),
    trials_in_depression: ("client_centred_distress", "solution_focused_distress"),
    trials_among_all: ("peer_support_recovery", "peer_support_anxiety", "group_peer_recovery", "mutual_help_harm"),
    fading: ("fading_order",),
    two_sides: ("kappa_order", "caseload"),
}  # fmt: skip
