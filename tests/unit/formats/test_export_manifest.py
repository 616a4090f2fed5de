"""An export is whole or not there: manifest last, moved into place in one step, nothing overwritten."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from handanat_studio.errors import Cancelled, UserError
from handanat_studio.formats import coco, csv
from handanat_studio.formats.manifest import write_export
from handanat_studio.formats.values import ExportHand, ExportImage
from handanat_studio.hand.values import HandPose
from handanat_studio.registry import FORMATS

MakeHand = Callable[..., ExportHand]


@pytest.mark.parametrize("name", FORMATS.names())
def test_manifest_describes_every_file(
    tmp_path: Path, name: str, odd_pose: HandPose, plain_pose: HandPose, image: ExportImage, make_hand: MakeHand
) -> None:
    """Each registered format gets size and hash of each file, counts and versions, and returns the manifest."""
    hands = [make_hand(odd_pose), make_hand(plain_pose, hand_id=42, verdict=None, features=None, source="mediapipe")]
    out = tmp_path / "deep" / "out"
    manifest = write_export(FORMATS.load(name), iter(hands), iter([image]), out, details={"project": "P"})
    assert manifest == json.loads((out / "manifest.json").read_text())
    listed = {file["path"]: file for file in manifest["files"]}
    assert set(listed) == {p.name for p in out.iterdir()} - {"manifest.json"}
    for path, file in listed.items():
        content = (out / path).read_bytes()
        assert (file["bytes"], file["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert manifest["format"] == name
    assert manifest["program"]["name"] == "handanat-studio"
    assert manifest["counts"]["hands"] == 2
    assert manifest["counts"]["verdicts"] == {"implausible": 1, "none": 1}
    assert manifest["counts"]["sources"] == {"expert:Ada": 1, "mediapipe": 1}
    assert manifest["versions"] == {
        "features": {"f1": 1, "none": 1},
        "scorers": {"paper": {"p1": 2}, "calibrated": {"c1": 2}},
    }
    assert manifest["details"] == {"project": "P"}
    assert [p.name for p in out.parent.iterdir()] == ["out"]


@pytest.mark.parametrize("name", FORMATS.names())
def test_same_hands_same_bytes(
    tmp_path: Path, name: str, odd_pose: HandPose, image: ExportImage, make_hand: MakeHand
) -> None:
    """Two exports of the same hands have the same file hashes."""
    runs = [write_export(FORMATS.load(name), [make_hand(odd_pose)], [image], tmp_path / str(i)) for i in range(2)]
    assert runs[0]["files"] == runs[1]["files"]


def test_target_that_is_not_empty_is_refused_and_untouched(tmp_path: Path) -> None:
    """Nothing is ever overwritten; a file in the way is refused too; an empty folder is fine."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(UserError, match="not empty"):
        write_export(csv.write, [], [], tmp_path / "out")
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["mine.txt"]
    with pytest.raises(UserError, match="is a file"):
        write_export(csv.write, [], [], tmp_path / "out" / "mine.txt")
    (tmp_path / "empty").mkdir()
    write_export(csv.write, [], [], tmp_path / "empty")
    assert (tmp_path / "empty" / "manifest.json").is_file()


@pytest.mark.parametrize("failure", [Cancelled(), RuntimeError("bug")])
def test_failed_export_leaves_nothing(
    tmp_path: Path, plain_pose: HandPose, image: ExportImage, make_hand: MakeHand, failure: Exception
) -> None:
    """Cancelling, or any error on the way, removes what was written."""

    def hands() -> Iterator[ExportHand]:
        yield make_hand(plain_pose)
        raise failure

    with pytest.raises(type(failure)):
        write_export(coco.write, hands(), [image], tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_full_disk_is_a_user_error(tmp_path: Path) -> None:
    """What the system refuses is told in plain words with a hint."""

    def full(*_: object, **__: object) -> dict[str, object]:
        raise OSError(28, "No space left on device")

    with pytest.raises(UserError, match="No space left on device") as caught:
        write_export(full, [], [], tmp_path / "out")
    assert caught.value.hint
    assert list(tmp_path.iterdir()) == []


KILLED = """
import sys, time
from pathlib import Path
from handanat_studio.formats import csv
from handanat_studio.formats.manifest import write_export
from handanat_studio.formats.values import ExportImage

def images():
    for i in range(10**9):
        if i == 100:
            print("under way", flush=True)
        yield ExportImage(i, "a.png")
        time.sleep(0.001)

write_export(csv.write, [], images(), Path(sys.argv[1]))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no kill -9")
def test_killed_export_never_leaves_a_half_one(tmp_path: Path) -> None:
    """After kill -9 the target is not there, and a new export to it works."""
    out = tmp_path / "out"
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(out)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == b"under way\n"
        time.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert not out.exists()
    assert all(p.name.startswith(".out.partial-") for p in tmp_path.iterdir())
    write_export(csv.write, [], [], out)
    assert (out / "manifest.json").is_file()


@pytest.mark.parametrize("name", FORMATS.names())
def test_writers_stream(
    tmp_path: Path, name: str, plain_pose: HandPose, image: ExportImage, make_hand: MakeHand
) -> None:
    """Memory stays small: of 1,600 hands at most two chunks of 500 are alive at once."""
    alive: set[int] = set()
    most = 0

    class Watched(ExportHand):
        def __del__(self) -> None:
            alive.discard(self.hand_id)

    def hands() -> Iterator[ExportHand]:
        nonlocal most
        plain = make_hand(plain_pose)
        fields = {key: getattr(plain, key) for key in ExportHand.__slots__}
        for number in range(1600):
            alive.add(number)
            most = max(most, len(alive))
            yield Watched(**fields | {"hand_id": number})

    write_export(FORMATS.load(name), hands(), [image], tmp_path / "out")
    assert 0 < most <= 1002
