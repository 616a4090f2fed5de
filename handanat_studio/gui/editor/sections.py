"""A titled part of a side panel, with a quiet figure and room for a button at the right of its title."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from handanat_studio.gui.theme import S8, S12, font, style_as


class Section(QWidget):
    """A titled part of the inspector.

    Args:
        title: its heading.
        parts: what stands below it.
        corner: a control at the right of the title.
    """

    def __init__(self, title: str, *parts: QWidget, corner: QWidget | None = None) -> None:
        super().__init__()
        heading = QLabel(title)
        heading.setFont(font("section", bold=True))
        self.figure = QLabel()
        self.figure.setFont(font("body", tabular=True))
        style_as(self.figure, quiet=True)
        top = QHBoxLayout()
        top.setSpacing(S8)
        top.addWidget(heading)
        top.addStretch(1)
        top.addWidget(self.figure)
        if corner is not None:
            top.addWidget(corner)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(S12, S12, S12, 0)
        layout.setSpacing(S8)
        layout.addLayout(top)
        for part in parts:
            layout.addWidget(part)
