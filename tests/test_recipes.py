"""The recipes of docs/studies.md for clusters, as far as one machine can tell."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from tests.test_examples import blocks

PAGE = Path(__file__).parent.parent / "docs" / "studies.md"


def recipe(word: str, *without: str) -> dict[str, Any]:
    """What a recipe leaves behind, without the lines that need a real cluster."""
    (code,) = [block for block in blocks(PAGE, "python") if word in block]
    kept = [line for line in code.splitlines() if not line.startswith(without)]
    names: dict[str, Any] = {}
    exec(compile("\n".join(kept), PAGE.name, "exec"), names)
    return names


def test_slurm__gets_a_job_script_that_starts_workers_for_the_scheduler() -> None:
    code = recipe("dask_jobqueue", "cluster.scale", "input", "print")
    cluster = code["cluster"]
    try:
        script = cluster.job_script().splitlines()
        assert "#SBATCH -t 04:00:00" in script
        assert "#SBATCH --cpus-per-task=16" in script
        assert "#SBATCH --mem=30G" in script
        prologue = script.index("source ~/supportnet/.venv/bin/activate")
        (worker,) = [k for k, line in enumerate(script) if "dask_worker" in line or "dask worker" in line]
        assert prologue < worker
        assert ":8786" in script[worker]
        for part in ("--nthreads 1", "--nworkers 16", "--lifetime 230m", "--lifetime-stagger 5m"):
            assert part in script[worker]
        assert code["dask"].config.get("distributed.scheduler.allowed-failures") == 1000
    finally:
        cluster.close()


@pytest.mark.skipif(importlib.util.find_spec("dask_kubernetes") is None, reason="needs dask-kubernetes")
def test_kubernetes__gets_workers_that_a_sweep_can_use() -> None:
    spec = recipe("dask_kubernetes", "cluster = ", "print")["spec"]
    worker = spec["spec"]["worker"]
    assert worker["replicas"] == 32
    (container,) = worker["spec"]["containers"]
    assert container["image"] == "REGISTRY/supportnet:VERSION"
    assert {"name": "SUPPORTNET_CACHE", "value": "/tmp/supportnet"} in container["env"]
    scheduler = spec["spec"]["scheduler"]["spec"]["containers"][0]
    assert any(one["name"].endswith("ALLOWED_FAILURES") for one in scheduler["env"])
