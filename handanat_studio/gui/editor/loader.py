"""Brings a hand to the Annotate page: its image's view, the picture, the neighbours' pictures, the queue position."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from handanat_studio.gui.context import Context
from handanat_studio.gui.editor.pictures import Wanted
from handanat_studio.gui.editor.queue_steps import QueueSteps
from handanat_studio.gui.widgets.entry_model import EntryModel
from handanat_studio.workflows import browse
from handanat_studio.workflows.browse import ImageView

NEIGHBOURS = (1, -1, 2)


class Loader(QueueSteps):
    """Reads a whole image for each hand that is opened.

    Signals:
        opened(ImageView, hand_id): the view has been read; hand id 0 = the image has no hand.
    """

    opened = Signal(object, int)

    def __init__(self, ctx: Context, entries: EntryModel, parent: QObject | None = None) -> None:
        super().__init__(ctx, entries, parent)
        self.view: ImageView | None = None

    def clear(self) -> None:
        """Forget everything, as when the project is closed."""
        super().clear()
        self.view = None

    def reload(self) -> None:
        """Read the open image again."""
        if self._wanted[0]:
            self.read(*self._wanted)

    def read(self, image_id: int, hand_id: int) -> None:
        """Read an image; `opened` follows."""
        super().read(image_id, hand_id)
        self._ticket = self._ctx.read(
            browse.image_view, image_id, annotator=self._ctx.annotator, done=lambda view: self._on_view(view, hand_id)
        )

    def _on_view(self, view: ImageView, hand_id: int) -> None:
        self.view = view
        ids = [hand.hand.id for hand in view.hands]
        if hand_id not in ids:
            hand_id = ids[0] if ids else 0
        if self._wanted != (view.image.id, hand_id):
            self._wanted = (view.image.id, hand_id)
            self.find_row()
        self.opened.emit(view, hand_id)
        self.show_picture(view)
        self.moved.emit(self._row)
        self._prefetch(view)

    def _prefetch(self, view: ImageView) -> None:
        near: dict[int, Wanted] = {}
        for row in self.rows_near(NEIGHBOURS):
            entry = self._entries.entry(row)
            if entry is not None and not entry.error and entry.image_id != view.image.id:
                near[entry.image_id] = Wanted(entry.image_id, self._ctx.project.image_path(entry.uri))
        self._pictures.prefetch(list(near.values()))
