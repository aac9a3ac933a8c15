"""Where steps run: in threads of this process, in processes beside it, or on a cluster."""

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass

from pytask_parallel import WorkerType


@dataclass(frozen=True)
class Pool:
    """A way to run steps.

    Attributes
    ----------
    workers : int
        How many run at once.
    executor : callable
        Makes the executor for a number of workers.
    stop : callable
        Ends what runs at once, when the user interrupts.
    kind : WorkerType
        Whether steps run in threads, or must travel to another process.
    """

    workers: int
    executor: Callable[[int], Executor]
    stop: Callable[[], None]
    kind: WorkerType


def threads(workers: int) -> Pool:
    """Run in threads; each notebook has a process of its own anyway: its kernel.

    A kernel waits for a good part of a short run, to start and to stop; one more than asked for fills the gaps.
    """
    from nychance.execute import kernels

    return Pool(workers + 1 if workers > 1 else 1, ThreadPoolExecutor, kernels.stop, WorkerType.THREADS)


def processes(workers: int) -> Pool:
    """Run in processes, for work that is done in Python itself."""
    from loky import get_reusable_executor

    def stop() -> None:
        get_reusable_executor().shutdown(wait=False, kill_workers=True)

    return Pool(workers, get_reusable_executor, stop, WorkerType.PROCESSES)
