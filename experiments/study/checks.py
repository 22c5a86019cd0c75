"""What does not fit in a study: its scenarios, factors, design and constraints, each on its own and together."""

from collections.abc import Callable, Collection, Mapping, Sequence
from fnmatch import fnmatchcase

from supportnet.experiments.study.constraints import Constraint, condition
from supportnet.experiments.study.factors import Factor, factor_of
from supportnet.experiments.study.schema import FactorTable, StudyFile
from supportnet.experiments.study.tunables import Tunable, tunables
from supportnet.sim.errors import Mistakes, UserInputError
from supportnet.sim.former_numbers import meant_number
from supportnet.sim.parameters import IDLE, Number, Parameters, numbers, value
from supportnet.sim.scenario.scenario import Scenario
from supportnet.sim.storage.toml_schema import Key, touches

LIST = "list"
WHOLE = ("sobol", "morris", "fast", "dgsm", LIST)  # designs from which no point may be taken out
WORKED_OUT = ("centre.", "recover.base.")  # means of the reference area, and what sets them (sim/reference_area.py)
STARRED = {None: (), "uniform": ("width",), "triangular": (), "normal": ("sd",)}  # a factor with *, and keys of its own
Where = Callable[..., str]  # the place of a key, for messages
GROUPED = ("sobol", "morris", "sobol_sequence")  # designs that can move factors together


def check_parts(
    file: StudyFile, scenarios: tuple[Scenario, ...], where: Where, mistakes: Mistakes, wrong: Collection[Key] = ()
) -> tuple[StudyFile, tuple[Factor, ...], tuple[Constraint, ...]]:
    """The file with its factors spelled out, these, and the constraints. Mistakes are collected, but for those that
    follow from others; wrong: keys at which something is wrong already."""
    complete = len(scenarios) == len(file.scenarios) and not touches(("scenarios",), wrong)
    if complete and not touches(("set",), wrong):
        _check_scenarios(scenarios, file, where, mistakes)
    before = len(mistakes.all)
    file = file.model_copy(update={"factors": _spelled_out(file, where, mistakes, wrong)})
    known, factors = tunables(scenarios or (Scenario.load("today"),)), list[Factor]()
    for name, table in file.factors.items():
        is_open = name not in known and not complete and name.startswith("programmes.")  # that of an unknown scenario
        if not is_open and not touches(("factors", name), wrong):
            with mistakes.collected():
                factors.append(_factor(name, table, known, file.design.levels, where))
    all_right = not touches(("factors",), wrong) and len(mistakes.all) == before and len(factors) == len(file.factors)
    if not touches(("design",), wrong):
        _check_design(file, factors, where, mistakes, all_right)
    conditions = list[Constraint]()
    for text in file.constraints:
        with mistakes.collected():
            conditions.append(condition(text, {*file.factors, *_named(wrong)}, where("constraints")))
    return file, tuple(factors), tuple(conditions)


def _named(wrong: Collection[Key]) -> list[str]:
    """Factors in which something is wrong: they have names all the same."""
    return [key[1] for key in wrong if key[0] == "factors" and len(key) > 1]


def _spelled_out(
    file: StudyFile, where: Where, mistakes: Mistakes, wrong: Collection[Key] = ()
) -> dict[str, FactorTable]:
    """Factors with a *, or with several names, spelled out: the parameters of that name that affect people, except
    those with a factor of their own or in an earlier factor, and those set by [set]. What is worked out at calibration
    (WORKED_OUT) is meant only where it is named. A triangular or normal distribution has its mode or mean where the
    number is set, and sd is a share of the range, as is the width of a uniform one around it."""
    found: dict[str, FactorTable] = {}
    named = {*file.factors, *(name.removeprefix("parameters.") for name in file.set)}
    known = numbers()
    for name, table in file.factors.items():
        if not {"*", " "} & set(name):
            found[name] = table
            continue
        if touches(("factors", name), wrong):
            continue
        meant = [
            number
            for number in known
            if any(fnmatchcase(number, one) for one in name.split())
            and not number.startswith(IDLE) and number not in named
            and (name.startswith(WORKED_OUT) or not number.startswith(WORKED_OUT))
        ]  # fmt: skip
        shape = STARRED.get("uniform" if table.width is not None and table.distribution is None else table.distribution)
        own = table.model_fields_set - {"group", "levels", "distribution"}
        odd = shape is None or not own <= set(shape) or (table.distribution == "normal" and not own)
        odd = odd or (table.width is not None and not 0.0 < table.width <= 1.0)
        if not meant or odd:
            mistakes.all.append(
                UserInputError(
                    "a factor with * has the ranges of the parameter table"
                    if meant
                    else "no parameter has such a name",
                    where=where("factors", name),
                    found=name,
                    expected='parameters, such as "bond.*", uniform (width up to 1), triangular, or normal with sd',
                    remedy="name factors with other ranges one by one; parameters are listed in docs/parameters.md",
                )
            )
            continue
        for number in meant:
            found.setdefault(number, _where_set(number, known[number], table))
    return found


def _where_set(number: str, about: Number, table: FactorTable) -> FactorTable:
    """A factor with * for one number: densest where that is set; sd and width are shares of its range."""
    at, whole = value(Parameters(), number), about.high - about.low
    if table.distribution == "triangular":
        return table.model_copy(update={"mode": at})
    if table.distribution == "normal" and table.sd is not None:
        return table.model_copy(update={"mean": at, "sd": table.sd * whole})
    if table.width is not None:
        low = min(max(at - table.width * whole / 2.0, about.low), about.high - table.width * whole)
        spread = {"low": max(low, about.low), "high": min(low + table.width * whole, about.high)}
        return FactorTable.model_validate(table.model_dump(exclude_unset=True, exclude={"width"}) | spread)
    return table


def _factor(name: str, table: FactorTable, known: Mapping[str, Tunable], levels: int, where: Where) -> Factor:
    if name not in known:
        raise UserInputError(
            f"{name[:120]} is not a name that a factor can have",
            where=where("factors", name),
            found=name[:120],
            expected="the dotted name of a number, a switch or a word of a scenario, such as services.caseload",
            remedy=meant_number(name, known, "docs/parameters.md"),
        )
    return factor_of(name, table, known[name], levels, where("factors", name))


def _check_scenarios(scenarios: tuple[Scenario, ...], file: StudyFile, where: Where, mistakes: Mistakes) -> None:
    names = [scenario.name for scenario in scenarios]
    if len(set(names)) < len(names):
        mistakes.all.append(UserInputError(
            "two scenarios have the same name", where=where("scenarios"), found=names,
            expected="scenarios with different names", remedy="rename one",
        ))  # fmt: skip
    weeks = {scenario.weeks for scenario in scenarios}
    if len(weeks) > 1:
        found = ", ".join(f"{scenario.name}: {scenario.weeks} weeks" for scenario in scenarios)
        mistakes.all.append(UserInputError(
            "the scenarios differ in length", where=where("scenarios"), found=found,
            expected="the same number of weeks", remedy="set weeks under [set]",
        ))  # fmt: skip
    mistakes.all += [
        UserInputError(
            "this week is not part of the run", where=where("observe"), found=week,
            expected=f"weeks from 1 to {max(weeks)}", remedy="leave it out",
        )
        for week in file.observe
        if not 1 <= week <= max(weeks)
    ]  # fmt: skip


def _check_design(
    file: StudyFile, factors: Sequence[Factor], where: Where, mistakes: Mistakes, all_right: bool
) -> None:
    """all_right: whether these are all factors, rather than those in which nothing is wrong."""
    design, kind = file.design, file.design.kind
    at = where("design", "kind")
    if kind != LIST and not factors and all_right:
        mistakes.all.append(UserInputError(
            "nothing varies", where=at, found="no factors", expected="at least one factor",
            remedy='add for example [factors."services.caseload"] with low and high',
        ))  # fmt: skip
    if kind == LIST and not design.file:
        mistakes.all.append(
            UserInputError(
                "there is no list",
                where=at,
                found="nothing",
                expected="file, the path of a CSV file",
                remedy="add file",
            )
        )
    if kind in WHOLE and file.constraints:
        others = "latin, sobol_sequence, factorial or list"
        mistakes.all.append(UserInputError(
            f"a {kind} design cannot leave points out", where=where("constraints"), found=list(file.constraints),
            expected="no constraints", remedy=f"narrow the ranges instead, or choose {others}",
        ))  # fmt: skip
    grouped = [factor.group for factor in factors if factor.group]
    if grouped and kind not in GROUPED:
        mistakes.all.append(UserInputError(
            f"a {kind} design moves each factor separately", where=at, found=f"group = {grouped[0]!r}",
            expected="groups with " + " or ".join(GROUPED) + " only", remedy="leave the groups out",
        ))  # fmt: skip
    if kind == "morris" and design.levels % 2:
        mistakes.all.append(UserInputError(
            "Morris trajectories step by half the levels", where=where("design", "levels"), found=design.levels,
            expected="an even number of levels", remedy="set levels = 4",
        ))  # fmt: skip
