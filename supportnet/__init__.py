"""An agent-based simulation of recovery-oriented support networks."""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from supportnet.analysis.results.comparison import Comparison, compare
    from supportnet.analysis.results.explanation import Explanation, explain
    from supportnet.analysis.results.indices import Indices
    from supportnet.analysis.results.run import Results, run
    from supportnet.analysis.results.study import Study, Sweep, sensitivity, sweep
    from supportnet.analysis.results.trial import Trial, trial
    from supportnet.experiments.posterior.posterior import Posterior
    from supportnet.sim.errors import UserInputError
    from supportnet.sim.mesa.model import SupportNetwork
    from supportnet.sim.network_file.reader import read_networks
    from supportnet.sim.outcomes import OUTCOMES
    from supportnet.sim.parameters import Parameters
    from supportnet.sim.scenario.scenario import Scenario

    __version__: str

PUBLIC = {  # loaded on first use: whoever needs one name does not wait for all
    "Comparison": "analysis.results.comparison",
    "Explanation": "analysis.results.explanation",
    "Indices": "analysis.results.indices",
    "OUTCOMES": "sim.outcomes",
    "Parameters": "sim.parameters",
    "Posterior": "experiments.posterior.posterior",
    "Results": "analysis.results.run",
    "Scenario": "sim.scenario.scenario",
    "Study": "analysis.results.study",
    "Sweep": "analysis.results.study",
    "SupportNetwork": "sim.mesa.model",
    "Trial": "analysis.results.trial",
    "UserInputError": "sim.errors",
    "compare": "analysis.results.comparison",
    "explain": "analysis.results.explanation",
    "read_networks": "sim.network_file.reader",
    "run": "analysis.results.run",
    "sensitivity": "analysis.results.study",
    "sweep": "analysis.results.study",
    "trial": "analysis.results.trial",
}
__all__ = [
    "OUTCOMES",
    "Comparison",
    "Explanation",
    "Indices",
    "Parameters",
    "Posterior",
    "Results",
    "Scenario",
    "Study",
    "SupportNetwork",
    "Sweep",
    "Trial",
    "UserInputError",
    "__version__",
    "compare",
    "explain",
    "read_networks",
    "run",
    "sensitivity",
    "sweep",
    "trial",
]  # fmt: skip

if not Path(__file__).with_name("sim").is_dir():  # a checkout, where the three floors lie beside this folder
    if not Path(__file__).parents[1].joinpath("sim", "errors.py").is_file():
        here = Path(__file__).parent
        raise ImportError(f"parts of supportnet are missing: remove what is left in {here}, and install it again")
    __path__.append(str(Path(__file__).parents[1]))


def _loaded(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("supportnet")
        except PackageNotFoundError:
            return "not installed"
    if name not in PUBLIC:
        from supportnet.sim.errors import meant_by

        meant = meant_by(name, PUBLIC)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}" + (f": {meant}" if meant else ""))
    try:
        return getattr(import_module(f"{__name__}.{PUBLIC[name]}"), name)
    except ImportError as error:
        from supportnet.sim.extras import broken

        raise ImportError(str(broken(error)), name=error.name) from error


if not TYPE_CHECKING:  # type checkers know the names above, and no others
    __getattr__ = _loaded


def __dir__() -> list[str]:
    return __all__
