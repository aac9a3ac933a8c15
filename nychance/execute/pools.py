"""Where steps run: in threads of this process, or on a cluster."""

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
    executor: Callable[[int], Executor] = ThreadPoolExecutor
    stop: Callable[[], None] = lambda: None
    kind: WorkerType = WorkerType.THREADS


def for_notebooks(workers: int) -> Pool:
    """Run notebooks: each has a process of its own anyway, its kernel.

    A kernel waits for a good part of a short run, to start and to stop; one more than asked for fills the gaps.
    """
    from nychance.execute import kernels

    return Pool(workers + 1 if workers > 1 else 1, stop=kernels.stop)


def for_editions(workers: int) -> Pool:
    """Make editions: Pandoc and Typst do most of it outside Python, and processes would import for longer than they work."""
    return Pool(workers)
