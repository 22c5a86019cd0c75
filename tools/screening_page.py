"""docs/screening.md, from the tables under results/screening/."""

import pandas as pd

from supportnet.analysis.wording.formatting import given, number, rounded

COMMIT = "ecc376a"  # of the model that was screened
SHOWN = {"qpr": "QPR", "phq9": "PHQ-9", "relapses": "relapses", "network_size": "ties", "cost": "cost"}
SCENARIOS = {"today": "today", "ten-programmes": "ten programmes"}  # baseline, other
EFFECT = "effect"  # of programmes: other less baseline
CELLS = SCENARIOS | {EFFECT: "effect of programmes"}
STANDS_OUT = 2.0  # times μ* of noise

HEAD = """# Which numbers matter: a screening of all of them

Made by `python -m tools.screening` from `results/screening/`; a test compares the two. **This is a screen of the \
model before its numbers were reduced from {count} to 110 in the commit that followed; it was made to decide \
which.** Names are those of that model: [former-numbers.md](former-numbers.md) lists what became of those that are \
gone. Simulated; not for decisions about a person.

![The forty numbers whose effects are largest relative to noise, and which outcomes each of them \
moves.](images/screening.png)

## What was done

Morris' method ([sensitivity.md](sensitivity.md)) on the {count} numbers that affect people: {trajectories} \
trajectories, {points:,} design points × {replicates} replicates × 2 scenarios = {runs:,} runs of 500 people over two \
years, preset `psychosis`. Thresholds, prices and errors of measurement are no part of it; the means of the reference \
area and the bases of the five processes (`centre.*`, `recover.base.*`) stay as they are. Each number varies around \
its reference value by a width of .3 of its tabulated range, within that range, but for `clinic.crisis_shortest` and \
`clinic.crisis_longest`, whose ranges keep the first below the second. The scenarios are `today`, and one that offers \
each of the ten programmes to three people in ten (`experiments/studies/screening/ten-programmes.toml`: for a screen, \
not a policy). Their difference at each design point and replicate, with common random numbers, is the *effect of \
programmes*: what trials measure.

**μ\\*** is the mean absolute change of an outcome in week 104 over the whole interval in which a number varies. \
**Noise** is the μ\\* that Monte Carlo error alone would show, estimated from the differences between replicates: one \
value for each row of the table, a mean over all numbers. A number **stands out** if its μ\\* is more than twice the \
noise in at least one of the fifteen rows. With {trajectories} trajectories, twice is some four standard deviations \
above the noise, were it normal and the same for all numbers.

To repeat it, with the model that was screened (some 25 minutes on two cores):

```
git worktree add ../screened {commit}
cp tools/screening*.py ../screened/tools/
cd ../screened
python -m supportnet sweep screening --workers 2 --out results/sweep-screening
python -m tools.screening results/sweep-screening
```

[mu_star.csv](../results/screening/mu_star.csv) has μ\\* of each number with its 95 % interval (bootstrap over \
trajectories; symmetric, so that some begin below 0), [noise.csv](../results/screening/noise.csv) the noise. *Halves* \
is the rank correlation of μ\\* between the first and the second half of the trajectories; *interval* the median \
half-width of the intervals of those that stand out, relative to μ\\*.

| | outcome | mean | noise (μ\\*) | largest μ\\* | stand out, of {count} | halves | interval |
|---|---|---|---|---|---|---|---|
"""
STANDING = """
QPR and PHQ-9 are scores (0 to 60, 0 to 27), relapses and cost are per person and year, ties per person.

## The {n} numbers that stand out

In the order of *times noise*: the largest of fifteen, and where it is. Entries are μ\\* in the units above, today / \
with ten programmes / of the effect of programmes; – where a number does not stand out.

| number | varied | times noise | {outcomes} |
|---|---|---|{rules}
"""
OTHERS = """
## The {n} that stand out in none

**{n_weak} change something, by at most twice the noise**, with the largest of their fifteen ratios: {weak}.

**{n_none} change none of the five outcomes in any run**: {none}.

## What must not be concluded

- **No effect here does not mean no effect.** A number may act on another outcome (anxiety, harmful ties), on the \
other illness (only `psychosis` was run), under other services or programmes, in another part of its range, or after \
two years.
- **The screen is local.** Numbers move within .3 of their range around the reference value, and one with a wide \
tabulated range moves further than one with a narrow range: the order depends on what was thought possible.
- **{trajectories} trajectories give a rough order.** Intervals of neighbours overlap, and those of relapses and cost \
are wide: a few places with many relapses count for much in a mean.
- **μ\\* hides interactions and directions.** It is a mean over places where the other numbers differ: a large μ\\* \
may come from a few of them, and it does not show which numbers act only together.
- **Below twice the noise, an effect may be real, and is small**: today at most {small}. Numbers with weak effects \
also have less noise than the mean, so that the rule misses some of them.
- **Twice the noise is a rule of thumb**, applied to {count} numbers and fifteen rows: some just above the line may be \
there by chance.
- **Numbers vary independently and without regard to calibration**: many design points describe areas that do not \
exist, and a fit would offset a part of what one number changes with others.
"""


def noise_ratios(mu_star: pd.DataFrame, noise: pd.DataFrame) -> pd.DataFrame:
    """μ* relative to noise: one row a number, one column a cell and outcome."""
    alone = noise.set_index(noise["cell"] + "." + noise["outcome"])["noise_mu_star"]
    return mu_star.set_index("number")[alone.index] / alone


def page(mu_star: pd.DataFrame, noise: pd.DataFrame) -> str:
    """docs/screening.md in full."""
    table, ratios = mu_star.set_index("number"), noise_ratios(mu_star, noise)
    largest = ratios.max(axis=1).sort_values(ascending=False, kind="stable")
    strong, weak, none = (
        largest[chosen] for chosen in (largest > STANDS_OUT, largest.between(0, STANDS_OUT, "right"), largest == 0.0)
    )
    return "".join(
        (
            HEAD.format(commit=COMMIT, **sample_size(table, noise)),
            *(noise_line(row, table, ratios) for _, row in noise.iterrows()),
            STANDING.format(n=len(strong), outcomes=" | ".join(SHOWN.values()), rules="---|" * len(SHOWN)),
            *(number_line(table.loc[name], ratios.loc[name]) for name in strong.index),
            OTHERS.format(
                n=len(weak) + len(none), n_weak=len(weak), n_none=len(none),
                weak=", ".join(f"`{name}` ({short(ratio)})" for name, ratio in weak.items()),
                none=", ".join(f"`{name}`" for name in none.index),
                small=smallest_shown(noise), **sample_size(table, noise),
            ),
        )
    )  # fmt: skip


def sample_size(table: pd.DataFrame, noise: pd.DataFrame) -> dict[str, int]:
    """Numbers, trajectories, design points, replicates and runs."""
    points, replicates = int(noise["points"].iloc[0]), int(noise["replicates"].iloc[0])
    return {
        "count": len(table),
        "trajectories": points // (len(table) + 1),
        "points": points,
        "replicates": replicates,
        "runs": points * replicates * len(SCENARIOS),
    }


def noise_line(row: pd.Series, table: pd.DataFrame, ratios: pd.DataFrame) -> str:
    """One line of the table of noise."""
    name = f"{row['cell']}.{row['outcome']}"
    strong = table[ratios[name] > STANDS_OUT]
    width = ((strong[f"{name}.upper"] - strong[name]) / strong[name]).median()
    columns = (
        CELLS[row["cell"]],
        SHOWN[row["outcome"]],
        number(row["mean"]),
        short(row["noise_mu_star"]),
        short(table[name].max()),
        str(len(strong)),
        rounded(row["rank_correlation_of_halves"], 2),
        f"± {100 * width:.0f} %",
    )
    return f"| {' | '.join(columns)} |\n"


def number_line(row: pd.Series, ratio: pd.Series) -> str:
    """One line of the table of numbers that stand out."""
    cell, _, outcome = str(ratio.idxmax()).partition(".")
    varied, where = f"{given(row['low'])} to {given(row['high'])}", f"{SHOWN[outcome]}, {CELLS[cell]}"
    effects = [
        " / ".join(short(row[f"{cell}.{one}"]) if ratio[f"{cell}.{one}"] > STANDS_OUT else "–" for cell in CELLS)
        for one in SHOWN
    ]
    return f"| `{row.name}` | {varied} | {short(ratio.max())} ({where}) | {' | '.join(effects)} |\n"


def smallest_shown(noise: pd.DataFrame) -> str:
    """The least effects today that stand out, in words."""
    today = noise[noise["cell"] == next(iter(SCENARIOS))].set_index("outcome")["noise_mu_star"]
    return ", ".join(f"{short(STANDS_OUT * today[name])} ({says})" for name, says in SHOWN.items())


def short(value: float) -> str:
    """A number with two significant digits."""
    return number(value, abs(value))
