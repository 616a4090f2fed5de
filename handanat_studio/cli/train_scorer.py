"""The command that calibrates the judge."""

from __future__ import annotations

from pathlib import Path

import click

from handanat_studio.cli.terminal_progress import TerminalProgress
from handanat_studio.cli.train_options import photos_option, real_option


@click.command("scorer")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--labels",
    "labels",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="FILE.jsonl",
    help="Images labelled plausible or not; may be given more than once. Mind their licence.",
)
@click.option(
    "--images",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="DIR",
    help="Where the labels' paths begin; otherwise beside each file.",
)
@click.option("--drawn", default=400, show_default=True, type=click.IntRange(0), help="Drawn hands to fit on besides.")
@click.option(
    "--composed",
    default=0,
    show_default=True,
    type=click.IntRange(0),
    help="Photographed hands to set amid clutter and to fit on besides; needs --real.",
)
@real_option
@photos_option
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="Same seed, same split.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1), help="Processes that look at images.")
@click.option(
    "--false-alarms",
    default=0.03,
    show_default=True,
    type=click.FloatRange(0.0, 1.0),
    help="Share of sound images that may be called implausible.",
)
def scorer(
    folder: Path,
    *,
    labels: tuple[Path, ...],
    images: Path | None,
    drawn: int,
    composed: int,
    real: tuple[Path, ...],
    photos: Path | None,
    seed: int,
    workers: int,
    false_alarms: float,
) -> None:
    """Calibrate the score in FOLDER: drawn and composed hands, looks.jsonl, calibrated.json, scorer-model-card.json."""
    from handanat_studio.workflows.scorer_material import Sources
    from handanat_studio.workflows.train_scorer import train_scorer

    sources = Sources(labels, images, drawn, composed, real, photos)
    with TerminalProgress() as progress:
        card = train_scorer(folder, sources, seed=seed, workers=workers, false_alarms=false_alarms, progress=progress)
    click.echo(card)
