"""From the digit network's maps to a number of digits and their joints, with gradients. Imports torch.

What the maps mean is told by whoever calls: nothing here knows the network.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from handanat_studio.hand.topology import CANONICAL_POINTS, JOINTS_PER_DIGIT, JointState

DIGITS = 5
LEAST_PEAK = 0.5
"""Peaks at least as high show a tip."""
HEAT_WIDTH = 0.04
"""How far a peak must rise above its neighbours, and above `LEAST_PEAK`, to count as a whole one, at temperature 1."""
WINDOW = 5
"""Cells on a side of the neighbourhood in which only one peak is counted, as where digits are assembled."""
_TILT = 1e-4


@dataclass(frozen=True, slots=True)
class MapPlaces:
    """Which of the network's answers is which.

    Attributes:
        tip: number of the fine map of tips.
        ways: numbers of the coarse maps with the ways (x, y) from a tip to its distal, middle and base joint.
        wrist: numbers of those with the way from a base to the wrist.
        hand, assessable: numbers of the whole answers.
        flaws: slice of the whole answers.
        fine_stride, coarse_stride: pixels a cell.
    """

    tip: int
    ways: tuple[int, int, int, int, int, int]
    wrist: tuple[int, int]
    hand: int
    assessable: int
    flaws: slice
    fine_stride: int
    coarse_stride: int


@dataclass(frozen=True, eq=False)
class SeenMaps:
    """What the maps of N crops say.

    Attributes:
        number: (N,) expected number of tips.
        points: (N, 21, 2) pixels of the crop, thumb to little.
        states: (N, 21) uint8: VISIBLE where five tips are seen, else UNLABELLED.
        hand, assessable: (N,) chances.
        flaws: (N, F) chances.
    """

    number: Tensor
    points: Tensor
    states: Tensor
    hand: Tensor
    assessable: Tensor
    flaws: Tensor


def read_maps(fine: Tensor, coarse: Tensor, whole: Tensor, places: MapPlaces, *, temperature: float) -> SeenMaps:
    """Return the number of digits and their joints; shapes as the network gives them, logits but for `coarse`."""
    heat = torch.sigmoid(fine[:, places.tip])
    tops = peaks(heat, temperature)
    chance = torch.sigmoid(whole)
    crests = _crests(heat.detach())
    joints = _joints(heat, crests, coarse, places)
    five = (crests >= LEAST_PEAK).sum(dim=1) == DIGITS
    state = torch.where(five, int(JointState.VISIBLE), int(JointState.UNLABELLED)).to(torch.uint8)
    return SeenMaps(
        number=tops.flatten(1).sum(dim=1),
        points=joints,
        states=state[:, None].expand(-1, CANONICAL_POINTS),
        hand=chance[:, places.hand],
        assessable=chance[:, places.assessable],
        flaws=chance[:, places.flaws],
    )


def peaks(heat: Tensor, temperature: float) -> Tensor:
    """Return (N, H, W) how far each cell is the top of a peak, 0..1; the sum is the number of peaks.

    A cell's share of its neighbourhood, times how surely it is high enough, times its height to the power of the
    squared temperature: at temperature zero this counts the local maxima of at least `LEAST_PEAK`.

    Args:
        heat: (N, H, W) 0..1.
        temperature: above 0.
    """
    width = HEAT_WIDTH * temperature
    around = F.unfold(heat[:, None], WINDOW, padding=WINDOW // 2)
    share = torch.exp(heat / width - torch.logsumexp(around / width, dim=1).reshape(heat.shape))
    high = torch.sigmoid((heat - LEAST_PEAK) / width)
    # Squared, so that the count errs by less than the width it is judged with.
    return share * high * heat.clamp_min(1e-6) ** temperature**2


def _crests(heat: Tensor) -> Tensor:
    """Return (N, H * W) the heights of local maxima, zero elsewhere; of equal neighbours the last one counts."""
    tilt = torch.linspace(0.0, _TILT, heat[0].numel(), dtype=heat.dtype, device=heat.device)
    tilted = heat + tilt.reshape(heat.shape[1:])
    highest = F.max_pool2d(tilted[:, None], WINDOW, stride=1, padding=WINDOW // 2)[:, 0]
    return torch.where(tilted == highest, heat, torch.zeros_like(heat)).flatten(1)


def _joints(heat: Tensor, crests: Tensor, coarse: Tensor, places: MapPlaces) -> Tensor:
    """Return (N, 21, 2) the wrist and the digits of the five highest peaks, thumb to little, in pixels."""
    count, across = heat.shape[0], coarse.shape[-1]
    side = across * places.coarse_stride
    highest = crests.topk(DIGITS, dim=1).indices
    row, column = highest // heat.shape[2], highest % heat.shape[2]
    tips = _tops(heat, highest, row, column) * places.fine_stride
    ratio = places.coarse_stride // places.fine_stride
    cell = (row // ratio) * across + column // ratio
    ways = _read(coarse[:, list(places.ways)], cell).reshape(count, DIGITS, 3, 2) * side
    others = _middle(cell, across, places.coarse_stride, coarse.dtype)[:, :, None] + ways
    chains = torch.cat([others.flip(2), tips[:, :, None]], dim=2)
    at = (chains[:, :, 0].detach() / places.coarse_stride).long().clamp(0, across - 1)
    base = at[..., 1] * across + at[..., 0]
    to_wrist = _read(coarse[:, list(places.wrist)], base) * side
    wrist = (_middle(base, across, places.coarse_stride, coarse.dtype) + to_wrist).mean(dim=1)
    order = _thumb_first(chains.detach(), wrist.detach())
    chains = torch.take_along_dim(chains, order[:, :, None, None], dim=1)
    return torch.cat([wrist[:, None], chains.reshape(count, DIGITS * JOINTS_PER_DIGIT, 2)], dim=1)


def _tops(heat: Tensor, flat: Tensor, row: Tensor, column: Tensor) -> Tensor:
    """Return (N, K, 2) the places of peaks in cells, each the mean of its neighbours weighted by their height."""
    around = F.unfold(heat[:, None], 3, padding=1)
    near = torch.take_along_dim(around, flat[:, None, :], dim=2).transpose(1, 2)
    weight = near / near.sum(dim=2, keepdim=True).clamp_min(1e-6)
    steps = torch.tensor([-1.0, 0.0, 1.0], dtype=heat.dtype, device=heat.device)
    dx, dy = steps.repeat(3), steps.repeat_interleave(3)
    shift = torch.stack([(weight * dx).sum(dim=2), (weight * dy).sum(dim=2)], dim=-1)
    return torch.stack([column, row], dim=-1).to(heat.dtype) + 0.5 + shift


def _read(maps: Tensor, cell: Tensor) -> Tensor:
    """Return (N, K, C) values of (N, C, h, w) maps at cells."""
    return torch.take_along_dim(maps.flatten(2), cell[:, None, :], dim=2).transpose(1, 2)


def _middle(cell: Tensor, across: int, stride: int, dtype: torch.dtype) -> Tensor:
    return (torch.stack([cell % across, cell // across], dim=-1).to(dtype) + 0.5) * stride


def _thumb_first(chains: Tensor, wrist: Tensor) -> Tensor:
    """Return (N, 5) the order of (N, 5, 4, 2) digits around the wrist, from the end whose base is nearer to it."""
    ways = chains.mean(dim=2) - wrist[:, None]
    angle = torch.atan2(ways[..., 1], ways[..., 0])
    turned, order = angle.sort(dim=1)
    gaps = torch.diff(torch.cat([turned, turned[:, :1] + 2 * torch.pi], dim=1), dim=1)
    first = (gaps.argmax(dim=1, keepdim=True) + 1 + torch.arange(DIGITS, device=order.device)) % DIGITS
    order = torch.take_along_dim(order, first, dim=1)
    reach = (chains[:, :, 0] - wrist[:, None]).norm(dim=2)
    ends = torch.take_along_dim(reach, order, dim=1)
    return torch.where((ends[:, -1:] < ends[:, :1]), order.flip(1), order)
