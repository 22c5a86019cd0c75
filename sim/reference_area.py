"""What the reference area (preset psychosis, scenario today) is like on average. Made by `make centres`; not edited."""

CENTRES = {
    "loneliness": 0.15409,
    "critical_share": 0.50180,
    "friction": 0.17173,
    "emotional": 0.65804,
    "hope": 0.66691,
    "help": 0.02146,
    "family_warmth": 0.32648,
    "empowerment": 0.66659,
    "distress": 0.34639,
    "contact": 0.64388,
    "recreational": 0.36804,
    "relatives_strain": 0.09238,
}
BASES = (-2.02687, -0.04070, -0.49022, -0.50334, -0.23803)
