"""An agent-based simulation of recovery-oriented support networks."""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from supportnet.analysis.report.page import report
    from supportnet.analysis.report.report import Report
    from supportnet.analysis.results.calibration import Calibration, calibrate
    from supportnet.analysis.results.comparison import Comparison, compare
    from supportnet.analysis.results.decision import Decision, decide
    from supportnet.analysis.results.economics import CostEffectiveness, economics
    from supportnet.analysis.results.explanation import Explanation, explain
    from supportnet.analysis.results.indices import Indices
    from supportnet.analysis.results.left_out import LeftOutPredictions, left_out
    from supportnet.analysis.results.portfolios import Portfolios, optimise
    from supportnet.analysis.results.run import Results, run
    from supportnet.analysis.results.study import Study, Sweep, sensitivity, sweep
    from supportnet.analysis.results.trial import Trial, trial
    from supportnet.analysis.results.validation import Validation, validate
    from supportnet.analysis.results.what_next import ResearchPriorities, what_next
    from supportnet.experiments.posterior.posterior import Posterior
    from supportnet.sim.errors import UserInputError
    from supportnet.sim.mesa.model import SupportNetwork
    from supportnet.sim.network_file.reader import read_networks
    from supportnet.sim.outcomes import OUTCOMES
    from supportnet.sim.parameters import Parameters
    from supportnet.sim.scenario.scenario import Scenario

    __version__: str

PUBLIC = {  # loaded on first use: whoever needs one name does not wait for all
    "Calibration": "analysis.results.calibration",
    "Comparison": "analysis.results.comparison",
    "CostEffectiveness": "analysis.results.economics",
    "Decision": "analysis.results.decision",
    "Explanation": "analysis.results.explanation",
    "Indices": "analysis.results.indices",
    "LeftOutPredictions": "analysis.results.left_out",
    "OUTCOMES": "sim.outcomes",
    "Parameters": "sim.parameters",
    "Portfolios": "analysis.results.portfolios",
    "Posterior": "experiments.posterior.posterior",
    "Report": "analysis.report.report",
    "ResearchPriorities": "analysis.results.what_next",
    "Results": "analysis.results.run",
    "Scenario": "sim.scenario.scenario",
    "Study": "analysis.results.study",
    "SupportNetwork": "sim.mesa.model",
    "Sweep": "analysis.results.study",
    "Trial": "analysis.results.trial",
    "UserInputError": "sim.errors",
    "Validation": "analysis.results.validation",
    "calibrate": "analysis.results.calibration",
    "compare": "analysis.results.comparison",
    "decide": "analysis.results.decision",
    "economics": "analysis.results.economics",
    "explain": "analysis.results.explanation",
    "left_out": "analysis.results.left_out",
    "optimise": "analysis.results.portfolios",
    "read_networks": "sim.network_file.reader",
    "report": "analysis.report.page",
    "run": "analysis.results.run",
    "sensitivity": "analysis.results.study",
    "sweep": "analysis.results.study",
    "trial": "analysis.results.trial",
    "validate": "analysis.results.validation",
    "what_next": "analysis.results.what_next",
}
__all__ = [
    "OUTCOMES",
    "Calibration",
    "Comparison",
    "CostEffectiveness",
    "Decision",
    "Explanation",
    "Indices",
    "LeftOutPredictions",
    "Parameters",
    "Portfolios",
    "Posterior",
    "Report",
    "ResearchPriorities",
    "Results",
    "Scenario",
    "Study",
    "SupportNetwork",
    "Sweep",
    "Trial",
    "UserInputError",
    "Validation",
    "__version__",
    "calibrate",
    "compare",
    "decide",
    "economics",
    "explain",
    "left_out",
    "optimise",
    "read_networks",
    "report",
    "run",
    "sensitivity",
    "sweep",
    "trial",
    "validate",
    "what_next",
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
