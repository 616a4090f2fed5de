"""Label files for `handanat evaluate` of the real and generated images that lie beside the repository.

`python tests/support/shared_labels.py DATA OUT` writes OUT/all.jsonl, a file for each set, and OUT/open_palms.jsonl;
DATA is the folder that holds the sets, and what `evaluate` is given as its folder.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from handanat_studio.formats.labels_jsonl import HandLabel, ImageLabel, write

REAL = HandLabel(digits=5, plausible=True)
"""Every real photograph shows hands of five digits."""
SUFFIXES = (".jpg", ".jpeg", ".png")

# The sixteen panels, judged by eye at eight times their size: whether a malformation is plain to see. Left out is the
# one whose clasped hands are too small to tell.
PANELS_BY_EYE = {
    "first_hand1000_0": True,
    "first_sd_0": False,  # fingers grown into two blades, no thumb
    "res_call_hand1000_0": True,
    "res_call_sd_0": False,  # a tangle of digits
    "res_four_hand1000_0": True,
    "res_four_sd_0": False,  # hands run into each other, one digit stands out
    "res_four_sdft_0": False,  # hands and arms run into one
    "res_four_sdftimagic_0": False,  # hands and arms run into one
    "res_four_sdimagic_0": False,  # hands run into each other, one digit stands out
    "res_like_hand1000_0": True,
    "res_like_sd_0": False,  # a lump instead of fingers
    "res_mute_hand1000_0": True,
    "res_mute_sd_0": False,  # fingers grown together in pairs, tips too many
    "res_ok_hand1000_0": True,
    "res_ok_sd_0": False,  # a broken lattice of fingers
}
# Two of the pictures without hands do show one: at a hip, and at a mouse.
HANDS_AFTER_ALL = ("38.jpg", "5.jpg")
_RENDERED_ORDER = (0, *(first + 3 - step for first in range(1, 21, 4) for step in range(4)))
"""The rendered set lists each digit from its tip."""


def label_files(data: Path, out: Path) -> dict[str, Path]:
    """Write all label files and return them by name; a set that is not there is left out."""
    sets = {name: list(labels(data)) for name, labels in SETS.items() if (data / name).is_dir()}
    named = {**sets, "all": [label for own in sets.values() for label in own]}
    named["open_palms"] = [label for label in named["all"] if _is_open_palm(label)]
    files = {name: out / f"{name}.jsonl" for name in named}
    for name, path in files.items():
        write(path, named[name])
    return files


def _is_open_palm(label: ImageLabel) -> bool:
    """Whether an image shows one open palm of five digits."""
    folders = ("finger_counting/Set1/5/", "sign_language_digits/5/", "stylegan2_hands/", "dalle3_panels/panels100/")
    return label.image.startswith(folders) and [hand.digits for hand in label.hands] == [5]


def _files(data: Path, folder: str) -> list[str]:
    found = sorted(path for path in (data / folder).rglob("*") if path.suffix.lower() in SUFFIXES)
    return [path.relative_to(data).as_posix() for path in found if "_mask" not in path.stem]


def _photos(name: str) -> Any:
    """Return a function that labels every photograph of a set as one sound hand, but for the bare wall among them."""

    def labels(data: Path) -> Iterator[ImageLabel]:
        for image in _files(data, name):
            is_wall = Path(image).stem == "imbk"
            yield ImageLabel(image, () if is_wall else (REAL,), any_hand=not is_wall, source=name)

    return labels


def _read(data: Path, name: str) -> Any:
    return json.loads((data / name).read_text(encoding="utf-8"))


def _points(rows: Sequence[Sequence[float]]) -> HandLabel:
    points = np.array([[x, y] if visible else [np.nan, np.nan] for x, y, visible in rows], np.float32)
    return HandLabel(digits=5, plausible=True, points=points)


def _one_subject(data: Path) -> Iterator[ImageLabel]:
    for entry in _read(data, "keypoints_one_subject/keypoints.json"):
        hand = _points([[x, y, 1] for x, y in entry["keypoints_2d"]])
        yield ImageLabel(f"keypoints_one_subject/{entry['image']}", (hand,), source="keypoints_one_subject")


def _mixed(data: Path) -> Iterator[ImageLabel]:
    for entry in _read(data, "keypoints_mixed/keypoints.json"):
        rows = entry["keypoints_2d_vis"]
        if entry["set"].startswith("rhd"):
            rows = [rows[row] for row in _RENDERED_ORDER]
        yield ImageLabel(f"keypoints_mixed/{entry['image']}", (_points(rows),), source="keypoints_mixed")


def _by_eye(data: Path, folder: str) -> Iterator[ImageLabel]:
    """Yield the sets that were counted by eye: plausible unless it says malformed, or nothing where nobody judged."""
    for image, said in _read(data, f"{folder}/counts_by_eye.json").items():
        part = image.split("/")[0]
        source = folder if part == "panels" else f"{folder}/{part}"
        path, looks = f"{folder}/{image}", said["looks"]
        sound = None if looks == "not judged" else not looks.startswith("malformed")
        if said["digits"] is None:
            yield ImageLabel(path, any_hand=True, plausible=sound, source=source)
        else:
            yield ImageLabel(path, (HandLabel(digits=said["digits"], plausible=sound),), source=source)


def _stylegan(data: Path) -> Iterator[ImageLabel]:
    return _by_eye(data, "stylegan2_hands")


def _dalle(data: Path) -> Iterator[ImageLabel]:
    return _by_eye(data, "dalle3_panels")


def _malformed(data: Path) -> Iterator[ImageLabel]:
    for image, said in _read(data, "malformed/counts_by_eye.json").items():
        path = f"malformed/{Path(image).name}"
        if said["digits"] is None:
            yield ImageLabel(path, any_hand=True, plausible=False, source="malformed")
        else:
            yield ImageLabel(path, (HandLabel(digits=said["digits"], plausible=False),), source="malformed")


def _stable_diffusion(data: Path) -> Iterator[ImageLabel]:
    for image in _files(data, "stable_diffusion_panels"):
        sound = PANELS_BY_EYE.get(Path(image).stem)
        yield ImageLabel(image, any_hand=True, plausible=sound, source="stable_diffusion_panels")


def _people_scenes(data: Path) -> Iterator[ImageLabel]:
    """Yield generated scenes: malformed where most annotators say so, nothing where they are divided."""
    for entry in _read(data, "ai_human_images/labels.json"):
        votes = [1 if said["any_hand_error"] else -1 for said in entry["annotations"]]
        sound = None if sum(votes) == 0 else sum(votes) < 0
        yield ImageLabel(f"ai_human_images/{entry['image']}", any_hand=True, plausible=sound, source="ai_human_images")


def _people(data: Path) -> Iterator[ImageLabel]:
    for image in _files(data, "people"):
        yield ImageLabel(image, any_hand=True, plausible=True, source="people")


def _no_hands(data: Path) -> Iterator[ImageLabel]:
    for image in _files(data, "no_hands"):
        yield ImageLabel(image, any_hand=Path(image).name in HANDS_AFTER_ALL, source="no_hands")


SETS = {
    **{
        name: _photos(name)
        for name in ("freihand_photos", "finger_counting", "gestures_in_the_wild", "sign_language_digits")
    },
    "keypoints_one_subject": _one_subject,
    "keypoints_mixed": _mixed,
    "stylegan2_hands": _stylegan,
    "dalle3_panels": _dalle,
    "stable_diffusion_panels": _stable_diffusion,
    "malformed": _malformed,
    "ai_human_images": _people_scenes,
    "people": _people,
    "no_hands": _no_hands,
}


if __name__ == "__main__":
    for written in label_files(Path(sys.argv[1]), Path(sys.argv[2])).values():
        print(written)
