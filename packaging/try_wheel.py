"""Install a built wheel in a new environment outside the checkout and see that it does its main job.

Usage: python packaging/try_wheel.py DIST
"""

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path


def main(dist: Path) -> int:
    """Return 0 if `handanat doctor` and the demo tour run from the wheel alone."""
    wheels = sorted(dist.glob("handanat_studio-*.whl"))
    if len(wheels) != 1:
        print(f"Expected one wheel in {dist}, found {len(wheels)}.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="handanat-wheel-") as folder:
        room = Path(folder)
        venv.create(room / "venv", with_pip=True)
        programs = room / "venv" / ("Scripts" if os.name == "nt" else "bin")
        environment = os.environ | {"HANDANAT_HOME": str(room / "home"), "QT_QPA_PLATFORM": "offscreen"}
        for command in (
            [programs / "python", "-m", "pip", "install", "--quiet", wheels[0].resolve()],
            [programs / "handanat", "doctor"],
            [programs / "handanat", "demo", room / "sample", "--tour", room / "tour"],
        ):
            print("$", Path(command[0]).name, *command[1:], flush=True)
            subprocess.run([str(part) for part in command], cwd=room, env=environment, check=True)
        pictures = sorted(path.name for path in (room / "tour").glob("*.png"))
        print(f"{wheels[0].name}: doctor and tour ran; {len(pictures)} pictures.")
        return 0 if pictures else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
