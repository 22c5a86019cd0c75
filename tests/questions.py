"""Questions about options and a budget, small enough for tests."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

PRICES = """\
currency = "EUR"
price_year = 2026
[post]
value = 60000
low = 50000
high = 80000
unit = "per post and year"
source = "Local ledger 2026"
[contact]
value = 20
low = 10
high = 30
unit = "per contact with a professional, beyond the post"
source = "Local ledger 2026"
[crisis_week]
value = 300
low = 300
high = 300
unit = "per week in crisis, on top of an admission"
source = "Local ledger 2026"
[admission]
value = 12000
low = 9000
high = 15000
unit = "per admission"
source = "Local ledger 2026"
[sessions]
value = 1.0
low = 0.5
high = 2.0
unit = "times the programmes' own session prices"
source = "Local ledger 2026"
"""
FAMILY = """\
based_on = "today"
title = "Family work for all"
[programmes.systemic_family_therapy]
coverage = 1.0
"""
PEERS = """\
based_on = "today"
title = "Peers for all"
[programmes.peer_support_workers]
coverage = 1.0
"""
QUESTION: dict[str, Any] = {
    "title": "Peers, family work or smaller caseloads?", "people": 100, "budget_total": 100_000,
    "options": ["peers.toml", "family.toml", "smaller-caseloads"], "costs": "prices.toml",
    "not_worse": ["admissions"], "smallest_difference": {"qpr": 1.0}, "cashable": ["post", "admission"],
}  # fmt: skip
SIZE: dict[str, Any] = {"patients": 60, "weeks": 20, "replicates": 10}


def question_at(folder: Path, **changed: Any) -> Path:
    """A question file in this folder with the files that it names; what is None is left out."""
    for name, text in (("prices", PRICES), ("family", FAMILY), ("peers", PEERS)):
        (folder / f"{name}.toml").write_text(text, "utf-8")
    content = {key: value for key, value in (QUESTION | changed).items() if value is not None}
    path = folder / "question.toml"
    path.write_text("\n".join(f"{key} = {as_toml(value)}" for key, value in content.items()), "utf-8")
    return path


def as_toml(value: Any) -> str:
    """A value as it stands in a file."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {as_toml(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)
