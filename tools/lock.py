"""Write requirements.txt (hash-locked, all platforms) and environment.yml (the same versions for conda) from pyproject.toml.

    python tools/lock.py          needs uv
"""
from __future__ import annotations

import re
import subprocess
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent


def lock() -> None:
    command = ["uv", "pip", "compile", "pyproject.toml", "tools/build.in", "--extra", "test", "--universal",
               "--generate-hashes", "--no-emit-index-url", "--no-header", "--no-annotate", "--python-version", "3.11",
               "--override", "tools/overrides.txt", "--quiet", "-o", "requirements.txt"]
    subprocess.run(command, cwd=HOME, check=True)


def conda() -> None:
    """conda resolves rapidocr's own wish for opencv-python; every other version is that of requirements.txt."""
    pins = re.findall(r"^([A-Za-z0-9._-]+==[^\s\\]+)(?: ; ([^\\\n]+?))? \\$", (HOME / "requirements.txt").read_text(), re.M)
    lines = ["# Made by tools/lock.py. conda env create -f environment.yml && conda activate carelib",
             "name: carelib", "channels: [conda-forge]", "dependencies:", "  - python=3.12", "  - pip", "  - pip:"]
    for pin, marker in pins:
        pin = pin.replace("opencv-python-headless", "opencv-python")
        lines.append(f"      - {pin}" + (f" ; {marker}" if marker else ""))
    lines.append("      - -e .")
    (HOME / "environment.yml").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    lock()
    conda()
