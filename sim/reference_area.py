"""What the reference area (preset psychosis, scenario today) is like on average. Made by `make centres`; not edited."""

CENTRES = {
    "loneliness": 0.15680,
    "critical_share": 0.50218,
    "friction": 0.16695,
    "emotional": 0.65143,
    "hope": 0.66554,
    "help": 0.01594,
    "family_warmth": 0.32812,
    "empowerment": 0.66406,
    "distress": 0.33116,
    "contact": 0.63356,
    "recreational": 0.36677,
    "relatives_strain": 0.08676,
}
BASES = (-2.09131, -0.06454, -0.50675, -0.52678, -0.25245)
