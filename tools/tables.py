"""Pages generated from the code: `python -m tools.tables` writes them into docs/."""

from collections.abc import Iterator
from pathlib import Path

import typer

from supportnet.analysis.wording.formatting import name_in_words, unit_in_words
from supportnet.experiments.patterns.table import PRESETS, Pattern, patterns
from supportnet.sim.errors import as_written
from supportnet.sim.former_numbers import former_numbers
from supportnet.sim.outcomes import OUTCOMES
from supportnet.sim.parameters import IDLE, Parameters, numbers, value
from supportnet.sim.scenario.scenario import Scenario
from supportnet.sim.scenario.schema import LABELS, SECTIONS, OneOf, Programme

DOCS = Path(__file__).parent.parent / "docs"

NUMBERS = """# Parameters and programmes

Generated from `sim/parameters.py` and `sim/programmes.toml` by `python -m tools.tables`, and checked by a test.

## The {count} parameters of the model

{moving} of them move people; with the others results are only read off, or they are worked out. {assumed} are \
assumptions in whole or in part, and are marked as such. *Fitted* means set so that the model \
reproduces patterns of [validation.md](validation.md); *worked out* means a mean of the reference area. Numbers that \
the model had before stand in [former-numbers.md](former-numbers.md), with what there is in their place.

| parameter | default | unit | range | source |
|---|---|---|---|---|
"""
LEVERS = """
## Levers

What a scenario, `--set` or a factor of a study may change of people, services and programmes; `NAME` is a programme. \
Today's levels of services are assumptions about a middling service in a rich country, not those of a place \
(`supportnet scenarios today`). `supportnet list levers` also lists programmes one by one, and mechanisms.

| lever | today | values | what it is |
|---|---|---|---|
"""
PROGRAMMES = """
## The ten therapeutic models

After Priebe, Omer, Giacco & Slade 2014 (Br J Psychiatry 204: 256–261); social relationships are used by all ten. \
Doses are inputs, never fitted to an effect; no row contains an effect size.

| programme | resources besides social relationships | in a session | brings along | reciprocity | expert | \
sessions a week × weeks | source of dose |
|---|---|---|---|---|---|---|---|
"""
FORMER = """# Numbers that the model had before

Generated from `sim/former_numbers.toml` by `python -m tools.tables`, and checked by a test. A scenario or study that \
still names one of them gets a message that says what there is in its place.

*Equal to the bit*: only a product or a sum of the number with others acted, or it was the same as another. With the \
products kept, 104 weeks of 500 people in four replicates of `today`, and in four with all ten programmes on offer, \
from the same pool, gave the same sums over people in every week as before, to the last bit, when the number went. \
*Another equation*: the number went with the equation that had it; [model-versions.md](model-versions.md) says why. \
*Renamed*: the same number has another name. *Merged*: one number stands for several that were close to each other, or \
assumed alike; results are not the same as before. *Left out*: the term that had the number went, or has a constant in \
its place; results are not the same as before. After merging and leaving out, the numbers that remain were set anew by \
hand; [model-versions.md](model-versions.md#fewer-numbers) shows how far the patterns are met.

| number | what it did | now | what was shown |
|---|---|---|---|
"""
SHOWN = {  # kind of proof -> in the table
    "same": "equal to the bit",
    "another equation": "another equation",
    "renamed": "renamed",
    "merged": "merged",
    "left out": "left out",
}

OUTCOMES_HEAD = """# Outcomes

Generated from `sim/outcomes.py` by `python -m tools.tables`, and checked by a test. Thresholds are parameters of the \
model (`thresholds.*` in [parameters.md](parameters.md)).

| outcome | unit | better | definition |
|---|---|---|---|
"""
OUTCOMES_FOOT = """
Weeks are counted from 1 in tables and figures: week 1 shows the state after the first week. A calendar's `week` and \
a programme's `start_week` count from 0: a change in week 26 takes effect after 26 weeks, and is first seen in week \
27.

Rates (*per person and year*) are cumulative: events since the start of the run, divided by the time elapsed. A change \
half-way through therefore shows by half. `cost` is a rate. `cost_per_recovered` divides *all* costs since the start \
of the run by the number of people who are now in personal recovery: it grows with the length of a run, so compare \
it only between runs of the same length. It is missing if nobody has recovered, `alliance` if nobody has a \
professional, and `dropout` if nobody enrolled; a mean over replicates is over those with a value, and the unit \
gives their number.
"""

PATTERNS = """# Patterns and how they are measured

Generated from `experiments/evidence/patterns.csv` by `python -m tools.tables`, and checked by a test. Each pattern \
has a measurement operator: what is computed in simulated people, in `experiments/patterns/` and \
`experiments/predictions/`, follows what the source measured, with its error of measurement. Values are in \
[validation.md](validation.md).

Range: from the source, or assumed around a published point or a verbal finding (†). What a pattern is used for:

- **calibrate**: natural history and observed associations; the first stage of the [calibration](calibration.md) fits \
to these only.
- **fit to trials**: randomised or instrumental evidence. Reported, not scored: the second stage of the calibration \
weighs its draws by trials of the same programmes ([left-out.md](left-out.md)), though not by these rows.
- **informed**: seen while the equations were drafted. Reported, and no proof.
- **validate**: predicted. Reported and scored, never fitted.
- **verify**: holds by construction, so it checks the code.
- **context**: not computable in this model.

"""
PATTERNS_HEAD = """| row | value | range | preset | the source measured | the operator | source |
|---|---|---|---|---|---|---|
"""
TITLES = {  # of the tables of patterns, by use
    "calibrate": "Calibrate", "fit to trials": "Fit to trials", "informed": "Informed", "validate": "Validate",
    "verify": "Verify", "context": "Context",
}  # fmt: skip


def patterns_page() -> str:
    """docs/patterns.md in full."""
    text = PATTERNS
    for use, title in TITLES.items():
        rows = sorted((one for one in patterns().values() if one.use == use), key=lambda one: one.number)
        text += f"## {title}\n\n{PATTERNS_HEAD}{''.join(map(pattern_row, rows))}\n"
    return text.rstrip("\n") + "\n"


def pattern_row(one: Pattern) -> str:
    """One line of the table of patterns."""
    known = f"{one.low:g} to {one.high:g}{' †' if one.assumed else ''}" if one.low <= one.high else "–"
    preset = {PRESETS: "any", (): "not computed"}.get(one.presets, ", ".join(one.presets))
    what = f"{one.what} ({one.unit})" if one.unit else one.what
    return f"| {one.number} | {what} | {known} | {preset} | {one.measured_as} | {one.statistic} | {one.source} |\n"


def former_page() -> str:
    """docs/former-numbers.md in full."""
    rows = [
        f"| `{name}` | {about['did']} | {about['now']} | {SHOWN[about['proof']]} |\n"
        for name, about in former_numbers().items()
    ]
    return FORMER + "".join(rows)


def outcomes_page() -> str:
    """docs/outcomes.md in full."""
    rows = [
        f"| `{name}` | {unit_in_words(one.unit)} | {one.better or '–'} | {one.meaning} |\n"
        for name, one in OUTCOMES.items()
    ]
    return OUTCOMES_HEAD + "".join(rows) + OUTCOMES_FOOT


def moving() -> list[str]:
    """Dotted names of the numbers that move people and are not worked out."""
    return [name for name in numbers() if not name.startswith((*IDLE, "centre.", "recover.base."))]


def page() -> str:
    """docs/parameters.md in full."""
    known, reference = numbers(), Parameters()
    assumed = sum("assumed" in about.source for about in known.values())
    rows = [
        f"| `{name}` | {shown(value(reference, name))} | {one.unit} | {one.low} to {one.high} | {one.source} |\n"
        for name, one in known.items()
    ]
    programmes = [programme_row(row) for row in Scenario.load("today").every_programme.values()]
    head = NUMBERS.format(count=len(known), moving=len(moving()), assumed=assumed)
    return head + "".join(rows) + LEVERS + "".join(lever_rows()) + PROGRAMMES + "".join(programmes)


def lever_rows() -> Iterator[str]:
    """Lines of the table of levers."""
    today = Scenario.load("today")
    levels = {"population": today.population, "services": today.services}
    for section in (*levels, "programmes.*"):
        for name, field in SECTIONS[section].model_fields.items():
            words = [word for one in field.metadata if isinstance(one, OneOf) for word in one.words]
            level = as_written(getattr(levels[section], name)) if section in levels else "–"
            lever = f"`{section.replace('*', 'NAME')}.{name}`"
            if name not in LABELS:
                yield f"| {lever} | {level} | {', '.join(words) or field.title} | {field.description} |\n"


def shown(number: float) -> str:
    """A number with at most four significant digits, and never as a power of ten."""
    return f"{number:.0f}" if abs(number) >= 1000 else f"{number:.4g}"


def programme_row(row: Programme) -> str:
    """One line of the table of programmes."""
    columns = (
        row.title,
        ", ".join(name_in_words(resource) for resource in row.resources),
        ", ".join(f"{count} {role}" for role, count in row.uses.items() if count),
        ", ".join(row.makes) or "nobody",
        name_in_words(row.reciprocity),
        name_in_words(row.expert),
        f"{row.sessions_per_week:g} × {row.weeks:g}",
        row.dose_source,
    )
    return f"| {' | '.join(columns)} |\n"


def main() -> None:
    """Write the pages."""
    (DOCS / "parameters.md").write_text(page(), encoding="utf-8")
    (DOCS / "outcomes.md").write_text(outcomes_page(), encoding="utf-8")
    (DOCS / "former-numbers.md").write_text(former_page(), encoding="utf-8")
    (DOCS / "patterns.md").write_text(patterns_page(), encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
