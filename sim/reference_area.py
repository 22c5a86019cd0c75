"""What the reference area (preset psychosis, scenario today) is like on average. Made by `make centres`; not edited."""

CENTRES = {
    "loneliness": 0.16950,
    "critical_share": 0.46749,
    "friction": 0.14421,
    "emotional": 0.67340,
    "hope": 0.66704,
    "family_warmth": 0.32071,
    "empowerment": 0.66710,
    "distress": 0.31640,
    "contact": 0.65444,
    "relatives_strain": 0.08961,
}
BASES = (-0.46247, 0.27670, -0.01522, 0.17840, 0.50875)
