"""Where files live: packaged resources, the user's settings, caches and logs. `HANDANAT_HOME` moves all user files."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from handanat_studio.errors import UserError

_APP = "handanat-studio"
_PACKAGE = Path(__file__).resolve().parent


def resource(*parts: str) -> Path:
    """Return the path of a packaged resource, e.g. `resource("icons", "undo.svg")`.

    In a checkout the folder `resources/` lies beside the package; in a wheel it travels inside it.
    """
    for root in (_PACKAGE / "resources", _PACKAGE.parent / "resources"):
        if root.is_dir():
            return root.joinpath(*parts)
    raise UserError("The program's resources are missing.", hint="Reinstall handanat-studio.")


def user_dir(kind: str) -> Path:
    """Return (and make) the user's folder of a kind: "config", "cache", "data" or "log"."""
    home = os.environ.get("HANDANAT_HOME")
    if home:
        path = Path(home) / kind
    else:
        path = Path(getattr(platformdirs, f"user_{kind}_dir")(_APP, appauthor=False))
    path.mkdir(parents=True, exist_ok=True)
    return path
