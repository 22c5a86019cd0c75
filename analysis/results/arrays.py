"""Results as labelled arrays."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from supportnet.experiments.ensemble.ensemble import Doubles, Ensemble
from supportnet.sim.extras import needed
from supportnet.sim.outcomes import OUTCOMES

if TYPE_CHECKING:
    import xarray


def dataset(values: Doubles, coordinates: Mapping[str, Sequence[Any]], about: Mapping[str, Any]) -> "xarray.Dataset":
    """One variable an outcome, with its unit. values: (one axis a coordinate, outcomes)."""
    needed("xarray", "xarray")
    import xarray

    data = {
        name: (tuple(coordinates), values[..., k], {"units": outcome.unit})
        for k, (name, outcome) in enumerate(OUTCOMES.items())
    }
    return xarray.Dataset(data, {name: list(each) for name, each in coordinates.items()}, dict(about))


def of_ensemble(ensemble: Ensemble) -> "xarray.Dataset":
    """Outcomes by replicate and week."""
    weeks = range(1, ensemble.values.shape[1] + 1)
    return dataset(ensemble.values, {"replicate": ensemble.replicates, "week": weeks}, {"seed": ensemble.seed})


def of_worlds(worlds: Sequence[Ensemble]) -> "xarray.Dataset":
    """Outcomes by scenario, replicate and week; NaN where a replicate is missing in one of them."""
    arrays = [of_ensemble(world).expand_dims(scenario=[world.scenario.name]) for world in worlds]
    import xarray

    return xarray.concat(arrays, "scenario", join="outer")
