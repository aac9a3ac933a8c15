"""Steps on a Dask cluster, whose workers share a file system with this machine.

Dask looks after the work: it gives a step to another worker when one dies. Results get into place
whole, wherever they are made, so that a step that is done twice does no harm.
"""

import functools
import os
import platform
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from evalbook import __version__
from evalbook.errors import UsageError
from evalbook.execute.pools import Act, Pool

if TYPE_CHECKING:
    from distributed import Client

SLURM: Final = "slurm"
SECONDS_TO_ANSWER: Final = 30
# Slurm may keep its jobs waiting.
SECONDS_TO_START: Final = 3600
SECONDS_BETWEEN_LOOKS: Final = 5


def on_cluster(address: str, root: Path, workers: int, modules: Sequence[str]) -> Pool:
    """Return the pool that runs steps on a cluster.

    Parameters
    ----------
    address : str
        A scheduler (`tcp://host:port`), or `slurm` for workers of its own as Dask's configuration
        of `jobqueue` says.
    root : Path
        The project, which every worker must see at the same path.
    workers : int
        How many jobs to ask Slurm for; a scheduler's workers are all used.
    modules : sequence of str
        What the notebooks import, for kernels that start warm.

    Raises
    ------
    UsageError
        If there is no cluster, or a worker does not see the project or has other versions.
    """
    client = _connect(address, workers)
    try:
        _check(client, root)
    except BaseException:
        _close(client)
        raise
    threads = sum(client.nthreads().values())

    def carry_out(act: Act) -> Mapping[str, str]:
        # The same step may be done again later, when its notebook has changed: no result is to be
        # taken from memory.
        done = client.submit(_on_worker, root, tuple(modules), act, pure=False)
        while True:
            try:
                return done.result(timeout=SECONDS_BETWEEN_LOOKS)
            except TimeoutError:
                if done.done():
                    raise
                _require_workers(client, address)

    return Pool(threads, carry_out, stop=client.close, close=functools.partial(_close, client))


def _connect(address: str, workers: int) -> "Client":
    try:
        from distributed import Client
    except ImportError as error:
        raise UsageError(
            "Dask is not installed",
            where=f"--cluster {address}",
            remedy="pip install 'nychance[cluster]'",
        ) from error
    try:
        client = Client(
            _slurm(workers) if address == SLURM else address,
            timeout=SECONDS_TO_ANSWER,
            set_as_default=False,
        )
    except (OSError, TimeoutError, ValueError, RuntimeError) as error:
        raise UsageError(
            f"no cluster answers there ({type(error).__name__})",
            where=f"--cluster {address}",
            remedy="Start one with `dask scheduler` and `dask worker tcp://HOST:8786`, "
            "or leave --cluster out",
        ) from error
    try:
        client.wait_for_workers(
            1, timeout=SECONDS_TO_START if address == SLURM else SECONDS_TO_ANSWER
        )
    except TimeoutError as error:
        _close(client)
        raise UsageError(
            "the cluster has no worker",
            where=f"--cluster {address}",
            remedy=f"Start one: dask worker {address if address != SLURM else 'tcp://HOST:8786'}",
        ) from error
    return client


def _slurm(workers: int) -> Any:
    from dask_jobqueue.slurm import SLURMCluster

    cluster: Any = SLURMCluster()
    cluster.scale(jobs=workers)
    return cluster


def _close(client: "Client") -> None:
    own = client.cluster
    client.close()
    if own is not None:
        own.close()


def _check(client: "Client", root: Path) -> None:
    """Refuse a cluster with a worker that does not see a new file, or has other versions."""
    token = root / ".evalbook" / f"cluster-{uuid.uuid4().hex}"
    token.parent.mkdir(exist_ok=True)
    token.touch()
    try:
        answers = client.run(_introduce, token)
    finally:
        token.unlink()
    for worker, (seen, installed) in answers.items():
        if not seen:
            raise UsageError(
                f"the worker {worker} does not see this project",
                where=root,
                remedy="Put the project on a file system that all workers share, "
                "at the same path everywhere",
            )
        if installed != _versions():
            raise UsageError(
                f"the worker {worker} has {installed}, this machine {_versions()}",
                where=root,
                remedy="Start the workers from the project's own environment (.venv)",
            )


def _versions() -> str:
    return f"evalbook {__version__} under Python {platform.python_version()}"


def _introduce(token: Path) -> tuple[bool, str]:
    """Return, on a worker, whether it sees a file, and its versions."""
    return token.is_file(), _versions()


def _require_workers(client: "Client", address: str) -> None:
    """Refuse to wait for workers that nobody will bring back; Slurm brings new ones itself."""
    if address != SLURM and not client.scheduler_info(n_workers=-1)["workers"]:
        raise UsageError(
            "the cluster has no worker left",
            where=f"--cluster {address}",
            remedy=f"Start one, then run the same command again: dask worker {address}",
        )


def _on_worker(root: Path, modules: tuple[str, ...], act: Act) -> Mapping[str, str]:
    from evalbook.execute import kernels

    # A worker serves one project at a time.
    os.chdir(root)
    kernels.warm_up(modules)
    return act()
