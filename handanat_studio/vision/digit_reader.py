"""Looking at hands with a trained digit network: answers in pixels of the image. Imports torch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from scipy.special import expit, softmax
from torch import Tensor

from handanat_studio.errors import UserError
from handanat_studio.hand.values import Box
from handanat_studio.vision.digit_assembly import USUAL, DigitSet, assemble
from handanat_studio.vision.digit_counts import count_digits
from handanat_studio.vision.digit_crops import CROP_PX, HandCrop, crop_hand
from handanat_studio.vision.digit_evidence import Evidence, read_evidence
from handanat_studio.vision.digit_grouping import own_hand
from handanat_studio.vision.digit_maps import COARSE, TIP_NUMBERS, WAYS
from handanat_studio.vision.digit_network import DigitNetwork, for_looking, has_bfloat16, load_network
from handanat_studio.vision.seen_digits import LEAST_SEEN, SeenDigits

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]

_AT_ONCE = 16


class DigitReader:
    """A trained network on the processor.

    Args:
        weights: a safetensors file, or a network in memory.
        evidence: what peaks are worth; None = as kept beside the weights.
    """

    def __init__(self, weights: Path | DigitNetwork, *, evidence: Evidence | None = None) -> None:
        if isinstance(weights, DigitNetwork):
            self.network, kept = weights.eval(), USUAL
        else:
            self.network, kept = load_network(weights), read_evidence(weights.with_suffix(".json"))
        self.evidence = evidence or kept
        self._fast = for_looking(self.network)

    def read(self, crops: Sequence[U8]) -> DigitSet:
        """Return the digits of (S, S, 3) uint8 RGB crops of one size."""
        return assemble(*self.maps(crops), self.evidence)

    def see(self, pixels: U8, boxes: Sequence[Box]) -> list[SeenDigits]:
        """Return what the network sees of each hand of an (H, W, 3) uint8 RGB image, in its pixels, by its box."""
        return self.see_all([(pixels, boxes)])[0]

    def see_all(self, asked: Sequence[tuple[U8, Sequence[Box]]]) -> list[list[SeenDigits]]:
        """Return the same for several images, together where that takes less time and gives the same answers.

        In float32 the last digits of an answer depend on how many crops are looked at; in bfloat16 they do not.
        """
        if not has_bfloat16():
            return [list(self._seen([crop_hand(pixels, box) for box in boxes])) for pixels, boxes in asked]
        seen = self._seen([crop_hand(pixels, box) for pixels, boxes in asked for box in boxes])
        return [[next(seen) for _ in boxes] for _, boxes in asked]

    def _seen(self, crops: Sequence[HandCrop]) -> Iterator[SeenDigits]:
        if not crops:
            return
        digits = self.read([crop.pixels for crop in crops])
        mine, counts = own_hand(digits, CROP_PX), count_digits(digits, CROP_PX, self.evidence)
        for k, crop in enumerate(crops):
            kept = np.flatnonzero(mine[k] & (digits.confidence[k] >= LEAST_SEEN))
            places = np.full(digits.confidence.shape[1] + 1, -1)
            places[kept] = np.arange(len(kept))
            yield SeenDigits(
                joints=crop.to_image(digits.joints[k, kept]),
                confidence=digits.confidence[k, kept],
                forked_from=places[digits.forked_from[k, kept]],
                fused=digits.fused[k][np.ix_(kept, kept)],
                wrists=crop.to_image(digits.wrists[k, kept]),
                hand=float(digits.hand[k]),
                assessable=float(digits.assessable[k]),
                counts=counts.distribution[k],
                flaws=digits.flaws[k],
                assessed=bool(counts.assessed[k]),
            )

    @torch.inference_mode()
    def maps(self, crops: Sequence[U8]) -> tuple[F32, F32, F32]:
        """Return what the network says: fine maps 0..1, coarse maps, answers 0..1 (see `digit_maps`).

        Each crop is looked at as it is and in a mirror: the mean of both counts better than either.
        """
        parts: list[tuple[F32, ...]] = []
        for start in range(0, len(crops), _AT_ONCE):
            stack = torch.from_numpy(np.stack(crops[start : start + _AT_ONCE])).permute(0, 3, 1, 2).float() / 255.0
            answers = self._looked(torch.cat([stack, stack.flip(3)]))
            plain = (answer[: len(stack)] for answer in answers)
            mirrored = _unmirrored(*(answer[len(stack) :] for answer in answers))
            parts.append(tuple(((one + other) / 2).numpy() for one, other in zip(plain, mirrored, strict=True)))
        fine, coarse, whole = (np.concatenate(p) for p in zip(*parts, strict=True))
        return fine, coarse, whole

    def _looked(self, stack: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the answers to (N, 3, S, S) crops, fine maps and the whole's as chances."""
        fine, coarse, whole = (a.float() for a in self._fast(stack.contiguous(memory_format=torch.channels_last)))
        return torch.sigmoid(fine), coarse, torch.from_numpy(_chances(whole.numpy()))


def _chances(logits: F32) -> F32:
    """Return the (N, len(GLOBAL)) answers of the whole as chances.

    Not by torch: it computes the last few of many numbers in another way than the others, so that a crop's answer would
    depend, by its last digit, on what is looked at with it.
    """
    chances = expit(logits.astype(np.float64))
    chances[:, TIP_NUMBERS] = softmax(logits[:, TIP_NUMBERS].astype(np.float64), axis=1)
    return np.asarray(chances, np.float32)


def _unmirrored(fine: Tensor, coarse: Tensor, whole: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return the answers to mirrored crops as those to the crops themselves."""
    sign = torch.ones(len(COARSE))
    sign[: len(WAYS) : 2] = -1.0
    return fine.flip(3), coarse.flip(3) * sign[:, None, None], whole


@lru_cache(maxsize=1)
def shared_reader(weights: Path, version: str) -> DigitReader:
    """Return the one reader of this process; another `version` makes the weights be read again.

    Torch keeps to one thread from then on: a crop is too small to be shared out, and the figures are then the same
    whatever the number of processes.

    Raises:
        UserError: if the weights are not those of this network.
    """
    torch.set_num_threads(1)
    try:
        reader = DigitReader(weights)
    except (OSError, RuntimeError, SafetensorError) as error:
        raise UserError(f"The weights '{weights.name}' cannot be used.", hint="Reinstall handanat-studio.") from error
    return reader
