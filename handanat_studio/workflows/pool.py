"""Decode and detect many images, in this process or in several, in the order given. Nothing is stored here.

Paths go out and detections come back; pixels never cross a process border. A process that dies takes one image
with it at most: that image comes back as an error and the run goes on.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import threading
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from handanat_studio.errors import UserError
from handanat_studio.hand.values import Detection

if TYPE_CHECKING:
    from handanat_studio.vision.detectors import DetectorChain
    from handanat_studio.vision.images import DecodedImage

CHUNK = 4
"""Images a worker gets at once: enough to hide the pipe, few enough for smooth progress and quick cancelling."""
_TOGETHER_MP = 16
"""Megapixels from which on a worker looks at the images it holds before it reads another."""


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen in one image file.

    Attributes:
        path: the file.
        width: pixels of the upright image; 0 if it could not be read.
        height: likewise.
        sha256: of the file's bytes; "" if it could not be read.
        detections: the hands found.
        error: why the file could not be read or judged; "" if it could.
    """

    path: Path
    width: int = 0
    height: int = 0
    sha256: str = ""
    detections: tuple[Detection, ...] = ()
    error: str = ""


def look_at(paths: Iterable[Path], *, workers: int = 1, pixel_limit_mp: int = 200) -> Generator[Look, None, None]:
    """Yield one `Look` per path, in order.

    Args:
        paths: image files; read lazily.
        workers: processes to use; 1 = this one.
        pixel_limit_mp: images above this many megapixels are refused.
    """
    if workers <= 1:
        yield from _look_here(paths, pixel_limit_mp)
        return
    crew = _Crew(workers, pixel_limit_mp)
    try:
        yield from crew.run(paths)
    finally:
        crew.dismiss()


def _look_here(paths: Iterable[Path], pixel_limit_mp: int) -> Iterator[Look]:
    from handanat_studio.vision.detectors import DetectorChain

    chain = DetectorChain()
    try:
        for path in paths:
            # One at a time: who waits here wants to see each as soon as it is done.
            yield from look_together([path], chain, pixel_limit_mp)
    finally:
        chain.close()


def look_together(paths: Iterable[Path], chain: DetectorChain, pixel_limit_mp: int) -> Iterator[Look]:
    """Decode files and run the detector chain on them all; a known problem becomes `error`.

    Small images are looked at together, large ones one by one, so that few pixels are held at a time.
    """
    batch: list[tuple[Path, DecodedImage | UserError]] = []
    held = 0.0
    for path in paths:
        image = _opened(path, pixel_limit_mp)
        batch.append((path, image))
        held += 0.0 if isinstance(image, UserError) else image.width * image.height / 1e6
        if held > _TOGETHER_MP:
            yield from _judged(batch, chain)
            batch, held = [], 0.0
    yield from _judged(batch, chain)


def _opened(path: Path, pixel_limit_mp: int) -> DecodedImage | UserError:
    from handanat_studio.vision.images import read_image

    try:
        return read_image(path, pixel_limit_mp=pixel_limit_mp)
    except UserError as error:
        return error


def _judged(batch: Sequence[tuple[Path, DecodedImage | UserError]], chain: DetectorChain) -> Iterator[Look]:
    found = iter(chain.detect_all([image.pixels for _, image in batch if not isinstance(image, UserError)]))
    for path, image in batch:
        hands = image if isinstance(image, UserError) else next(found)
        if isinstance(image, UserError) or isinstance(hands, UserError):
            yield Look(path, error=str(hands))
        else:
            yield Look(path, image.width, image.height, image.sha256, tuple(hands))


class _Crew:
    """A process pool that survives the death of its members."""

    def __init__(self, workers: int, pixel_limit_mp: int) -> None:
        self._workers = workers
        self._pixel_limit_mp = pixel_limit_mp
        self._pool = self._hire()

    def _hire(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            self._workers,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_prepare,
            initargs=(os.getpid(), self._pixel_limit_mp),
        )

    def dismiss(self) -> None:
        """Stop at once; whatever was under way is lost."""
        members = list((self._pool._processes or {}).values())
        self._pool.shutdown(wait=False, cancel_futures=True)
        for member in members:
            member.kill()

    def run(self, paths: Iterable[Path]) -> Iterator[Look]:
        source = iter(paths)
        chunks = iter(lambda: tuple(itertools.islice(source, CHUNK)), ())
        waiting: deque[tuple[tuple[Path, ...], Future[list[Look]]]] = deque()
        for chunk in itertools.chain(chunks, [None]):
            if chunk is not None:
                waiting.append((chunk, self._submit(chunk)))
            while waiting and (chunk is None or len(waiting) > 3 * self._workers):
                files, future = waiting.popleft()
                try:
                    yield from future.result()
                except BrokenProcessPool:
                    suspects = [files, *(f for f, _ in waiting)]
                    waiting.clear()
                    yield from self._one_by_one(itertools.chain.from_iterable(suspects))

    def _submit(self, chunk: Sequence[Path]) -> Future[list[Look]]:
        try:
            return self._pool.submit(_look_at_chunk, chunk)
        except BrokenProcessPool as error:
            broken: Future[list[Look]] = Future()
            broken.set_exception(error)
            return broken

    def _one_by_one(self, files: Iterable[Path]) -> Iterator[Look]:
        """Give the files to a new crew singly, so that the one that kills a process is known by name."""
        self._pool = self._hire()
        for file in files:
            try:
                yield from self._pool.submit(_look_at_chunk, (file,)).result()
            except BrokenProcessPool:
                self._pool = self._hire()
                yield Look(
                    file, error="The detection process died on this image. Open and save it again, or leave it out."
                )


_chain: DetectorChain | None = None
_limit_mp = 200


def _prepare(parent_pid: int, pixel_limit_mp: int) -> None:
    """Warm one worker process: load the detectors, and leave when the parent is gone."""
    global _chain, _limit_mp
    threading.Thread(target=_leave_with, args=(parent_pid,), daemon=True).start()
    from handanat_studio.vision.detectors import DetectorChain

    _chain, _limit_mp = DetectorChain(), pixel_limit_mp


def _leave_with(parent_pid: int) -> None:
    while os.getppid() == parent_pid:
        time.sleep(0.5)
    os._exit(1)


def _look_at_chunk(paths: Sequence[Path]) -> list[Look]:
    assert _chain is not None, "the worker was not prepared"
    return list(look_together(paths, _chain, _limit_mp))
