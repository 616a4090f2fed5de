"""Photographed hands composed amid clutter: half of them altered, labelled, the same for the same seed."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from handanat_studio.errors import UserError
from handanat_studio.formats import labels_jsonl
from handanat_studio.progress import SILENT
from handanat_studio.synthetic.scenes import render_scene
from handanat_studio.vision.training.hand_cache import HandCache
from handanat_studio.workflows.composed import SIZE, compose_labelled
from handanat_studio.workflows.scorer_material import Sources, collect
from handanat_studio.workflows.training_material import photographed_hands

COUNT = 12


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of spread hands, to be cut out as if they were photographs."""
    folder = tmp_path_factory.mktemp("pictures")
    for seed in (3, 8, 11):
        scene = render_scene(seed, defects=(), size=256, hands=1, gesture="spread")
        Image.fromarray(scene.image).save(folder / f"{seed}.png")
    return folder


@pytest.fixture(scope="module")
def cut_out(tmp_path_factory: pytest.TempPathFactory, pictures: Path) -> HandCache:
    """Their hands."""
    hands = photographed_hands(tmp_path_factory.mktemp("cut"), [pictures], SILENT)
    assert hands is not None
    return hands


def test_every_second_hand_is_altered_and_said_to_be(cut_out: HandCache, tmp_path: Path) -> None:
    """Sound and altered in turn, boxes inside the picture, pictures of the size that is said."""
    file = compose_labelled(tmp_path, cut_out, (), count=COUNT, seed=1)
    labels = list(labels_jsonl.read(file))
    assert len(labels) == COUNT
    for number, label in enumerate(labels):
        assert all(hand.plausible == (number % 2 == 0) for hand in label.hands)
        with Image.open(tmp_path / label.image) as image:
            assert image.size == (SIZE, SIZE)
        for hand in label.hands:
            assert hand.box is not None
            assert hand.box.x >= 0
            assert hand.box.x + hand.box.width <= SIZE
    assert sum(bool(label.hands) for label in labels) > COUNT / 2


def test_the_same_seed_composes_the_same_and_is_not_composed_twice(cut_out: HandCache, tmp_path: Path) -> None:
    """Byte for byte; another seed is refused in the same folder."""
    first = compose_labelled(tmp_path / "a", cut_out, (), count=2, seed=3)
    second = compose_labelled(tmp_path / "b", cut_out, (), count=2, seed=3)
    images = [np.asarray(Image.open(f.parent / "images/000001.png")) for f in (first, second)]
    assert np.array_equal(*images)
    written = first.stat().st_mtime_ns
    compose_labelled(tmp_path / "a", cut_out, (), count=2, seed=3)
    assert first.stat().st_mtime_ns == written
    with pytest.raises(UserError, match="composed in another way"):
        compose_labelled(tmp_path / "a", cut_out, (), count=2, seed=4)


def test_without_photographs_it_is_said_what_to_do(tmp_path: Path) -> None:
    """No folder of photographs, no composed hands."""
    with pytest.raises(UserError, match="without photographs"):
        collect(tmp_path, Sources(drawn=0, composed=2), seed=0, workers=1, progress=SILENT)
