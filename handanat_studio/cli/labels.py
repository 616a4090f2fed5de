"""The labels command: which kinds of findings a project uses, and what a change of the list would touch."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import click

from handanat_studio import project as projects
from handanat_studio.errors import UserError
from handanat_studio.hand.label_schema import FindingKind, LabelSchema, schema_from_dict, schema_to_dict
from handanat_studio.workflows import label_schema as workflow
from handanat_studio.workflows.label_schema import Impact


@click.command()
@click.argument("project", type=click.Path(path_type=Path, file_okay=False))
@click.option("--json", "as_json", is_flag=True, help="The list as one JSON object, as --set reads it.")
@click.option("--set", "file", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Take a new list.")
@click.option("--dry-run", is_flag=True, help="With --set: only say what the new list would touch.")
@click.option("--by", default="", help="With --set: your name in the project.")
@click.option("--note", default="", help="With --set: why.")
def labels(project: Path, as_json: bool, file: Path | None, dry_run: bool, by: str, note: str) -> None:
    """Show or change the kinds of findings of a project.

    Findings that were written keep the kind they were written with; a merged kind is shown and exported as the kind it
    was merged into.
    """
    with closing(projects.open_project(project)) as opened:
        if file is not None:
            wanted = _read(file)
            for impact in workflow.preview(opened, wanted):
                click.echo(impact_line(impact), err=as_json)
            if not dry_run:
                if not by.strip():
                    raise UserError("Say who you are.", hint="Add --by NAME.")
                workflow.save(opened, wanted, by=by, note=note)
        schema, used = workflow.current(opened), workflow.uses(opened)
    if as_json:
        click.echo(json.dumps(schema_to_dict(schema), indent=2))
        return
    click.echo(f"Version {schema.version}" if schema.version else "The program's own list")
    for kind in schema.kinds:
        click.echo(f"  {kind_line(schema, kind, used.get(kind.id, (0, 0)))}")


def _read(file: Path) -> LabelSchema:
    try:
        return schema_from_dict(json.loads(file.read_text(encoding="utf-8")))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{file} is not JSON: {error}.", hint="See 'handanat labels PROJECT --json'.") from error


def kind_line(schema: LabelSchema, kind: FindingKind, used: tuple[int, int]) -> str:
    """Return one kind as a line of text."""
    state = ""
    if kind.replaced_by:
        state = f", now part of {schema.title(kind.id)}"
    elif kind.retired:
        state = ", retired"
    return f"{kind.id}: {kind.title} ({kind.parts}){state}, {used[0]} findings on {used[1]} hands"


def impact_line(impact: Impact) -> str:
    """Return what one change touches as a sentence."""
    change = impact.change
    words = f"{change.kind_id} {change.what}"
    if change.before and change.before != change.after:
        words += f": {change.before} -> {change.after}"
    return f"{words}; {impact.findings} findings on {impact.hands} hands have it"
