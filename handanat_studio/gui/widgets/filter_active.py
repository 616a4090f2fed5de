"""The row of what is filtered by: one chip each, which goes away when it is pressed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from handanat_studio.gui import icons, theme
from handanat_studio.gui.widgets.filter_words import Piece

CHIP_PX = 240
SHOWN = 6


class ActiveFilters(QFrame):
    """Hidden while nothing is filtered.

    Signals:
        removed(tuple): names of fields that are to be left open again.
        cleared(): everything is to be shown.
    """

    removed = Signal(tuple)
    cleared = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.style_as(self, card="bar")
        self.setAccessibleName("Active filters")
        self._chips: list[QPushButton] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(theme.S16, theme.S4, theme.S12, theme.S4)
        self._row.setSpacing(theme.S8)
        clear = QPushButton("Clear all")
        theme.style_as(clear, kind="link")
        clear.setMinimumHeight(theme.HIT)
        clear.clicked.connect(self.cleared)
        self._row.addWidget(clear)
        self._row.addStretch(1)
        self.hide()

    @property
    def texts(self) -> list[str]:
        """What the chips say."""
        return [chip.toolTip() for chip in self._chips]

    def show_pieces(self, found: Sequence[Piece]) -> None:
        """Show one chip for each piece; more than fit in a row share the last one."""
        had_focus = any(chip.hasFocus() for chip in self._chips)
        for chip in self._chips:
            self._row.removeWidget(chip)
            chip.deleteLater()
        if len(found) > SHOWN:
            rest = found[SHOWN - 1 :]
            names = tuple(name for piece in rest for name in piece.fields)
            found = [*found[: SHOWN - 1], Piece(" · ".join(piece.text for piece in rest), names)]
        self._chips = [self._chip(piece) for piece in found]
        for place, chip in enumerate(self._chips):
            self._row.insertWidget(place, chip)
        self.setVisible(bool(found))
        if had_focus and self._chips:
            self._chips[0].setFocus()

    def press(self, place: int) -> None:
        """Take a chip away as if it had been clicked."""
        self._chips[place].click()

    def _chip(self, piece: Piece) -> QPushButton:
        chip = QPushButton()
        theme.style_as(chip, kind="chip")
        chip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the cross stands behind the words
        chip.setIcon(icons.icon("close", "secondary"))
        chip.setIconSize(QSize(12, 12))
        words = QFontMetrics(chip.font()).elidedText(piece.text, Qt.TextElideMode.ElideRight, CHIP_PX)
        chip.setText(words)
        chip.setToolTip(piece.text)
        chip.setAccessibleName(f"Remove filter {piece.text}")
        chip.clicked.connect(lambda: self.removed.emit(piece.fields))
        return chip
