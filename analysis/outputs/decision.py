"""The files of a decision: one page, tables, the runs it rests on, and the options' figure."""

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined

from supportnet.analysis.files.result_folder import PROVENANCE
from supportnet.analysis.files.writing import write_csv, write_json, write_parquet
from supportnet.analysis.outputs.comparison import outcomes_of
from supportnet.analysis.wording.decision import (
    LEFT_OUT,
    answer_lines,
    basis,
    decision_cautions,
    error_of,
    letters,
    recovery_row,
    rounded_money,
    title_of,
    what_changes_the_answer,
)
from supportnet.analysis.wording.formatting import counted, difference_digits, interval, number
from supportnet.experiments.comparison.verdicts import BETTER, WORSE, how_large
from supportnet.experiments.decision.result import DecisionResult
from supportnet.sim.enums import Role
from supportnet.sim.provenance import provenance

PAGE = "answer.html"
MOST_CAUTIONS = 5  # on the page; all of them stand in the provenance


def write_decision(found: DecisionResult, folder: Path) -> list[str]:
    """Writes everything about a decision; the names of the files."""
    from supportnet.analysis.figures.decision import decision_figure  # slow to load
    from supportnet.analysis.figures.style import save_figure

    write_csv(found.verdicts, folder / "verdicts.csv")
    write_csv(found.costs, folder / "costs.csv")
    write_csv(found.steps, folder / "budgets.csv")
    write_csv(found.prices, folder / "prices.csv")
    write_csv(found.assumptions, folder / "assumptions.csv")
    if found.for_whom is not None:
        write_csv(found.for_whom, folder / "for_whom.csv")
    write_csv(found.searched, folder / "mixes.csv")
    write_parquet(outcomes_of(found.tried.comparison), folder / "outcomes.parquet")
    if found.for_whom is not None:
        write_parquet(persons_of(found), folder / "persons.parquet")
    (folder / "question.toml").write_text(found.plan.question.text, encoding="utf-8")
    figure = decision_figure(found)
    save_figure(figure, folder)
    (folder / PAGE).write_text(answer_page(found, png_of(figure)), encoding="utf-8")
    about = {
        "names": found.names,
        "recommended": found.recommended,
        "cautions": decision_cautions(found),
        "basis": basis(found),
    }
    replicates = list(found.tried.comparison.shared)
    write_json(provenance({**found.plan.request, "replicates": replicates}, about), folder / PROVENANCE)
    return sorted(path.name for path in folder.iterdir())


def persons_of(found: DecisionResult) -> pd.DataFrame:
    """What effects by group are made of: scenario (the baseline and the answer), replicate, person, and of each person
    condition, ties by role and recovery (0-1) on the first day, and recovery at the end."""
    tables = []
    for world in (found.tried.comparison.worlds[0], found.tried.comparison.worlds[found.tried.chosen]):
        assert world.persons is not None  # else there is no telling for whom
        replicates, people = world.persons.condition.shape
        ties = {f"first_{role.name.lower()}": world.persons.first_ties[..., role].ravel() for role in Role}
        tables.append(pd.DataFrame({
            "scenario": world.scenario.name, "replicate": np.repeat(np.array(world.replicates), people),
            "person": np.tile(np.arange(people), replicates), "condition": world.persons.condition.ravel(), **ties,
            "first_recovery": world.persons.first_recovery.ravel(),
            "last_recovery": world.persons.last_recovery.ravel(),
        }))  # fmt: skip
    return pd.concat(tables, ignore_index=True)


def answer_page(found: DecisionResult, picture: str) -> str:
    """The page of a board, which needs no network: answer, price, sureness, one chart, what would change it."""
    loader = PackageLoader("supportnet.analysis.outputs", "")
    templates = Environment(
        autoescape=True, loader=loader, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    file = found.plan.question.file
    return templates.get_template("decision.html.j2").render(
        title=file.title, asked=question_in_words(found), answers=answer_lines(found), rows=option_rows(found),
        changes=[*what_changes_the_answer(found)],
        left_out=LEFT_OUT, cautions=decision_cautions(found)[:MOST_CAUTIONS], basis=basis(found), picture=picture,
        report={name: text for name, text in file.report.model_dump().items() if text},
        identity=found.plan.identity[:8], currency=found.plan.question.prices.currency,
    )  # fmt: skip


def question_in_words(found: DecisionResult) -> str:
    """What was asked, in a sentence."""
    question = found.plan.question
    total = question.budget * question.file.people
    return (
        f"For {counted(question.file.people, 'person', 'people')} there are {total:,.0f} "
        f"{question.prices.currency} a year beyond what is spent today ({question.budget:,.0f} for each)."
    )


def option_rows(found: DecisionResult) -> list[dict[str, Any]]:
    """One row an option or mix: letters, title, gain with its interval and in how many versions, price, remark."""
    short, rows = letters([one.name for one in found.plan.question.options]), []
    costs = found.costs.assign(mixed=[len(found.parts[name]) > 1 for name in found.costs["scenario"]])
    options, mixes = costs[~costs["mixed"]], costs[costs["mixed"]].sort_values("gross")
    for cost in pd.concat([options, mixes]).to_dict("records"):
        qpr, parts = recovery_row(found, cost["scenario"]), found.parts[cost["scenario"]]
        digits = difference_digits("qpr", qpr["mcse"], qpr["lower"], qpr["upper"])
        how = how_large(qpr["difference"], qpr["smallest"]) if qpr["verdict"] in (BETTER, WORSE) else ""
        remark = cost["why_not"] or ("" if cost["within"] else "beyond the budget")
        rows.append({
            "letters": " + ".join(short[one] for one in parts), "parts": len(parts),
            "title": title_of(found, cost["scenario"]), "chosen": cost["scenario"] == found.chosen,
            "gain": number(qpr["difference"], digits), "ends": interval(qpr["lower"], qpr["upper"], digits),
            "verdict": f"{how} {qpr['verdict']}".strip(), "remark": remark,
            "price": rounded_money(cost["total"], error_of(cost)),
        })  # fmt: skip
    return rows


def png_of(figure: Any) -> str:
    """The figure as text that a page holds."""
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=200, metadata={"Software": None})
    return base64.b64encode(file.getvalue()).decode()
