"""Where steps run: in threads of this process, or on a cluster."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

# Does the work of a step, and returns the digests of what it read.
Act = Callable[[], Mapping[str, str]]


@dataclass(frozen=True)
class Pool:
    """A way to run steps: each waits in a thread of this process until it is carried out.

    Attributes
    ----------
    workers : int
        How many run at once.
    carry_out : callable
        Does the work of a step, here or elsewhere, and returns and raises what that does.
    stop : callable
        Ends what runs at once, when the user interrupts.
    close : callable
        Lets go of what the pool holds, when the build is over.
    """

    workers: int
    carry_out: Callable[[Act], Mapping[str, str]] = lambda act: act()
    stop: Callable[[], object] = lambda: None
    close: Callable[[], object] = lambda: None


def for_notebooks(workers: int, modules: Sequence[str]) -> Pool:
    """Return the pool for notebooks: each has a process of its own anyway, its kernel.

    A kernel waits for a good part of a short run, to start and to stop; one more than asked for
    fills the gaps.

    Parameters
    ----------
    workers : int
        How many at once.
    modules : sequence of str
        What the notebooks import, for kernels that start warm.
    """
    # Jupyter is slow to import, and often nothing has to run.
    from evalbook.execute import kernels

    kernels.warm_up(modules)
    return Pool(workers + 1 if workers > 1 else 1, stop=kernels.stop)


def for_editions(workers: int) -> Pool:
    """Return the pool for editions.

    Pandoc and Typst do most of it outside Python, and processes would import for longer than they
    work.
    """
    return Pool(workers)
