"""Hands for the format tests: an ordinary one, and one with everything that other formats cannot hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from handanat_studio.formats.values import ExportHand, ExportImage
from handanat_studio.hand.topology import DigitKind, JointState, Side
from handanat_studio.hand.values import Box, Finding, Fusion, HandPose, Split

IMAGE = ExportImage(
    7, "images/a.png", "ab" * 32, 512, 384, generator="SDXL", family="diffusion", prompt="a hand, waving", seed=3
)


@pytest.fixture
def image() -> ExportImage:
    """An image that was read."""
    return IMAGE


@pytest.fixture
def broken_image() -> ExportImage:
    """An image that could not be read."""
    return ExportImage(8, "images/broken.jpg", error="This is not an image.")


@pytest.fixture
def plain_pose() -> HandPose:
    """Five digits, all joints visible or occluded, exact in float32."""
    points = np.random.default_rng(0).uniform(0, 300, (21, 2)).astype(np.float32)
    states = np.full(21, JointState.VISIBLE, np.uint8)
    states[[3, 8]] = JointState.OCCLUDED
    return HandPose.ordinary(points, states=states, side=Side.LEFT)


@pytest.fixture
def odd_pose() -> HandPose:
    """Six digits, one of them forked off, a fusion, every state, depth, and a joint without coordinates."""
    rng = np.random.default_rng(1)
    states = rng.choice([1, 2], 25).astype(np.uint8)
    states[[2, 5, 9, 13, 17, 18, 19, 20]] = [0, 3, 4, 6, 5, 5, 5, 5]
    points = rng.uniform(0, 300, (25, 2)).astype(np.float32)
    points[[2, 7, 17, 18, 19, 20]] = np.nan
    world = rng.normal(0, 0.05, (25, 3)).astype(np.float32)
    world[4] = np.nan
    return HandPose(
        points=points,
        states=states,
        digit_kind=np.array([*range(5), DigitKind.EXTRA], np.uint8),
        digit_id=np.array([10, 11, 12, 13, 14, 99], np.int32),
        world=world,
        fusions=(Fusion(12, 13, 0.4),),
        splits=(Split(14, 1, 99),),
        side=Side.RIGHT,
        confidence=0.25,
    )


@pytest.fixture
def make_hand() -> Callable[..., ExportHand]:
    """Build a hand of the image, with everything filled in; keyword arguments replace fields."""

    def build(pose: HandPose, **changes: Any) -> ExportHand:
        fields: dict[str, Any] = {
            "hand_id": 41,
            "image_id": IMAGE.image_id,
            "image_uri": IMAGE.uri,
            "image_sha256": IMAGE.sha256,
            "width": IMAGE.width,
            "height": IMAGE.height,
            "box": Box(1.5, 2.0, 200.25, 300.0),
            "pose": pose,
            "side": pose.side,
            "source": "expert:Ada",
            "verdict": "implausible",
            "findings": (Finding("angle", "index_pip", 140.0, 125.0, "deg", 3.5, 0.9, "AAOS", accepted=True),),
            "features": {
                "version": "f1",
                "finger_count": {"count": 6, "confidence": 0.8, "assessable": True},
                "angles_deg": {"index_pip": 140.0, "thumb_ip": None},
                "ratios": {"index": 0.9},
                "webbing": {"depth": {"index_middle": 0.1}},
                "side": "right",
                "chirality_conflict": False,
            },
            "scores": {
                "paper": {
                    "count": 0.0,
                    "angles": 0.0,
                    "ratios": 1.0,
                    "s_anat": 0.3,
                    "verdict": "implausible",
                    "version": "p1",
                },
                "calibrated": {"p_implausible": 0.97, "verdict": "implausible", "findings": [], "version": "c1"},
            },
            "annotator": "Ada",
            "annotation_id": 5,
            "note": "six digits",
            "generator": IMAGE.generator,
            "family": IMAGE.family,
        }
        return ExportHand(**fields | changes)

    return build
