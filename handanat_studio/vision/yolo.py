"""A YOLOv8n that boxes hands. The only file that loads ultralytics at run time, and it keeps it quiet and offline.

The network is built from our own YAML and a safetensors file: nothing is unpickled, downloaded, installed or sent.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from handanat_studio.errors import UserError
from handanat_studio.hand.values import Box
from handanat_studio.paths import resource
from handanat_studio.vision.weights import HANDS, weights_path

U8 = NDArray[np.uint8]

ARCHITECTURE = "hands.yaml"
LEAST_SCORE = 0.15
"""Boxes less sure than this are not told of; who uses them needs further evidence."""
LOOKS = (320, 640)
"""Longer sides, in pixels, at which an image is looked at in turn until a hand is found."""
_STRIDE = 32
_GREY = 114
_OVERLAP = 0.5
_MOST_HANDS = 20
_OFF = {
    "YOLO_OFFLINE": "true",
    "YOLO_AUTOINSTALL": "false",
    "YOLO_VERBOSE": "false",
}
_REPLACED: tuple[tuple[Any, str], ...] = (
    (Image, "open"),
    (torch, "save"),
    (cv2, "imread"),
    (cv2, "imwrite"),
    (cv2, "imshow"),
)
"""Functions of other libraries that importing ultralytics replaces by its own; they are put back."""


class HandBoxes:
    """Finds the boxes of hands, malformed ones too; says nothing about joints.

    Args:
        weights: a safetensors file; None = the one that is installed.

    Raises:
        UserError: if there are no such weights, or they are of another network.
    """

    def __init__(self, weights: Path | None = None) -> None:
        path = weights or weights_path(HANDS)
        self.network = load_hand_network(path)
        self.version = f"yolov8n-{hashlib.sha256(path.read_bytes()).hexdigest()[:8]}"

    def find(self, pixels: U8, *, least: float = LEAST_SCORE) -> list[tuple[Box, float]]:
        """Find hands; the first call after loading is slower.

        Args:
            pixels: (H, W, 3) uint8 RGB, upright.
            least: score from which a box is believed, 0..1.

        Returns:
            Boxes in pixels of that image with their scores, best first.
        """
        longest = max(pixels.shape[:2])
        for number, side in enumerate(LOOKS):
            # An enlarged image shows nothing new.
            if number and longest < side:
                break
            found = found_boxes(self.network, pixels, side=side, least=least)
            if found:
                return found
        return []

    def close(self) -> None:
        """Free the network; the detector cannot be used afterwards."""
        del self.network


def ultralytics_part(module: str) -> Any:
    """Import a module of ultralytics with settings, analytics, downloads and installing switched off.

    Its settings file is forced upon every program that imports it: it goes into a folder that is gone afterwards.
    """
    if "ultralytics" not in sys.modules:
        kept = {name: os.environ.get(name) for name in ("YOLO_CONFIG_DIR", *_OFF)}
        with tempfile.TemporaryDirectory(prefix="handanat-") as folder:
            os.environ.update(_OFF, YOLO_CONFIG_DIR=folder)
            own = {place: getattr(*place) for place in _REPLACED}
            try:
                __import__("ultralytics.utils")
            finally:
                for (holder, name), function in own.items():
                    setattr(holder, name, function)
                for name, value in kept.items():
                    os.environ.pop(name) if value is None else os.environ.update({name: value})
    settings = sys.modules["ultralytics.utils"].SETTINGS
    # Set in memory only: its own setter writes the file again.
    dict.__setitem__(settings, "sync", False)
    __import__(module)
    return sys.modules[module]


def build_hand_network() -> nn.Module:
    """Return an untrained YOLOv8n with one class, as our YAML describes it."""
    path = resource("weights", ARCHITECTURE)
    tasks, files = ultralytics_part("ultralytics.nn.tasks"), ultralytics_part("ultralytics.utils")
    network: nn.Module = tasks.DetectionModel(files.YAML.load(path), nc=1, verbose=False)
    return network


def load_hand_network(path: Path) -> nn.Module:
    """Read weights and return the network, ready to look.

    Raises:
        UserError: if the file is missing or of another network.
    """
    if not path.exists():
        raise UserError(f"The hand detector's weights are not installed ({path.name}).",
                        hint="Make them with 'handanat train detector'.")  # fmt: skip
    network = build_hand_network()
    try:
        network.load_state_dict({name: value.float() if value.is_floating_point() else value
                                 for name, value in load_file(path).items()})  # fmt: skip
    except (RuntimeError, SafetensorError) as error:
        raise UserError(f"{path.name} holds no weights of the hand detector.", hint="Make them again.") from error
    # Convolutions take their normalisation in: a third faster.
    fused: nn.Module = network.eval().fuse(verbose=False)  # type: ignore[operator]
    return fused.to(memory_format=torch.channels_last)


def save_hand_network(network: nn.Module, path: Path) -> None:
    """Write weights as half-precision safetensors, whole or not at all."""
    part = path.with_suffix(".part")
    save_file({name: (value.half() if value.is_floating_point() else value).detach().cpu().contiguous().clone()
               for name, value in network.state_dict().items()}, part)  # fmt: skip
    part.replace(path)


def found_boxes(network: nn.Module, pixels: U8, *, side: int, least: float) -> list[tuple[Box, float]]:
    """Look once at an image and return boxes in its pixels with scores, best first.

    Args:
        network: in evaluation mode.
        pixels: (H, W, 3) uint8 RGB.
        side: pixels, the longer side the image is looked at with.
        least: score from which a box counts.
    """
    height, width = pixels.shape[:2]
    image, scale, left, top = letterboxed(pixels, side)
    with torch.inference_mode():
        answer: Tensor = network(image)[0]
        kept = ultralytics_part("ultralytics.utils.nms").non_max_suppression(
            answer, least, _OVERLAP, max_det=_MOST_HANDS, nc=1
        )[0]
    corners = (kept[:, :4].numpy() - (left, top, left, top)) / scale
    corners = corners.clip(0, (width, height, width, height))
    return [
        (Box(float(x0), float(y0), float(x1 - x0), float(y1 - y0)), float(score))
        for (x0, y0, x1, y1), score in zip(corners, kept[:, 4], strict=True)
        if x1 - x0 >= 1 and y1 - y0 >= 1
    ]


def letterboxed(pixels: U8, side: int) -> tuple[Tensor, float, int, int]:
    """Return an image resized and padded as the network wants it.

    Args:
        pixels: (H, W, 3) uint8 RGB.
        side: pixels, its new longer side.

    Returns:
        (1, 3, h, w) RGB 0..1 with sides that are multiples of 32, the scale, and the grey at its left and top.
    """
    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    resized = cv2.resize(np.ascontiguousarray(pixels), size, interpolation=way)
    across, down = -size[0] % _STRIDE, -size[1] % _STRIDE
    left, top = across // 2, down // 2
    padded = cv2.copyMakeBorder(
        resized, top, down - top, left, across - left, cv2.BORDER_CONSTANT, value=(_GREY, _GREY, _GREY)
    )
    image = torch.from_numpy(padded).permute(2, 0, 1)[None].float().div_(255.0)
    return image.contiguous(memory_format=torch.channels_last), scale, left, top
