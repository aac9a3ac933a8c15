"""Every file that a process and its children open, be it by Python, Arrow, DuckDB or a shell.

On Linux a process may have its system calls reported to another (seccomp's user notification,
since 5.5), without any right of its own. The kernel of a notebook runs as a child that reports
each `open`; its parent notes the path and lets the call continue. Elsewhere only what Python opens
is seen: see `evalbook.execute.watch`.
"""

import contextlib
import ctypes
import errno
import os
import platform
import select
import signal
import socket
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

# Called with the absolute path and the flags of each `open`, before it is carried out.
Note = Callable[[str, int], None]

# Numbers of `seccomp`, and of `open`, `openat` and `openat2`, by architecture; from Linux' headers.
_CALLS: Final = {
    "x86_64": (0xC000003E, 317, {2: "open", 257: "openat", 437: "openat2"}),
    "aarch64": (0xC00000B7, 277, {56: "openat", 437: "openat2"}),
}
_SET_MODE_FILTER, _GET_ACTION_AVAIL, _NEW_LISTENER = 1, 2, 8
_USER_NOTIF, _ALLOW = 0x7FC00000, 0x7FFF0000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_RECEIVE, _SEND = 0xC0502100, 0xC0182101
_CONTINUE: Final = 1
_NOTIFICATION: Final = struct.Struct("=QIIiIQ6Q")
_RESPONSE: Final = struct.Struct("=QqiI")
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_AT_FDCWD: Final = -100
_PAGE: Final = 4096


def available() -> bool:
    """Return whether this system reports what is opened."""
    if sys.platform != "linux" or platform.machine() not in _CALLS:
        return False
    action = ctypes.c_uint32(_USER_NOTIF)
    return _seccomp(_GET_ACTION_AVAIL, 0, ctypes.byref(action)) == 0


def unseen() -> str:
    """Return what is not seen on this system, as users read it; empty where all is."""
    if available():
        return ""
    return (
        "This system does not report which files are opened: a change of a file that only Arrow, "
        "DuckDB or another program opened is not noticed"
    )


def report(note: Note) -> bool:
    """Go on as a child of this process, whose opened files are noted from now on.

    This process itself never returns: it ends as the child does.

    Parameters
    ----------
    note : callable
        Called in this process for each file that the child opens.

    Returns
    -------
    bool
        Whether the system reports; only the child gets the answer.
    """
    parent, (ours, theirs) = os.getpid(), socket.socketpair()
    child = os.fork()
    if child:
        theirs.close()
        _supervise(child, ours, note)
    ours.close()
    _libc().prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
    with theirs:
        listener = _listen()
        socket.send_fds(theirs, [b"."], [listener] if listener >= 0 else [])
        # What is opened from here on waits for the parent.
        if listener >= 0:
            os.close(listener)
    return listener >= 0


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _seccomp(operation: int, flags: int, argument: object) -> int:
    number = _CALLS[platform.machine()][1]
    return int(_libc().syscall(number, operation, flags, argument))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def _listen() -> int:
    """Have the system report `open` of this process; return the listener, or -1."""
    architecture, _, calls = _CALLS[platform.machine()]
    checks = [(_LOAD, 0, 0, 4), (_EQUAL, 0, len(calls) + 1, architecture), (_LOAD, 0, 0, 0)]
    checks += [(_EQUAL, len(calls) - place, 0, call) for place, call in enumerate(calls)]
    checks += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _USER_NOTIF)]
    code = b"".join(struct.pack("=HBBI", *check) for check in checks)
    buffer = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(checks), ctypes.cast(buffer, ctypes.c_void_p))
    _libc().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    return _seccomp(_SET_MODE_FILTER, _NEW_LISTENER, ctypes.byref(program))


def _supervise(child: int, line: socket.socket, note: Note) -> None:
    """Note what a child opens until it ends, and end as it did."""
    # Signals are meant for the child.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGTERM))
    try:
        _, listeners, _, _ = socket.recv_fds(line, 1, 1)
        _serve(child, listeners[0] if listeners else None, note)
    finally:
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        if code < 0:
            with contextlib.suppress(OSError):
                signal.signal(-code, signal.SIG_DFL)
            os.kill(os.getpid(), -code)
        os._exit(code)


def _serve(child: int, listener: int | None, note: Note) -> None:
    poll, ended = select.poll(), os.pidfd_open(child)
    poll.register(ended, select.POLLIN)
    if listener is not None:
        poll.register(listener, select.POLLIN)
    while True:
        ready = dict(poll.poll())
        if ended in ready:
            return
        if listener is not None and ready.get(listener, 0) & select.POLLIN:
            _answer(listener, note)
        elif listener is not None:
            # Nobody is left to report.
            poll.unregister(listener)
            listener = None


def _answer(listener: int, note: Note) -> None:
    # Not on every system.
    import fcntl

    asked = bytearray(_NOTIFICATION.size)
    try:
        fcntl.ioctl(listener, _RECEIVE, asked)
    except OSError as error:
        # Who asked has been killed meanwhile.
        if error.errno in (errno.ENOENT, errno.EINTR):
            return
        raise
    which, thread, _, call, _, _, *arguments = _NOTIFICATION.unpack(asked)
    # What cannot be told is let through all the same: to note is not to hinder.
    with contextlib.suppress(OSError, ValueError):
        note(*_opened(thread, _CALLS[platform.machine()][2][call], arguments))
    with contextlib.suppress(OSError):
        fcntl.ioctl(listener, _SEND, _RESPONSE.pack(which, 0, 0, _CONTINUE))


def _opened(thread: int, call: str, arguments: list[int]) -> tuple[str, int]:
    """Return the absolute path and the flags of a call."""
    if call == "open":
        arguments = [_AT_FDCWD, *arguments]
    folder, place, flags = arguments[0], arguments[1], arguments[2]
    with Path(f"/proc/{thread}/mem").open("rb", buffering=0) as memory:
        path = os.fsdecode(_text(memory.fileno(), place))
        if call == "openat2":
            (flags,) = struct.unpack("=Q", os.pread(memory.fileno(), 8, flags))
    if not path.startswith("/"):
        number = ctypes.c_int32(folder & 0xFFFFFFFF).value
        at = "cwd" if number == _AT_FDCWD else f"fd/{number}"
        path = f"{os.readlink(f'/proc/{thread}/{at}')}/{path}"  # noqa: PTH115 - a path of text
    return os.path.normpath(path), flags


def _text(memory: int, place: int) -> bytes:
    """Read a text that ends with a null byte, without reading beyond the pages that it is on."""
    found = b""
    while b"\0" not in found and len(found) < _PAGE:
        start = place + len(found)
        found += os.pread(memory, _PAGE - start % _PAGE, start)
    return found.partition(b"\0")[0]
