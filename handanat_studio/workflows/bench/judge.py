"""How long the digit network takes for one crop of a hand, on one thread."""

from __future__ import annotations

import time
from statistics import median

from handanat_studio.errors import UserError
from handanat_studio.workflows.bench.child import ONE_THREAD, call
from handanat_studio.workflows.bench.figures import Figure

CROPS, REPEATS, SEED, EDGE_PX = 8, 5, 77, 512
TARGET_MS = 20.0


def figures() -> list[Figure]:
    """Measure in a fresh single-threaded process."""
    texts = {"network": "digit network, per crop of 192 px", "look": "crop, network and assembly, per hand"}
    try:
        found = call("handanat_studio.workflows.bench.judge:median_ms", environment=ONE_THREAD)
    except UserError as error:
        return [Figure("digit_network_ms", texts["network"], None, "ms", TARGET_MS, note=error.message)]
    note = f"one thread, one crop at a time, median of {CROPS * REPEATS}"
    return [
        Figure("digit_network_ms", texts["network"], found["network"], "ms", TARGET_MS, note=note),
        Figure("digit_look_ms", texts["look"], found["look"], "ms", note=note),
    ]


def median_ms(crops: int = CROPS, repeats: int = REPEATS) -> dict[str, float]:
    """Return {"network": ms, "look": ms}: the network alone, and all of a look at one drawn hand in its image."""
    from handanat_studio.synthetic.scenes import render_scene
    from handanat_studio.vision.digit_crops import crop_hand
    from handanat_studio.vision.digit_reader import shared_reader
    from handanat_studio.vision.weights import DIGITS, weights_path, weights_version

    reader = shared_reader(weights_path(DIGITS), weights_version(DIGITS))
    scenes = [render_scene(SEED + number, size=EDGE_PX) for number in range(crops)]
    network, look = [], []
    for number in range(repeats + 1):
        for scene in scenes:
            box = scene.hands[0].box
            pixels = crop_hand(scene.image, box).pixels
            began = time.perf_counter()
            reader.maps([pixels])
            between = time.perf_counter()
            reader.see(scene.image, [box])
            if number:
                network.append(1000 * (between - began))
                look.append(1000 * (time.perf_counter() - between))
    return {"network": median(network), "look": median(look)}
