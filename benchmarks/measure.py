"""How sides are timed: alternately, within one run, by the time of the processor; medians and their spread."""

import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Clock = Callable[[], float]
Side = Callable[[], int]  # does its work, returns how many units of it


class Skipped(Exception):
    """A comparison that cannot be made here; the message says why."""


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    value: float | None  # None: skipped
    unit: str = ""
    at_least: float | None = None
    at_most: float | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none, or nothing was measured."""
        if self.value is None or (self.at_least is None and self.at_most is None):
            return None
        return (self.at_least is None or self.value >= self.at_least) and (
            self.at_most is None or self.value <= self.at_most
        )


@dataclass(frozen=True)
class Times:
    """Seconds a unit of work, by side, one for each repeat."""

    seconds: dict[str, list[float]]

    def median(self, side: str) -> float:
        return statistics.median(self.seconds[side])

    def ratios(self, above: str, below: str) -> list[float]:
        """Seconds of one side over those of another, repeat by repeat: neighbours in time meet the same noise."""
        return [a / b for a, b in zip(self.seconds[above], self.seconds[below], strict=True)]

    def ratio(self, above: str, below: str) -> float:
        return statistics.median(self.ratios(above, below))

    def details(self, unit: str = "ns", scale: float = 1e9) -> dict[str, str]:
        return {side: spread([scale * s for s in seconds], unit) for side, seconds in self.seconds.items()}


def spread(values: list[float], unit: str) -> str:
    """Median and range in words."""
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle:.4g} {unit} ({low:.4g} to {high:.4g}, {len(values)} repeats)"


def alternate(sides: Mapping[str, Side], repeats: int, clock: Clock = time.process_time) -> Times:
    """Time the sides in turn, the first time unmeasured."""
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for repeat in range(repeats + 1):
        for name, side in sides.items():
            start = clock()
            units = side()
            if repeat > 0:
                seconds[name].append((clock() - start) / units)
    return Times(seconds)


def machine() -> str:
    """The machine in words."""
    name = platform.processor() or platform.machine()
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            name = next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), name)
    busy = f", load average {os.getloadavg()[0]:.1f} when the run began" if hasattr(os, "getloadavg") else ""
    return f"{name}, {os.cpu_count()} processors seen, {platform.system()}, Python {platform.python_version()}{busy}"
