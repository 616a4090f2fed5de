"""Where the networks' own weights lie, and a short name for what is in them. Nothing is loaded here."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from handanat_studio.errors import UserError
from handanat_studio.paths import resource

DIGITS, HANDS = "digits.safetensors", "hands.safetensors"
"""The digit network's weights, and those of the network that finds hands."""
_LETTERS = 8


def weights_path(name: str) -> Path:
    """Return the installed weights file, e.g. `weights_path("digits.safetensors")`.

    Raises:
        UserError: if it is not installed.
    """
    path = resource("weights", name)
    if not path.is_file():
        raise UserError(
            f"The weights '{name}' are not installed.",
            hint="Reinstall handanat-studio, or make them with 'handanat train'.",
        )
    return path


def weights_version(name: str) -> str:
    """Return eight letters that change whenever the weights, or the constants beside them, do.

    Raises:
        UserError: if they are not installed.
    """
    path = weights_path(name)
    files = [file for file in (path, path.with_suffix(".json")) if file.is_file()]
    return _digest(tuple((file, file.stat().st_mtime_ns, file.stat().st_size) for file in files))


@lru_cache(maxsize=8)
def _digest(files: tuple[tuple[Path, int, int], ...]) -> str:
    together = hashlib.sha256()
    for file, _, size in files:
        together.update(size.to_bytes(8, "big"))
        together.update(file.read_bytes())
    return together.hexdigest()[:_LETTERS]
