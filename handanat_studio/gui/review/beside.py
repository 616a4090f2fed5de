"""Side by side: one voice alone in a linked view at the right of the canvas, zoomed and moved together with it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from handanat_studio.gui.editor.canvas import Canvas
from handanat_studio.gui.editor.items import HandLook
from handanat_studio.gui.editor.linked_view import LinkedView
from handanat_studio.gui.review.case import Case
from handanat_studio.gui.theme import S4, S8, S12, style_as
from handanat_studio.hand.values import HandPose

HAND = 1
PREDICTION = "Detector"


class Beside(QFrame):
    """Takes the right half of the canvas; the canvas keeps its own half as viewport.

    Args:
        canvas: the view it stands beside.
    """

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._poses: dict[str, HandPose] = {}
        self._verdicts: dict[str, str] = {}
        self._chosen = self._wanted = ""
        self._on = False
        self._buttons: list[QPushButton] = []
        self._group = QButtonGroup(self)
        self._words = QLabel()
        self.view = LinkedView(canvas, self)
        style_as(self, card="side")
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)
        self.setAccessibleName("One annotator's hand beside the result")
        style_as(self._words, quiet=True)
        self._row = QHBoxLayout()
        self._row.setContentsMargins(S12, S8, S12, S8)
        self._row.setSpacing(S4)
        self._row.addWidget(self._words)
        self._row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._row)
        layout.addWidget(self.view, 1)
        canvas.installEventFilter(self)
        self.hide()

    @property
    def is_on(self) -> bool:
        """Whether it is switched on."""
        return self._on

    @property
    def chosen(self) -> str:
        """Which voice is shown: its letter, "Detector", or "" = there is none."""
        return self._chosen

    def toggle(self) -> None:
        """Open or close the second view; the place in the image stays."""
        self._on = not self._on
        centre = self._canvas.seen().center()
        self._place()
        self._canvas.look_at(centre.x(), centre.y())
        if self._on:
            self.view.join()
            self._show()

    def show_case(self, case: Case | None) -> None:
        """Stand beside another hand: its right voice, or the one that was chosen before if it has one."""
        self._poses, self._verdicts = {}, {}
        for voice in case.voices if case is not None else ():
            self._poses[voice.letter] = voice.annotation.pose
            self._verdicts[voice.letter] = voice.annotation.verdict or "no verdict"
        detection = case.view.hand.hand.detection if case is not None else None
        if detection is not None:
            self._poses[PREDICTION] = detection.pose
        right = case.right.letter if case is not None and case.right is not None else next(iter(self._poses), "")
        self._chosen = self._wanted if self._wanted in self._poses else right
        self._list()
        self._show()

    def choose(self, word: str) -> None:
        """Show another voice."""
        self._chosen = self._wanted = word
        self._show()

    def _list(self) -> None:
        if [button.text() for button in self._buttons] == list(self._poses):
            return
        for button in self._buttons:
            self._group.removeButton(button)
            button.hide()
            button.deleteLater()
        self._buttons = [QPushButton(word) for word in self._poses]
        for button in self._buttons:
            style_as(button, kind="chip")
            button.setCheckable(True)
            button.setAccessibleName(f"Show {button.text()} beside")
            button.clicked.connect(partial(self._on_pressed, button))
            self._group.addButton(button)
            self._row.addWidget(button)

    def _on_pressed(self, button: QPushButton) -> None:
        self.choose(button.text())

    def _show(self) -> None:
        for button in self._buttons:
            button.setChecked(button.text() == self._chosen)
        pose = self._poses.get(self._chosen)
        self._words.setText(self._verdicts.get(self._chosen, "") if pose is not None else "Nobody has annotated this.")
        if self._on:
            self.view.show_hand(HAND, pose, HandLook(arcs=False))

    # ---- its place -----------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep to the right half when the canvas changes its size."""
        if event.type() == QEvent.Type.Resize and self._on:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        size = self._canvas.size()
        width = size.width() // 2 if self._on else 0
        self._canvas.setViewportMargins(0, 0, width, 0)
        self.setGeometry(QRect(size.width() - width, 0, width, size.height()))
        self.setVisible(self._on)
        self.raise_()
