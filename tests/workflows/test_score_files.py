"""Files in, one judged record per file out: order, errors, verdicts, several processes, cancelling, dying workers."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from handanat_studio.errors import Cancelled, UserError
from handanat_studio.hand.values import Detection, HandPose
from handanat_studio.progress import Silent
from handanat_studio.synthetic.scenes import render_scene
from handanat_studio.vision.mediapipe_hands import padded_box
from handanat_studio.workflows import score_files as workflow
from handanat_studio.workflows.pool import Look
from handanat_studio.workflows.score_files import score_files


class Recorder(Silent):
    """Remembers what it is told, and cancels after `limit` steps."""

    def __init__(self, limit: int | None = None) -> None:
        self.total: int | None = None
        self.notes: list[str] = []
        self._limit = limit

    def start(self, title: str, total: int | None = None) -> None:
        self.total = total

    def step(self, count: int = 1, note: str = "") -> None:
        self.notes.append(note)
        if self._limit is not None and len(self.notes) >= self._limit:
            raise Cancelled


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Ten small images of hands."""
    folder = tmp_path_factory.mktemp("drawn")
    for seed in range(10):
        Image.fromarray(render_scene(seed, size=224).image).save(folder / f"{seed}.png")
    return sorted(folder.iterdir())


def _hand(detector: str = "mediapipe") -> Detection:
    pose = render_scene(3, size=224).hands[0].pose
    ordinary = HandPose.ordinary(pose.points[:21], world=pose.world[:21], side=pose.side, confidence=0.9)
    return Detection(padded_box(ordinary.points, (224, 224)), ordinary, detector, "1", 0.9)


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """Replace detection: `looks["hands"]` hands of alternating detectors per file, and note when the source closes."""
    state: dict[str, object] = {"hands": 2, "closed": False, "hand": [_hand(), _hand("mediapipe-rescue")]}

    def look_at(paths: list[Path], *, workers: int, pixel_limit_mp: int) -> Iterator[Look]:
        state.update(workers=workers, limit=pixel_limit_mp)
        try:
            for path in paths:
                if "broken" in path.name:
                    yield Look(path, error="It is broken.")
                else:
                    yield Look(path, 224, 200, "ab" * 32, tuple(state["hand"][: state["hands"]]))
        finally:
            state["closed"] = True

    monkeypatch.setattr(workflow, "look_at", look_at)
    return state


def test_records_come_in_the_order_of_the_files(looks: dict[str, object]) -> None:
    """More files than one group holds keep their order, broken ones in place with an error and no size."""
    files = [f"{n}.png" if n % 7 else f"broken{n}.png" for n in range(40)]
    records = list(score_files(files))
    assert [record["image"] for record in records] == files
    for record in records:
        is_broken = "broken" in record["image"]
        assert record["error"] == ("It is broken." if is_broken else None)
        assert (record["width"], record["height"]) == ((None, None) if is_broken else (224, 200))
        assert len(record["hands"]) == (0 if is_broken else 2)


def test_a_hand_is_judged_alike_alone_and_in_company(looks: dict[str, object]) -> None:
    """Measuring hands in groups changes no figure."""
    together = [hand for record in score_files([f"{n}.png" for n in range(20)]) for hand in record["hands"]]
    looks["hands"] = 1
    (alone,) = next(score_files(["0.png"]))["hands"]
    assert len(together) == 40
    assert together[0] == alone
    assert {hand["detector"]["name"] for hand in together} == {"mediapipe", "mediapipe-rescue"}
    assert together[-1]["angles_deg"] == pytest.approx(alone["angles_deg"])


@pytest.mark.parametrize("scorer", ["paper", "calibrated"])
def test_the_chosen_scorer_gives_the_verdict(looks: dict[str, object], scorer: str) -> None:
    """Every record holds both scores; "verdict" is the chosen one's."""
    for hand in next(score_files(["0.png"], scorer=scorer))["hands"]:
        assert set(hand["scores"]) == {"paper", "calibrated"}
        assert hand["verdict"] == hand["scores"][scorer]["verdict"]


def test_unknown_scorers_and_devices_are_refused_before_anything_runs(looks: dict[str, object]) -> None:
    """A spelling mistake is told at once, not after the first image."""
    with pytest.raises(UserError, match="Unknown scorer 'papr'"):
        score_files(["0.png"], scorer="papr")
    with pytest.raises(UserError, match="Unknown device 'gpu'"):
        score_files(["0.png"], device="gpu")
    assert "workers" not in looks


def test_progress_is_told_of_every_file(looks: dict[str, object]) -> None:
    """One step per file, named; never more workers than files."""
    progress = Recorder()
    list(score_files(["a.png", "broken.png"], workers=8, pixel_limit_mp=7, progress=progress))
    assert (progress.total, progress.notes) == (2, ["a.png", "broken.png"])
    assert (looks["workers"], looks["limit"]) == (2, 7)


def test_cancelling_closes_the_workers(looks: dict[str, object]) -> None:
    """`Cancelled` leaves through the iterator, and detection is shut down on the way."""
    with pytest.raises(Cancelled):
        list(score_files([f"{n}.png" for n in range(40)], progress=Recorder(limit=3)))
    assert looks["closed"]


def test_nothing_to_score_is_an_empty_answer(tmp_path: Path) -> None:
    """A folder without images gives no record and starts no worker."""
    progress = Recorder()
    assert list(score_files([tmp_path], workers=2, progress=progress)) == []
    assert progress.total == 0


def test_slow_images_are_not_held_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """When images come slowly a record is given out long before its group is full."""
    given: list[int] = []

    def look_at(paths: list[Path], **_: object) -> Iterator[Look]:
        for number, path in enumerate(paths):
            given.append(number)
            time.sleep(0.02)
            yield Look(path, 4, 4, "ab" * 32)

    monkeypatch.setattr(workflow, "look_at", look_at)
    monkeypatch.setattr(workflow, "_GROUP_SECONDS", 0.03)
    next(score_files([f"{n}.png" for n in range(16)]))
    assert len(given) <= 4


def test_the_torch_path_agrees_with_numpy(looks: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Scoring through torch gives the same record to the last digits of float32."""
    plain = next(score_files(["0.png"], device="cpu"))["hands"][0]
    monkeypatch.setattr(workflow, "_device", lambda wanted: "torch")
    monkeypatch.setattr("handanat_studio.scoring.device.pick_device", lambda wanted: "cpu")
    device = next(score_files(["0.png"]))["hands"][0]
    assert device["angles_deg"] == pytest.approx(plain["angles_deg"], abs=0.05)
    assert device["verdict"] == plain["verdict"]


@pytest.mark.e2e
def test_two_processes_give_what_one_gives(drawn: list[Path], tmp_path: Path) -> None:
    """Real detection in two processes answers like in one, in order, unreadable files included."""
    (tmp_path / "text.jpg").write_text("no picture")
    files = [*drawn[:3], tmp_path / "text.jpg", *drawn[3:], tmp_path / "missing.png"]
    alone, together = (list(score_files(files, workers=workers)) for workers in (1, 2))
    assert together == alone
    assert [record["image"] for record in alone] == [str(file) for file in files]
    assert sum(bool(record["hands"]) for record in alone) >= 8
    assert [bool(record["error"]) for record in alone] == [file.parent == tmp_path for file in files]


@pytest.mark.e2e
def test_a_killed_worker_costs_no_more_than_its_image(drawn: list[Path]) -> None:
    """When a process dies the run goes on: every file has its record in order, at most one of them an error."""
    files = drawn * 4
    records = score_files(files, workers=2)
    first = next(records)
    multiprocessing.active_children()[0].kill()
    everything = [first, *records]
    assert [record["image"] for record in everything] == [str(file) for file in files]
    errors = [record["error"] for record in everything if record["error"]]
    assert len(errors) <= 1
    assert all("died" in error for error in errors)


@pytest.mark.e2e
def test_cancelling_ends_the_processes_at_once(drawn: list[Path]) -> None:
    """Within a second of the cancel no worker process is left."""
    with pytest.raises(Cancelled):
        list(score_files(drawn * 10, workers=2, progress=Recorder(limit=1)))
    deadline = time.monotonic() + 1.0
    while multiprocessing.active_children() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert multiprocessing.active_children() == []


def test_the_record_is_plain_json(looks: dict[str, object]) -> None:
    """No numpy number and no NaN is left in a record."""

    def leaves(value: object) -> Iterator[object]:
        if isinstance(value, dict):
            for inner in value.values():
                yield from leaves(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from leaves(inner)
        else:
            yield value

    for leaf in leaves(next(score_files(["0.png"]))):
        assert type(leaf) in (str, int, float, bool, type(None))
        assert not (isinstance(leaf, float) and np.isnan(leaf))
