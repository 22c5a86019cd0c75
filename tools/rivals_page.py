"""Which evidence tells rival explanations apart, as a page: `python -m tools.rivals_page`, from the shipped tables."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import typer

from supportnet.analysis.results.rival_fits import MODEL
from supportnet.analysis.rival_evidence import RivalTables, bayes_factors, evidence_folder, rivals_in, telling
from supportnet.experiments.calibration.acceptance import IN_RANGE
from supportnet.experiments.calibration.discrepancy import PRIOR_SCALE
from supportnet.experiments.calibration.iterate import FEWEST
from supportnet.experiments.calibration.marginal_likelihood import ALL
from tools.rivals_tables import Fitted, apart_table, benefits_table, factors_table, history_table, in_words

PAGE = Path(__file__).parent.parent / "docs" / "rivals.md"

HEAD = """# Rival explanations: which evidence tells which apart

Made by `python -m supportnet.analysis.rival_evidence` and `python -m tools.rivals_page` from calibrations of the model
and of its rivals; a test compares the page with their tables. Simulated; not for decisions about a person.

Evidence that a simpler model reproduces too is no evidence for this one. Each rival was therefore fitted like the model
itself, by `supportnet calibrate --rival NAME`: to natural history, then by weighing its draws by randomised trials
([calibration](calibration.md)).

"""
RULES = f"""
- **Values in range**: those whose median over runs at the draws is. In brackets, the mean share of values in range in a
  run. †: fewer than {FEWEST} draws have {100 * IN_RANGE:.0f} % of the values in range with recovery, turnover and
  relapse among them, so all draws were kept.
- **A value distinguishes** a rival from the model if one of the two is in range, the other is not, and the intervals
  with 95 % of their runs do not overlap.
- **Log Bayes factor** ± Monte Carlo standard error (jackknife over draws): the natural logarithm of how much more
  probable what trials found is under the model than under the rival, given natural history. Above 0 it is in favour of
  the model. That probability is a mean over a model's draws, equally weighted, and over the SDs of discrepancy
  ([left-out.md](left-out.md)). ‡: fewer than {FEWEST} draws of one of the two carry it, so that it is rough.
- **Strength**, by the end of the 95 % Monte Carlo interval that is nearer to 0: above 1 evidence is positive, above 3
  strong, above 5 very strong; otherwise it is not worth more than a bare mention (Kass & Raftery 1995,
  doi:10.1080/01621459.1995.10476572), and nothing is told apart by it.

## Natural history

Values that distinguish a rival: median (95 % of runs). In range: bold.

"""
TRIALS = """
## Trials

The logarithm of the probability of what trials found under the model, and its log Bayes factor against each rival: each
programme by itself, then all together. Evidence of any strength: bold. Programmes do not sum to all, since trials of
one inform about draws as those of others do.

"""
BENEFITS = """
## What each model shows once trials weigh its draws

Published benefit ± standard error, and the mean of what each model shows, in standard deviations; more is better
([left-out.md](left-out.md)). Within the published 95 % interval, without discrepancy: bold.

"""
NOTES = f"""
## What must not be concluded

- **A Bayes factor in favour of the model does not make it true.** It is compared with these rivals only; an explanation
  that nobody has fitted may do as well.
- **This is no independent test.** All trials were known when the equations were drafted, and rivals are the model
  without something. [Predictions of programmes that were left out](left-out.md) test more.
- **Bayes factors depend on priors**: on how far apart a model's draws are, and on how much discrepancy is allowed
  (half-normal, scale {PRIOR_SCALE:.2f} SD; assumed).
- **Where few draws carry a probability**, it is more likely too low than too high: its error tells little of draws that
  would show what trials found and that were not drawn.
- **A rival that is not told apart explains this evidence as well as the model does.**
"""


def page(tables: RivalTables) -> str:
    """docs/rivals.md in full."""
    fitted = rivals_in(tables.history)
    titles = "".join(f"- **{one.title}** (`{name}`). {one.says}\n" for name, one in fitted.items())
    here = sentences(tables).replace("](docs/rivals.md)", "](#natural-history)")
    return "".join(
        (
            HEAD + titles,
            f"\n## Which evidence distinguishes which\n\n{here}\n\n{apart_table(tables, fitted)}",
            RULES + history_table(tables.history, fitted),
            TRIALS + factors_table(tables.trials, fitted),
            BENEFITS + benefits_table(tables.benefits, fitted),
            NOTES,
        )
    )


def sentences(tables: RivalTables) -> str:
    """What natural history and what trials tell apart: the two sentences of the first page."""
    fitted = rivals_in(tables.history)
    return f"{of_history(tables.history, fitted)} {of_trials(tables, fitted)}"


def of_history(history: pd.DataFrame, fitted: Fitted) -> str:
    """What natural history tells apart."""
    met = {name: str(history[f"{name}_in_range"].sum()) for name in (MODEL, *fitted)}
    apart = [name for name in fitted if len(telling(history, name))]
    others = [name for name in fitted if name not in apart]
    model = f"this model ({met[MODEL]} of {len(history)} values in range)"
    found = f"distinguishes {model} from {those(fitted, apart, met)}" if apart else f"does not distinguish {model}"
    rest = f"{', but not' if apart else ''} from {those(fitted, others, met)}" if others else ""
    return f"Natural history, to which all were [fitted alike](docs/rivals.md), {found}{rest}."


def of_trials(tables: RivalTables, fitted: Fitted) -> str:
    """What trials tell apart, and what neither does."""
    joint = {name: bayes_factors(tables.trials, name)[ALL] for name in fitted}
    sized = {name: ", ".join(filter(None, (in_words(one), one.strength))) for name, one in joint.items()}
    undecided = [name for name, one in joint.items() if not one.strength]
    groups = {
        "favour it over {}": [name for name, one in joint.items() if one.strength and one.log > 0.0],
        "favour {} over it": [name for name, one in joint.items() if one.strength and one.log < 0.0],
        "do not decide between it and {}": undecided,
    }
    parts = [says.format(those(fitted, names, sized)) for says, names in groups.items() if names]
    alike = [name for name in undecided if not len(telling(tables.history, name))]
    rest = f"; neither distinguishes it from {those(fitted, alike, {})}" if alike else ""
    return f"Log Bayes factors of randomised trials, given natural history, {', and '.join(parts)}{rest}."


def those(fitted: Fitted, names: Sequence[str], remarks: Mapping[str, str]) -> str:
    """Rivals by what is so in them, each with a remark in brackets."""
    titles = [fitted[name].title for name in names]
    remarked = [f" ({remarks[name]})" if name in remarks else "" for name in names]
    described = [f"{one[0].lower()}{one[1:]}{remark}" for one, remark in zip(titles, remarked, strict=True)]
    last = " or ".join(filter(None, (", ".join(described[:-1]), described[-1])))
    return f"{'a rival' if len(names) == 1 else 'rivals'} in which {last}"


def main() -> None:
    """Write the page; print the sentences of the first page."""
    tables = RivalTables.read(evidence_folder())
    PAGE.write_text(page(tables), encoding="utf-8")
    print(sentences(tables))


if __name__ == "__main__":
    typer.run(main)
