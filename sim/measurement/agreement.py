"""How far the two sides of a tie agree about what passes between them: Cohen's kappa and its neighbours."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from supportnet.sim.area.derived import owners
from supportnet.sim.area.population import tie_rows
from supportnet.sim.enums import SERVICE, Role, SupportFunction
from supportnet.sim.measurement.dyadic_ratings import PATIENT, SUPPORTER, views_of

if TYPE_CHECKING:
    import pandas as pd

    from supportnet.sim.area.simulation import Simulation

BANDS = {0.0: "poor", 0.2: "slight", 0.4: "fair", 0.6: "moderate", 0.8: "substantial", 1.0: "almost perfect"}
HALF_WIDTH = 1.959963984540054  # standard errors in half of a 95 % interval


def agreement(source: "Simulation | pd.DataFrame", role: str | None = None) -> "pd.DataFrame":
    """How far both sides agree on each of the 12 functions, one row a function.

    source: a simulation made with `record=True`, or a table of ties as in ties.parquet, of which the last week counts;
    role: only ties of this role. Of the 12, ten are this project's (`dyadic_ratings`). Columns: dyads, kappa, lower,
    upper (95 %, by the delta method; a professional's caseload is a cluster, as are a person's other ties), band
    (Landis & Koch 1977), agreement (share of dyads), prevalence_patient, prevalence_supporter, ac1 (Gwet 2008). Kappa
    is NaN where all answers are the same.
    """
    import pandas as pd

    answers, cluster = _from_table(source, role) if isinstance(source, pd.DataFrame) else _from_simulation(source, role)
    rows = [
        {"function": function.word, "dyads": len(answers)}
        | _row(answers[:, PATIENT, function], answers[:, SUPPORTER, function], cluster)
        for function in SupportFunction
    ]
    return pd.DataFrame(rows).set_index("function")


def landis_koch(kappa: float) -> str:
    """The name of the band that a kappa lies in; nothing where there is none."""
    return next((name for top, name in BANDS.items() if kappa <= top), "")


def _row(patient: NDArray[np.float64], supporter: NDArray[np.float64], cluster: NDArray[np.int64]) -> dict[str, Any]:
    kappa, error = cohens_kappa(patient, supporter, cluster)
    same = float((patient == supporter).mean()) if len(patient) else np.nan
    p, q = (float(side.mean()) if len(side) else np.nan for side in (patient, supporter))
    by_chance = (p + q) * (1.0 - (p + q) / 2.0)
    return {
        "kappa": kappa,
        "lower": max(-1.0, kappa - HALF_WIDTH * error),
        "upper": min(1.0, kappa + HALF_WIDTH * error),
        "band": landis_koch(kappa),
        "agreement": same,
        "prevalence_patient": p,
        "prevalence_supporter": q,
        "ac1": (same - by_chance) / (1.0 - by_chance),
    }


def cohens_kappa(
    one: NDArray[np.float64], other: NDArray[np.float64], cluster: NDArray[np.int64]
) -> tuple[float, float]:
    """Cohen's kappa of two raters who say 0 or 1 about n things, and its standard error, with things in clusters."""
    if len(one) == 0:
        return np.nan, np.nan
    p, q, same = one.mean(), other.mean(), (one == other).astype(np.float64)
    by_chance = p * q + (1.0 - p) * (1.0 - q)
    if by_chance == 1.0:
        return np.nan, np.nan
    kappa = (same.mean() - by_chance) / (1.0 - by_chance)
    pull = (2.0 * q - 1.0) * (one - p) + (2.0 * p - 1.0) * (other - q)  # what each thing does to agreement by chance
    influence = ((same - same.mean()) - (1.0 - same.mean()) / (1.0 - by_chance) * pull) / (1.0 - by_chance)
    sums = np.bincount(cluster, influence)
    n_clusters = len(np.unique(cluster))
    correction = n_clusters / (n_clusters - 1) if n_clusters > 1 else np.nan
    return float(kappa), float(np.sqrt(correction * (sums**2).sum()) / len(one))


def _from_table(ties: "pd.DataFrame", role: str | None) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    chosen = ties if role is None else ties[ties["role"] == role]
    chosen = chosen[chosen["week"] == ties["week"].max()]
    sides = [[f"{function.word}_{side}" for function in SupportFunction] for side in ("patient", "supporter")]
    answers = np.stack([chosen[side].to_numpy(np.float64) for side in sides], axis=1)
    helper = chosen["supporter"].where(chosen["origin"] == "service", chosen["patient"].astype(str))
    run = [chosen[name] for name in ("scenario", "replicate") if name in ties]
    return answers, chosen.groupby([*run, helper], observed=True).ngroup().to_numpy().astype(np.int64)


def _from_simulation(simulation: "Simulation", role: str | None) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    people = simulation.area.world.people
    ties, owner = simulation.area.world.ties[tie_rows(people)], owners(people)
    chosen = np.ones(len(ties), bool) if role is None else ties.role == Role[role.upper()]
    served = ties.origin == SERVICE
    caseload = (people.post[owner].astype(np.int64) + 1) << 32 | people.holder[owner]
    cluster = np.unique(np.where(served, caseload, owner)[chosen], return_inverse=True)[1]
    return views_of(simulation).functions[chosen].astype(np.float64), cluster
