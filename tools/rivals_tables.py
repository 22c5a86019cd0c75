"""Tables of docs/rivals.md: the model and its rivals beside natural history and trials."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from supportnet.analysis.results.rival_fits import MODEL
from supportnet.analysis.rival_evidence import RivalTables, bayes_factors, telling
from supportnet.analysis.wording.formatting import name_in_words, rounded, some_of
from supportnet.experiments.calibration.alternative_models import Rival
from supportnet.experiments.calibration.iterate import FEWEST
from supportnet.experiments.calibration.marginal_likelihood import ALL, WIDE, BayesFactor
from tools.markdown import bold, markdown_table

Fitted = Mapping[str, Rival]  # rivals, by name


def apart_table(tables: RivalTables, fitted: Fitted) -> str:
    """Each rival: what natural history and trials say of it, and the verdict."""
    columns = (
        "rival", f"natural history: values in range, of {len(tables.history)}", "values that distinguish it",
        "trials: log Bayes factor", "programmes that carry most of it", "verdict",
    )  # fmt: skip
    own = ["*the model*", in_range(tables, MODEL), "", "", "", ""]
    return markdown_table(columns, [own, *(apart_row(tables, name, one) for name, one in fitted.items())])


def apart_row(tables: RivalTables, name: str, rival: Rival) -> list[str]:
    """One rival."""
    values = [value_in_words(row) for row in telling(tables.history, name).to_dict("records")]
    factors = bayes_factors(tables.trials, name)
    joint = factors.pop(ALL)
    most = sorted((one for one in factors if factors[one].strength), key=lambda one: -abs(factors[one].log))
    programmes = [f"{name_in_words(one)} ({in_words(factors[one])})" for one in most]
    return [
        rival.title, in_range(tables, name), some_of(values) or "none",
        in_words(joint) + (" ‡" if is_rough(tables.trials, name) else ""), some_of(programmes) or "none by itself",
        verdict(tables, name),
    ]  # fmt: skip


def value_in_words(row: Mapping[Any, Any]) -> str:
    """A value that distinguishes, and whether it does so in favour of the rival."""
    return f"{row['what']} ({row['preset']}{'' if row[f'{MODEL}_in_range'] else '; in range in the rival'})"


def in_range(tables: RivalTables, name: str) -> str:
    """How many fitted values of a model are in range, and what share of them in a run."""
    mark = "" if tables.trials[f"{name}_recognised"].all() else " †"
    history = tables.history
    return f"{history[f'{name}_in_range'].sum()} ({history[f'{name}_share'].mean() * 100:.0f} %){mark}"


def in_words(factor: BayesFactor) -> str:
    """A log Bayes factor with its error."""
    return f"{rounded(factor.log, 1, '+')} ± {rounded(factor.error, 1)}"


def is_rough(trials: pd.DataFrame, name: str) -> bool:
    """Whether few draws of the model, or of a rival, carry the Bayes factor of all trials."""
    joint = trials.set_index("programme").loc[ALL]
    return bool(min(joint[f"{MODEL}_effective"], joint[f"{name}_effective"]) < FEWEST)


def verdict(tables: RivalTables, name: str) -> str:
    """What tells a rival from the model, in words."""
    means, joint = list[str](), bayes_factors(tables.trials, name)[ALL]
    if len(telling(tables.history, name)):
        means.append("natural history")
    if joint.strength:
        means.append(f"trials ({joint.strength} evidence for the {MODEL if joint.log > 0.0 else 'rival'})")
    return f"told apart by {' and '.join(means)}" if means else "**not told apart**"


def history_table(history: pd.DataFrame, fitted: Fitted) -> str:
    """Every value that distinguishes a rival, in all models."""
    chosen = sorted({row for name in fitted for row in telling(history, name).index})
    rows = [
        [row["pattern"], row["what"], row["preset"], f"{row['accept_lower']:g} to {row['accept_upper']:g}",
         *(bold(ends_in_words(row, name), row[f"{name}_in_range"]) for name in (MODEL, *fitted))]
        for row in history.loc[chosen].to_dict("records")
    ]  # fmt: skip
    columns = ["row", "what", "preset", "target", "the model", *(one.title for one in fitted.values())]
    return markdown_table(columns, rows) if rows else "None.\n"


def ends_in_words(row: Mapping[Any, Any], name: str) -> str:
    """The median of a model's runs, and where 95 % of them lie."""
    return f"{row[f'{name}_value']:.3g} ({row[f'{name}_lower']:.3g} to {row[f'{name}_upper']:.3g})"


def factors_table(trials: pd.DataFrame, fitted: Fitted) -> str:
    """Log Bayes factors by programme, then of all together, and how many draws carry these."""
    factors = {name: bayes_factors(trials, name) for name in fitted}
    own = trials.set_index("programme")
    rows = [
        ["**all together**" if programme == ALL else name_in_words(programme),
         f"{rounded(own.loc[programme, f'{MODEL}_log'], 1)} ± {rounded(own.loc[programme, f'{MODEL}_error'], 1)}",
         *(bold(in_words(one[programme]), bool(one[programme].strength)) for one in factors.values())]
        for programme in (*own.index.drop(ALL), ALL)
    ]  # fmt: skip
    joint = own.loc[ALL]
    carried = [f"{joint[f'{name}_effective']:.0f} of {joint[f'{name}_draws']:.0f}" for name in (MODEL, *fitted)]
    columns = ["programme", "the model: log probability", *(one.title for one in fitted.values())]
    return markdown_table(columns, [*rows, ["draws that carry all together", *carried]])


def benefits_table(benefits: pd.DataFrame, fitted: Fitted) -> str:
    """Every effect, published and in all models, and how many are within the published interval."""
    shown = benefits[[f"{name}_benefit" for name in (MODEL, *fitted)]]
    met = shown.sub(benefits["published"], axis=0).abs().le(WIDE * benefits["error"], axis=0)
    rows = [
        [name_in_words(row["programme"]), f"`{row['effect']}`",
         f"{rounded(row['published'], 2)} ± {rounded(row['error'], 2)}",
         *(bold(rounded(value, 2), inside) for value, inside in zip(values, insides, strict=True))]
        for row, values, insides in zip(benefits.to_dict("records"), shown.to_numpy(), met.to_numpy(), strict=True)
    ]  # fmt: skip
    columns = ["programme", "effect", "published", "the model", *(one.title for one in fitted.values())]
    return markdown_table(columns, [*rows, ["within the interval", "", f"of {len(benefits)}", *met.sum()]])
