"""What the reference area (preset psychosis, scenario today) is like on average. Made by `make centres`; not edited."""

CENTRES = {
    "loneliness": 0.19034,
    "critical_share": 0.48353,
    "friction": 0.19497,
    "emotional": 0.61705,
    "hope": 0.66689,
    "help": 0.01163,
    "family_warmth": 0.30205,
    "empowerment": 0.66693,
    "distress": 0.33989,
    "contact": 0.64392,
    "recreational": 0.36162,
    "relatives_strain": 0.10293,
}
BASES = (-1.59342, 0.13935, -0.32902, -0.35380, -0.10457)
