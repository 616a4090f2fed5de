"""Commands about a project's images: import, ingest, list."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click

from handanat_studio import project as projects
from handanat_studio.cli.terminal_progress import TerminalProgress
from handanat_studio.hand.codec import number
from handanat_studio.hand.values import VERDICTS
from handanat_studio.project import Project
from handanat_studio.registry import SCORERS
from handanat_studio.store.library import SORTS, STATUSES, Entry, LibraryFilter
from handanat_studio.workflows import browse
from handanat_studio.workflows import ingest as workflow
from handanat_studio.workflows.import_labels import import_coco

PAGE = 500
PROJECT = click.argument("project", type=click.Path(path_type=Path, file_okay=False))
PATHS = click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
GENERATOR = click.option("--generator", default="", help="What made the images, e.g. the model's name.")
FAMILY = click.option("--family", default="", help="Kind of generator, e.g. diffusion or gan.")


@click.command("import")
@PROJECT
@PATHS
@GENERATOR
@FAMILY
@click.option("--coco", type=click.Path(path_type=Path), metavar="FILE", help="COCO keypoints to import with images.")
@click.option(
    "--images", "image_folder", type=click.Path(path_type=Path), metavar="DIR", help="Where the images of --coco lie."
)
@click.option("--annotator", default="", help="Under whose name the labels of --coco are kept.")
def import_(
    project: Path,
    paths: tuple[Path, ...],
    *,
    generator: str,
    family: str,
    coco: Path | None,
    image_folder: Path | None,
    annotator: str,
) -> None:
    """Add image files and folders to a project by reference; the files stay where they are.

    A file that cannot be read becomes an entry with its error.
    """
    if not paths and coco is None:
        raise click.UsageError("Nothing to import: name image files, folders, or --coco FILE.")
    with closing(projects.open_project(project)) as opened, TerminalProgress() as progress:
        if paths:
            report = workflow.import_images(opened, paths, generator=generator, family=family, progress=progress)
            click.echo(f"{report.added} images added, {report.known} known already, {report.failed} cannot be read.")
        if coco is not None:
            labels = import_coco(opened, coco, image_folder=image_folder, annotator=annotator, progress=progress)
            click.echo(f"{labels.hands} labelled hands on {labels.images} images added, {labels.known} known already.")
            for note in labels.notes:
                click.echo(note, err=True)


@click.command()
@PROJECT
@PATHS
@GENERATOR
@FAMILY
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1), help="Processes that find hands.")
def ingest(project: Path, paths: tuple[Path, ...], *, generator: str, family: str, workers: int) -> None:
    """Import PATHS, then find and judge the hands of every image that still lacks it; a stopped run goes on here."""
    with closing(projects.open_project(project)) as opened, TerminalProgress() as progress:
        counts = workflow.run(opened, paths, generator=generator, family=family, workers=workers, progress=progress)
    for name, value in counts.items():
        click.echo(f"{name.replace('_', ' ')}: {value}")


@click.command("list")
@PROJECT
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--status", "statuses", multiple=True, type=click.Choice(STATUSES), help="Only these; repeatable.")
@click.option("--verdict", "verdicts", multiple=True, type=click.Choice(VERDICTS), help="Only these; repeatable.")
@click.option("--text", default="", help="Only images whose name holds this.")
@click.option("--annotator", default="", help="Whose verdicts to show; anyone's by default.")
@click.option("--scorer", default="calibrated", show_default=True, type=click.Choice(SCORERS.names()))
@click.option("--sort", default="imported", show_default=True, type=click.Choice(SORTS))
def list_(project: Path, as_json: bool, **wanted: object) -> None:
    """List a project's hands, and its images without one."""
    chosen = {name: value for name, value in wanted.items() if value not in ("", ())}
    with closing(projects.open_project(project)) as opened:
        if not as_json:
            click.echo("\t".join(("image", "hand", "status", "verdict", "score", "name")))
        for entry in _entries(opened, LibraryFilter(**chosen)):  # type: ignore[arg-type]
            click.echo(json.dumps(as_dict(entry)) if as_json else _line(entry))


def _entries(project: Project, wanted: LibraryFilter) -> Iterator[Entry]:
    index = browse.index(project, wanted)
    for start in range(0, len(index.image_ids), PAGE):
        rows = slice(start, start + PAGE)
        yield from browse.page(project, wanted, index.image_ids[rows].tolist(), index.hand_ids[rows].tolist())


def as_dict(entry: Entry) -> dict[str, object]:
    """Return an entry as plain JSON values."""
    return {
        "image_id": entry.image_id,
        "hand_id": entry.hand_id or None,
        "image": entry.uri,
        "width": entry.width,
        "height": entry.height,
        "box": None if entry.box is None else entry.box.as_list(),
        "status": entry.status,
        "verdict": entry.verdict,
        "score": number(entry.score_value),
        "score_verdict": entry.score_verdict,
        "generator": entry.generator,
        "error": entry.error,
    }


def _line(entry: Entry) -> str:
    score = "" if entry.score_verdict is None else f"{entry.score_value:.2f} {entry.score_verdict}"
    name = f"{entry.uri} ({entry.error})" if entry.error else entry.uri
    return "\t".join((str(entry.image_id), str(entry.hand_id or ""), entry.status, entry.verdict or "", score, name))
