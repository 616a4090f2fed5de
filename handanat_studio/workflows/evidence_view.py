"""What the digit network sees of one hand, as maps to lay over its image. Nothing is stored and nothing is judged."""

from __future__ import annotations

from typing import Any

import numpy as np

from handanat_studio.errors import UserError
from handanat_studio.progress import SILENT, Progress
from handanat_studio.project import Project
from handanat_studio.store import hands, images, sight

MAPS = ("tip", "base", "hand", "seam", "fused")
"""Names of the maps, as `vision.digit_maps` has them."""


def digit_maps(
    project: Project, hand_id: int, *, viewer: str | None = None, progress: Progress = SILENT
) -> dict[str, Any]:
    """Let the digit network look at a hand as the judge does, and return its maps.

    Args:
        project: where the hand is.
        hand_id: the hand.
        viewer: who will see the maps; None = nobody from whom they could be kept.
        progress: is told of every step.

    Returns:
        "hand_id"; "box", the [x, y, width, height] of the square that was looked at, in image pixels, which may reach
        beyond the image; "size", the side S of every map; "maps", name of `MAPS` -> S * S bytes, row by row, 0..255 for
        chances 0..1; "version" of the network.

    Raises:
        UserError: if there is no such hand, its image cannot be read, the network is not installed, or the viewer is to
            annotate the hand blind.
    """
    from handanat_studio.vision.digit_crops import crop_hand
    from handanat_studio.vision.digit_maps import FINE
    from handanat_studio.vision.digit_reader import shared_reader
    from handanat_studio.vision.images import read_image
    from handanat_studio.vision.weights import DIGITS, weights_path, weights_version

    with project.store.read() as session:
        hand = hands.get(session, hand_id)
        image = images.get(session, hand.image_id)
        if viewer is not None and hand_id not in sight.of_scores(session, [hand_id], viewer):
            raise UserError("You annotate this hand blind.", hint="What the program sees is shown once you are done.")
    progress.start("Look for digits", 3)
    box = hand.box if hand.detection is None else hand.detection.box
    crop = crop_hand(read_image(project.image_path(image.uri)).pixels, box)
    progress.step()
    version = weights_version(DIGITS)
    reader = shared_reader(weights_path(DIGITS), version)
    progress.step()
    fine, _, _ = reader.maps([crop.pixels])
    levels = np.round(np.clip(fine[0], 0.0, 1.0) * 255).astype(np.uint8)
    progress.step()
    side = len(crop.pixels) / crop.scale
    return {
        "hand_id": hand_id,
        "box": [float(crop.origin[0]), float(crop.origin[1]), side, side],
        "size": levels.shape[-1],
        "maps": {name: levels[FINE.index(name)].tobytes() for name in MAPS},
        "version": version,
    }
