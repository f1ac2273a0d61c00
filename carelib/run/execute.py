"""The only door to papermill: one notebook executed in a kernel of its own, judged by what really ran.

papermill's own file cannot be trusted to tell: after a dead kernel, a timeout or sys.exit(0) every cell may say
"completed". So a notebook is done only if each code cell has run, none has failed, and the last one printed DONE.
"""
from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DONE = "本页完成"
CELL_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one notebook. `why` names cell and kind of error, never a value of the data."""
    name: str
    school_code: str | None
    ok: bool
    seconds: float
    why: str = ""


def execute(source: Path, target: Path, parameters: Mapping[str, str], school_code: str | None = None) -> Outcome:
    """Run `source` with `parameters`; under `target` only a whole notebook ever appears. A failed one goes to ../failed."""
    started = time.perf_counter()
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".run-", dir=target.parent) as private:
        beside = Path(private) / target.name
        why = _run(source, beside, parameters)
        if why and beside.exists():
            failed = target.parents[1 if school_code is None else 2] / "failed" / target.name
            failed.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(beside, failed)
        elif not why:
            trust(beside)
            os.replace(beside, target)
    return Outcome(target.stem, school_code, not why, time.perf_counter() - started, why)


def trust(notebook: Path) -> None:
    """Sign a notebook that was made here: JupyterLab shows colours and pictures (timelines, cells) only of notebooks it trusts.

    The signature lies in the user's own Jupyter folder; where that cannot be written, the notebook stays as plain as any other.
    """
    import nbformat
    from nbformat.sign import NotebookNotary
    with contextlib.suppress(OSError):
        notary = NotebookNotary()
        notary.sign(nbformat.read(notebook, as_version=4))
        notary.store.close()


def _run(source: Path, target: Path, parameters: Mapping[str, str]) -> str:
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # a second of import that no notebook needs
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    with tempfile.TemporaryDirectory(prefix="care-") as sockets:
        try:
            done = papermill.execute_notebook(str(source), str(target), dict(parameters), progress_bar=False, log_output=False,
                                              request_save_on_cell_execute=False, execution_timeout=CELL_SECONDS,
                                              kernel_manager_class=_private_kernel(sockets),
                                              extra_arguments=["--IPKernelApp.log_level=50"])  # its farewell is no news
        except papermill.PapermillExecutionError as fault:
            return f"第 {fault.exec_count} 格出错（{fault.ename}）"
        except DeadKernelError:
            return "内核中途退出"
        except CellTimeoutError:
            return f"有一格超过 {CELL_SECONDS} 秒"
    return _unfinished(done)


def _private_kernel(folder: str) -> type:
    """A kernel that is talked to through sockets in a folder of this user alone, not through TCP in plain text."""
    from jupyter_client.manager import AsyncKernelManager

    class PrivateKernel(AsyncKernelManager):
        def __init__(self, **given: Any) -> None:
            super().__init__(**given)
            self.connection_file = os.path.join(folder, "k.json")       # a socket's path may have 107 bytes
            if os.name == "posix":
                self.transport = "ipc"

    return PrivateKernel


def _unfinished(notebook: Any) -> str:
    cells = [c for c in notebook.cells if c.cell_type == "code" and c.source.strip()]
    for number, cell in enumerate(cells, 1):
        if cell.execution_count is None:
            return f"第 {number} 格没有运行"
        if any(o.output_type == "error" for o in cell.outputs):
            return f"第 {number} 格出错"
    text = "".join(str(o.get("text", "")) + str(o.get("data", "")) for o in cells[-1].outputs) if cells else ""
    return "" if DONE in text else "最后一格没有说“本页完成”"
