"""The network that boxes hands: rebuilt from plain numbers, quiet, offline, and exact about where it looks."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from safetensors.torch import save_file

from handanat_studio.errors import UserError
from handanat_studio.vision.yolo import (
    HandBoxes,
    build_hand_network,
    found_boxes,
    letterboxed,
    load_hand_network,
    save_hand_network,
)

LARGEST_FILE = 10_000_000

QUIETLY = """
import socket, sys
from pathlib import Path

class Refused(socket.socket):
    def __init__(self, *arguments, **options):
        raise AssertionError("a socket was opened")

socket.socket = Refused
import numpy as np
from handanat_studio.vision.yolo import HandBoxes, ultralytics_part
boxes = HandBoxes(Path(sys.argv[1]))
print(boxes.find(np.zeros((200, 300, 3), np.uint8)))
files = ultralytics_part("ultralytics.utils")
analytics = ultralytics_part("ultralytics.utils.events").events
print(files.SETTINGS["sync"], files.ONLINE, files.AUTOINSTALL, analytics.enabled)
"""


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained network, written."""
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("weights") / "hands.safetensors"
    save_hand_network(build_hand_network(), path)
    return path


def test_written_weights_are_small_and_answer_the_same(weights: Path) -> None:
    """Half precision is near enough; nothing half-written is left behind."""
    torch.manual_seed(0)
    before, after = build_hand_network().eval(), load_hand_network(weights)
    image, *_ = letterboxed(np.random.default_rng(0).integers(0, 255, (96, 128, 3), np.uint8), 128)
    with torch.inference_mode():
        assert torch.allclose(before(image)[0], after(image)[0], atol=0.05, rtol=0.01)
    assert weights.stat().st_size < LARGEST_FILE
    assert [p.name for p in weights.parent.iterdir()] == [weights.name]


def test_ultralytics_keeps_quiet(weights: Path, tmp_path: Path) -> None:
    """No socket, no file in the user's folders, analytics and installing off, the environment as it was."""
    home = tmp_path / "home"
    home.mkdir()
    told = {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home), "XDG_CACHE_HOME": str(home)}
    told |= {"TMPDIR": str(tmp_path), "MPLCONFIGDIR": str(tmp_path / "matplotlib")}
    told.pop("YOLO_CONFIG_DIR", None)
    done = subprocess.run(
        [sys.executable, "-c", QUIETLY, str(weights)], cwd=home, env=told, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["[]", "False", "False", "False", "False"]
    assert list(home.iterdir()) == []
    assert not list(tmp_path.glob("handanat-*"))


def test_weights_that_are_missing_or_of_another_network_are_said(tmp_path: Path) -> None:
    """Both are what a user can act on."""
    with pytest.raises(UserError, match="not installed"):
        HandBoxes(tmp_path / "none.safetensors")
    save_file({"something": torch.zeros(3)}, tmp_path / "other.safetensors")
    with pytest.raises(UserError, match="no weights of the hand detector"):
        HandBoxes(tmp_path / "other.safetensors")
    (tmp_path / "broken.safetensors").write_bytes(b"not tensors at all")
    with pytest.raises(UserError, match="no weights of the hand detector"):
        HandBoxes(tmp_path / "broken.safetensors")


def test_the_version_follows_the_weights(weights: Path, tmp_path: Path) -> None:
    """Other weights give other answers, so they have another name."""
    torch.manual_seed(1)
    save_hand_network(build_hand_network(), tmp_path / "hands.safetensors")
    first, again, other = (HandBoxes(p).version for p in (weights, weights, tmp_path / "hands.safetensors"))
    assert first == again != other


@given(
    height=st.integers(80, 300),
    width=st.integers(80, 300),
    side=st.sampled_from([64, 128, 320]),
    place=st.tuples(st.floats(0.3, 0.7), st.floats(0.3, 0.7)),
)
def test_what_is_seen_is_placed_where_it_was(height: int, width: int, side: int, place: tuple[float, float]) -> None:
    """A bright square in the resized and padded image lies where scale and padding say."""
    image = np.zeros((height, width, 3), np.uint8)
    x, y = int(place[0] * width), int(place[1] * height)
    image[y - 12 : y + 12, x - 12 : x + 12] = 255
    seen, scale, left, top = letterboxed(image, side)
    assert all(n % 32 == 0 for n in seen.shape[2:])
    assert max(seen.shape[2:]) < side + 32
    rows, columns = np.nonzero(seen[0, 0].numpy() > 0.7)
    assert abs((columns.mean() + 0.5 - left) / scale - x) <= 0.5 / scale + 0.5
    assert abs((rows.mean() + 0.5 - top) / scale - y) <= 0.5 / scale + 0.5


def test_boxes_lie_in_the_image_best_first(weights: Path) -> None:
    """Whatever an untrained network says: every box is inside, with a size, and scores fall."""
    network = load_hand_network(weights)
    image = np.random.default_rng(1).integers(0, 255, (90, 200, 3), np.uint8)
    found = found_boxes(network, image, side=128, least=1e-6)
    assert found
    scores = [score for _, score in found]
    assert scores == sorted(scores, reverse=True)
    for box, _ in found:
        assert box.x >= 0
        assert box.y >= 0
        assert box.x + box.width <= 200.001
        assert box.y + box.height <= 90.001
        assert min(box.width, box.height) >= 1


def test_functions_of_other_libraries_stay_their_own(weights: Path) -> None:
    """Importing ultralytics replaces some; an image that cannot be read must still say so."""
    HandBoxes(weights)
    assert Image.open.__module__ == "PIL.Image"
    assert torch.save.__module__ == "torch.serialization"
