"""What networks are trained on: drawn hands, hands cut out of photographs, photographs of places. Made once, kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from handanat_studio.errors import UserError
from handanat_studio.progress import Progress
from handanat_studio.synthetic.training_hands import draw_cut_outs
from handanat_studio.vision.images import find_images, read_image
from handanat_studio.vision.training.hand_cache import HandCache, pack, write_shard
from handanat_studio.vision.training.photo_hands import photo_cut_outs

U8 = NDArray[np.uint8]

BODIES_A_SHARD, VIEWS_A_BODY = 40, 4
HELD_OUT_FROM = 4_000_000
"""Bodies from this number on are measured with and never trained on."""
_PHOTO_PX = 480


def drawn_hands(folder: Path, first: int, hands: int, bodies: int, progress: Progress) -> HandCache:
    """Return the drawn hands of a folder after drawing those that are missing.

    Args:
        folder: of their shards.
        first: number of the first body.
        hands: how many, rounded up to whole shards.
        bodies: in one shard.
        progress: is told of every body drawn.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shards = -(-hands // (bodies * VIEWS_A_BODY))
    paths = [folder / f"{first // bodies + k:06d}.npz" for k in range(shards)]
    missing = [p for p in paths if not p.exists()]
    progress.start("Draw hands", len(missing) * bodies)
    for path in missing:
        begin = int(path.stem) * bodies
        packed: list[dict[str, NDArray[np.generic]]] = []
        for body in range(begin, begin + bodies):
            packed.extend(
                pack(c.colour, c.digits, c.pose, c.concerned) for c in draw_cut_outs(body, views=VIEWS_A_BODY)
            )
            progress.step()
        write_shard(path, packed)
    return HandCache(paths)


def photographed_hands(folder: Path, sources: Sequence[Path], progress: Progress) -> HandCache | None:
    """Return the hands cut out of folders of photographs, a file of them for each; None without sources.

    Args:
        folder: of the cut-outs; what is there is not cut again.
        sources: folders of photographs of sound hands before plain grounds.
        progress: is told of every photograph.

    Raises:
        UserError: if a folder gives no hand.
    """
    if not sources:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, source in enumerate(sources):
        path = folder / f"{number:02d}-{source.name}.npz"
        if not path.exists():
            files = list(find_images([source]))
            progress.start(f"Cut hands out of {source.name}", len(files))
            packed = list(photo_cut_outs(_told(files, progress)))
            if not packed:
                raise UserError(f"No hand could be cut out of {source}.", hint="Name photographs before plain grounds.")
            write_shard(path, packed)
        paths.append(path)
    return HandCache(paths)


def _told(files: Sequence[Path], progress: Progress) -> Iterator[Path]:
    for file in files:
        progress.step(note=file.name)
        yield file


def place_photographs(folder: Path | None) -> list[U8]:
    """Return a folder's photographs, about 480 pixels large; none without a folder.

    Raises:
        UserError: if the folder holds none.
    """
    if folder is None:
        return []
    pictures = []
    for path in find_images([folder]):
        pixels = read_image(path).pixels
        step = max(1, min(pixels.shape[:2]) // _PHOTO_PX)
        pictures.append(np.ascontiguousarray(pixels[::step, ::step]))
    if not pictures:
        raise UserError(f"{folder} holds no photographs.", hint="Name a folder of JPEG or PNG files.")
    return pictures
