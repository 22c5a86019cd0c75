"""What the simulated world gets right and wrong, as a page: `python -m tools.validation_page` (ten minutes)."""

from collections.abc import Sequence
from pathlib import Path

import typer

from supportnet.analysis.rival_evidence import MODEL, telling
from supportnet.analysis.rival_evidence import shipped as shipped_rivals
from supportnet.analysis.validation import PatternResult, ValidationPlan, measure_patterns, score, table
from supportnet.experiments.calibration.alternative_models import rivals
from supportnet.experiments.ensemble.estimates import contains
from supportnet.experiments.patterns import PEOPLE
from supportnet.experiments.patterns.world import COHORTS
from supportnet.experiments.posterior.posterior import shipped
from supportnet.experiments.posterior.propagation import LIVES, draws_of

PAGE = Path(__file__).parent.parent / "docs" / "validation.md"
SEED, REPLICATES = 201, range(40)

HEAD = """# What the simulated world gets right and wrong

Made by `python -m tools.validation_page` from what `supportnet validate` finds: {replicates} replicates of {people:,} people
with fresh luck (cohorts of relapse: {cohort:,}), {draws}. *Value* is the mean over replicates. The interval holds {interval};
it stays [within what is possible](calibration.md#intervals) (of a share of runs it is Wilson's).
Ranges are those of published studies, or assumed around a point or a verbal finding (†); where studies measure with error,
so does the simulated study. Nothing is left out because it fails.

**Predicted and never fitted to: {score}** (a value counts once for each preset). Most are signs, or ranges that are wide:
this is weak evidence for a model. Which rows tell it from [simpler worlds](#rival-explanations) is another question.
"""
SAYS = {
    "calibrate": "Fitted to",
    "validate": "Predicted",
    "informed": "Seen while equations were drafted",
    "verify": "True by construction",
}
ABOUT = {
    "calibrate": "Natural history and observed associations: numbers are [fitted](calibration.md) to nothing else. **No result "
    "of a trial is.** All of a value's draws count here by their mean; calibration.md has medians of single runs.",
    "validate": "Their ranges were written down before the simulated values were looked at; nothing was changed since.",
    "informed": "Shown, no proof of anything. Row 27 is the number of row 25 once more, held against another range.",
    "verify": "Inputs decide these, so they check the code; found under the numbers as they are set.",
}


def line(found: PatternResult) -> str:
    """One line of a table."""
    pattern = found.pattern
    target = f"{pattern.low:g} to {pattern.high:g}{' †' if pattern.assumed else ''} ({pattern.source})"
    value = f"{found.value:.3f} ({found.lower:.3f} to {found.upper:.3f})"
    met = "yes" if found.met else "**no**"
    return f"| {pattern.number} | {pattern.what} ({pattern.unit}) | {found.preset} | {target} | {value} | {met} |\n"


def page(found: Sequence[PatternResult]) -> str:
    """docs/validation.md in full."""
    shown = table(found)
    drawn = shipped() is not None
    lived = f"{LIVES} for each of {len(REPLICATES) // LIVES} draws from the posterior that ships"
    draws = lived if drawn else "under the numbers as they are set"
    text = HEAD.format(
        replicates=len(REPLICATES), people=PEOPLE, cohort=COHORTS * PEOPLE,
        score=score(shown[shown["use"] == "validate"]), draws=draws,
        interval=contains(draws_of(REPLICATES) if drawn else None),
    )  # fmt: skip
    for use, title in SAYS.items():
        rows = [one for one in found if one.pattern.use == use]
        text += f"\n## {title}\n\n{ABOUT[use]} {score(shown[shown['use'] == use])}.\n\n"
        text += "| row | what | preset | target | value (95 % interval) | in range |\n|---|---|---|---|---|---|\n"
        text += "".join(map(line, rows))
    return text + rival_explanations() + NOTES


def rival_explanations() -> str:
    """Which patterns tell the model from simpler worlds."""
    table = shipped_rivals()
    text = RIVALS + "".join(f"- **{one.title}** (`{name}`). {one.says}\n" for name, one in rivals().items())
    for name, rival in rivals().items():
        rows = telling(table, name)
        met = {world: int(table[table["use"] == "calibrate"][f"{world}_in_range"].sum()) for world in (MODEL, name)}
        n = int((table["use"] == "calibrate").sum())
        text += f"\n**{rival.title}**: {met[name]} of {n} values fitted to are in range (the model: {met[MODEL]}). "
        text += f"Told apart by {len(rows)} values.\n\n" if len(rows) else "**No pattern tells it from the model.**\n\n"
        if len(rows):
            text += "| row | what | preset | use | target | model | rival |\n|---|---|---|---|---|---|---|\n"
        for row in rows.to_dict("records"):
            seen = [
                f"{row[f'{one}_value']:.3f} ({row[f'{one}_lower']:.3f} to {row[f'{one}_upper']:.3f})"
                for one in (MODEL, name)
            ]
            marked = [
                f"**{one}**" if row[f"{of}_in_range"] else one for one, of in zip(seen, (MODEL, name), strict=True)
            ]
            target = f"{row['accept_lower']:g} to {row['accept_upper']:g}"
            text += f"| {row['pattern']} | {row['what']} | {row['preset']} | {row['use']} | {target} | {' | '.join(marked)} |\n"
    return text + RIVALS_SAY


RIVALS = """
## Rival explanations

Patterns that a simpler world meets as well do not speak for the model. Two such worlds were fitted as the model was, by
`supportnet calibrate --rival NAME`, and held against the same patterns. A pattern tells a rival from the model where one
of the two is in range, the other is not, and their intervals lie apart (in range: bold).

"""
RIVALS_SAY = """
What tells the model from both is **therapy**: that a better alliance is followed by fewer symptoms, and that two therapies
lower distress. This nearly restates that help does something, which the rivals leave out. **No row tells whether friends,
relatives, peers or volunteers, or reciprocity, move personal recovery.** High criticism at home before relapse points that
way (odds ratio 1.4 and 1.5 in the rivals, 3.4 in the model; 3.2 to 7.4 is wanted), but the model's own draws reach from
1.5 to 5.3, so that by the rule above it tells nothing. Correlations of recovery with distress and withdrawal miss their
ranges in both rivals, by less than draws differ. A hidden cause of both, as severe illness that makes a home critical and a
relapse likely, is in neither rival; nor could any of these rows tell it from the model.
"""
NOTES = """
## What is wrong

- **Rows 39, 42**: in range on average, but draws agree little: about the level of recovery (QPR 36 to 46 where 38 to 42 is
  wanted), and above all about relapse after depression (a quarter to nine in ten), whose hazard no pattern fits: it was
  assumed to be twice that of psychosis.
- **Row 8**: three kinds of networks are there and stable, but not all with the published profile.
- **Row 43**: far too few people stay clinically recovered for two years. The published figure counts symptoms as
  clinicians rate them in a mixed population of long follow-ups; here PHQ-9 and withdrawal must both stay below their
  cuts every single week. Part of the gap is that strictness, part may be that distress is too restless.
- **Row 46**: people with more critical ties have no lower recovery: who has more relatives and contacts has more of
  both. Whoever asks this model about negative ties must compare like with like.
- **Row 16**: repaired ruptures go with better outcome, but weakly.
- **Rows 23, 30**: peer support workers do less for recovery and anxiety, and family therapy less against relapse, than trials
  found ([trials](trials.md)). Anxiety under peer support workers is at the very edge of the published range: −.02 ± .01 in
  200 trials of 400 people by all hundred draws. Which side of −.02 the twenty draws here fall on is chance.

Rows 19 and 34 cannot be computed in this model: needs are not modelled, and evidence on therapeutic communities is about
other populations.

## What was set, and why

Most numbers kept the value that was first assumed. These were moved by hand before numbers were
fitted, each for the rows named; the fit starts around them:

| number | from | to | for |
|---|---|---|---|
| `form.chance` (peer, friend, family) | .015, .047, .024 | .016, .058, .021 | 2, 3, 4: too few friends, too many relatives |
| `help.well_base` | .98 | .80 | 4, 9, 15: contacts went well so often that few lacked a confidant |
| `fade.outside` | .0011 | .0009 | 9 |
| `clinic.relapse_hazard` (psychosis) | .0046 | .0049 | 41 |
| `clinic.relapse_critical` | 7 | 6.5 | 31: fewer than half of relapses due to criticism |
| `recover.distress`, `recover.gain`, `people.intercept_spread` | .47, 1.17, .15 | .85, 1.2, .25 | 37, 39 |
| `meet.closing_informal` | .6 | .65 | 37 |
| `clinic.distress_gain`, `clinic.distress_loneliness` | 4.4, .15 | 4.2, .12 | 44 |
| `clinic.distress_help` | 8 | 9 | 11 |
| `people.capacity.professional`, `tire.leaving_centre` | (none), .4 | 5, .25 | 22 |
| `enrol.dropout`, `enrol.disengage` | .0143, .0036 | .0138, .0055 | 20 |

`clinic.relapse_hazard` (affective) has no pattern here: it is assumed to be twice that of psychosis.

What a row means in detail stands in `experiments/patterns/`. Row 41 is an inception cohort: everybody has a first crisis
and is followed from its end. Following those who happen to be in crisis instead picks people who relapse readily, and
asks for a hazard less than half as large. Row 31 follows just those, as the studies of criticism did. Row 15 reads
ruptures and repairs off the measured series, as its study did: a fall, from one session to the next, by at least 1.5 SD
of the dyad's own series, and a return to within ½ SD of the level before within five sessions. Published criteria go
from 1 to 2 SD; the middle was taken, knowing that under these values 90 % of dyads show one at 1 SD, 50 % at 1.5 and
16 % at 2.
"""


def found_page() -> str:
    """The page as simulated studies find the patterns now."""
    return page(measure_patterns(ValidationPlan.of(REPLICATES, SEED), workers=2))


def main() -> None:
    """Find the patterns anew and write the page."""
    PAGE.write_text(found_page(), encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
