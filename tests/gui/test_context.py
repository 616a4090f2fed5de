"""The context: ordered reads and writes, what happens when they fail, projects, images, jobs."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QImage
from pytestqt.exceptions import capture_exceptions
from pytestqt.qtbot import QtBot

from handanat_studio.errors import UserError
from handanat_studio.gui.context import Context, Notice
from handanat_studio.gui.images import ImageThread, read_display_image, square_crop
from handanat_studio.gui.job_list import JobList, duration_text
from handanat_studio.gui.widgets.job_tray import progress_text, summary_text
from handanat_studio.hand.values import Box
from handanat_studio.jobs.messages import CancelledJob, Failed, Finished, Progressed, Published, Started, WorkerDied
from handanat_studio.project import Project
from handanat_studio.store.changes import ChangeSet


def test_reads_and_writes_run_in_order_in_one_other_thread(ctx: Context, qtbot: QtBot) -> None:
    """What was asked first runs first, off the window's thread; answers come in the window's thread."""
    ran: list[tuple[int, str]] = []
    answered: list[str] = []

    def work(_project: Any, number: int) -> int:
        time.sleep(0.01 if number == 0 else 0)
        ran.append((number, threading.current_thread().name))
        return number

    def done(_number: int) -> None:
        answered.append(threading.current_thread().name)

    for number in range(6):
        (ctx.read if number % 2 else ctx.save)(work, number, done=done)
    qtbot.waitUntil(lambda: len(answered) == 6)
    assert ran == [(number, "store") for number in range(6)]
    assert set(answered) == {"MainThread"}
    assert ctx.pending == 0


def test_a_save_says_when_it_is_on_disk_and_what_changed(ctx: Context, qtbot: QtBot) -> None:
    """`saving` at once, then `saved` with a time and `changed` with the change set of a tuple."""
    change = ChangeSet(frozenset({"annotations"}), (1,), (2,))
    heard: list[Any] = []
    ctx.saving.connect(lambda: heard.append("saving"))
    ctx.saved.connect(lambda when: heard.append(len(when)))
    ctx.changed.connect(heard.append)
    ctx.save(lambda _project: ("annotation", change), done=lambda result: heard.append(result[0]))
    assert heard == ["saving"]
    qtbot.waitUntil(lambda: len(heard) == 4)
    assert heard == ["saving", "annotation", len("14:02:11"), change]


def test_a_failed_save_is_never_shown_as_saved(ctx: Context, qtbot: QtBot) -> None:
    """`save_failed` with the reason, a notice with the hint, and no `saved`."""
    saved: list[str] = []
    notices: list[Notice] = []
    ctx.saved.connect(saved.append)
    ctx.noticed.connect(notices.append)

    def fail(_project: Any) -> None:
        raise UserError("The disk is full.", hint="Free some room.")

    with qtbot.waitSignal(ctx.save_failed) as failed:
        ctx.save(fail)
    assert failed.args == ["The disk is full. Free some room."]
    assert [(n.message, n.hint, n.level) for n in notices] == [("The disk is full.", "Free some room.", "error")]
    assert saved == []


def test_a_bug_in_a_read_reaches_the_crash_border(ctx: Context, qtbot: QtBot) -> None:
    """What is not a known error goes to the exception hook, with its traceback."""

    def broken(_project: Any) -> None:
        raise ZeroDivisionError("a bug")

    with capture_exceptions() as caught:
        ctx.read(broken, done=lambda _result: None)
        qtbot.waitUntil(lambda: len(caught) == 1)
    assert caught[0][0] is ZeroDivisionError


def test_a_cancelled_read_is_not_delivered(ctx: Context, qtbot: QtBot) -> None:
    """The page that asked has moved on; a later answer still comes."""
    heard: list[int] = []
    ctx.read(lambda _project: 1, done=heard.append).cancel()
    ctx.read(lambda _project: 2, done=heard.append)
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == [2]


class _Listener(QObject):
    def __init__(self, heard: list[int]) -> None:
        super().__init__()
        self._heard = heard

    def on_answer(self, number: int) -> None:
        self._heard.append(number)


def test_an_answer_for_a_dead_widget_is_dropped(ctx: Context, qtbot: QtBot) -> None:
    """Calling into a deleted C++ object would be a crash."""
    import shiboken6

    heard: list[int] = []
    listener = _Listener(heard)
    ctx.read(lambda _project: 1, done=listener.on_answer)
    shiboken6.delete(listener)
    ctx.read(lambda _project: 2, done=heard.append)
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == [2]


def test_closing_finishes_what_was_queued(ctx: Context, own_project: Path, qtbot: QtBot) -> None:
    """Every save that was asked for is on disk when the project is closed, however long it takes."""
    with qtbot.waitSignal(ctx.project_opened):
        ctx.open_project(own_project)
    written: list[int] = []

    def slow(_project: Project, number: int) -> None:
        time.sleep(0.02)
        written.append(number)

    for number in range(5):
        ctx.save(slow, number)
    ctx.close_project()
    assert written == [0, 1, 2, 3, 4]
    assert ctx.project is None


def test_a_folder_that_is_no_project_is_said_to_be_none(ctx: Context, tmp_path: Path, qtbot: QtBot) -> None:
    """A notice says what is wrong and what to do; no project is open."""
    with qtbot.waitSignal(ctx.noticed) as noticed:
        ctx.open_project(tmp_path)
    assert noticed.args[0].level == "error"
    assert noticed.args[0].hint
    assert ctx.project is None


def test_an_opened_project_becomes_the_most_recent(ctx: Context, filled_project: Path, qtbot: QtBot) -> None:
    """Recent projects hold each folder once, newest first."""
    ctx.change_settings(recent_projects=("/elsewhere", str(filled_project)))
    with qtbot.waitSignal(ctx.project_opened):
        ctx.open_project(filled_project)
    assert ctx.settings.recent_projects == (str(filled_project), "/elsewhere")


# images ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def image_thread() -> Any:
    """An image thread that is stopped afterwards."""
    thread = ImageThread()
    yield thread
    thread.close()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A 200 x 100 picture, red on its left half, blue on its right."""
    image = QImage(200, 100, QImage.Format.Format_RGB32)
    for x in range(200):
        for y in range(100):
            image.setPixel(x, y, 0xFFFF0000 if x < 100 else 0xFF0000FF)
    path = tmp_path / "picture.png"
    image.save(str(path))
    return path


def test_a_crop_is_square_inside_the_image_and_around_the_box() -> None:
    """Whatever the box, the crop is square, inside, and as wide as the box and its margin where there is room."""
    from PySide6.QtCore import QSize

    full = QSize(200, 100)
    crop = square_crop(Box(90, 40, 20, 10), full)
    assert (crop.width(), crop.height()) == (26, 26)
    assert crop.contains(100, 45)
    corner = square_crop(Box(195, 95, 50, 50), full)
    assert corner.right() == 199
    assert corner.bottom() == 99
    assert square_crop(Box(0, 0, 500, 500), full).size() == QSize(100, 100)


def test_a_crop_shows_the_part_it_names(picture: Path) -> None:
    """A box on the right half is blue at whatever size."""
    image = read_display_image(picture, box=Box(150, 40, 20, 20), size=16)
    assert (image.width(), image.height()) == (16, 16)
    assert image.pixelColor(8, 8).name() == "#0000ff"


def test_a_picture_is_never_enlarged(picture: Path) -> None:
    """Asked for more than there is, the image comes as it is; asked for less, its longer side fits."""
    assert read_display_image(picture, size=4000).width() == 200
    small = read_display_image(picture, size=50)
    assert (small.width(), small.height()) == (50, 25)


def test_too_many_pixels_are_not_decoded(picture: Path) -> None:
    """The pixel limit holds for display as well."""
    assert read_display_image(picture, pixel_limit_mp=0).isNull()


class _Disk:
    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def get(self, key: str) -> bytes | None:
        return self.kept.get(key)

    def put(self, key: str, data: bytes) -> None:
        self.kept[key] = data


def test_a_thumbnail_is_made_once(image_thread: ImageThread, picture: Path, qtbot: QtBot) -> None:
    """It goes to the memory and the disk cache, and comes from there when the file is gone."""
    disk = _Disk()
    image_thread.use_disk(disk)
    got: list[QImage] = []
    image_thread.request(picture, None, 64, got.append, key="k")
    qtbot.waitUntil(lambda: len(got) == 1)
    assert image_thread.cached("k") is not None
    assert list(disk.kept) == ["k"]
    image_thread.use_disk(disk)
    assert image_thread.cached("k") is None
    picture.unlink()
    image_thread.request(picture, None, 64, got.append, key="k")
    qtbot.waitUntil(lambda: len(got) == 2)
    assert got[1].width() == 64


def test_a_file_that_cannot_be_read_is_answered_with_a_null_image(
    image_thread: ImageThread, tmp_path: Path, qtbot: QtBot
) -> None:
    """Broken and missing files are answers, not errors."""
    (tmp_path / "broken.png").write_bytes(b"no image")
    got: list[QImage] = []
    for name in ("broken.png", "missing.png"):
        image_thread.request(tmp_path / name, None, 64, got.append)
    qtbot.waitUntil(lambda: len(got) == 2)
    assert all(image.isNull() for image in got)


def test_urgent_comes_first_then_the_newest(image_thread: ImageThread, picture: Path, qtbot: QtBot) -> None:
    """What the user waits for overtakes thumbnails; among those, what came into view last is made first."""
    got: list[str] = []
    hold = threading.Event()

    class _Slow(_Disk):
        def get(self, key: str) -> bytes | None:
            if key == "first":
                hold.wait(5)
            return None

    def note(name: str) -> Callable[[QImage], None]:
        return lambda _image: got.append(name)

    image_thread.use_disk(_Slow())
    image_thread.request(picture, None, 8, note("first"), key="first")
    qtbot.waitUntil(lambda: image_thread.waiting == 0)
    for name in ("old", "new"):
        image_thread.request(picture, None, 8, note(name))
    image_thread.request(picture, None, 8, note("dropped")).cancel()
    image_thread.request(picture, None, 8, note("urgent"), urgent=True)
    hold.set()
    qtbot.waitUntil(lambda: len(got) == 4)
    assert got == ["first", "urgent", "new", "old"]


# jobs -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def jobs(qtbot: QtBot) -> JobList:
    """A job list that is told messages by the test."""
    return JobList()


def test_a_job_is_followed_from_start_to_end(jobs: JobList, qtbot: QtBot) -> None:
    """Title, count, per cent, then done."""
    jobs.receive(Started(1, "Find hands", 200))
    jobs.receive(Progressed(1, 50, 200, "a.png", "Find hands"))
    job = jobs.all()[0]
    assert (job.title, job.percent, job.note, job.is_active) == ("Find hands", 25, "a.png", True)
    assert summary_text(jobs.active()).startswith("Find hands  25 %")
    with qtbot.waitSignal(jobs.finished) as finished:
        jobs.receive(Finished(1, {"hands": 3}))
    assert finished.args == [1, {"hands": 3}]
    assert jobs.active() == []
    assert progress_text(jobs.all()[0]) == "done"


def test_rate_and_time_left_come_from_the_stage(jobs: JobList, monkeypatch: pytest.MonkeyPatch) -> None:
    """100 units in 10 seconds are 10 a second, 100 more take 10 s; a new stage starts afresh."""
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    jobs.receive(Started(1, "Find hands", 200))
    now[0] = 10.0
    jobs.receive(Progressed(1, 100, 200, title="Find hands"))
    job = jobs.all()[0]
    assert (job.rate, job.seconds_left) == (10.0, 10.0)
    assert progress_text(job) == "100 of 200 · 10 a second · 0:10 left"
    jobs.receive(Started(1, "Judge hands", 50))
    assert jobs.all()[0].rate == 0.0


def test_a_worker_that_died_fails_its_job_and_says_so(jobs: JobList, qtbot: QtBot) -> None:
    """The user is told what is kept and what to do; the log can be looked at."""
    jobs.receive(Started(1, "Find hands", 200))
    with qtbot.waitSignal(jobs.failed) as failed:
        jobs.receive(WorkerDied(1, -9, "last lines"))
    job = failed.args[0]
    assert "exit code -9" in job.message
    assert (job.state, job.detail, bool(job.hint)) == ("failed", "last lines", True)


def test_cancelled_and_failed_jobs_end(jobs: JobList) -> None:
    """Neither counts as active, and both can be cleared."""
    jobs.receive(Started(1, "A", 1))
    jobs.receive(Started(2, "B", 1))
    jobs.receive(CancelledJob(1))
    jobs.receive(Failed(2, "It broke.", "Do this."))
    assert [job.state for job in jobs.all()] == ["failed", "cancelled"]
    assert jobs.active() == []
    jobs.clear_ended()
    assert jobs.all() == []


def test_what_a_job_publishes_reaches_the_pages(ctx: Context, qtbot: QtBot) -> None:
    """A change set from the worker is `changed`, like one from here; other values are not."""
    change = ChangeSet(frozenset({"hands"}))
    heard: list[object] = []
    ctx.changed.connect(heard.append)
    ctx.jobs.receive(Published(1, "something"))
    ctx.jobs.receive(Published(1, change))
    assert heard == [change]


@pytest.mark.parametrize(("seconds", "text"), [(6.6, "0:07"), (760, "12:40"), (7500, "2:05:00"), (-1, "0:00")])
def test_durations_read_like_a_clock(seconds: float, text: str) -> None:
    """Minutes and seconds, hours where there are any."""
    assert duration_text(seconds) == text
