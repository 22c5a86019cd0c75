"""The simulated studies behind what is not fitted, and which values each of them yields."""

from supportnet.experiments.patterns.studies import Studies
from supportnet.experiments.predictions.course import after_depression, from_low_point
from supportnet.experiments.predictions.dose import contact_dose, sessions_by_alliance
from supportnet.experiments.predictions.inputs import fading, two_sides
from supportnet.experiments.predictions.people import one_time
from supportnet.experiments.predictions.treatment import within_therapy
from supportnet.experiments.predictions.trials import (
    befriending_with_take_up,
    carers_together,
    families_together,
    family_work,
    peer_support,
    self_help,
    trials_in_depression,
    trials_in_psychosis,
)

STUDIES: Studies = {
    one_time: (
        "network_kinds_stability", "network_kinds", "best_tie_beyond_size", "critical_recovery", "reciprocity_order",
        "symptomatic_remission", "same_group", "degree_gradient", "alliance_later_recovery",
    ),
    within_therapy: ("alliance_to_symptoms", "symptoms_to_alliance", "repair_outcome"),
    from_low_point: ("spontaneous_recovery",),
    after_depression: ("depression_relapse", "depression_relapse_early", "residual_symptoms"),
    trials_in_psychosis: ("befriending_recovery", "music_withdrawal"),
    family_work: ("family_work_relapse", "family_work_relapse_odds"),
    trials_in_depression: ("client_centred_distress", "solution_focused_distress"),
    contact_dose: ("contact_dose_distress", "contact_dose_withdrawal", "contact_dose_admissions"),
    befriending_with_take_up: ("befriending_contacts", "befriending_distress", "befriending_withdrawal"),
    sessions_by_alliance: ("session_good_alliance", "session_poor_alliance"),
    peer_support: (
        "peer_support_recovery", "peer_support_anxiety", "peer_work_recovery", "peer_work_hope",
        "peer_work_empowerment", "peer_work_withdrawal", "peer_work_admissions",
    ),
    self_help: ("group_peer_recovery", "mutual_help_harm", "peer_groups_recovery"),
    families_together: ("multi_family_relapse",),
    carers_together: ("carers_groups_strain", "carers_groups_admissions"),
    fading: ("fading_order",),
    two_sides: ("kappa_order", "caseload"),
}  # fmt: skip
