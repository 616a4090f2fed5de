"""What several train commands are told: which photographs to learn from."""

from __future__ import annotations

from pathlib import Path

import click

_FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)

photos_option = click.option(
    "--photos",
    type=_FOLDER,
    metavar="DIR",
    help="Photographs without hands to put behind the hands; mind their licence.",
)
real_option = click.option(
    "--real",
    multiple=True,
    type=_FOLDER,
    metavar="DIR",
    help="Photographs of sound hands before plain grounds to cut out; mind their licence. May be given again.",
)
