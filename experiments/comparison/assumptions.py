"""The same comparison re-simulated with one assumption changed at a time: what its conclusion depends on."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import pandas as pd

from supportnet.experiments.comparison.compare import compare_ensembles
from supportnet.experiments.comparison.plan import ComparisonPlan
from supportnet.experiments.ensemble.replication import Progress
from supportnet.experiments.execution.store import Store
from supportnet.experiments.posterior.posterior import Posterior, fixed
from supportnet.sim.enums import Mechanism
from supportnet.sim.scenario.scenario import Scenario, row_of
from supportnet.sim.scenario.schema import Programme

OUTCOME = "qpr"
WEIGHTS = {"recover.reciprocity_weight": "reciprocity", "recover.expertise_weight": "expertise"}
ENDS = (0.0, 0.5, 1.0, 1.6)  # of the weights, from nothing to the upper end of their range
AS_SET = "all assumptions as set"


class Assumption(NamedTuple):
    """Something put in, and what it is changed to."""

    about: str  # what was put in
    changed: str  # what is put in instead
    values: dict[str, object]  # by dotted name, in every world
    programme: str = ""  # whose content it is: says nothing about scenarios that do not offer it


def assumptions_of(
    scenarios: Sequence[Scenario], mechanisms: bool = True, posterior: Posterior | None = None
) -> list[Assumption]:
    """What is changed, one at a time, the comparison as it is first: the weights of reciprocity and expertise, what is
    in the programmes that a scenario brings, and each mechanism of the helping relationship, if asked for."""
    found = [Assumption(AS_SET, "–", {}), *_weights(scenarios, posterior), *_contents(scenarios)]
    return found + list(_switched_off(scenarios)) if mechanisms else found


def without_each(
    plan: ComparisonPlan, assumptions: Sequence[Assumption], workers: int = 1, progress: Progress | None = None,
    store: Store | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Differences in QPR points from the baseline under each assumption, as `compare` finds them: about, changed,
    scenario, difference, mcse, lower, upper (95 %, adjusted for several scenarios), n. store: keeps finished
    replicates."""
    rows = []
    for done, one in enumerate(assumptions):

        def report(share: float, before: int = done) -> None:
            if progress:
                progress((before + share) / len(assumptions))

        changed = tuple(world.with_values(one.values) if one.values else world for world in plan.scenarios)
        found = compare_ensembles(replace(plan, scenarios=changed), workers, report, store, follow=False).differences
        affected = [world.name for world in plan.scenarios if not one.programme or one.programme in world.programmes]
        for row in found[(found["outcome"] == OUTCOME) & found["scenario"].isin(affected)].to_dict("records"):
            ends = {"lower": row["lower_adjusted"], "upper": row["upper_adjusted"]}
            kept = {name: row[name] for name in ("scenario", "difference", "mcse")}
            rows.append({"about": one.about, "changed": one.changed, **kept, **ends, "n": row["n"]})
    return pd.DataFrame(rows)


def _weights(scenarios: Sequence[Scenario], posterior: Posterior | None) -> Iterator[Assumption]:
    """The weights in recovery that no data say, from nothing to the end of their range."""
    for name, word in WEIGHTS.items():
        drawn = posterior is not None and name in posterior.values and name not in fixed(scenarios[0])
        now = None if drawn else scenarios[0].every_number[name]
        for weight in ENDS:
            if weight != now:
                weighs = "from the draws" if now is None else f"{now:g}"
                about = f"Weight of {word} in recovery: {weighs} ({name})"
                yield Assumption(about, f"{weight:g}", {name: weight})


def _contents(scenarios: Sequence[Scenario]) -> Iterator[Assumption]:
    """What is in each programme that a scenario has otherwise than the baseline."""
    before, seen = scenarios[0].programmes, set[str]()
    for scenario in scenarios[1:]:
        for name, programme in scenario.programmes.items():
            same = name in before and row_of(before[name]) == row_of(programme)
            if not same and name not in seen:
                seen.add(name)
                yield from _content(name, programme)


def _content(name: str, programme: Programme) -> Iterator[Assumption]:
    title, row, at = programme.title or name, row_of(programme), f"programmes.{name}"
    if row["resources"]:
        about = f"{title}: mobilises resources ({', '.join(row['resources']).replace('_', ' ')})"
        yield Assumption(about, "none: contact only", {f"{at}.resources": []}, name)
    other = "reciprocal" if row["reciprocity"] == "one_way" else "one_way"
    about = f"{title}: help is {row['reciprocity'].replace('_', ' ')}"
    yield Assumption(about, other.replace("_", " "), {f"{at}.reciprocity": other}, name)
    who = {"patient": "the person", "professional": "the professional", "not_stated": "not stated"}
    expert = "patient" if row["expert"] == "professional" else "professional"
    about = f"{title}: recognised expert: {who.get(row['expert'], row['expert'])}"
    yield Assumption(about, who[expert], {f"{at}.expert": expert}, name)
    if row["makes"]:
        about = f"{title}: brings new ties ({', '.join(row['makes'])})"
        yield Assumption(about, "none", {f"{at}.makes": []}, name)


def _switched_off(scenarios: Sequence[Scenario]) -> Iterator[Assumption]:
    """Each mechanism that every scenario leaves free."""
    fixed_somewhere = {
        name
        for one in scenarios
        for section in (one.mechanisms, *(change.mechanisms for change in one.calendar))
        for name in section
    }
    for name in Mechanism.words():
        if name not in fixed_somewhere:
            about = f"{name.replace('_', ' ').capitalize()} active in the helping relationship"
            yield Assumption(about, "switched off in every scenario", {f"mechanisms.{name}": False})
