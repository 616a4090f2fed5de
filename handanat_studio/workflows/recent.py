"""What the start page says of the projects that were opened before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from handanat_studio.project import STORE_FILE, is_project
from handanat_studio.store.glance import Glance, glance


@dataclass(frozen=True, slots=True)
class Recent:
    """A project that was opened before.

    Attributes:
        root: its folder.
        is_there: whether the folder is still a project.
        glance: how much it holds.
    """

    root: Path
    is_there: bool
    glance: Glance


def look_at(roots: Sequence[str]) -> list[Recent]:
    """Look at project folders without opening them, in the order given."""
    found = []
    for root in map(Path, roots):
        is_there = is_project(root)
        found.append(Recent(root, is_there, glance(root / STORE_FILE) if is_there else Glance()))
    return found
