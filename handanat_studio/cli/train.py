"""The train commands: make the weights again."""

from __future__ import annotations

from pathlib import Path

import click

from handanat_studio.cli.terminal_progress import TerminalProgress
from handanat_studio.cli.train_detector import detector
from handanat_studio.cli.train_options import photos_option, real_option
from handanat_studio.cli.train_scorer import scorer


@click.group()
def train() -> None:
    """Train a network of the judge; a run that was stopped goes on where its last checkpoint is."""


@train.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--steps", required=True, type=click.IntRange(1), help="The step to stop at.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="Same seed, same crops.")
@click.option("--hands", default=20_000, show_default=True, type=click.IntRange(1), help="Drawn hands to train on.")
@click.option("--held-out", default=640, show_default=True, type=click.IntRange(1), help="Drawn hands to measure on.")
@photos_option
@real_option
@click.option("--threads", default=1, show_default=True, type=click.IntRange(1), help="Processor cores to use.")
def digits(
    folder: Path,
    *,
    steps: int,
    seed: int,
    hands: int,
    held_out: int,
    photos: Path | None,
    real: tuple[Path, ...],
    threads: int,
) -> None:
    """Train the digit network in FOLDER: hands, checkpoints, log.jsonl, digits.safetensors, model-card.json."""
    # Importing it costs torch, which `--help` should not.
    from handanat_studio.workflows.train_digits import train_digits

    with TerminalProgress() as progress:
        card = train_digits(
            folder,
            seed=seed,
            steps=steps,
            hands=hands,
            held_out=held_out,
            photos=photos,
            real=real,
            threads=threads,
            progress=progress,
        )
    click.echo(card)


train.add_command(detector)
train.add_command(scorer)
