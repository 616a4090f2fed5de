"""From a crop's pixels to the soft score: the digit network looks, the soft score judges, and gradients flow back."""

from __future__ import annotations

from pathlib import Path

from handanat_studio.scoring.differentiable import Crops, SoftParts, SoftScore
from handanat_studio.scoring.soft_digits import MapPlaces
from handanat_studio.vision.digit_maps import COARSE, COARSE_STRIDE, FINE, FINE_STRIDE, GLOBAL
from handanat_studio.vision.digit_network import DigitNetwork, load_network
from handanat_studio.vision.weights import DIGITS, weights_path

_WAYS = ("tip_distal_x", "tip_distal_y", "tip_middle_x", "tip_middle_y", "tip_base_x", "tip_base_y")

PLACES = MapPlaces(
    tip=FINE.index("tip"),
    ways=tuple(COARSE.index(name) for name in _WAYS),  # type: ignore[arg-type]
    wrist=(COARSE.index("base_wrist_x"), COARSE.index("base_wrist_y")),
    hand=GLOBAL.index("hand"),
    assessable=GLOBAL.index("assessable"),
    flaws=slice(GLOBAL.index("extra"), len(GLOBAL)),
    fine_stride=FINE_STRIDE,
    coarse_stride=COARSE_STRIDE,
)
"""Where the digit network's answers are what the soft score reads."""


class SoftJudge:
    """Scores crops of hands with gradients; the network itself is not trained.

    Args:
        network: a network in memory; None = the installed one.
        weights: a safetensors file instead.
        temperature: of the soft score.

    Raises:
        UserError: if no network is given and none is installed.
    """

    def __init__(
        self, network: DigitNetwork | None = None, *, weights: Path | None = None, temperature: float = 0.5
    ) -> None:
        self.network = network or load_network(weights or weights_path(DIGITS))
        self.network.eval().requires_grad_(False)
        self.score = SoftScore(temperature)

    def judge(self, crops: Crops) -> SoftParts:
        """Score crops, each about one hand.

        Args:
            crops: (N, 3, S, S) RGB 0..1, S a multiple of 32; in the dtype of the network.

        Returns:
            The parts, differentiable in `crops`.
        """
        fine, coarse, whole = self.network(crops)
        return self.score.score_maps(fine, coarse, whole, PLACES)
