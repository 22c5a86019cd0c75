"""Batches run by Dask workers: a local cluster, or those that have joined the scheduler at an address."""

import asyncio
import atexit
import contextlib
import logging
import socket
import time
from collections.abc import Iterable, Iterator
from typing import Any

import dask
from distributed import Client, KilledWorker, LocalCluster, Security, as_completed
from distributed.comm.core import CommClosedError, connect
from distributed.deploy.spec import close_clusters

from supportnet.experiments.execution.interruption import interruption, unheard
from supportnet.experiments.execution.workers import AHEAD, lost
from supportnet.experiments.runs.batch import Batch, BatchResult, Failure, run_batch
from supportnet.experiments.runs.engines import scheduler_at
from supportnet.experiments.study.observables import MEASURES, code, units
from supportnet.sim.errors import UserInputError

PATIENCE, WAITING = 10.0, "60s"  # for a scheduler to answer, in seconds, and for a first worker
DEATHS = 3  # workers that a batch may outlive; then its runs have failed
SUSPECT = 1000  # killed workers after which Dask itself gives a task up; it suspects all that were queued there


def on_dask(batches: Iterable[Batch], workers: int, address: str) -> Iterator[tuple[Batch, BatchResult | Exception]]:
    """Batches as they are finished. Raises UserInputError where the scheduler or its workers will not do."""
    for name in ("distributed", "distributed.client", "asyncio"):  # what matters is told by this function
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with contextlib.ExitStack() as stack:
        client = stack.enter_context(_client(workers, address, stack))
        _wait(client, address)
        _check_code(client)
        try:
            yield from _completed(client, batches)
        except (CommClosedError, OSError) as error:
            what = "the connection to the Dask scheduler was lost"
            raise lost(what, f"{address or 'local cluster'}: {error}") from error


def _client(workers: int, address: str, stack: contextlib.ExitStack) -> Any:
    if not address:
        stack.enter_context(dask.config.set({"distributed.scheduler.allowed-failures": SUSPECT}))
        address = stack.enter_context(_local_cluster(workers))
    else:
        _meet(address)
    return Client(address, timeout=f"{PATIENCE:g}s", set_as_default=False)


def _local_cluster(workers: int) -> Any:
    """A cluster of processes on this computer. Raises UserInputError where it does not come about.

    A signal waits until the cluster is there: one that is half there can't be closed. Whoever opens it closes it.
    """
    atexit.unregister(close_clusters)
    try:
        with interruption.delayed(), unheard():
            return LocalCluster(
                n_workers=workers, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=logging.CRITICAL
            )
    except (RuntimeError, OSError, TimeoutError) as error:
        raise lost("the Dask workers of this computer did not start", str(error)) from error


def _meet(address: str) -> None:
    """Raises UserInputError where no scheduler answers: a client that finds none tries for long, and fails once
    more."""
    try:
        socket.create_connection(scheduler_at(address), PATIENCE).close()  # says at once that nobody is there
        asyncio.run(asyncio.wait_for(_greet(address), PATIENCE))
    except Exception as error:
        raise UserInputError(
            "no Dask scheduler answers there",
            where="dask",
            found=address,
            expected="the address of a running scheduler, such as tcp://127.0.0.1:8786",
            remedy=f"start one with `dask scheduler`, or leave `dask` out ({str(error)[:100] or 'it says nothing'})",
        ) from error


async def _greet(address: str) -> None:
    met = await connect(address, PATIENCE, **Security().get_connection_args("client"))
    await met.close()


def _wait(client: Any, address: str) -> None:
    """Raises UserInputError where no worker joins."""
    try:
        client.wait_for_workers(1, timeout=WAITING)
    except TimeoutError as error:
        raise UserInputError(
            "no Dask worker has joined the scheduler",
            where="dask",
            found=f"{address}: 0 workers after {WAITING}",
            expected="at least one worker",
            remedy=f"start workers, such as `dask worker {address} --nthreads 1`, then repeat the same command",
        ) from error


def codes_of_measures() -> list[str]:
    """Identities of the code, whatever is kept of runs."""
    return [code(measure) for measure in MEASURES]


def _check_code(client: Any) -> None:
    """Raises UserInputError where a worker has other code, or cannot say."""
    try:
        codes: dict[str, list[str]] = client.run(codes_of_measures)
    except Exception as error:
        raise _other_code(f"{type(error).__name__}: {error}") from error
    here = codes_of_measures()
    for worker, theirs in codes.items():
        if theirs != here:
            raise _other_code(f"{worker} has {theirs}, here it is {here}")


def _other_code(found: str) -> UserInputError:
    return UserInputError(
        "a Dask worker has another version of supportnet",
        where="dask",
        found=found,
        expected="the same version, numba and numpy everywhere: results would differ",
        remedy="install the same lock file there, and start the workers again",
    )


def _completed(client: Any, batches: Iterable[Batch]) -> Iterator[tuple[Batch, BatchResult | Exception]]:
    source, deaths = iter(batches), dict[str, int]()
    known: dict[str, Batch] = {}
    running = as_completed(loop=client.loop)
    room, asked = 0, 0.0

    def submit(batch: Batch, key: str) -> None:
        known[key] = batch
        running.add(client.submit(run_batch, batch, pure=False, key=key))

    def fill() -> None:
        nonlocal room, asked
        if time.monotonic() - asked > 1.0:
            room, asked = AHEAD * max(1, sum(client.nthreads().values())), time.monotonic()
        while running.count() < room and (batch := next(source, None)) is not None:
            submit(batch, f"supportnet-{batch.tasks[0].run}-{time.monotonic_ns()}")

    fill()
    for future in running:
        batch = known.pop(future.key)
        about = future.key.split("-")[1]
        if future.status == "error":
            error = future.exception()
            if isinstance(error, UserInputError):
                raise error
            if not isinstance(error, KilledWorker):
                yield batch, error
            elif deaths.setdefault(about, 0) < DEATHS:
                deaths[about] += 1
                submit(batch, f"supportnet-{about}-{time.monotonic_ns()}")
            else:
                yield batch, given_up(batch)
        elif future.status == "finished":
            yield batch, future.result()
        else:
            raise CommClosedError(f"a batch was {future.status}")
        fill()


def given_up(batch: Batch) -> BatchResult:
    """A batch that killed worker after worker."""
    import numpy as np

    why = f"the worker was killed {DEATHS} times"
    failed = [Failure(task.run, task.values, why) for task in batch.tasks]
    return BatchResult([], np.zeros((0, len(batch.weeks), len(units(batch.measure, batch.evidence)))), failed, 0.0)
