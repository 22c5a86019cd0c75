"""Simulated against published patterns, as a page: `python -m tools.validation_page` (ten minutes)."""

from collections.abc import Sequence
from pathlib import Path

import typer

from supportnet.analysis.validation import PatternResult, ValidationPlan, measure_patterns, pattern_table, score
from supportnet.experiments.ensemble.estimates import contains
from supportnet.experiments.patterns import PEOPLE
from supportnet.experiments.patterns.world import COHORTS
from supportnet.experiments.posterior.posterior import read_draws, shipped_draws_path
from supportnet.experiments.posterior.propagation import LIVES

PAGE = Path(__file__).parent.parent / "docs" / "validation.md"
SEED, REPLICATES = 201, range(40)

HEAD = """# Validation: simulated and published patterns

Made by `python -m tools.validation_page` from the results of `supportnet validate`: {replicates} replicates of {people:,}
people with fresh random numbers (cohorts of relapse: {cohort:,}), {draws}. *Value* is the mean over replicates. The interval
is a {interval}; it is [bounded](calibration.md#intervals) (for a share of runs it is Wilson's). Ranges are from published
studies, or assumed around a point estimate or verbal finding (†). Where studies measure with error, so does the simulated
study. No pattern is omitted because it fails. [patterns.md](patterns.md) has, for each, what its source measured, what is
computed here, and what it is used for.

**Predicted, never fitted: {score}** (a value counts once for each preset). Most are signs or wide ranges, which is weak
evidence for a model. Which rows distinguish it from [simpler models](#rival-explanations) is another question.
"""
SAYS = {
    "calibrate": "Fitted",
    "validate": "Predicted",
    "fit to trials": "Trials, fitted in other forms",
    "informed": "Known while the model was being developed",
    "verify": "True by construction",
}
ABOUT = {
    "calibrate": "Natural history and observed associations, to which parameters are [fitted](calibration.md) before trials weigh "
    "them. Here a value is the mean over draws; [calibration-results.md](calibration-results.md) has medians of single runs.",
    "validate": "Ranges were specified before the simulated values were seen; nothing in the model has been changed since. Row 42 is measured otherwise than at first, by the cuts of its source.",
    "fit to trials": "Randomised or instrumental evidence, shown and not scored: draws are weighed by trials of the same "
    "programmes ([left-out.md](left-out.md)), though not by these rows.",
    "informed": "Shown for information; they prove nothing. Row 27 is the value of row 25, compared with another range.",
    "verify": "Determined by inputs, so they check the code; with parameters as set.",
}


def line(found: PatternResult) -> str:
    """One line of a table."""
    pattern = found.pattern
    target = f"{pattern.low:g} to {pattern.high:g}{' †' if pattern.assumed else ''} ({pattern.source})"
    value, met = f"{found.value:.3f} ({found.lower:.3f} to {found.upper:.3f})", "yes" if found.met else "**no**"
    if not found.preset:
        value, met = "not yet computed", "–"
    return f"| {pattern.number} | {pattern.what} ({pattern.unit}) | {found.preset} | {target} | {value} | {met} |\n"


def page(found: Sequence[PatternResult]) -> str:
    """The whole of docs/validation.md."""
    shown = pattern_table(found)
    drawn = shipped_draws_path() is not None
    lived = f"{LIVES} for each of {len(REPLICATES) // LIVES} draws from the shipped posterior"
    draws = lived if drawn else "with all parameters at their set values"
    text = HEAD.format(
        replicates=len(REPLICATES), people=PEOPLE, cohort=COHORTS * PEOPLE,
        score=score(shown[shown["use"] == "validate"]), draws=draws,
        interval=contains(read_draws() if drawn else None),
    )  # fmt: skip
    for use, title in SAYS.items():
        rows = [one for one in found if one.pattern.use == use]
        text += f"\n## {title}\n\n{ABOUT[use]} {score(shown[shown['use'] == use])}.\n\n"
        text += "| row | what | preset | target | value (95 % interval) | in range |\n|---|---|---|---|---|---|\n"
        text += "".join(map(line, rows))
    return text + NOTES


NOTES = """
## Rival explanations

Patterns that a simpler model also reproduces are no evidence for this one. `supportnet calibrate --rival NAME` fits a
simpler model in the same way; rivals of the present version have not been compared with it yet.

## Known discrepancies

- **Row 40**: a year after a low point people are where they were (−.03), though the known gain is small and the interval
  (−.13 to .08) reaches into it.
- **Row 42**: too few people relapse after depression (.27; .43 to .63 known), and too few of them early. No fitted pattern
  tells the hazard; it is assumed to be twice that of psychosis.
- **Rows 8, 49**: three stable kinds of networks exist, but what marks each is found for two of three; and who is more
  important does not know more of the others.
- **Row 16**: whether a rupture was repaired hardly goes with the outcome.
- **Rows 29, 30, 33**: six sessions of solution-focused therapy hardly lower distress, family therapy prevents a fifth of
  relapses instead of nearly half, and music therapy hardly lowers withdrawal.
- **Row 52**: a session more with a poor alliance does no harm: hardly any alliance is poor enough.
- **Row 55**: a ratio of a few admissions among 400 people, whose mean over runs is drawn up by runs with hardly
  any among controls.
- **Row 18**: in 37 of 40 runs agreement is lowest on reciprocity and power balance; 38 would be in range.

Rows 19 and 34 cannot be computed in this model: needs are not modelled, and evidence on therapeutic communities is from
other populations. Of row 31, expressed emotion as a whole cannot: only criticism is modelled.

## How some rows are measured

[patterns.md](patterns.md) defines each row. Row 41 is an inception cohort: everybody has a first crisis and is followed
from its end. Following people who happen to be in crisis instead selects those who relapse readily, and would require a hazard
less than half as large. Row 31 follows exactly those, as the studies of criticism did. Row 15 derives ruptures and repairs
from measured series, as its source did: a fall, from one session to the next, by at least 1.5 SD of the dyad's own series, and
a return to within ½ SD of the previous level within five sessions. Published criteria range from 1 to 2 SD; the middle was
chosen, knowing that in the version before 90 % of dyads showed a rupture at 1 SD, half at 1.5 and 16 % at 2.
"""


def found_page() -> str:
    """The page, with all patterns simulated again."""
    return page(measure_patterns(ValidationPlan.of(REPLICATES, SEED), workers=2))


def main() -> None:
    """Simulate all patterns and write the page."""
    PAGE.write_text(found_page(), encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
