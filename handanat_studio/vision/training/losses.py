"""How wrong the digit network's maps are. Torch, differentiable."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from handanat_studio.hand.evidence import FLAWS
from handanat_studio.vision.digit_maps import HEATS, TIP_NUMBERS, WAYS

_HEAT_SHARE = torch.tensor([1.5, 1.0, 0.5, 0.5])
_MASK_SHARE = torch.tensor([1.0, 1.0, 1.0, 1.0])
_WRONG_SHARE, _WRONG_GAIN = 6.0, 5.0
"""Of where flaws are; a digit with one is rarer than one without."""
_FLAWS_SHARE = 2.0
"""Of which flaws the hand has."""
_SEAM_GAIN = torch.tensor([1.0, 1.0, 4.0, 4.0])
"""Seams are thin: their cells count more."""


def digit_loss(answer: tuple[Tensor, Tensor, Tensor], wanted: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the parts of the loss; their sum is to be minimised.

    Args:
        answer: what `DigitNetwork.forward` returns, float32.
        wanted: stacked `targets.Targets`.
    """
    fine, coarse, whole = answer
    return {
        "heat": _heat_loss(fine[:, :HEATS], wanted["fine"][:, :HEATS], wanted["fine_weight"]),
        "mask": _mask_loss(fine[:, HEATS:], wanted["fine"][:, HEATS:]),
        "ways": _way_loss(coarse[:, : len(WAYS)], wanted["coarse"], wanted["coarse_weight"]),
        "wrong": _wrong_loss(coarse[:, len(WAYS) :], wanted["wrong"]),
        "whole": _whole_loss(whole, wanted),
    }


def _heat_loss(logits: Tensor, wanted: Tensor, weight: Tensor) -> Tensor:
    """Penalty-reduced focal loss of CenterNet (Zhou et al. 2019): cells near a peak count little as misses."""
    shown = torch.sigmoid(logits)
    peak = (wanted > 0.999).float()
    hit = -peak * (1 - shown) ** 2 * F.logsigmoid(logits)
    miss = -(1 - peak) * (1 - wanted) ** 4 * shown**2 * F.logsigmoid(-logits)
    per_map = ((hit + miss) * weight).sum(dim=(0, 2, 3)) / (peak * weight).sum(dim=(0, 2, 3)).clamp(min=1.0)
    return (per_map * _HEAT_SHARE.to(logits)).sum()


def _mask_loss(logits: Tensor, wanted: Tensor) -> Tensor:
    gain = 1.0 + wanted * (_SEAM_GAIN.to(logits) - 1.0)[:, None, None]
    per_map = (F.binary_cross_entropy_with_logits(logits, wanted, reduction="none") * gain).mean(dim=(0, 2, 3))
    return (per_map * _MASK_SHARE.to(logits)).sum()


def _way_loss(coarse: Tensor, wanted: Tensor, weight: Tensor) -> Tensor:
    off = (coarse - wanted).abs()
    axis = (off[:, :2] * (weight[:, :1] > 0)).sum() / (weight[:, 0] > 0).sum().clamp(min=1)
    tips = (off[:, 2:8] * weight[:, 1:2]).sum() / weight[:, 1].sum().clamp(min=1.0)
    bases = (off[:, 8:] * weight[:, 2:3]).sum() / weight[:, 2].sum().clamp(min=1.0)
    return 0.3 * axis + 4.0 * tips + 4.0 * bases


def _wrong_loss(logits: Tensor, wanted: Tensor) -> Tensor:
    known = wanted.isfinite()
    there = wanted.nan_to_num(0.0)
    off = F.binary_cross_entropy_with_logits(logits, there, reduction="none") * (1.0 + (_WRONG_GAIN - 1.0) * there)
    per_flaw = (off * known).sum(dim=(0, 2, 3)) / known.sum(dim=(0, 2, 3)).clamp(min=1)
    return _WRONG_SHARE * per_flaw.mean()


def _whole_loss(whole: Tensor, wanted: dict[str, Tensor]) -> Tensor:
    answers, flaws = wanted["answers"], wanted["flaws"]
    yes_no = F.binary_cross_entropy_with_logits(whole[:, :2], answers[:, :2].float())
    known = flaws.isfinite()
    wrong = F.binary_cross_entropy_with_logits(whole[:, -len(FLAWS) :], flaws.nan_to_num(0.0), reduction="none")
    wrong = (wrong * known).sum() / known.sum().clamp(min=1)
    return 0.5 * yes_no + 0.1 * F.cross_entropy(whole[:, TIP_NUMBERS], answers[:, 2]) + _FLAWS_SHARE * wrong
