"""Take the README's pictures from a recorded tour.

Usage: python packaging/pictures.py TOUR PICTURES
"""

import sys
from pathlib import Path

from PIL import Image

WANTED = {
    f"{page}-{theme}": f"{taken}-{theme}"
    for page, taken in (
        ("start", "start"),
        ("library", "library"),
        ("annotate", "annotate-six-fingers"),
        ("review", "review-dispute"),
        ("history", "review-history"),
    )
    for theme in ("dark", "light")
} | {name: name for name in ("annotate-dragged-dark", "annotate-network-dark")}
"""Name of a picture -> name of the tour's picture."""


def main(tour: Path, pictures: Path) -> int:
    """Return 0 if every wanted page was found in the tour."""
    pictures.mkdir(parents=True, exist_ok=True)
    for name, taken in WANTED.items():
        found = sorted(tour.glob(f"[0-9][0-9]-{taken}.png"))
        if not found:
            print(f"The tour in {tour} has no picture of {taken}; record it again.", file=sys.stderr)
            return 1
        target = pictures / f"{name}.png"
        with Image.open(found[0]) as picture:
            picture.convert("RGB").save(target, optimize=True)
        print(f"{target} {target.stat().st_size // 1024} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
