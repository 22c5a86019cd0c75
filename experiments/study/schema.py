"""The shape of a study file: scenarios x design points x replicates. Each field says what is expected and what for."""

from typing import Annotated, Any

from pydantic import Field

from supportnet.experiments.patterns import PEOPLE
from supportnet.experiments.posterior.propagation import KINDS as UNCERTAINTY
from supportnet.experiments.study.observables import MEASURES
from supportnet.sim.parameters import POOL_SIZE
from supportnet.sim.scenario.schema import OneOf, TomlTable, switch, text_field, whole_number_field

MOST_RUNS = 20_000_000
MOST_SCENARIOS, MOST_CONSTRAINTS, MOST_FACTORS = 100, 100, 2000
LONGEST_NAME = 1000  # of a factor, which may be several names
DISTRIBUTIONS = ("uniform", "log-uniform", "triangular", "normal", "beta", "integer", "choice")
DESIGNS = {
    "factorial": "every combination of levels",
    "latin": "Latin hypercube of n points",
    "sobol_sequence": "the first n points of a scrambled Sobol' sequence",
    "morris": "n trajectories, each moving one factor (or group) at a time",
    "sobol": "Saltelli's design with base sample n, for Sobol' indices",
    "fast": "a search curve of n points for each factor, for FAST",
    "dgsm": "n points, and from each a small step in every factor, for derivatives",
    "list": "the design points of a CSV file, one column a factor",
}
HIGHEST = 2**31 - 1
Plain = bool | int | float | str
FactorName = Annotated[str, Field(max_length=LONGEST_NAME)]


def bound(says: str) -> Any:
    """A number that may be left out."""
    return Field(None, allow_inf_nan=False, title="a number", description=says)


class FactorTable(TomlTable):
    """What varies: a number, word or switch of a scenario, and how it is spread."""

    distribution: Annotated[str, OneOf(DISTRIBUTIONS)] | None = Field(
        None,
        title="one of: " + ", ".join(DISTRIBUTIONS),
        description="Left out: choice where values are given, integer for whole numbers, else uniform.",
    )
    low: float | None = bound("Lowest value. Left out: that of the parameter table, or 0 for shares.")
    high: float | None = bound("Highest value. Left out: that of the parameter table, or 1 for shares.")
    mode: float | None = bound("Most probable value of a triangular distribution.")
    mean: float | None = bound("Mean of a normal distribution, before it is cut to low and high.")
    sd: float | None = bound("Standard deviation of a normal distribution, before it is cut.")
    width: float | None = bound("With a *: share of the range that is spread over, around where the number is set.")
    a: float | None = bound("First shape of a beta distribution, stretched from low to high.")
    b: float | None = bound("Second shape of a beta distribution.")
    values: list[Plain] | None = Field(
        None, min_length=1, title="a list of values", description="Values to choose from, all equally often."
    )
    levels: int | None = Field(
        None, ge=2, le=10_000, title="a whole number from 2 to 10,000", description="Levels in a factorial design."
    )
    group: str = text_field("Factors of one group are moved together by the designs morris and sobol.")


class DesignTable(TomlTable):
    """Which design points are run."""

    kind: Annotated[str, OneOf(DESIGNS)] = Field(
        "sobol_sequence",
        title="one of: " + ", ".join(DESIGNS),
        description="; ".join(f"{kind}: {what}" for kind, what in DESIGNS.items()),
    )
    n: int = whole_number_field(
        64, "points, trajectories or base sample", 1, MOST_RUNS, "Size; what it counts depends on the kind."
    )
    seed: int = whole_number_field(1, "seed", 1, HIGHEST, "Random seed of the design, apart from that of the runs.")
    levels: int = whole_number_field(4, "levels", 2, 1000, "Levels of a factor, in the designs factorial and morris.")
    second_order: bool = switch("Whether the design sobol includes second-order indices; nearly twice the runs.")
    file: str = text_field("CSV file of a design of the kind list, relative to this file.")


class StudyFile(TomlTable):
    """A study: scenarios x design points x replicates."""

    title: str = text_field("Title.")
    scenarios: list[str] = Field(
        ["today"],
        min_length=1,
        max_length=MOST_SCENARIOS,
        title=f"a list of scenarios, at most {MOST_SCENARIOS}",
        description="Names in the library, or paths relative to this file.",
    )
    replicates: int = whole_number_field(
        4,
        "runs of each design point",
        1,
        1_000_000,
        "Number of replicates per design point; at least 2 to estimate Monte Carlo noise.",
    )
    seed: int = whole_number_field(
        1, "seed", 0, 2**32 - 1, "Random seed of the runs; the same seed reproduces the same results."
    )
    independent: bool = switch("Use independent random streams for each design point (default: common random numbers).")
    pool: int = whole_number_field(
        POOL_SIZE,
        "people",
        100,
        POOL_SIZE,
        "People burned in for ten years with the parameters of each design point, if these differ: fewer is faster.",
    )
    people: int = whole_number_field(
        PEOPLE,
        "people",
        100,
        100_000,
        "People in each simulated study if patterns are measured, four times as many in a cohort: fewer is faster.",
    )
    measure: Annotated[str, OneOf(MEASURES)] = Field(
        "outcomes",
        title="one of: " + ", ".join(MEASURES),
        description="; ".join(f"{name}: {what}" for name, what in MEASURES.items()),
    )
    evidence: str = text_field(
        "File of published trials, relative to this one, if effects of trials are measured. Left out: the shipped one."
    )
    uncertainty: Annotated[str, OneOf(UNCERTAINTY)] = Field(
        "none",
        title="one of: " + ", ".join(UNCERTAINTY),
        description="parameters: draw parameters from the posterior, two replicates per draw, except those set by "
        "factors.",
    )
    observe: list[int] = Field(
        [], title="a list of weeks", description="Weeks whose outcomes are kept. Left out: the last week only."
    )
    set: dict[str, Any] = Field(
        {}, title="a table of dotted names and values", description="Values that hold in every scenario and run."
    )
    design: DesignTable = Field(
        DesignTable(kind="sobol_sequence"), title="a table", description="Which design points are run."
    )
    factors: dict[FactorName, FactorTable] = Field(
        {},
        max_length=MOST_FACTORS,
        title=f"a table of at most {MOST_FACTORS:,} factors, their names of at most {LONGEST_NAME:,} characters",
        description="What varies, by dotted name, such as services.caseload.",
    )
    constraints: list[str] = Field(
        [],
        max_length=MOST_CONSTRAINTS,
        title=f"a list of conditions in quotation marks, at most {MOST_CONSTRAINTS}",
        description="Points that violate one are left out, such as 'services.caseload < 40 or services.turnover < 1'.",
    )
