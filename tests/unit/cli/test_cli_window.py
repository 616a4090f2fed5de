"""Promises of the commands that start the window."""

import subprocess
import sys
from types import SimpleNamespace

import pytest

from handanat_studio.cli import main as cli
from handanat_studio.cli import window


@pytest.fixture
def started(monkeypatch):
    """Record window processes instead of starting them."""
    calls = []

    def run(command, *, env, check):
        calls.append((command, env))
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr(window, "_build", lambda *_: None)
    return calls


@pytest.mark.parametrize(
    ("environment", "platform", "expected"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ""}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({}, "win32", True),
        ({}, "darwin", True),
    ],
)
def test_a_display_is_recognised(environment, platform, expected):
    """X and Wayland on Linux; Windows and macOS always have one."""
    assert window.has_display(environment, platform) is expected


def test_the_window_does_not_inherit_cv2s_plugin_folder():
    """The process that found hands has imported cv2; its Qt plugins would break the window."""
    clean = window.window_environment({"QT_QPA_PLATFORM_PLUGIN_PATH": "/cv2", "HOME": "/h"}, offscreen=False)
    assert clean == {"HOME": "/h"}


def test_demo_without_a_display_records_a_tour_offscreen(started, tmp_path, monkeypatch, capsys):
    """No display is not an error: the same window is driven offscreen, and the place is printed."""
    assert cli.main(["demo", str(tmp_path / "demo")]) == 0
    ((command, environment),) = started
    out = tmp_path / "demo" / "tour"
    assert command == [sys.executable, "-m", "handanat_studio.gui", str(tmp_path / "demo"), "--tour", str(out)]
    assert environment["QT_QPA_PLATFORM"] == "offscreen"
    assert str(out) in capsys.readouterr().out


def test_demo_with_a_display_opens_the_window(started, tmp_path, monkeypatch):
    """The window is the user's own, not an offscreen one."""
    monkeypatch.setenv("DISPLAY", ":7")
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    assert cli.main(["demo", str(tmp_path)]) == 0
    ((command, environment),) = started
    assert command[2:] == ["handanat_studio.gui", str(tmp_path)]
    assert "QT_QPA_PLATFORM" not in environment


def test_studio_without_a_display_says_what_works(started, capsys):
    """A clear sentence instead of Qt's abort."""
    assert cli.main(["studio"]) == 1
    assert "handanat demo --tour" in capsys.readouterr().err
    assert started == []


def test_studio_refuses_a_folder_that_is_no_project(started, tmp_path, monkeypatch, capsys):
    """Said before a window opens."""
    monkeypatch.setenv("DISPLAY", ":7")
    assert cli.main(["studio", str(tmp_path)]) == 1
    assert "is not a HandAnat project" in capsys.readouterr().err
    assert started == []


def test_a_window_that_fails_fails_the_command(started, tmp_path, monkeypatch, capsys):
    """Exit code 1, whatever the window's was."""
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=-6))
    assert cli.main(["demo", str(tmp_path), "--tour", str(tmp_path / "t")]) == 1
    assert "exit code -6" in capsys.readouterr().err
