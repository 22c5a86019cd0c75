"""What the reference area (preset psychosis, scenario today) is like on average. Made by `make centres`; not edited."""

CENTRES = {
    "loneliness": 0.19981,
    "critical_share": 0.46227,
    "friction": 0.19036,
    "hope": 0.66703,
    "family_warmth": 0.33966,
    "empowerment": 0.66712,
    "distress": 0.31265,
    "contact": 0.67236,
    "relatives_strain": 0.03560,
    "staff_strain": 0.24043,
}
BASES = (-0.38754, 0.52138, -0.06634, -0.26785, -0.09568)
