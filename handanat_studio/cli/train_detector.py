"""The command that trains the detector of hands."""

from __future__ import annotations

from pathlib import Path

import click

from handanat_studio.cli.terminal_progress import TerminalProgress
from handanat_studio.cli.train_options import photos_option, real_option

_FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)


@click.command("detector")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--steps", required=True, type=click.IntRange(1), help="The step to stop at.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="Same seed, same scenes.")
@click.option("--drawn", default=7_520, show_default=True, type=click.IntRange(1), help="Drawn hands to train on.")
@click.option("--held-out", default=640, show_default=True, type=click.IntRange(1), help="Drawn hands to measure on.")
@click.option("--scenes", default=192, show_default=True, type=click.IntRange(1), help="Scenes of those to measure on.")
@click.option("--hands", type=_FOLDER, metavar="DIR", help="An earlier run whose drawn hands are used.")
@photos_option
@real_option
@click.option("--kept", multiple=True, type=_FOLDER, metavar="DIR",
              help="Photographs of hands to measure on. May be given again.")  # fmt: skip
@click.option("--empty", type=_FOLDER, metavar="DIR", help="Photographs without hands to measure false alarms on.")
@click.option("--threads", default=1, show_default=True, type=click.IntRange(1), help="Processor cores to use.")
def detector(
    folder: Path,
    *,
    steps: int,
    seed: int,
    drawn: int,
    held_out: int,
    scenes: int,
    hands: Path | None,
    photos: Path | None,
    real: tuple[Path, ...],
    kept: tuple[Path, ...],
    empty: Path | None,
    threads: int,
) -> None:
    """Train the detector of hands in FOLDER: checkpoints, log.jsonl, hands.safetensors, hands-model-card.json.

    Mind the licences of what is trained on. To install the result, copy the last two into resources/weights.
    """
    # Importing it costs torch, which `--help` should not.
    from handanat_studio.workflows.train_detector import train_detector

    with TerminalProgress() as progress:
        card = train_detector(
            folder,
            seed=seed,
            steps=steps,
            drawn=drawn,
            held_out=held_out,
            scenes=scenes,
            hands=hands,
            photos=photos,
            real=real,
            kept=kept,
            empty=empty,
            threads=threads,
            progress=progress,
        )
    click.echo(card)
