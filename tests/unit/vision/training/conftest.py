"""Hands cut out of pictures, once for the tests of what is done to them."""

import pytest
from PIL import Image

from handanat_studio.synthetic.scenes import render_scene
from handanat_studio.vision.training.hand_cache import HandCache, write_shard
from handanat_studio.vision.training.photo_hands import photo_cut_outs

SPREAD_SEEDS = (3, 8, 11)


@pytest.fixture(scope="session")
def photographed(tmp_path_factory: pytest.TempPathFactory) -> HandCache:
    """Spread hands that MediaPipe finds in rendered images, cut out as if they were photographs."""
    folder = tmp_path_factory.mktemp("photos")
    for seed in SPREAD_SEEDS:
        scene = render_scene(seed, defects=(), size=256, hands=1, gesture="spread")
        Image.fromarray(scene.image).save(folder / f"{seed}.png")
    path = folder / "hands.npz"
    write_shard(path, list(photo_cut_outs(sorted(folder.glob("*.png")))))
    return HandCache([path])
