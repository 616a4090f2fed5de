"""The evaluate command."""

from __future__ import annotations

import json
from pathlib import Path

import click

from handanat_studio.cli.terminal_progress import TerminalProgress
from handanat_studio.errors import UserError
from handanat_studio.formats.evaluation import as_text
from handanat_studio.registry import SCORERS
from handanat_studio.workflows.evaluate.drawn import FIRST_SEED, draw_labelled
from handanat_studio.workflows.evaluate.evaluation import DRAWS
from handanat_studio.workflows.evaluate.evaluation import evaluate as measure


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--labels", type=click.Path(path_type=Path, dir_okay=False), help="A JSON object a line; see below.")
@click.option("--drawn", type=click.IntRange(2), metavar="N", help="Draw N labelled hands into FOLDER, and take them.")
@click.option("--json", "as_json", is_flag=True, help="Every figure and a row for each image as one JSON object.")
@click.option("--pictures", type=click.Path(path_type=Path, file_okay=False), help="Write sheets of the worst cases.")
@click.option("--scorer", default="calibrated", show_default=True, metavar="|".join(("calibrated", "paper")))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1), help="Processes that find hands.")
@click.option("--device", default="auto", show_default=True, help="auto, cpu, cuda or mps.")
@click.option("--draws", default=DRAWS, show_default=True, type=click.IntRange(0), help="Bootstrap draws of images.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="Seed of the draws.")
@click.option("--first", default=FIRST_SEED, show_default=True, type=click.IntRange(0), help="First scene of --drawn.")
def evaluate(
    folder: Path,
    *,
    labels: Path | None,
    drawn: int | None,
    as_json: bool,
    pictures: Path | None,
    scorer: str,
    workers: int,
    device: str,
    draws: int,
    seed: int,
    first: int,
) -> None:
    """Measure the judge on the labelled images of FOLDER.

    A line of the labels is {"image", "hands": [{"box", "digits", "plausible", "points"}], "source"} or {"image",
    "any_hand", "plausible", "source"}: box [x, y, width, height], points 21 times [x, y, visible] in MediaPipe's order,
    image relative to FOLDER; all but "image" and one of "hands" and "any_hand" may be missing. Results are told for
    each source and for all images.
    """
    if scorer not in SCORERS.names():
        raise UserError(f"Unknown scorer '{scorer}'.", hint=f"Known: {', '.join(SCORERS.names())}.")
    if (labels is None) == (drawn is None):
        raise UserError("Labels are needed.", hint="Give either --labels FILE.jsonl or --drawn N.")
    with TerminalProgress() as progress:
        if drawn is not None:
            labels = draw_labelled(folder, count=drawn, seed=first, progress=progress)
        assert labels is not None
        report = measure(
            folder,
            labels,
            scorer=scorer,
            workers=workers,
            device=device,
            draws=draws,
            seed=seed,
            pictures=pictures,
            progress=progress,
        )
    click.echo(json.dumps(report, allow_nan=False) if as_json else as_text(report), nl=as_json)
