"""The export command."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from handanat_studio import project as projects
from handanat_studio.cli.terminal_progress import TerminalProgress
from handanat_studio.registry import FORMATS
from handanat_studio.workflows import export as workflow


@click.command()
@click.argument("project", type=click.Path(path_type=Path, file_okay=False))
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--format", "format_name", required=True, metavar="|".join(FORMATS.names()), help="What to write.")
@click.option("--annotator", help="Whose labels; by default what was settled in review, else the newest of anyone.")
def export(project: Path, out: Path, format_name: str, annotator: str | None) -> None:
    """Write a project's images and hands into the new folder OUT, with a manifest of what is in it."""
    with closing(projects.open_project(project)) as opened, TerminalProgress() as progress:
        workflow.export(opened, out, format_name, annotator=annotator, progress=progress)
    click.echo(out / "manifest.json")
