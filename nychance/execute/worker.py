"""One notebook run, in a process of its own: `python -m nychance.execute.worker JOB.json`.

Exit status 0 and an empty error, or 1 and the failure as JSON in the job's `outcome` file.
"""

import json
import sys
from pathlib import Path
from typing import Any

import papermill
from papermill.exceptions import PapermillExecutionError

TAIL = 2000


def run(job: dict[str, Any]) -> dict[str, Any]:
    """Execute a notebook.

    Parameters
    ----------
    job : dict
        `source`, `target` (paths), `parameters`, `root` (working directory of the kernel).

    Returns
    -------
    dict
        `outcome`: `completed` or `failed`; when failed also `cell` (number), `error` and `message`.
    """
    try:
        papermill.execute_notebook(
            job["source"],
            job["target"],
            parameters=job["parameters"],
            kernel_name="python3",
            cwd=job["root"],
            progress_bar=False,
            log_output=False,
            request_save_on_cell_execute=False,
        )
    except PapermillExecutionError as error:
        message = f"{error.ename}: {error.evalue}"
        return {
            "outcome": "failed",
            "cell": error.exec_count,
            "error": message[:TAIL],
            "source": error.source,
        }
    # Whatever else stops a run (a dead kernel, a full disk) is a failure to record, not to hide.
    except Exception as error:
        return {
            "outcome": "failed",
            "cell": None,
            "error": f"{type(error).__name__}: {error}"[:TAIL],
            "source": "",
        }
    return {"outcome": "completed"}


def main() -> int:
    """Run the job that the command line names."""
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    outcome = run(job)
    Path(job["outcome"]).write_text(json.dumps(outcome, ensure_ascii=False), encoding="utf-8")
    return 0 if outcome["outcome"] == "completed" else 1


if __name__ == "__main__":
    sys.exit(main())
