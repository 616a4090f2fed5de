"""What can be done with projects as a whole: make, open, sample, import, export, compare. Used by menus and pages."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from handanat_studio.gui.commands import Command
from handanat_studio.gui.context import Context
from handanat_studio.gui.dialogs.crash import show_log
from handanat_studio.gui.dialogs.new_project import NewProjectDialog
from handanat_studio.gui.job_list import Job
from handanat_studio.paths import user_dir

PROJECT_FILE = "project.toml"
EXPORT_FORMATS = (("coco", "COCO keypoints"), ("csv", "CSV"), ("parquet", "Parquet"))
KAPPA_PAIRS_SHOWN = 1


class ProjectActions(QObject):
    """Acts on projects.

    Args:
        ctx: the context.
        window: parent of dialogs.
    """

    def __init__(self, ctx: Context, window: QWidget) -> None:
        super().__init__(window)
        self._ctx = ctx
        self._window = window
        self._sample_job: int | None = None
        self._agreement_jobs: set[int] = set()
        self._export_jobs: dict[int, Path] = {}
        ctx.jobs.finished.connect(self._on_finished)
        ctx.jobs.failed.connect(self._on_failed)

    def commands(self) -> list[Command]:
        """Return the rows for the command table."""
        exports = [
            Command(
                f"project.export_{name}",
                f"Export as {title}…",
                partial(self.export, name),
                when=self.needs_project,
                group="File",
                icon="export",
            )
            for name, title in EXPORT_FORMATS
        ]
        return [
            Command("project.sample", "Open sample project", self.open_sample, group="File", icon="sample"),
            Command("project.new", "New from folder…", self.new_from_folder, "Ctrl+N", group="File", icon="folder-new"),
            Command("project.open", "Open project…", self.open_existing, "Ctrl+O", group="File", icon="folder-open"),
            Command("project.close", "Close project", self._ctx.close_project, when=self.needs_project, group="File"),
            *exports,
            Command(
                "project.agreement",
                "Compute agreement",
                self.compute_agreement,
                when=self.needs_project,
                group="Review",
            ),
        ]

    def needs_project(self) -> str:
        """Say why a command that needs a project is not available."""
        return "" if self._ctx.project is not None else "Open a project first."

    def open_sample(self) -> None:
        """Open the sample project; build it first, as a job, if it is not there."""
        root = sample_root()
        if (root / PROJECT_FILE).is_file():
            self._ctx.open_project(root)
        elif self._sample_job is None or all(job.id != self._sample_job for job in self._ctx.jobs.active()):
            self._ctx.close_project()
            partial = _free_name(root.with_name(f"{root.name} (unfinished)"))
            self._sample_job = self._ctx.jobs.submit("build_sample", "Build the sample project", root=partial)

    def open_existing(self) -> None:
        """Ask for a project folder and open it."""
        folder = QFileDialog.getExistingDirectory(self._window, "Open project", str(Path.home()))
        if folder:
            self._ctx.open_project(folder)

    def new_from_folder(self, folder: Path | None = None) -> None:
        """Ask where the images are and where the project goes, then make it and import."""
        dialog = NewProjectDialog(folder, self._window)
        dialog.accepted.connect(lambda: self._make(dialog.project_folder, dialog.images_folder))
        dialog.open()

    def take_dropped(self, paths: list[Path]) -> None:
        """Do what a dropped path suggests: import into the open project, open a project, or make one."""
        if not paths:
            return
        if (paths[0] / PROJECT_FILE).is_file():
            self._ctx.open_project(paths[0])
        elif self._ctx.project is not None:
            self.import_paths(paths)
        else:
            self.new_from_folder(paths[0] if paths[0].is_dir() else paths[0].parent)

    def import_paths(self, paths: list[Path]) -> None:
        """Import files and folders, then detect and score, as a job. No path: only what is missing."""
        title = "Import images" if paths else "Detect and score"
        self._ctx.jobs.submit("ingest", title, paths=paths, workers=self._ctx.settings.workers)

    def export(self, name: str) -> None:
        """Ask for an empty folder and write the labels there, as a job."""
        folder = QFileDialog.getExistingDirectory(self._window, "Export to an empty folder", str(Path.home()))
        if folder:
            job = self._ctx.jobs.submit("export", f"Export {name}", out=Path(folder), format=name)
            self._export_jobs[job] = Path(folder)

    def compute_agreement(self) -> None:
        """Compute how far annotators agree, as a job; the answer comes as a notice."""
        self._agreement_jobs.add(self._ctx.jobs.submit("agreement", "Compute agreement"))

    def _on_failed(self, job: Job) -> None:
        if job.is_quiet:
            return
        report = partial(show_log, job.detail, self._window)
        action = "Show report" if job.detail else ""
        self._ctx.notify(job.message, job.hint, "error", action=action, run=report)

    def _make(self, root: Path, images: Path) -> None:
        self._ctx.open_project(root, create=True, then=lambda: self.import_paths([images]))

    def _on_finished(self, number: int, result: Any) -> None:
        if number == self._sample_job:
            self._sample_job = None
            root = sample_root()
            built = next(iter(sorted(root.parent.glob(f"{root.name} (unfinished)*"), reverse=True)), None)
            if built is not None and not root.exists():
                built.rename(root)
            self._ctx.open_project(root)
        elif number in self._agreement_jobs:
            self._agreement_jobs.discard(number)
            self._ctx.notify(*agreement_sentences(result))
        elif number in self._export_jobs:
            self._ctx.notify("The export is complete.", hint=f"It is in {self._export_jobs.pop(number)}.")
        elif isinstance(result, dict) and "images_added" in result:
            self._ctx.notify(*import_sentences(result))


def sample_root() -> Path:
    """Return where the sample project lies."""
    return user_dir("data") / "Sample project"


def import_sentences(result: dict[str, int]) -> tuple[str, str, str]:
    """Return message, hint and level that sum up an import."""
    message = f"{result['images_added']:,} images added, {result['hands_found']:,} hands found."
    known, failed = result["images_known"], result["images_failed"]
    hint = f"{known:,} were in the project already. " if known else ""
    if failed:
        hint += f"{failed:,} cannot be read; they are under Errors."
    return message, hint.strip(), "warning" if failed else "info"


def agreement_sentences(result: dict[str, Any]) -> tuple[str, str, str]:
    """Return message, hint and level that sum up an agreement."""
    pairs = [pair for pair in result["pairs"] if pair["kind"] == "annotators"]
    if not pairs:
        return "No two annotators have judged the same hands yet.", "Agreement needs two verdicts on a hand.", "info"
    parts = []
    pairs.sort(key=lambda pair: -pair["n"])
    for pair in pairs[:KAPPA_PAIRS_SHOWN]:
        parts.append(f"{pair['a']} and {pair['b']}: {_kappa_text(pair['kappa'])}, n = {pair['n']}")
    more = len(pairs) - len(parts)
    hint = "Cohen's kappa with a 95 % interval clustered by image."
    if more:
        hint += f" {more} more {'pairs' if more > 1 else 'pair'} judged fewer hands together."
    return f"Agreement of {'; '.join(parts)}.", hint, "info"


def _kappa_text(kappa: dict[str, Any]) -> str:
    if kappa["value"] is None:
        return f"κ not defined ({kappa['reason']})"
    text = f"κ {kappa['value']:.2f}"
    if kappa["boot_low"] is not None and kappa["boot_high"] is not None:
        text += f" [{kappa['boot_low']:.2f}, {kappa['boot_high']:.2f}]"
    return text


def _free_name(path: Path) -> Path:
    number = 1
    result = path
    while result.exists():
        number += 1
        result = path.with_name(f"{path.name} {number}")
    return result
