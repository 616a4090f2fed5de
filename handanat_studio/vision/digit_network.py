"""The digit network: from a crop of one hand to maps of tips, joints, digits, seams, and how they belong together.

It looks for digits one by one and knows no number of them; what the maps mean is said by `digit_maps`.
"""

from __future__ import annotations

import copy
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812
from torch.nn.utils.fusion import fuse_conv_bn_eval

from handanat_studio.hand.evidence import FLAWS
from handanat_studio.vision.digit_maps import FINE, GLOBAL, WAYS

WIDTHS = (24, 48, 96, 160, 192)
"""Channels at strides 2, 4, 8, 16, 32."""
_WIDTH_Y, _HIDDEN, _WRONG = 72, 96, 48
_HAND = FINE.index("hand")
_QUIET = -3.5
"""Bias of the fine maps at the start: most pixels show nothing."""


def _conv(inside: int, outside: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inside, outside, 3, stride, 1, bias=False), nn.BatchNorm2d(outside), nn.ReLU(inplace=True)
    )


class _Block(nn.Module):
    """Two convolutions with a shortcut."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = _conv(width, width)
        self.second = nn.Sequential(nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width))

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x + self.second(self.first(x)))


class DigitNetwork(nn.Module):
    """Fully convolutional; any input whose sides are multiples of 32, about two million parameters."""

    def __init__(self) -> None:
        super().__init__()
        a, b, c, d, e = WIDTHS
        self.down2 = _conv(3, a, 2)
        self.down4 = nn.Sequential(_conv(a, b, 2), _Block(b))
        self.down8 = nn.Sequential(_conv(b, c, 2), _Block(c))
        self.down16 = nn.Sequential(_conv(c, d, 2), _Block(d))
        self.down32 = nn.Sequential(_conv(d, e, 2), _conv(e, e))
        self.side16, self.up16 = nn.Conv2d(d, 96, 1), _conv(96, 96)
        self.side8, self.up8 = nn.Conv2d(c, 96, 1), _conv(96, 96)
        self.side4, self.up4 = nn.Conv2d(b, 64, 1), _conv(64, _WIDTH_Y)
        self.top, self.narrow = nn.Conv2d(e, 96, 1), nn.Conv2d(96, 64, 1)
        self.fine = nn.Conv2d(_WIDTH_Y, 4 * len(FINE), 1)
        self.coarse = nn.Conv2d(_WIDTH_Y, len(WAYS), 1)
        self.wrong = nn.Sequential(_conv(_WIDTH_Y, _WRONG), nn.Conv2d(_WRONG, len(FLAWS), 1))
        self.whole = nn.Sequential(
            nn.Linear(e + 2 * _WIDTH_Y + len(FLAWS), _HIDDEN), nn.ReLU(inplace=True), nn.Linear(_HIDDEN, len(GLOBAL))
        )
        nn.init.constant_(self.fine.bias, _QUIET)  # type: ignore[arg-type]
        nn.init.constant_(self.wrong[-1].bias, _QUIET)  # type: ignore[arg-type]

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Look at crops.

        Args:
            crops: (N, 3, S, S) RGB 0..1, S a multiple of 32.

        Returns:
            Fine maps (N, len(FINE), S/2, S/2) and answers about the whole crop (N, len(GLOBAL)) as logits; coarse maps
            (N, len(COARSE), S/4, S/4): directions, offsets in shares of the crop's side, and logits of flaws.
        """
        x4 = self.down4(self.down2((crops * 4.0 - 2.0).to(self.coarse.weight.dtype)))
        x8 = self.down8(x4)
        x16 = self.down16(x8)
        x32 = self.down32(x16)
        y = self.up16(_double(self.top(x32)) + self.side16(x16))
        y = self.up8(_double(y) + self.side8(x8))
        y = self.up4(_double(self.narrow(y)) + self.side4(x4))
        fine = F.pixel_shuffle(self.fine(y), 2)
        wrong = self.wrong(y)
        worst = F.avg_pool2d(wrong, 3, 1, 1).amax(dim=(2, 3))
        whole = self.whole(torch.cat([_gathered(x32, y, fine[:, _HAND : _HAND + 1]), worst], dim=1))
        known = F.pad(worst, (len(GLOBAL) - len(FLAWS), 0))
        return fine, torch.cat([self.coarse(y), wrong], dim=1), whole + known


def _gathered(deep: Tensor, near: Tensor, hand: Tensor) -> Tensor:
    """Return (N, C) what the crop shows: deep features everywhere, near ones where the hand is, whatever its size."""
    mask = F.avg_pool2d(torch.sigmoid(hand.detach()), 2)
    inside = (near * mask).sum(dim=(2, 3)) / (mask.sum(dim=(2, 3)) + 1.0)
    return torch.cat([deep.mean(dim=(2, 3)), inside, (near * mask).amax(dim=(2, 3))], dim=1)


def _double(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2.0, mode="nearest")


def parameter_count(network: nn.Module) -> int:
    """Return the number of trained values."""
    return sum(p.numel() for p in network.parameters())


def save_network(network: nn.Module, path: Path) -> None:
    """Write the weights as safetensors, whole or not at all."""
    part = path.with_suffix(".part")
    save_file({k: v.detach().cpu().contiguous().clone() for k, v in network.state_dict().items()}, part)
    part.replace(path)


def for_looking(network: DigitNetwork) -> nn.Module:
    """Return a copy that answers the same faster: norms folded into convolutions, bfloat16 where the processor has it.

    Such a processor answers some thousandths differently from others; on one machine answers are always the same.
    """
    fast = copy.deepcopy(network).eval()
    for part in fast.modules():
        if isinstance(part, nn.Sequential):
            for place in range(len(part) - 1):
                conv, norm = part[place], part[place + 1]
                if isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                    part[place], part[place + 1] = fuse_conv_bn_eval(conv, norm), nn.Identity()
    fast = fast.to(memory_format=torch.channels_last)
    return fast.to(torch.bfloat16) if has_bfloat16() else fast


def has_bfloat16() -> bool:
    """Say whether the processor computes bfloat16 itself; where it is emulated it is slower than float32."""
    ask = getattr(torch.cpu, "_is_avx512_bf16_supported", None)
    return ask is not None and bool(ask())


def load_network(path: Path) -> DigitNetwork:
    """Read weights and return the network, ready to look."""
    network = DigitNetwork()
    network.load_state_dict(load_file(path))
    return network.eval().to(memory_format=torch.channels_last)
