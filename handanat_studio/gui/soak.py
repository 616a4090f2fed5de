"""`python -m handanat_studio.gui.soak PROJECT [IMAGES]`: the real window edits without a pause until it is killed.

Prints "ack ID" for each annotation that the window shows as saved, which is a promise that must outlive any kill.
Meanwhile the worker imports and detects IMAGES, again and again, also after it was killed itself.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from handanat_studio.gui.app import Studio, make_application
from handanat_studio.gui.driving import wait_until
from handanat_studio.gui.editor.draft import Draft
from handanat_studio.gui.pages.annotate import AnnotatePage
from handanat_studio.hand import edits
from handanat_studio.hand.values import VERDICTS
from handanat_studio.settings import Settings

BURST = 4
STEPS_A_HAND = 12
REACH_PX = 6.0
PAUSE_MS = 20


class Soak(QObject):
    """Commits edits on the Annotate page: each time all are saved, the next few.

    Args:
        studio: the program with an open project.
        page: its Annotate page with an open hand.
        images: what the worker imports; None = no jobs.
    """

    def __init__(self, studio: Studio, page: AnnotatePage, images: Path | None) -> None:
        super().__init__()
        self._ctx, self._page, self._images = studio.ctx, page, images
        self._chance = random.Random()
        self._steps = 0
        self._left: Draft | None = None
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._work)
        self._ctx.saved.connect(self._on_saved)
        self._ctx.jobs.finished.connect(self._submit)
        self._ctx.jobs.failed.connect(self._submit)

    def start(self) -> None:
        """Begin."""
        self._submit()
        self._soon.start()

    def _on_saved(self, _time: str) -> None:
        draft = self._page.draft
        if draft is not None and draft.parent_id is not None:
            print(f"ack {draft.parent_id}", flush=True)
        if draft is None or draft.is_settled:
            self._soon.start()

    def _work(self) -> None:
        draft = self._page.draft
        if draft is None or draft is self._left:
            self._soon.start(PAUSE_MS)
            return
        if not draft.is_settled:
            return
        if self._steps >= STEPS_A_HAND:
            self._steps, self._left = 0, draft
            self._page.step(1 if self._page.loader.can_step(1) else -1)
            self._soon.start(PAUSE_MS)
            return
        for _ in range(self._chance.randint(1, BURST)):
            self._steps += 1
            self._edit()

    def _edit(self) -> None:
        draft, chance = self._page.draft, self._chance
        assert draft is not None
        pick = chance.random()
        if pick < 0.15 and draft.history.can_undo:
            draft.undo()
        elif pick < 0.3:
            verdict = chance.choice([word for word in VERDICTS if word != draft.snapshot.verdict])
            draft.set_verdict(verdict)
        else:
            row = chance.randrange(len(draft.pose.points))
            x, y = draft.pose.points[row].tolist()
            goal = (x + chance.uniform(1, REACH_PX), y - chance.uniform(1, REACH_PX))
            draft.edit(edits.move(draft.pose, row, goal), f"Soak {self._steps}")

    def _submit(self, *_: object) -> None:
        if self._images is not None:
            self._ctx.jobs.submit("ingest", "Soak", paths=[self._images])


def main(argv: list[str]) -> int:
    """Open the window on a project and edit until killed."""
    project, images = Path(argv[0]), Path(argv[1]) if len(argv) > 1 else None
    app = make_application(Settings())
    studio = Studio(Settings(), keeps_settings=False)
    studio.window.show()
    studio.ctx.open_project(project)
    wait_until(lambda: studio.library is not None and studio.library.is_listed, "the library")
    page = studio.window.show_page("annotate")
    assert isinstance(page, AnnotatePage)
    wait_until(lambda: page.draft is not None, "the first hand")
    soak = Soak(studio, page, images)
    soak.start()
    return app.exec()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
