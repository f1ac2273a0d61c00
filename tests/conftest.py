"""What several tests share: the invented district, run once; and what the machine lacks, said at the end."""
from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parent.parent
CYCLES = ("2023-03", "2023-04", "2023-05")


@pytest.fixture(scope="session")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A workspace with the invented district, its three cycles run to the end."""
    from carelib import cli
    root = tmp_path_factory.mktemp("district")
    shutil.copytree(HOME / "inputs", root / "inputs")
    for cycle in CYCLES:
        assert cli.main(["run", cycle, "--workspace", str(root), "--json"]) == 0
    yield root


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    left_out = [r for r in terminalreporter.stats.get("skipped", []) if "needs" in str(r.longrepr)]
    if left_out:
        terminalreporter.write_line(f"left out on this machine: {len(left_out)} checks that need LibreOffice, Chromium or a Chinese font "
                                    "(tools/system-packages.sh installs them)")


def need(program: str) -> str:
    """The program's path; the test is left out where it is missing, and fails where CI=true."""
    found = shutil.which(program)
    if found is None and os.environ.get("CI") == "true":
        pytest.fail(f"{program} is missing, and CI needs it")
    if found is None:
        pytest.skip(f"needs {program}")
    return found
