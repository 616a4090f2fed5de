"""The toolbar never pushes the panels aside: what does not fit is in its menu."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QToolButton

from handanat_studio.gui.pages.annotate import AnnotatePage


@pytest.mark.parametrize("width", [1440, 1280, 1024])
def test_every_tool_is_a_button_or_in_the_menu(page: AnnotatePage, width: int) -> None:
    """At any width each tool can be reached, shown buttons lie inside the bar, and panels keep their width."""
    page.resize(width, 820)
    QApplication.processEvents()
    bar = page.toolbar
    buttons = [button for button in bar.findChildren(QToolButton) if button is not bar.more]
    shown = [button for button in buttons if button.isVisible()]
    assert all(bar.rect().contains(button.geometry()) for button in shown)
    bar.more.menu().aboutToShow.emit()
    listed = [action.text() for action in bar.more.menu().actions()]
    assert sorted(listed + [b.defaultAction().text() for b in shown]) == sorted(
        b.defaultAction().text() for b in buttons
    )
    assert bar.more.isVisible() == bool(listed)
    assert page.queue_panel.width() >= 180
