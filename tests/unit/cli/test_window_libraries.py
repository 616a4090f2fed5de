"""Missing system libraries are named by the package that brings them."""

import sys

import pytest

from handanat_studio.workflows import window_libraries


def test_a_library_that_does_not_load_is_named_by_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is missing is asked for."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(window_libraries, "OFFSCREEN", {"libc.so.6": "libc6", "libnowhere.so.9": "libnowhere9"})
    monkeypatch.setattr(window_libraries, "ON_SCREEN", {"libneither.so.1": "libneither1"})
    assert window_libraries.missing(offscreen=True) == ["libnowhere9"]
    assert window_libraries.missing() == ["libnowhere9", "libneither1"]
    assert window_libraries.install_hint(["libnowhere9"]).endswith("apt-get install libnowhere9")


def test_other_systems_need_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Qt brings all it needs on Windows and macOS."""
    monkeypatch.setattr(sys, "platform", "darwin")
    assert window_libraries.missing() == []
