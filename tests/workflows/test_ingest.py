"""Import, detect and score on real parts: nothing is skipped in silence, nothing is done twice."""

from pathlib import Path

import pytest
from PIL import Image as PillowImage

from handanat_studio import project as projects
from handanat_studio.errors import Cancelled
from handanat_studio.progress import Silent
from handanat_studio.project import Project
from handanat_studio.store import hands, images, scores
from handanat_studio.store.changes import ChangeSet
from handanat_studio.store.library import LibraryFilter
from handanat_studio.workflows import browse, ingest


class Listener(Silent):
    """Remembers what was published and stops at a given step."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.published: list[object] = []
        self.steps = 0
        self.stop_after = stop_after

    def step(self, count: int = 1, note: str = "") -> None:
        """Count, and cancel when told to."""
        self.steps += count
        if self.stop_after is not None and self.steps > self.stop_after:
            raise Cancelled

    def publish(self, message: object) -> None:
        """Keep the message."""
        self.published.append(message)


def test_a_bad_file_becomes_a_row_with_its_error(sample: Project, tmp_path: Path) -> None:
    """A text file called .jpg is counted, shown in the library and says why."""
    bad = tmp_path / "notes.jpg"
    bad.write_text("not an image")
    report = ingest.import_images(sample, [bad])
    assert (report.added, report.failed) == (1, 1)
    wanted = LibraryFilter(errors_only=True)
    found = browse.index(sample, wanted)
    (entry,) = browse.page(sample, wanted, found.image_ids.tolist(), found.hand_ids.tolist())
    assert entry.status == "error"
    assert "notes.jpg" in entry.error


def test_the_same_picture_under_another_name_is_the_same_image(sample: Project, tmp_path: Path) -> None:
    """Identity is the content."""
    with sample.store.read() as session:
        first = images.get(session, images.all_ids(session)[0])
    copy = tmp_path / "copy.png"
    copy.write_bytes(sample.image_path(first.uri).read_bytes())
    report = ingest.import_images(sample, [copy])
    assert (report.added, report.known) == (0, 1)


def test_a_second_run_has_nothing_to_do(sample: Project) -> None:
    """Every stage asks what is missing for its version."""
    assert ingest.run(sample) == {
        "images_added": 0,
        "images_known": 0,
        "images_failed": 0,
        "images_detected": 0,
        "hands_found": 0,
        "hands_judged": 0,
    }


def test_every_hand_carries_both_scores(sample: Project) -> None:
    """Detection without judgement does not occur."""
    with sample.store.read() as session:
        ids = hands.all_ids(session)
        judged = scores.of_hands(session, ids)
    assert ids
    assert {name for by_name in judged.values() for name in by_name} == {"paper", "calibrated"}
    assert set(judged) == set(ids)


def test_a_new_scorer_version_judges_again_without_detecting(sample: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stages are versioned apart."""
    with sample.store.read() as session:
        ids = hands.all_ids(session)
    monkeypatch.setattr(ingest, "score_version", lambda scorer: "next")
    listener = Listener()
    assert ingest.detect(sample, progress=listener).images == 0
    assert ingest.score(sample, progress=listener) == len(ids)
    with sample.store.read() as session:
        versions = {s.version for by_name in scores.of_hands(session, ids).values() for s in by_name.values()}
    assert versions == {"next"}


@pytest.mark.e2e
def test_a_cancelled_detection_resumes_where_it_stopped(
    built_sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was committed before the cancel stays; the next run does the rest only."""
    monkeypatch.setattr(ingest, "CHUNK_LOOKS", 3)
    project = projects.create(tmp_path / "resumed")
    ingest.import_images(project, [built_sample / "images"])
    with pytest.raises(Cancelled):
        ingest.detect(project, progress=Listener(stop_after=7))
    rest = ingest.detect(project)
    assert rest.images == 6
    with project.store.read() as session:
        assert images.missing_detection(session, "never ran")
        total = len(hands.all_ids(session))
    project.close()
    assert total >= rest.hands > 0


@pytest.mark.e2e
def test_detection_in_two_processes_gives_the_same_hands(built_sample: Path, tmp_path: Path) -> None:
    """The process pool changes the speed only."""
    boxes = []
    for workers in (1, 2):
        project = projects.create(tmp_path / f"by-{workers}")
        listener = Listener()
        ingest.import_images(project, [built_sample / "images"])
        ingest.detect(project, workers=workers, progress=listener)
        with project.store.read() as session:
            boxes.append([h.box for h in hands.get_many(session, hands.all_ids(session)).values()])
        project.close()
        assert any(isinstance(m, ChangeSet) and m.touches("hands") for m in listener.published)
    assert boxes[0] == boxes[1]


@pytest.mark.e2e
def test_an_image_that_vanished_before_detection_is_an_error(sample: Project, tmp_path: Path) -> None:
    """The run goes on and the row says what is wrong."""
    file = tmp_path / "grey.png"
    PillowImage.new("RGB", (64, 64), (9, 90, 9)).save(file)
    ingest.import_images(sample, [file])
    file.unlink()
    report = ingest.detect(sample)
    assert (report.images, report.failed) == (1, 1)
    assert len(browse.index(sample, LibraryFilter(errors_only=True))) == 1


@pytest.mark.e2e
def test_an_image_that_came_back_is_mended_by_importing_it_again(sample: Project, tmp_path: Path) -> None:
    """The error goes, the image keeps its id, and it is searched for hands."""
    file = tmp_path / "grey.png"
    PillowImage.new("RGB", (64, 64), (9, 90, 9)).save(file)
    content = file.read_bytes()
    ingest.import_images(sample, [file])
    file.unlink()
    ingest.detect(sample)
    (broken,) = browse.index(sample, LibraryFilter(errors_only=True)).image_ids.tolist()
    file.write_bytes(content)
    ingest.import_images(sample, [file])
    with sample.store.read() as session:
        assert images.get(session, broken).error == ""
    assert len(browse.index(sample, LibraryFilter(errors_only=True))) == 0
    assert ingest.detect(sample).images == 1
