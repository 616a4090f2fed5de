"""The job tray: a summary at the right of the status bar and a list of jobs above it. Progress is never modal."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from handanat_studio.gui import icons, theme
from handanat_studio.gui.job_list import Job, JobList, duration_text

WIDTH = 400
SUMMARY_BLOCKS = 4
STATE_WORDS = {
    "running": ("jobs", "accent", "running"),
    "cancelling": ("stop", "doubtful", "stopping"),
    "finished": ("plausible", "in_range", "done"),
    "cancelled": ("stop", "doubtful", "cancelled; what was finished before is kept"),
    "failed": ("error", "violated", "failed"),
}


def progress_text(job: Job) -> str:
    """Return e.g. "620 of 1,000 · 23 a second · 0:16 left"."""
    if not job.is_active:
        return STATE_WORDS[job.state][2]
    if job.total is None:
        parts = [f"{job.done:,} done"] if job.done else ["starting"]
    else:
        parts = [f"{job.done:,} of {job.total:,}"]
    if job.rate > 0:
        parts.append(f"{job.rate:,.1f} a second" if job.rate < 10 else f"{job.rate:,.0f} a second")
    if job.seconds_left is not None:
        parts.append(f"{duration_text(job.seconds_left)} left")
    return " · ".join(parts)


def summary_text(jobs: list[Job]) -> str:
    """Return one line for the status bar: the first running job, and how many more there are."""
    if not jobs:
        return "No jobs"
    job = jobs[0]
    parts = [job.title]
    if job.percent is not None:
        full = round(job.percent * SUMMARY_BLOCKS / 100)
        parts.append(f"{job.percent} %  {'▮' * full}{'▯' * (SUMMARY_BLOCKS - full)}")
    if job.seconds_left is not None:
        parts.append(duration_text(job.seconds_left))
    return "  ".join(parts) + (f"  +{len(jobs) - 1}" if len(jobs) > 1 else "")


class JobRow(QFrame):
    """One job: title, bar, figures, and a button to stop it."""

    def __init__(self, jobs: JobList, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._number = 0
        self._icon = QLabel()
        self._title = QLabel()
        self._title.setFont(theme.font(bold=True))
        self._figures = QLabel()
        self._figures.setFont(theme.font("caption", tabular=True))
        self._figures.setWordWrap(True)
        theme.style_as(self._figures, quiet=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._stop = QToolButton()
        self._stop.setIcon(icons.icon("stop"))
        self._stop.setToolTip("Stop this job; what is finished is kept")
        self._stop.clicked.connect(lambda: self._jobs.cancel(self._number))
        text = QVBoxLayout()
        text.setSpacing(theme.S4)
        for widget in (self._title, self._bar, self._figures):
            text.addWidget(widget)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.S12, theme.S8, theme.S8, theme.S8)
        row.setSpacing(theme.S12)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(text, 1)
        row.addWidget(self._stop, 0, Qt.AlignmentFlag.AlignVCenter)

    def show_job(self, job: Job) -> None:
        """Show what is known of a job."""
        self._number = job.id
        name, role, _ = STATE_WORDS[job.state]
        self._icon.setPixmap(icons.icon(name, role).pixmap(QSize(20, 20), self.devicePixelRatioF()))
        self._title.setText(job.title)
        figures = progress_text(job)
        if job.state == "failed":
            figures = f"{job.message} {job.hint}".strip()
        self._figures.setText(figures)
        self._bar.setVisible(job.is_active)
        self._bar.setRange(0, job.total or 0)
        self._bar.setValue(job.done)
        self._bar.setAccessibleName(f"Progress of {job.title}")
        self._stop.setVisible(job.is_active)
        self._stop.setEnabled(job.state == "running")
        self._stop.setAccessibleName(f"Stop {job.title}")
        self.setAccessibleName(f"{job.title}: {figures}")


class JobTray(QFrame):
    """The list of jobs as a popup above the status bar."""

    def __init__(self, jobs: JobList, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._jobs = jobs
        self._rows: list[JobRow] = []
        self.setAccessibleName("Jobs")
        theme.style_as(self, card=True)
        title = QLabel("Jobs")
        title.setFont(theme.font("section", bold=True))
        self._clear = QPushButton("Clear ended")
        theme.style_as(self._clear, kind="link")
        self._empty = QLabel("Nothing is running. Imports, detection and exports show up here.")
        self._empty.setWordWrap(True)
        theme.style_as(self._empty, quiet=True)
        top = QHBoxLayout()
        top.addWidget(title, 1)
        top.addWidget(self._clear)
        inside = QWidget()
        theme.style_as(inside, kind="clear")
        self._list = QVBoxLayout(inside)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(theme.S4)
        self._list.addStretch(1)
        scroll = QScrollArea()
        theme.style_as(scroll, kind="clear")
        scroll.setWidgetResizable(True)
        scroll.setWidget(inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.S12, theme.S12, theme.S12, theme.S12)
        column.addLayout(top)
        column.addWidget(self._empty)
        column.addWidget(scroll, 1)
        self._clear.clicked.connect(jobs.clear_ended)
        jobs.changed.connect(self.refresh)

    def open_above(self, anchor: QWidget) -> None:
        """Open with its lower right corner above a widget."""
        self.refresh()
        self.resize(WIDTH, 120 + 76 * min(5, max(1, len(self._jobs.all()))))
        corner = anchor.mapToGlobal(QPoint(anchor.width(), 0))
        self.move(corner - QPoint(self.width(), self.height() + theme.S4))
        self.show()

    def refresh(self) -> None:
        """Show the jobs as they are."""
        jobs = self._jobs.all()
        while len(self._rows) < len(jobs):
            row = JobRow(self._jobs)
            self._rows.append(row)
            self._list.insertWidget(self._list.count() - 1, row)
        for row, job in zip(self._rows, jobs, strict=False):
            row.show_job(job)
        for place, row in enumerate(self._rows):
            row.setVisible(place < len(jobs))
        self._empty.setVisible(not jobs)
        self._clear.setEnabled(any(not job.is_active for job in jobs))


class JobSummary(QToolButton):
    """What runs now, in one line with a small bar; a click opens the tray."""

    def __init__(self, jobs: JobList, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._tray = JobTray(jobs, self)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIcon(icons.icon("jobs"))
        self.setIconSize(QSize(16, 16))
        self.setFont(theme.font("caption", tabular=True))
        self.setToolTip("Show the jobs")
        self.clicked.connect(lambda: self._tray.open_above(self))
        jobs.changed.connect(self.refresh)
        self.refresh()

    @property
    def tray(self) -> JobTray:
        """The popup."""
        return self._tray

    def refresh(self) -> None:
        """Show the jobs as they are."""
        text = summary_text(self._jobs.active())
        self.setText(text)
        self.setAccessibleName(f"Jobs: {text}")
