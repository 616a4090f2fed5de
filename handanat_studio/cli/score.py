"""The score command."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import click

from handanat_studio.cli.terminal_progress import TerminalProgress
from handanat_studio.errors import UserError
from handanat_studio.formats.records import to_line
from handanat_studio.registry import SCORERS
from handanat_studio.workflows.score_files import score_files

NAMED_FAILURES = 5


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write here instead of stdout.")
@click.option(
    "--scorer",
    default="calibrated",
    show_default=True,
    metavar="|".join(("calibrated", "paper")),
    help="Whose verdict counts.",
)
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1), help="Processes that find hands.")
@click.option("--device", default="auto", show_default=True, help="auto, cpu, cuda or mps.")
@click.option(
    "--pixel-limit", default=200, show_default=True, type=click.IntRange(1), help="Largest image, megapixels."
)
def score(paths: tuple[Path, ...], out: Path | None, scorer: str, workers: int, device: str, pixel_limit: int) -> None:
    """Find and judge the hands in image files and folders: one JSON line per image.

    A file that cannot be read is a line with an error; the run goes on and says so at the end.
    """
    if scorer not in SCORERS.names():
        raise UserError(f"Unknown scorer '{scorer}'.", hint=f"Known: {', '.join(SCORERS.names())}.")
    images = with_hand = hands = 0
    failed: list[str] = []
    with TerminalProgress() as progress, _output(out) as stream:
        records = score_files(
            paths, scorer=scorer, workers=workers, device=device, pixel_limit_mp=pixel_limit, progress=progress
        )
        for record in records:
            stream.write(to_line(record))
            images += 1
            hands += len(record["hands"])
            with_hand += bool(record["hands"])
            if record["error"]:
                failed.append(f"{record['image']}: {record['error']}")
    print(f"{images} images, {with_hand} with a hand, {hands} hands.", file=sys.stderr)
    if failed:
        print(f"{len(failed)} could not be read:", file=sys.stderr)
        for text in failed[:NAMED_FAILURES]:
            print(f"  {text}", file=sys.stderr)
        if len(failed) > NAMED_FAILURES:
            print("  ... each of them is a line with an error.", file=sys.stderr)


@contextmanager
def _output(out: Path | None) -> Iterator[TextIO]:
    """Give stdout, or the file: written line by line, so that a cancelled run leaves what was finished."""
    if out is None:
        yield sys.stdout
        return
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        stream = out.open("w", encoding="utf-8", buffering=1)
    except OSError as error:
        raise UserError(f"{out} cannot be written: {error.strerror}.", hint="Check space and rights.") from error
    with stream:
        yield stream
