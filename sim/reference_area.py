"""What the reference area (preset psychosis, scenario today) is like on average. Made by `make centres`; not edited."""

CENTRES = {
    "loneliness": 0.18962,
    "critical_share": 0.48375,
    "friction": 0.19476,
    "emotional": 0.61777,
    "hope": 0.66716,
    "help": 0.01144,
    "family_warmth": 0.30233,
    "empowerment": 0.66707,
    "distress": 0.33922,
    "contact": 0.64325,
    "recreational": 0.36174,
    "relatives_strain": 0.10290,
}
BASES = (-1.59735, 0.13790, -0.33076, -0.35516, -0.10550)
