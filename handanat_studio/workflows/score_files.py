"""Judge image files without a project: decode, detect, measure, score; one record per image, in order."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handanat_studio.formats.records import HandRecord, image_record
from handanat_studio.hand.batch import batch_of
from handanat_studio.hand.features import features_to_dict, measure
from handanat_studio.hand.limits import landmark_source
from handanat_studio.hand.values import Detection
from handanat_studio.progress import SILENT, Progress
from handanat_studio.registry import SCORERS
from handanat_studio.vision.images import find_images
from handanat_studio.workflows.pool import Look, look_at

if TYPE_CHECKING:
    from handanat_studio.hand.feature_values import FeatureBatch
    from handanat_studio.scoring.scores import ScoreBatch

SCORERS_TOLD = ("paper", "calibrated")
"""Scorers whose answers every record holds, whichever one gives the verdict."""

GROUP = 16
"""Images whose hands are measured together; their records come out together too."""
_GROUP_SECONDS = 0.5
# Importing torch only to learn that there is no accelerator would cost more than the scoring of a thousand images.
_ACCELERATOR_SIGNS = ("/dev/nvidiactl", "/dev/nvidia0", "/dev/dxg", "/dev/kfd")


def score_files(
    paths: Iterable[Path | str],
    *,
    scorer: str = "calibrated",
    workers: int = 1,
    device: str = "auto",
    pixel_limit_mp: int = 200,
    progress: Progress = SILENT,
) -> Iterator[dict[str, Any]]:
    """Find and judge the hands of image files.

    Args:
        paths: files and folders (folders are searched through).
        scorer: registry name of the scorer that gives each hand's "verdict".
        workers: processes that decode and detect; 1 = this one.
        device: where hands are scored: "auto", "cpu", "cuda" or "mps".
        pixel_limit_mp: images above this many megapixels are refused.
        progress: is told of every image; its `Cancelled` stops the workers at once.

    Returns:
        One record per image (`formats.records.image_record`), in order; a file that cannot be read has "error".

    Raises:
        UserError: if the scorer or the device is unknown or not available.
    """
    names = tuple(dict.fromkeys((*SCORERS_TOLD, scorer)))
    for name in names:
        SCORERS.load(name)
    where = _device(device)
    files = list(find_images(paths))
    return _records(files, names, scorer, (where, workers, pixel_limit_mp), progress)


def _records(
    files: Sequence[Path], names: Sequence[str], scorer: str, running: tuple[str, int, int], progress: Progress
) -> Iterator[dict[str, Any]]:
    device, workers, pixel_limit_mp = running
    progress.start("Score images", len(files))
    workers = max(1, min(workers, len(files)))
    running_looks = look_at(files, workers=workers, pixel_limit_mp=pixel_limit_mp)
    with closing(running_looks) as looks:
        for group in _groups(looks):
            hands = _judged([hand for look in group for hand in look.detections], names, device)
            for look in group:
                record = image_record(
                    str(look.path),
                    look.width or None,
                    look.height or None,
                    look.error,
                    [next(hands) for _ in look.detections],
                    sha256=look.sha256,
                )
                for hand in record["hands"]:
                    hand["verdict"] = hand["scores"][scorer]["verdict"]
                progress.step(note=look.path.name)
                yield record


def _groups(looks: Iterator[Look]) -> Iterator[list[Look]]:
    """Gather looks so that the formulas run on many hands at once, and yet nothing is held back for long."""
    group: list[Look] = []
    began = time.monotonic()
    for look in looks:
        group.append(look)
        if len(group) >= GROUP or time.monotonic() - began > _GROUP_SECONDS:
            yield group
            group, began = [], time.monotonic()
    if group:
        yield group


def _judged(detections: Sequence[Detection], names: Sequence[str], device: str) -> Iterator[HandRecord]:
    """Yield a record for each detection, in order; hands of one landmark source are measured together."""
    answers: dict[int, HandRecord] = {}
    sources = [landmark_source(hand.detector) for hand in detections]
    for source in dict.fromkeys(sources):
        places = [place for place, own in enumerate(sources) if own == source]
        features, scores = _measured([detections[place] for place in places], source, names, device)
        for row, place in enumerate(places):
            figures = features.row(row)
            answers[place] = HandRecord.of_detection(
                detections[place],
                features_to_dict(figures),
                {name: scores[name].row(row, figures) for name in names},
            )
    return iter([answers[place] for place in range(len(detections))])


def _measured(
    detections: Sequence[Detection], source: str, names: Sequence[str], device: str
) -> tuple[FeatureBatch, dict[str, ScoreBatch]]:
    batch = batch_of([hand.pose for hand in detections], [hand.evidence for hand in detections])
    if device == "cpu":
        features = measure(batch, source=source)
        return features, {name: SCORERS.load(name).score(features) for name in names}
    from handanat_studio.scoring.device import score_on

    answers = {name: score_on(batch, name, source, device) for name in names}
    return answers[names[0]][0], {name: scores for name, (_, scores) in answers.items()}


def _device(wanted: str) -> str:
    if wanted == "cpu" or (wanted == "auto" and not _may_have_accelerator()):
        return "cpu"
    from handanat_studio.scoring.device import pick_device

    return pick_device(wanted)


def _may_have_accelerator() -> bool:
    return sys.platform in ("darwin", "win32") or any(Path(sign).exists() for sign in _ACCELERATOR_SIGNS)
