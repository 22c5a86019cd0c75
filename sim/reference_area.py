"""What the reference area (preset psychosis, scenario today) is like on average. Made by `make centres`; not edited."""

CENTRES = {
    "loneliness": 0.19852,
    "critical_share": 0.52796,
    "friction": 0.19966,
    "emotional": 0.61392,
    "hope": 0.66697,
    "help": 0.01157,
    "family_warmth": 0.30017,
    "empowerment": 0.66716,
    "distress": 0.34154,
    "contact": 0.65786,
    "recreational": 0.36211,
    "relatives_strain": 0.10420,
}
BASES = (-1.53288, -0.06388, -0.54316, -0.36343, -0.07761)
