"""The paper's score made soft, so that it has a gradient: from joints, from figures, or from the digit network's maps.

As the temperature goes to zero it becomes the hard score, except on the bounds themselves. Imports torch.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from handanat_studio.hand.batch import batch_from_arrays
from handanat_studio.hand.evidence import LEAST_ASSESSABLE, LEAST_HAND
from handanat_studio.hand.feature_values import FeatureBatch
from handanat_studio.hand.features import measure
from handanat_studio.hand.limits import ANGLE_LIMITS
from handanat_studio.hand.topology import ANGLE_NAMES
from handanat_studio.scoring.paper_score import EXPECTED_COUNT, WEIGHTS, ratio_distance
from handanat_studio.scoring.soft_digits import MapPlaces, SeenMaps, read_maps

Crops = Tensor
"""(N, 3, S, S) float, RGB 0..1: what the digit network looks at."""


@dataclass(frozen=True, eq=False)
class SoftParts:
    """The soft score of N hands; a part that abstains is one, costs nothing and has no gradient.

    Attributes:
        count: (N,) 0..1.
        angles: (N,) 0..1.
        ratios: (N,) 0..1.
        known: (N, 3) bool, which of them could be assessed.
        log_count, log_angles, log_ratios: (N,) their logarithms, computed as such: they fall on where the parts
            themselves are no different from zero.
        expected_count: (N,) digits, whole or not; NaN = nobody counted.
        flaws: (N, 8) the network's chances of `hand.evidence.FLAWS`, which the score does not use; NaN without maps.
    """

    log_count: Tensor
    log_angles: Tensor
    log_ratios: Tensor
    known: Tensor
    expected_count: Tensor
    flaws: Tensor

    @property
    def count(self) -> Tensor:
        """How near the count is to five."""
        return self.log_count.exp()

    @property
    def angles(self) -> Tensor:
        """How far all angles are in their core ranges."""
        return self.log_angles.exp()

    @property
    def ratios(self) -> Tensor:
        """How usual the digits' lengths are."""
        return self.log_ratios.exp()

    @property
    def score(self) -> Tensor:
        """(N,) the soft S_anat, 0..1: weights and threshold are the paper's."""
        return WEIGHTS[0] * self.count + WEIGHTS[1] * self.angles + WEIGHTS[2] * self.ratios

    @property
    def loss(self) -> Tensor:
        """(N,) minus the sum of the logarithms: no part can make good what another lacks."""
        return -(self.log_count + self.log_angles + self.log_ratios)


@dataclass(frozen=True, slots=True)
class SoftScore:
    """The soft score at one temperature.

    Attributes:
        temperature: above 0; 1 = bounds as wide as the uncertainty of the landmarks, and a count off by one digit is
            worth exp(-1/2).
    """

    temperature: float = 0.5

    def __post_init__(self) -> None:
        if not self.temperature > 0.0:
            raise ValueError(f"the temperature must be above 0, not {self.temperature}")

    def score_pose(
        self,
        points: Tensor,
        world: Tensor | None = None,
        states: Tensor | None = None,
        side: Tensor | None = None,
        *,
        source: str = "mediapipe",
    ) -> SoftParts:
        """Score N hands of the ordinary 21 joints.

        Args:
            points: (N, 21, 2) float, pixels, NaN = unknown.
            world: (N, 21, 3) float, metres; None = no depth anywhere.
            states: (N, 21) uint8 of `JointState`; None = visible where there is a place.
            side: (N,) int8 of `Side`; None = unknown.
            source: landmark source; a detector's digits count as nobody's.

        Returns:
            Parts with gradients in `world`, and in `points` where there is no depth.
        """
        return self.score_features(measure(batch_from_arrays(points, world, states, side), source=source))

    def score_features(self, features: FeatureBatch) -> SoftParts:
        """Score N measured hands, torch tensors."""
        number = features.count.to(features.angle.dtype)
        return self._parts(features, number, features.count_assessable, features.flaw_chance)

    def score_maps(self, fine: Tensor, coarse: Tensor, whole: Tensor, places: MapPlaces) -> SoftParts:
        """Score the hand of each of N crops by what the digit network says.

        The number of digits is the mass of the tip map's peaks. Where it shows five, the digits' joints are read off
        the maps and measured as a hand without depth; else angles and lengths abstain. The maps tell the wrist too
        coarsely for the thumb's first angle, which abstains always.

        Args:
            fine: (N, C, S/2, S/2) logits.
            coarse: (N, D, S/4, S/4).
            whole: (N, G) logits.
            places: which map is which.

        Returns:
            Parts with gradients in all three.
        """
        seen = read_maps(fine, coarse, whole, places, temperature=self.temperature)
        features = measure(batch_from_arrays(seen.points, None, seen.states), source="mediapipe")
        told = torch.tensor([name != "thumb_cmc" for name in ANGLE_NAMES], device=fine.device)
        features = replace(features, angle_assessable=features.angle_assessable & told)
        return self._parts(features, seen.number, _counted(seen), seen.flaws)

    def _parts(self, features: FeatureBatch, number: Tensor, counted: Tensor, flaws: Tensor) -> SoftParts:
        away = torch.where(counted, number - EXPECTED_COUNT, torch.zeros_like(number))
        free = features.ratio_assessable[:, [0, 1, 3, 4]]
        known = torch.stack([counted, features.angle_assessable.any(dim=1), free.any(dim=1)], dim=1)
        return SoftParts(
            log_count=-(away**2) / (2.0 * self.temperature**2),
            log_angles=-(self._excess(features) ** 2).sum(dim=1),
            log_ratios=-ratio_distance(features) / 8.0,
            known=known,
            expected_count=torch.where(counted, number, torch.full_like(number, torch.nan)),
            flaws=flaws,
        )

    def _excess(self, features: FeatureBatch) -> Tensor:
        """Return (N, 15) how far each angle lies beyond its core range, soft, in units of its uncertainty."""
        like = features.angle
        low = torch.tensor([limit.core_low for limit in ANGLE_LIMITS], dtype=like.dtype, device=like.device)
        high = torch.tensor([limit.core_high for limit in ANGLE_LIMITS], dtype=like.dtype, device=like.device)
        width = self.temperature * features.angle_sigma
        under = F.softplus((low - features.angle_high) / width)
        over = F.softplus((features.angle_low - high) / width)
        return torch.where(features.angle_assessable, under + over, torch.zeros_like(like))


def _counted(seen: SeenMaps) -> Tensor:
    return (seen.hand >= LEAST_HAND) & (seen.assessable >= LEAST_ASSESSABLE)
