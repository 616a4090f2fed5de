"""What is wrong with a hand, as a list: value, limit, certainty and source, and the expert's word on each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QListView, QSizePolicy, QWidget

from handanat_studio.gui.editor.finding_row import FindingDelegate, FindingRole, button_rect
from handanat_studio.gui.editor.finding_words import finding_detail, finding_story, finding_title, is_own
from handanat_studio.gui.widgets.entry_model import AnyIndex
from handanat_studio.hand.values import Finding

__all__ = ["FindingModel", "FindingsList", "button_rect", "finding_detail", "finding_title"]

OWN_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Plus, Qt.Key.Key_Minus)


def key_of(finding: Finding) -> tuple[str, str]:
    """Return what makes a finding the same one while its value changes."""
    return finding.kind, finding.part


class FindingModel(QAbstractListModel):
    """The findings of the hand that is open."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Finding, ...] = ()

    def set_findings(self, findings: Sequence[Finding]) -> None:
        """Show other findings; rows that stay keep their selection."""
        rows = tuple(findings)
        if len(rows) != len(self._rows):
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
        elif rows != self._rows:
            self._rows = rows
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))

    def findings(self) -> tuple[Finding, ...]:
        """Return what is shown."""
        return self._rows

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 (Qt's signature)
        """Return the number of findings."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a finding, its text, or its full story as a tool tip."""
        if not index.isValid():
            return None
        finding = self._rows[index.row()]
        if role == FindingRole:
            return finding
        if role == Qt.ItemDataRole.DisplayRole:
            return finding_title(finding)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{finding_title(finding)}\n{finding_story(finding)}"
        return None


class FindingsList(QListView):
    """The findings as a list as high as its rows.

    Signals:
        chosen(Finding): a row was clicked, walked to, or Enter pressed on it.
        judged(Finding, object): the expert agrees (True), rejects (False) or takes the word back (None).
    """

    chosen = Signal(object)
    judged = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = FindingModel(self)
        self.setModel(self._model)
        self._delegate = FindingDelegate(self)
        self._height = 0
        self._pressed: Finding | None = None
        self._pressed_word: bool | None = None
        self.setItemDelegate(self._delegate)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Findings")
        self.setAccessibleDescription("Enter shows the joint. Plus agrees, minus rejects or removes.")
        self.viewport().setAutoFillBackground(False)

    def set_findings(self, findings: Sequence[Finding]) -> None:
        """Show other findings; the current one stays current while it is there."""
        before, current = self._model.findings(), self.current()
        self._model.set_findings(findings)
        after = [key_of(finding) for finding in self._model.findings()]
        if [key_of(finding) for finding in before] != after:
            row = after.index(key_of(current)) if current is not None and key_of(current) in after else -1
            self._make_current(row)
        # Where no row was current before or after, nothing else tells that the list has another height.
        if self.sizeHint().height() != self._height:
            self._lay_out()

    def findings(self) -> tuple[Finding, ...]:
        """Return what is shown."""
        return self._model.findings()

    def current(self) -> Finding | None:
        """Return the finding that keys act on."""
        row, rows = self.currentIndex().row(), self._model.findings()
        return rows[row] if 0 <= row < len(rows) else None

    def walk(self, step: int) -> None:
        """Go to the next or previous finding, round and round, and show its joint."""
        count = self._model.rowCount()
        if count:
            row = self.currentIndex().row()
            self._make_current((row + step) % count if row >= 0 else (0 if step > 0 else count - 1))
            self.chosen.emit(self.current())

    def judge(self, word: bool) -> None:
        """Agree with the current finding or reject it; the same word again takes it back; one's own is removed."""
        finding = self.current()
        if finding is None or (is_own(finding) and word):
            return
        self.judged.emit(finding, None if is_own(finding) or finding.accepted is word else word)

    def _make_current(self, row: int) -> None:
        self.setCurrentIndex(self._model.index(row) if row >= 0 else QModelIndex())

    def _lay_out(self) -> None:
        # The current row is higher than the others; while a joint is dragged its height rarely changes.
        self._height = self.sizeHint().height()
        self.scheduleDelayedItemsLayout()
        self.updateGeometry()

    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:
        """Unfold the story of another row."""
        super().currentChanged(current, previous)
        self._lay_out()

    def sizeHint(self) -> QSize:
        """Return the height of all rows."""
        width = self.viewport().width()
        rows = range(self._model.rowCount())
        return QSize(200, sum(self._delegate.height(self._model.index(row), width) for row in rows))

    def minimumSizeHint(self) -> QSize:
        """Never scroll inside the panel."""
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap the story anew at another width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._lay_out()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Note what lies under the mouse: rows unfold before the button is let go."""
        at = event.position().toPoint()
        index = self.indexAt(at)
        self._pressed = index.data(FindingRole) if index.isValid() else None
        self._pressed_word = None
        if index.isValid():
            rect = self.visualRect(index)
            self._pressed_word = next((w for w in (True, False) if button_rect(rect, w).contains(at)), None)
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell what was clicked: a row, or its agree or reject button."""
        super().mouseReleaseEvent(event)
        finding, self._pressed = self._pressed, None
        if finding is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if self._pressed_word is None or (is_own(finding) and self._pressed_word):
            self.chosen.emit(finding)
        else:
            self.judge(self._pressed_word)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter shows the joint; plus agrees, minus rejects."""
        finding = self.current()
        if finding is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit(finding)
        elif finding is not None and event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Minus):
            self.judge(event.key() == Qt.Key.Key_Plus)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep its own keys from being commands, and let the panel around it scroll."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and event.key() in OWN_KEYS:
            event.accept()
            return True
        if event.type() == QEvent.Type.Wheel:
            event.ignore()
            return False
        return super().event(event)
