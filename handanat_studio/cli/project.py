"""Commands about a project as a whole: new, verify, backup, restore."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import click

from handanat_studio import project as projects
from handanat_studio.cli.terminal_progress import TerminalProgress
from handanat_studio.errors import UserError
from handanat_studio.store import backup as backups
from handanat_studio.store.verify import verify as verify_store

PROJECT = click.argument("project", type=click.Path(path_type=Path, file_okay=False))


@click.command()
@click.argument("folder", metavar="PROJECT", type=click.Path(path_type=Path))
@click.option("--name", default="", help="Shown to people; the folder's name by default.")
@click.option("--database", default="", metavar="URL", help="A shared PostgreSQL database instead of a file.")
def new(folder: Path, name: str, database: str) -> None:
    """Make a project in a new or empty folder and print its path."""
    with closing(projects.create(folder, name=name, database=database)) as project:
        click.echo(project.root)


@click.command()
@PROJECT
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@click.option("--quick", is_flag=True, help="Do not read the image files.")
def verify(project: Path, as_json: bool, quick: bool) -> None:
    """Check a project's database, and that its images are still the same; exit code 1 if anything is wrong."""
    with closing(projects.open_project(project)) as opened, TerminalProgress() as progress:
        problems = verify_store(opened.store, image_path=None if quick else opened.image_path, progress=progress)
    if as_json:
        click.echo(json.dumps({"clean": not problems, "problems": [asdict(problem) for problem in problems]}))
    else:
        for problem in problems:
            place = f" ({problem.table} {problem.row_id})" if problem.row_id is not None else ""
            click.echo(f"{problem.kind}: {problem.message}{place}")
    if problems:
        raise UserError(
            f"{len(problems)} {'problem' if len(problems) == 1 else 'problems'} found in {project}.",
            hint=f"'handanat restore {project} BACKUP' puts a backup in its place; the present state is kept aside.",
        )
    if not as_json:
        click.echo(f"{project}: clean.")


@click.command()
@PROJECT
@click.argument("folder", required=False, type=click.Path(path_type=Path))
def backup(project: Path, folder: Path | None) -> None:
    """Copy a project's database to FOLDER (its own backups folder by default) and print the copy's path."""
    with closing(projects.open_project(project)) as opened:
        click.echo(backups.backup(opened.store, folder or opened.backups))


@click.command()
@PROJECT
@click.argument("copy", metavar="BACKUP", type=click.Path(path_type=Path, dir_okay=False))
def restore(project: Path, copy: Path) -> None:
    """Put BACKUP in the place of a project's database; what was there before is kept aside and its path printed."""
    if not projects.is_project(project):
        raise UserError(f"{project} is not a HandAnat project.", hint="Make one with 'handanat new', then restore.")
    aside = backups.restore(copy, project / projects.STORE_FILE)
    click.echo(f"Restored {copy}.")
    if aside is not None:
        click.echo(f"Before: {aside}")
