"""Cut-out hands on disk: shards of compressed pictures and their truth, so that training draws nothing twice."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from handanat_studio.hand.evidence import FLAWS
from handanat_studio.hand.topology import JointState
from handanat_studio.hand.values import HandPose

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]

MOST_DIGITS = 12
"""Digits a pose may list here, absent ones included."""
NOTHING, PALM_CODE = 255, 254
"""In a digit map: no hand, and palm or arm."""
_QUALITY = 95
_ALL_OVER = ("extra", "missing")
_AT_DIGITS = np.uint8(sum(1 << k for k, name in enumerate(FLAWS) if name not in _ALL_OVER))


@dataclass(frozen=True, eq=False)
class CachedHand:
    """One cut-out hand.

    Attributes:
        colour: (S, S, 3) uint8 RGB.
        digits: (S, S) uint8, row of the digit, 254 = palm and arm, 255 = nothing.
        wrist: (2,) float32 pixels.
        joints: (D, 4, 2) float32 pixels, NaN = no coordinate.
        states: (D, 4) uint8 `JointState`.
        fused: (K, 3) float32: rows of two digits grown together, and how far (0..1].
        flaws: (8,) uint8, 1 for each of `hand.evidence.FLAWS` that the hand has.
        wrong: (S, S) uint8, bit k set where flaw k is seen.
    """

    colour: U8
    digits: U8
    wrist: F32
    joints: F32
    states: U8
    fused: F32
    flaws: U8
    wrong: U8


def pack(
    colour: U8, digits: U8, pose: HandPose, concerned: Mapping[str, Sequence[int]] = MappingProxyType({})
) -> dict[str, NDArray[np.generic]]:
    """Return a hand as plain arrays, pictures compressed.

    Args:
        colour: (S, S, 3) uint8 RGB.
        digits: (S, S) uint8, as in `CachedHand`.
        pose: up to `MOST_DIGITS` digits.
        concerned: which of `hand.evidence.FLAWS` it has, with the rows of the digits concerned.
    """
    count = pose.digit_count
    if count > MOST_DIGITS:
        raise ValueError(f"a hand of {count} digits does not fit")
    joints = np.full((MOST_DIGITS, 4, 2), np.nan, np.float32)
    states = np.full((MOST_DIGITS, 4), JointState.ABSENT, np.uint8)
    joints[:count] = pose.points[1:].reshape(count, 4, 2)
    states[:count] = pose.states[1:].reshape(count, 4)
    rows = {int(digit): row for row, digit in enumerate(pose.digit_id)}
    fused = np.full((4, 3), -1.0, np.float32)
    for k, fusion in enumerate(pose.fusions[:4]):
        fused[k] = rows[fusion.first_id], rows[fusion.second_id], fusion.extent
    return {
        "colour": _bytes(colour, "JPEG", quality=_QUALITY, subsampling=0),
        "digits": _bytes(digits, "PNG", compress_level=3),
        "wrist": pose.points[0].astype(np.float32),
        "joints": joints,
        "states": states,
        "fused": fused,
        "flaws": np.isin(FLAWS, list(concerned)).astype(np.uint8),
        "concerned": _concerned(concerned),
    }


def _concerned(rows: Mapping[str, Sequence[int]]) -> U8:
    """Return (MOST_DIGITS,) bits of the flaws that each digit has."""
    bits = np.zeros(MOST_DIGITS, np.uint8)
    for name, digits in rows.items():
        bits[list(digits)] |= np.uint8(1 << FLAWS.index(name))
    return bits


def wrong_map(digits: U8, flaws: U8, concerned: U8) -> U8:
    """Return (S, S) uint8 where each flaw is seen: at the digits concerned; a wrong number all over the hand.

    Args:
        digits: (S, S) uint8, as in `CachedHand`.
        flaws: (8,) uint8, as there.
        concerned: (MOST_DIGITS,) bits of each digit's flaws.
    """
    of_code = np.zeros(256, np.uint8)
    of_code[:MOST_DIGITS] = concerned & _AT_DIGITS
    of_code[[*range(MOST_DIGITS), PALM_CODE]] |= np.packbits(flaws, bitorder="little")[0] & ~_AT_DIGITS
    return np.asarray(of_code[digits], np.uint8)


def _bytes(image: U8, kind: str, **options: int) -> U8:
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, kind, **options)
    return np.frombuffer(buffer.getvalue(), np.uint8)


def write_shard(path: Path, hands: Sequence[dict[str, NDArray[np.generic]]]) -> None:
    """Write packed hands to one file, whole or not at all."""
    arrays: dict[str, NDArray[np.generic]] = {}
    for name in ("colour", "digits"):
        parts = [h[name] for h in hands]
        arrays[name] = np.concatenate(parts)
        arrays[f"{name}_end"] = np.cumsum([len(p) for p in parts])
    for name in ("wrist", "joints", "states", "fused", "flaws", "concerned"):
        arrays[name] = np.stack([h[name] for h in hands])
    part = path.with_suffix(".part.npz")
    np.savez(part, **arrays)
    part.replace(path)


class HandCache:
    """The hands of a folder of shards, read into memory compressed (about 25 kB each)."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._shards: list[dict[str, NDArray[np.generic]]] = []
        self._index: list[tuple[int, int]] = []
        self.paths: set[Path] = set()
        self.extend(paths)

    def extend(self, paths: Sequence[Path]) -> None:
        """Read shards that are not held yet."""
        for path in paths:
            if path in self.paths:
                continue
            with np.load(path, allow_pickle=False) as held:
                shard = {name: held[name] for name in held.files}
            number = len(self._shards)
            self._shards.append(shard)
            self._index.extend((number, k) for k in range(len(shard["wrist"])))
            self.paths.add(path)

    def __len__(self) -> int:
        return len(self._index)

    def __getitem__(self, place: int) -> CachedHand:
        number, k = self._index[place]
        shard = self._shards[number]
        fused = np.asarray(shard["fused"][k], np.float32)
        digits, flaws = _image(shard, "digits", k), np.asarray(shard["flaws"][k], np.uint8)
        return CachedHand(
            colour=_image(shard, "colour", k),
            digits=digits,
            wrist=np.asarray(shard["wrist"][k], np.float32),
            joints=np.asarray(shard["joints"][k], np.float32),
            states=np.asarray(shard["states"][k], np.uint8),
            fused=fused[fused[:, 0] >= 0],
            flaws=flaws,
            wrong=wrong_map(digits, flaws, np.asarray(shard["concerned"][k], np.uint8)),
        )


def _image(shard: dict[str, NDArray[np.generic]], name: str, k: int) -> U8:
    ends = shard[f"{name}_end"]
    begin = int(ends[k - 1]) if k else 0
    return np.array(Image.open(io.BytesIO(shard[name][begin : int(ends[k])].tobytes())), np.uint8)
