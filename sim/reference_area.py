"""What the reference area (preset psychosis, scenario today) is like on average. Made by `make centres`; not edited."""

CENTRES = {
    "loneliness": 0.20668,
    "critical_share": 0.48155,
    "friction": 0.17116,
    "emotional": 0.63704,
    "hope": 0.66700,
    "family_warmth": 0.28993,
    "empowerment": 0.66698,
    "distress": 0.31942,
    "contact": 0.65120,
    "relatives_strain": 0.11130,
}
BASES = (-0.36491, 0.37012, 0.02819, 0.21809, 0.54199)
