"""The start page: recent projects, the sample project, the guided tour, and a place to drop a folder."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from handanat_studio.gui import icons, theme
from handanat_studio.gui.context import Context
from handanat_studio.gui.project_actions import ProjectActions
from handanat_studio.gui.widgets.job_tray import JobRow
from handanat_studio.gui.widgets.recent_row import RecentRow
from handanat_studio.workflows import recent
from handanat_studio.workflows.recent import Recent

COLUMN_PX = 720


class StartPage(QWidget):
    """Shown while no project is open.

    Args:
        ctx: the context.
        actions: opens and makes projects.
    """

    def __init__(self, ctx: Context, actions: ProjectActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self._actions = actions
        self.setAcceptDrops(True)
        self.setAccessibleName("Start page")
        self._logo = QLabel()
        self._rows: list[RecentRow] = []
        self._shown_roots: tuple[str, ...] = ()
        self._recent_rows = QVBoxLayout()
        self._recent_rows.setSpacing(0)
        self._buttons: list[tuple[QPushButton, str]] = []
        self._job = JobRow(ctx.jobs)
        theme.style_as(self._job, card=True)
        self._drop = self._make_drop_zone()
        inner = QVBoxLayout()
        inner.setSpacing(theme.S24)
        inner.addLayout(self._make_head())
        inner.addLayout(self._make_buttons())
        inner.addWidget(self._make_tour())
        inner.addWidget(self._job)
        inner.addWidget(self._make_recent())
        inner.addWidget(self._drop)
        holder = QWidget()
        holder.setFixedWidth(COLUMN_PX)
        holder.setLayout(inner)
        column = QVBoxLayout(self)
        column.addStretch(1)
        column.addWidget(holder, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)
        ctx.settings_changed.connect(lambda _settings: self._fill_recent())
        ctx.jobs.changed.connect(self._on_jobs)
        self._fill_recent()
        self._on_jobs()
        self._paint_logo()
        self.setFocusProxy(self._buttons[0][0])

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()
            theme.style_as(self._drop, card="drop-over")

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        theme.style_as(self._drop, card="drop")

    def dropEvent(self, event: QDropEvent) -> None:
        theme.style_as(self._drop, card="drop")
        event.acceptProposedAction()
        self._actions.take_dropped([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._paint_logo()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look()

    def _make_head(self) -> QHBoxLayout:
        name = QLabel("HandAnat Studio")
        name.setFont(theme.font("title", bold=True))
        what = QLabel("Find hands in images, measure their anatomy, judge it, and agree on it.")
        theme.style_as(what, quiet=True)
        words = QVBoxLayout()
        words.setSpacing(theme.S4)
        words.addStretch(1)
        words.addWidget(name)
        words.addWidget(what)
        words.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(theme.S16)
        row.addWidget(self._logo)
        row.addLayout(words, 1)
        return row

    def _make_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.S12)
        choices = (
            ("Open sample project", "sample", "60 generated hands with known truth", self._actions.open_sample),
            ("New from folder…", "folder-new", "Images stay where they are", self._actions.new_from_folder),
            ("Open project…", "folder-open", "A project folder on this machine", self._actions.open_existing),
        )
        for title, icon_name, note, run in choices:
            button = QPushButton(icons.icon(icon_name, "accent_text" if not self._buttons else ""), title)
            button.setIconSize(QSize(20, 20))
            theme.style_as(button, tall="button")
            button.setToolTip(note)
            button.setAccessibleDescription(note)
            button.clicked.connect(lambda _checked=False, run=run: run())
            if not self._buttons:
                theme.style_as(button, kind="primary")
            self._buttons.append((button, note))
            caption = QLabel(note, alignment=Qt.AlignmentFlag.AlignHCenter)
            caption.setFont(theme.font("caption"))
            theme.style_as(caption, quiet=True)
            stack = QVBoxLayout()
            stack.setSpacing(theme.S4)
            stack.addWidget(button)
            stack.addWidget(caption)
            row.addLayout(stack, 1)
        return row

    def _make_tour(self) -> QFrame:
        card = QFrame()
        theme.style_as(card, card=True)
        title = QLabel("New here?")
        title.setFont(theme.font(bold=True))
        what = QLabel("Label a six-fingered hand in five steps, on the sample project.")
        theme.style_as(what, quiet=True)
        words = QVBoxLayout()
        words.setSpacing(theme.S4)
        words.addWidget(title)
        words.addWidget(what)
        button = QPushButton(icons.icon("tour"), "Take the tour")
        button.setAccessibleDescription(what.text())
        button.clicked.connect(lambda: self._ctx.commands.trigger("help.tour"))
        row = QHBoxLayout(card)
        row.setContentsMargins(theme.S16, theme.S12, theme.S12, theme.S12)
        row.setSpacing(theme.S16)
        row.addLayout(words, 1)
        row.addWidget(button)
        return card

    def _make_recent(self) -> QWidget:
        self._recent = QWidget()
        column = QVBoxLayout(self._recent)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.S8)
        title = QLabel("Recent projects")
        title.setFont(theme.font("section", bold=True))
        column.addWidget(title)
        column.addLayout(self._recent_rows)
        self._recent.hide()
        return self._recent

    def _make_drop_zone(self) -> QFrame:
        zone = QFrame()
        theme.style_as(zone, card="drop")
        text = QLabel("Drop a folder of images or a project here", alignment=Qt.AlignmentFlag.AlignCenter)
        theme.style_as(text, quiet=True)
        column = QVBoxLayout(zone)
        column.setContentsMargins(theme.S24, theme.S24, theme.S24, theme.S24)
        column.addWidget(text)
        zone.setMinimumHeight(96)
        return zone

    def _fill_recent(self) -> None:
        roots = self._ctx.settings.recent_projects
        if roots == self._shown_roots:
            return
        self._shown_roots = roots
        for row in self._rows:
            row.deleteLater()
        self._rows = [RecentRow(root) for root in roots]
        for row, root in zip(self._rows, roots, strict=True):
            row.opened.connect(partial(self._ctx.open_project, root))
            row.forgotten.connect(partial(self._forget, root))
            self._recent_rows.addWidget(row)
        self._recent.setVisible(bool(roots))
        self._look()

    def _look(self) -> None:
        """Read how much the recent projects hold, beside the window."""
        if self._rows and self.isVisible():
            self._ctx.read(_look_at, self._shown_roots, done=self._on_looked)

    def _on_looked(self, found: list[Recent]) -> None:
        if tuple(str(recent.root) for recent in found) == self._shown_roots:
            for row, recent in zip(self._rows, found, strict=True):
                row.show_recent(recent)

    def _forget(self, root: str) -> None:
        kept = tuple(other for other in self._ctx.settings.recent_projects if other != root)
        self._ctx.change_settings(recent_projects=kept)
        self.setFocus()

    def _on_jobs(self) -> None:
        active = self._ctx.jobs.active()
        self._job.setVisible(bool(active))
        if active:
            self._job.show_job(active[0])

    def _paint_logo(self) -> None:
        self._logo.setPixmap(icons.icon("handanat-studio").pixmap(QSize(64, 64), self.devicePixelRatioF()))


def _look_at(_project: object, roots: tuple[str, ...]) -> list[Recent]:
    return recent.look_at(roots)
