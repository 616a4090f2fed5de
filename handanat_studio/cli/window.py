"""Commands that open the window: studio and demo. The window is a process of its own; this one never imports it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from handanat_studio import project as projects
from handanat_studio.cli.terminal_progress import TerminalProgress
from handanat_studio.errors import UserError
from handanat_studio.workflows.window_libraries import install_hint, missing

DEMO_FOLDER = Path("demo")


@click.command()
@click.argument("project", required=False, type=click.Path(path_type=Path, file_okay=False))
def studio(project: Path | None) -> None:
    """Open the window, with PROJECT if given."""
    if project is not None and not projects.is_project(project):
        raise UserError(f"{project} is not a HandAnat project.", hint="Make one with 'handanat new'.")
    if not has_display(os.environ):
        raise UserError(
            "There is no display to open a window on.", hint="'handanat demo --tour OUT' works without one."
        )
    _run_window([] if project is None else [str(project)])


@click.command()
@click.argument("folder", metavar="[DIR]", default=DEMO_FOLDER, type=click.Path(path_type=Path))
@click.option("--tour", metavar="OUT", type=click.Path(path_type=Path), help="Record a tour of the real window in OUT.")
@click.option("--count", default=60, show_default=True, type=click.IntRange(1), help="Images in the sample project.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1), help="Processes that find hands.")
def demo(folder: Path, tour: Path | None, count: int, workers: int) -> None:
    """Build the sample project in DIR and open it; without a display, record a tour instead.

    The images are generated, hands are really found and judged in them. The two annotators are simulated.
    A sample project that is there already is used again.
    """
    _build(folder, count, workers)
    if tour is None and has_display(os.environ):
        _run_window([str(folder)])
        return
    out = tour if tour is not None else folder / "tour"
    click.echo("Recording a tour of the window.", err=True)
    _run_window([str(folder), "--tour", str(out)], offscreen=True)
    click.echo(f"Screenshots, export and summary: {out}")


def _build(folder: Path, count: int, workers: int) -> None:
    from handanat_studio.workflows import demo as workflow

    with TerminalProgress() as progress:
        report = workflow.open_or_build(folder, count=count, workers=workers, progress=progress)
    if report is None:
        click.echo(f"Using the project in {folder}.", err=True)
        return
    click.echo(
        f"{folder}: {report.images} generated images, {report.hands} hands found, "
        f"{report.simulated_annotations} verdicts of two simulated annotators (no person is behind them).",
        err=True,
    )


def has_display(environment: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Tell whether a window can be shown; Windows and macOS always can."""
    if platform in ("win32", "darwin"):
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def window_environment(environment: Mapping[str, str], *, offscreen: bool) -> dict[str, str]:
    """Return the window's environment, without the plugin folders that `import cv2` leaves behind."""
    clean = dict(environment)
    for name in ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR"):
        clean.pop(name, None)
    return clean | ({"QT_QPA_PLATFORM": "offscreen"} if offscreen else {})


def _run_window(arguments: list[str], *, offscreen: bool = False) -> None:
    command = [sys.executable, "-m", "handanat_studio.gui", *arguments]
    code = subprocess.run(command, env=window_environment(os.environ, offscreen=offscreen), check=False).returncode
    if code:
        packages = missing(offscreen=offscreen)
        hint = install_hint(packages) if packages else "Its messages are above."
        raise UserError(f"The window ended with exit code {code}.", hint=hint)
