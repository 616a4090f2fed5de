"""Images a second of `handanat score` against one process with bare MediaPipe, on the same images, taking turns.

Scoring asks the digit network about every hand and the fallback where nothing is found; the plain loop does neither.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from statistics import median

from handanat_studio.progress import SILENT, Progress
from handanat_studio.workflows.bench.child import call, run_python
from handanat_studio.workflows.bench.figures import Figure
from handanat_studio.workflows.bench.large_project import same_file
from handanat_studio.workflows.synthesize import synthesize

DRAWN, NAMES_EACH, REPEATS, WORKERS, SEED = 80, 5, 3, 2, 41
"""Each drawn image is there under several names: a run must be long enough that its last seconds do not count."""


def figures(folder: Path, *, drawn: int = DRAWN, repeats: int = REPEATS, progress: Progress = SILENT) -> list[Figure]:
    """Draw the images in `folder` and measure both loops `repeats` times, interleaved.

    Rates are of the running loops: both leave out their start, which is shown apart.
    """
    images = _many(folder, drawn, progress)
    count = drawn * NAMES_EACH
    plain, own, plain_total, own_total = [], [], [], []
    progress.start("Score against the plain loop", 2 * repeats)
    for _ in range(repeats):
        bare = json.loads(run_python(["-m", "handanat_studio.vision.plain_loop", str(images)]))
        plain.append((bare["images"] - 1) / bare["seconds"])
        plain_total.append(bare["total_seconds"])
        progress.step(note="plain loop")
        ours = call("handanat_studio.workflows.bench.throughput:score_folder", folder=str(images))
        own.append(ours["rate"])
        own_total.append(ours["total_seconds"])
        progress.step(note="score")
    note = f"{count} images, medians of {repeats} interleaved runs, without start-up"
    whole = median(plain_total) / median(own_total)
    return [
        Figure(
            "score_vs_plain_loop",
            "score with 2 workers, digit network and fallback, times the plain loop",
            median(own) / median(plain),
            "x",
            1.0,
            True,
            note,
        ),
        Figure("score_vs_plain_loop_with_start", "the same with start-up", whole, "x", note=f"{count} images"),
        Figure("score_ms_per_image", "score with 2 workers, per image", 1000 / median(own), "ms"),
        Figure("plain_ms_per_image", "plain MediaPipe loop, per image", 1000 / median(plain), "ms"),
    ]


def _many(folder: Path, drawn: int, progress: Progress) -> Path:
    synthesize(folder, count=drawn, seed=SEED, progress=progress)
    many = folder / "many"
    many.mkdir()
    for image in sorted((folder / "images").iterdir()):
        for number in range(NAMES_EACH):
            same_file(image, many / f"{number}-{image.name}")
    return many


def score_folder(folder: str, workers: int = WORKERS) -> dict[str, float]:
    """Score a folder as the command does; return images a second after the start, and all seconds."""
    began = time.perf_counter()
    from handanat_studio.workflows.score_files import GROUP, score_files

    times = []
    for _ in score_files([Path(folder)], workers=workers):
        times.append(time.perf_counter())
    # By the tenth part every worker is warm. Records come in groups, so count from the last one of a group.
    first = min(GROUP * (len(times) // (10 * GROUP) + 1), len(times) - 1) - 1
    rate = (len(times) - 1 - first) / (times[-1] - times[first])
    return {"images": len(times), "rate": rate, "total_seconds": time.perf_counter() - began}
