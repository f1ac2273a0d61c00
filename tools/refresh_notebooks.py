"""Execute every committed notebook on the invented district and keep its outputs, without times or random ids.

    python tools/refresh_notebooks.py          after a change of what people see; nbval compares against what is kept
"""
from __future__ import annotations

from pathlib import Path

import nbformat
from nbclient import NotebookClient

HOME = Path(__file__).resolve().parent.parent / "notebooks"


def refresh(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(HOME)}}).execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    notebook.metadata = {"kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
                         "language_info": {"name": "python"}}
    nbformat.write(notebook, path)


if __name__ == "__main__":
    for each in sorted(HOME.glob("*.ipynb")):
        refresh(each)
        print(each.name)
