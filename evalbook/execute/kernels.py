"""Kernels that start warm: forked from one process that has imported what the notebooks import.

Imports take four fifths of a short notebook's time. Jupyter lets a *kernel provisioner* decide how
a kernel comes to life; this one forks it from the standard library's `forkserver`. Each is a real
kernel in a process, session and directory of its own. Where forking is not to be had, or not safe
(macOS, Windows), `forking` says so and the kernels are ordinary ones.
"""

import atexit
import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping, Sequence
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any, Final, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import default

PROVISIONER: Final = "evalbook-warm"
# Where a kernel's own output goes, such as the last words of a library that crashed.
LOG: Final = "EVALBOOK_KERNEL_LOG"
SWITCH: Final = "EVALBOOK_KERNELS"
# What kernels have in their environment besides the user's, and what of the user's they have not:
# settings of one person must not change what a notebook makes.
SETTINGS: Final = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MATPLOTLIBRC": str(Path(__file__).with_name("matplotlibrc")),
    "LC_ALL": "C.UTF-8",
    # Nobody steps through a kernel, so nobody misses the breakpoints that its debugger warns of.
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
PERSONAL: Final = ("LANGUAGE", "MPLBACKEND", "PYTHONSTARTUP", "JUPYTER_CONFIG_DIR")
# Stands in the log before what the cells print, and after it: what is outside is Jupyter's.
MARK: Final = "\x1e"
_stopped = threading.Event()
_alive: "weakref.WeakSet[_Forked | subprocess.Popen[bytes]]" = weakref.WeakSet()
# What every kernel would import as it starts.
_KERNEL_MODULES: Final = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.debugger",
    "matplotlib_inline.backend_inline",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "tornado.platform.asyncio",
)
# Nobody asks for what was typed in an earlier run.
_WITHOUT: Final = ("--HistoryManager.enabled=False",)


def forking() -> tuple[bool, str]:
    """Return whether kernels can be forked here, and why or why not."""
    if os.environ.get(SWITCH) == "ordinary":
        return False, f"{SWITCH}=ordinary asks for ordinary kernels"
    if sys.platform == "darwin":
        return False, "system libraries of macOS do not survive a fork"
    if multiprocessing.current_process().daemon:
        return False, "a daemonic process may not have children"
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return False, "this system cannot fork"
    return True, "kernels are forked from a warm process"


def warm_up(modules: Sequence[str]) -> None:
    """Have Jupyter fork kernels, where it can, from a process that imports the modules now.

    Parameters
    ----------
    modules : sequence of str
        What the notebooks import; one that cannot be imported is left to the notebook to complain
        of.
    """
    # Libraries look for their settings when they are first imported.
    os.environ.update(SETTINGS)
    for name in PERSONAL:
        os.environ.pop(name, None)
    KernelProvisionerFactory.instance().default_provisioner_name = PROVISIONER
    _stopped.clear()
    if forking()[0]:
        _context().set_forkserver_preload(
            [__name__, *_KERNEL_MODULES, *modules, "evalbook.execute.preload"]
        )
        forkserver.ensure_running()


def environment(added: Mapping[str, str]) -> dict[str, str]:
    """Return a kernel's environment: the user's without personal settings, and what is added."""
    users = {name: value for name, value in os.environ.items() if name not in PERSONAL}
    return {**users, **SETTINGS, **added}


def stop() -> None:
    """End all kernels at once, and let none start; for an interrupted run."""
    _stopped.set()
    for kernel in list(_alive):
        with contextlib.suppress(OSError):
            kernel.kill()


def stopped() -> bool:
    """Return whether the kernels were stopped, so that a dead one is nobody's fault."""
    return _stopped.is_set()


def _context() -> ForkServerContext:
    return multiprocessing.get_context("forkserver")


class OwnKernelManager(AsyncKernelManager):
    """Starts kernels of this Python, whatever specifications of kernels the user has."""

    @default("kernel_spec_manager")
    def _only_native(self) -> KernelSpecManager:
        return KernelSpecManager(kernel_dirs=[])


class WarmProvisioner(LocalProvisioner):
    """Brings kernels to life, by forking where that is possible.

    Signals, waiting and clean-up are Jupyter's own.
    """

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start a kernel.

        Parameters
        ----------
        cmd : list of str
            The command of an ordinary kernel; its arguments are the forked one's.
        **kwargs
            `env` and `cwd` of the kernel.
        """
        if stopped():
            raise RuntimeError("the run was interrupted")
        arguments = cmd[cmd.index("ipykernel_launcher") + 1 :]
        if not forking()[0]:
            await super().launch_kernel([sys.executable, "-m", __name__, *arguments], **kwargs)
            _alive.add(cast("subprocess.Popen[bytes]", self.process))
            return self.connection_info
        self.cwd = kwargs.get("cwd") or Path.cwd()
        forked = _Forked(arguments, str(self.cwd), dict(kwargs.get("env") or os.environ))
        self.process = forked  # type: ignore[assignment]
        _alive.add(forked)
        # The kernel leads a session of its own, so that a signal reaches what it started, too.
        self.pid = self.pgid = forked.pid
        return self.connection_info


class _Forked:
    """A forked kernel behind the part of `subprocess.Popen` that Jupyter uses."""

    stdin = stdout = stderr = None
    # `multiprocessing` looks after all its children whenever one is started; two threads must not
    # ask one child at once.
    _lock = threading.Lock()

    def __init__(self, arguments: list[str], folder: str, environment: dict[str, str]) -> None:
        with self._lock:
            self._process: ForkServerProcess = _context().Process(
                target=_serve, args=(arguments, folder, environment), daemon=True
            )
            self._process.start()
        self.pid = int(self._process.pid or 0)

    def poll(self) -> int | None:
        """Return the exit status, negative for a signal, or None while the kernel lives."""
        with self._lock:
            return self._process.exitcode

    def wait(self) -> int | None:
        """Return the exit status of a kernel that has ended."""
        return self.poll()

    def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel alone."""
        os.kill(self.pid, signum)

    def kill(self) -> None:
        """End the kernel at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)


def _serve(arguments: list[str], folder: str, environment: dict[str, str]) -> None:
    """Be a kernel in a forked process, with session, folder, environment and random state anew."""
    import numpy as np

    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    np.random.seed()
    be_kernel(arguments)


def _end_with_runner() -> None:
    """End this kernel when the process that asked for it is gone, however it went."""
    runner = multiprocessing.parent_process()
    if runner is not None:
        runner.join()
        os._exit(1)


def be_kernel(arguments: Sequence[str]) -> None:
    """Be a kernel until told to stop; its output goes to `EVALBOOK_KERNEL_LOG`."""
    from ipykernel.kernelapp import IPKernelApp

    from evalbook.execute import watch

    descriptor = os.open(os.environ.get(LOG, os.devnull), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    os.close(descriptor)
    watch.begin()
    threading.Thread(target=_end_with_runner, daemon=True).start()
    # What cells print goes there, too, as it is printed: what a kernel still had to send is lost
    # when it is killed.
    application = IPKernelApp.instance(quiet=False)
    application.initialize([*arguments, *_WITHOUT])
    print(MARK, file=sys.__stdout__, flush=True)
    atexit.register(os.write, 1, f"{MARK}\n".encode())
    application.start()


if __name__ == "__main__":
    be_kernel(sys.argv[1:])
