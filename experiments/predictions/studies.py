"""The simulated studies behind predictions, and which values each of them yields."""

from experiments.patterns.studies import Studies
from experiments.predictions.course import after_depression, from_low_point
from experiments.predictions.people import one_time
from experiments.predictions.treatment import within_therapy

STUDIES: Studies = {
    one_time: (
        "network_kinds_stability", "network_kinds", "best_tie_beyond_size", "critical_recovery", "reciprocity_order",
        "recovered_two_years", "alliance_later_recovery",
    ),
    within_therapy: ("alliance_to_symptoms", "symptoms_to_alliance", "repair_outcome"),
    from_low_point: ("spontaneous_recovery",),
    after_depression: ("depression_relapse", "depression_relapse_early", "residual_symptoms"),
}  # fmt: skip
