"""The story as data: schools, pupils, papers. Everything that is told stands in TOML beside this file."""
from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samples.people import Pupil, from_story

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Story:
    schools: list[dict[str, Any]]
    names: dict[str, Any]
    layouts: dict[str, list[list[Any]]]     # columns of lists
    pages: dict[str, dict[str, Any]]        # grids of pages for one pupil
    pupils: dict[str, Pupil]                # by key
    papers: list[dict[str, Any]]


def read(here: Path = HERE) -> Story:
    """All of the story; a key or a file name used twice is a mistake of ours and stops the run."""
    schools = _toml(here / "schools.toml")["school"]
    layouts = {k: v["columns"] for k, v in _toml(here / "layouts.toml").items()}
    pupils: dict[str, Pupil] = {}
    papers: list[dict[str, Any]] = []
    for path in sorted((here / "story").glob("*.toml")):
        told = _toml(path)
        for raw in told.get("pupil", []):
            pupil = from_story(raw.get("school", told.get("school")), raw)
            if pupil.key in pupils:
                raise ValueError(f"{path.name}: two pupils with the key {pupil.key}")
            pupils[pupil.key] = pupil
        papers += told.get("paper", [])
    places = [(p["cycle"], p["file"]) for p in papers]
    twice = {p for p in places if places.count(p) > 1}
    if twice:
        raise ValueError(f"two papers of the same name: {sorted(twice)}")
    return Story(schools, _toml(here / "names.toml"), layouts, _toml(here / "pages.toml"), pupils, papers)


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
