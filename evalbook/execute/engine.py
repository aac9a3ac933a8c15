"""Papermill with warm kernels, crashes recorded as failures, and one save at the end."""

import functools
import json
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_output
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NotebookExecutionManager, papermill_engines
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from evalbook.execute.kernels import OwnKernelManager
from evalbook.execute.notebooks import content
from evalbook.execute.schedule import SKIP, Skipped

NAME: Final = "evalbook"
# Two kernels that start at once, in two builds say, may choose the same port; one then dies.
STARTS: Final = 3
# The name of a socket is a file's, and has at most 107 characters.
LONGEST_FOLDER: Final = 85
_DIED_STARTING: Final = "Kernel died before replying"
_FAILED: Final = NotebookExecutionManager.FAILED


@dataclass(frozen=True)
class Failure:
    """Why a notebook did not finish.

    Attributes
    ----------
    cell : int or None
        The code cell as reviewers count them, from 1; None if it was no cell's fault.
    error : str
        What went wrong, in one line.
    source : str
        The cell's code.
    """

    cell: int | None
    error: str
    source: str = ""


class WarmEngine(Engine):  # type: ignore[misc]
    """Papermill's engine, with an environment for the kernel.

    A dead kernel or a time limit is an error of its cell.
    """

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        env: dict[str, str],
        kernel_folder: str,
        private: Path,
        cell_seconds: int,
        start_timeout: int = 60,
        **_: Any,
    ) -> None:
        """Execute a notebook; papermill calls this."""
        client = PapermillNotebookClient(
            nb_man,
            kernel_name=kernel_name,
            kernel_manager_class=OwnKernelManager,
            config=_connection(private),
            timeout=cell_seconds,
            record_timing=False,
            startup_timeout=start_timeout,
        )
        try:
            client.execute(env=env, cwd=kernel_folder)
        except DeadKernelError:
            _fail_running_cell(
                nb_man, "DeadKernel", "the kernel was killed or crashed (perhaps out of memory)"
            )
        except CellTimeoutError:
            _fail_running_cell(
                nb_man, "Timeout", f"the cell ran longer than its limit of {cell_seconds} seconds"
            )


def _connection(private: Path) -> Config:
    """Return the settings of a kernel's connection: sockets that only this user can reach."""
    settings = Config()
    settings.KernelManager.connection_file = str(private / "kernel.json")
    if hasattr(socket, "AF_UNIX") and len(str(private)) < LONGEST_FOLDER:
        settings.KernelManager.transport = "ipc"
    return settings


papermill_engines.register(NAME, WarmEngine)


def execute(
    notebook: Path,
    output: Path,
    parameters: dict[str, Any],
    folder: Path,
    environment: dict[str, str],
    cell_seconds: int,
    skipped: Sequence[Skipped] = (),
) -> Failure | None:
    """Execute a notebook with Papermill.

    Parameters
    ----------
    notebook, output : Path
        The notebook, and where its executed copy goes; it is saved at the end, also after a
        failure.
    folder : Path
        The kernel's working directory.
    environment : dict
        The kernel's environment.
    cell_seconds : int
        The longest that a cell may take.
    skipped : sequence of Skipped
        The cells that are not run; each says instead when it begins.

    Returns
    -------
    Failure or None
        None if every cell ran to its end.

    Notes
    -----
    Papermill 2.7 marks every cell `completed` after a dead kernel or a time limit, and saves
    nothing then unless it saves after each cell; it also takes `sys.exit()` for success. Hence the
    engine above and the last look at the cells below.
    """
    failure = None
    for _ in range(STARTS):
        # IPython takes startup files and settings from its folder: from an empty one none.
        with TemporaryDirectory(prefix="evalbook-") as private:
            run = functools.partial(
                _run,
                notebook,
                Path(private),
                [cell.cell for cell in skipped],
                output_path=output,
                parameters=parameters,
                env=environment | {"IPYTHONDIR": private},
                kernel_folder=str(folder),
                cell_seconds=cell_seconds,
            )
            failure = _execute(run, output)
        if failure is None or _DIED_STARTING not in failure.error:
            break
    if failure is None and skipped:
        _say_when_they_begin(output, skipped)
    return failure


def _run(notebook: Path, private: Path, skipped: Sequence[str], **options: Any) -> NotebookNode:
    source = private / notebook.name
    found = content(notebook)
    for cell in found["cells"]:
        if cell["id"] in skipped:
            cell["metadata"]["tags"] = [*cell["metadata"]["tags"], SKIP]
    source.write_text(json.dumps(found), encoding="utf-8")
    executed: NotebookNode = papermill.execute_notebook(
        source,
        engine_name=NAME,
        kernel_name="python3",
        language="python",
        progress_bar=False,
        request_save_on_cell_execute=False,
        private=private,
        **options,
    )
    return executed


def _execute(run: Callable[[], NotebookNode], output: Path) -> Failure | None:
    try:
        executed = run()
    except PapermillExecutionError as error:
        # Papermill counts all cells, and puts a note of its own before the one that failed.
        saved = papermill.iorw.load_notebook_node(str(output))
        return _failure(saved, f"{error.ename}: {error.evalue}".strip())
    # Whatever else stops a run, such as a full disk, is a failure to record, not to hide.
    except Exception as error:
        return Failure(None, f"{type(error).__name__}: {error}")
    if any(_status(cell) == _FAILED for cell in executed.cells):
        return _failure(executed, "the cell ended the notebook before its end")
    _remove_times(executed)
    papermill.iorw.write_ipynb(executed, str(output))
    return None


def _say_when_they_begin(path: Path, skipped: Sequence[Skipped]) -> None:
    """Give each skipped cell of an executed notebook an output in each language."""
    executed = papermill.iorw.load_notebook_node(str(path))
    said = {cell.cell: cell.said for cell in skipped}
    for cell in executed.cells:
        cell.get("outputs", []).extend(
            new_output("display_data", {"text/markdown": f"*{words}*"}, metadata={"language": each})
            for each, words in said.get(cell.id, {}).items()
        )
    papermill.iorw.write_ipynb(executed, str(path))


def _remove_times(executed: NotebookNode) -> None:
    """Remove what differs between runs from a finished notebook; the record of its run has it."""
    executed.metadata.papermill = {"parameters": executed.metadata.papermill.parameters}
    for cell in executed.cells:
        cell.metadata.papermill = {"status": _status(cell)}
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.id = "injected-parameters"


def _fail_running_cell(manager: NotebookExecutionManager, name: str, reason: str) -> None:
    cells = manager.nb.cells
    running = max(
        (i for i, cell in enumerate(cells) if cell.metadata.papermill.start_time), default=0
    )
    cell = cells[running]
    # A kernel that is told to end may add an error of its own, which says where the cell was but
    # not why it ended.
    own = [output for output in cell.outputs if output.output_type == "error"]
    others = [output for output in cell.outputs if output.output_type != "error"]
    cell.outputs = [
        *others,
        new_output("error", ename=name, evalue=reason, traceback=[reason]),
        *own,
    ]
    manager.cell_exception(cell, cell_index=running)


def _status(cell: NotebookNode) -> str | None:
    status: str | None = cell.metadata.get("papermill", {}).get("status")
    return status


def _failure(executed: NotebookNode, error: str) -> Failure:
    """Return the failure with its cell, counted without the one that Papermill injects."""
    code = [
        c
        for c in executed.cells
        if c.cell_type == "code" and "injected-parameters" not in c.metadata.get("tags", [])
    ]
    number = next((i for i, cell in enumerate(code) if _status(cell) == _FAILED), None)
    if number is None:
        return Failure(None, error)
    return Failure(number + 1, error, code[number].source)
