"""The system libraries that Qt needs on Linux and that pip cannot install: which of them are missing."""

from __future__ import annotations

import ctypes
import sys

OFFSCREEN = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libxkbcommon.so.0": "libxkbcommon0",
}
"""Library -> Debian package; Qt needs these even without a display."""

ON_SCREEN = {
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
"""Library -> Debian package; Qt needs these to open a window under X."""


def missing(*, offscreen: bool = False) -> list[str]:
    """Return the Debian packages whose library cannot be loaded here; none on other systems than Linux."""
    if not sys.platform.startswith("linux"):
        return []
    wanted = OFFSCREEN if offscreen else OFFSCREEN | ON_SCREEN
    return [package for library, package in wanted.items() if not _loads(library)]


def install_hint(packages: list[str]) -> str:
    """Return what to type on Debian or Ubuntu to install them."""
    return f"Install what Qt needs: sudo apt-get install {' '.join(packages)}"


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
