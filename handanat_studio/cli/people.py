"""Commands about the people of a project: people, assign, consensus."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import click
import numpy as np

from handanat_studio import project as projects
from handanat_studio.errors import UserError
from handanat_studio.project import Project
from handanat_studio.store.library import OWN_QUEUES, QUEUES, LibraryFilter
from handanat_studio.workflows import assign as batches
from handanat_studio.workflows import browse
from handanat_studio.workflows import consensus as workflow
from handanat_studio.workflows import people as team
from handanat_studio.workflows.people import ROLES, Person

REVIEW_QUEUES = tuple(name for name in QUEUES if name not in OWN_QUEUES)
PROJECT = click.argument("project", type=click.Path(path_type=Path, file_okay=False))
BY = click.option("--by", default="", metavar="NAME", help="Who you are; only a lead may, once there is one.")
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")


@click.command()
@PROJECT
@JSON
@click.option("--role", nargs=2, metavar="NAME ROLE", help=f"Give somebody a role: {', '.join(ROLES)}.")
@BY
def people(project: Path, as_json: bool, role: tuple[str, str] | None, by: str) -> None:
    """List who works on a project and how far each has come, or give somebody a role."""
    with closing(projects.open_project(project)) as opened:
        if role is not None:
            _require_name(by)
            team.set_role(opened, *role, by=by)
        found = team.everyone(opened)
    if as_json:
        click.echo(json.dumps({"people": [asdict(person) for person in found]}))
        return
    for person in found:
        click.echo(person_line(person))


def person_line(person: Person) -> str:
    """Return one person as a line of text."""
    what = "simulated" if person.simulated else person.role
    minutes = round(person.active_seconds / 60)
    return (
        f"{person.name} ({what}): {person.hands} hands, {person.submitted} submitted, {person.returned} returned, "
        f"{person.accepted} accepted, {minutes} min"
    )


@click.command()
@PROJECT
@click.argument("name")
@click.option("--to", "annotators", required=True, metavar="A,B,...", help="To whom, names with commas.")
@click.option("--overlap", default=1, show_default=True, type=click.IntRange(1), help="People who see each hand.")
@click.option("--blind", is_flag=True, help="They see neither scores nor each other's labels.")
@click.option("--queue", type=click.Choice(REVIEW_QUEUES), help="Only the hands of this queue.")
@click.option("--seed", default=0, show_default=True, help="Seed of the drawing.")
@click.option("--note", default="", help="What the batch is for.")
@BY
def assign(
    project: Path,
    name: str,
    *,
    annotators: str,
    overlap: int,
    blind: bool,
    queue: str | None,
    seed: int,
    note: str,
    by: str,
) -> None:
    """Give a project's hands to people as the batch NAME, evenly, each of them in an order of her own."""
    _require_name(by)
    with closing(projects.open_project(project)) as opened:
        batch, _ = batches.create_batch(
            opened,
            name,
            _hands(opened, LibraryFilter(queue=queue or "")),
            annotators=annotators.split(","),
            overlap=overlap,
            blind=blind,
            seed=seed,
            by=by,
            note=note,
        )
    for person, (_, given) in batch.progress.items():
        click.echo(f"{person}: {given} {'hand' if given == 1 else 'hands'}")


@click.command()
@PROJECT
@JSON
def consensus(project: Path, as_json: bool) -> None:
    """Count what the annotations of each hand add up to: open, single, agreed, disputed, accepted, fixed, ..."""
    with closing(projects.open_project(project)) as opened:
        counts = workflow.counts(opened)
    if as_json:
        click.echo(json.dumps({"hands": sum(counts.values()), "statuses": counts}))
        return
    for status, number in counts.items():
        click.echo(f"{status}: {number}")


def _require_name(by: str) -> None:
    if not by.strip():
        raise UserError("Say who you are.", hint="Add --by NAME.")


def _hands(project: Project, wanted: LibraryFilter) -> list[int]:
    ids = browse.index(project, wanted).hand_ids
    found: list[int] = np.unique(ids[ids > 0]).tolist()
    return found
