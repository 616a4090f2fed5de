"""The synth command."""

from __future__ import annotations

from pathlib import Path

import click

from handanat_studio.cli.terminal_progress import TerminalProgress
from handanat_studio.workflows import synthesize as workflow


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--count", required=True, type=click.IntRange(1), help="How many images.")
@click.option("--seed", required=True, type=click.IntRange(0), help="Same seed, same bytes.")
@click.option("--defects", default="none", show_default=True, metavar="none|mixed|NAME,...", help="What is wrong.")
@click.option(
    "--size", default=512, show_default=True, type=click.IntRange(64, 4096), metavar="PX", help="Edge length."
)
@click.option("--hands", default=1, show_default=True, type=click.IntRange(1, 8), help="Hands in each image.")
def synth(out: Path, count: int, seed: int, defects: str, size: int, hands: int) -> None:
    """Draw hands with exactly known truth: OUT/images/*.png and OUT/truth.jsonl."""
    with TerminalProgress() as progress:
        truth = workflow.synthesize(
            out, count=count, seed=seed, defects=defects, size=size, hands=hands, progress=progress
        )
    click.echo(truth)
