"""The loop one would write by hand, as the yardstick of `handanat bench`: one process, bare MediaPipe, nothing of ours.

`python -m handanat_studio.vision.plain_loop FOLDER` prints {"images", "hands", "seconds", "total_seconds"}: seconds
of the loop after its first image, and from before the imports to the end.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

BEGAN = time.perf_counter()


def run(folder: Path) -> dict[str, float]:
    """Decode every image of a folder and ask MediaPipe for up to two hands."""
    import cv2
    import mediapipe

    files = sorted(folder.iterdir())
    hands = 0
    first_done = 0.0
    with mediapipe.solutions.hands.Hands(static_image_mode=True, max_num_hands=2) as detector:
        for number, file in enumerate(files):
            pixels = cv2.cvtColor(cv2.imread(str(file)), cv2.COLOR_BGR2RGB)
            hands += len(detector.process(pixels).multi_hand_landmarks or ())
            if number == 0:
                first_done = time.perf_counter()
        now = time.perf_counter()
    return {"images": len(files), "hands": hands, "seconds": now - first_done, "total_seconds": now - BEGAN}


if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[1]))))
