"""The three registries: detectors, scorers and formats, by name, loaded on first use.

Built-in entries are "module:name" strings; plug-ins come from the entry-point group of the same name.
A plug-in that fails is reported in `problems` and never stops the program.
"""

from __future__ import annotations

import importlib
from importlib.metadata import entry_points
from typing import Any

from handanat_studio.errors import UserError


class Registry:
    """Names that point at objects without importing them.

    Args:
        noun: what is registered, for messages ("detector").
        group: entry-point group that plug-ins use.
        builtin: name -> "module:attribute".
    """

    def __init__(self, noun: str, group: str, builtin: dict[str, str]) -> None:
        self.noun = noun
        self.group = group
        self.problems: dict[str, str] = {}
        self._targets = dict(builtin)
        self._plugins_read = False

    def names(self) -> list[str]:
        """Return every registered name, built-in ones first."""
        self._read_plugins()
        return list(self._targets)

    def load(self, name: str) -> Any:
        """Import and return the object called `name`.

        Raises:
            UserError: if the name is unknown, or its module cannot be imported.
        """
        self._read_plugins()
        target = self._targets.get(name)
        if target is None:
            raise UserError(f"Unknown {self.noun} '{name}'.", hint=f"Known: {', '.join(self._targets)}.")
        module, _, attribute = target.partition(":")
        try:
            return getattr(importlib.import_module(module), attribute)
        except (ImportError, AttributeError) as error:
            self.problems[name] = f"{type(error).__name__}: {error}"
            raise UserError(
                f"The {self.noun} '{name}' cannot be loaded: {error}.", hint="Run 'handanat doctor' for details."
            ) from error

    def _read_plugins(self) -> None:
        if self._plugins_read:
            return
        self._plugins_read = True
        for entry in entry_points(group=self.group):
            if entry.name in self._targets:
                self.problems[entry.name] = f"plug-in '{entry.value}' has the name of a known {self.noun}; ignored"
            else:
                self._targets[entry.name] = entry.value


DETECTORS = Registry(
    "detector",
    "handanat_studio.detectors",
    {
        "mediapipe": "handanat_studio.vision.mediapipe_hands:create",
        "mediapipe-rescue": "handanat_studio.vision.rescue:create",
        "mediapipe-pose": "handanat_studio.vision.body:create",
        "yolo": "handanat_studio.vision.fallback:create",
    },
)
SCORERS = Registry(
    "scorer",
    "handanat_studio.scorers",
    {
        "paper": "handanat_studio.scoring.paper_score:SCORER",
        "calibrated": "handanat_studio.scoring.calibrated_score:SCORER",
    },
)
FORMATS = Registry(
    "format",
    "handanat_studio.formats",
    {
        "coco": "handanat_studio.formats.coco:write",
        "csv": "handanat_studio.formats.csv:write",
        "parquet": "handanat_studio.formats.parquet:write",
    },
)
