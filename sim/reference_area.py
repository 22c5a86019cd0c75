"""What the reference area (preset psychosis, scenario today) is like on average. Made by `make centres`; not edited."""

CENTRES = {
    "loneliness": 0.26057,
    "critical_share": 0.47294,
    "friction": 0.17343,
    "hope": 0.66716,
    "family_warmth": 0.31519,
    "empowerment": 0.66715,
    "distress": 0.31352,
    "contact": 0.69001,
    "relatives_strain": 0.05403,
    "staff_strain": 0.30328,
}
BASES = (0.05205, 0.64322, 0.12312, -0.02949, 0.09952)
