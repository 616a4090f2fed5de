"""Where the images are, and where the new project goes."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from handanat_studio.gui import theme


def suggested_project(images: Path) -> Path:
    """Return a new folder in the user's documents, named after the folder of images."""
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    home = Path(documents or Path.home()) / "HandAnat"
    result, number = home / images.name, 1
    while result.exists():
        number += 1
        result = home / f"{images.name} {number}"
    return result


class NewProjectDialog(QDialog):
    """Asks for two folders; the second is suggested from the first.

    Args:
        images: folder of images, if it is known already.
    """

    def __init__(self, images: Path | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("New project from a folder of images")
        self.setMinimumWidth(640)
        self._images = QLineEdit()
        self._project = QLineEdit()
        self._problem = QLabel()
        theme.style_as(self._problem, quiet=True)
        grid = QGridLayout()
        grid.setSpacing(theme.S8)
        rows = (("Images", self._images, self._choose_images), ("Project folder", self._project, self._choose_project))
        for line, (name, field, choose) in enumerate(rows):
            label = QLabel(name)
            label.setBuddy(field)
            field.setAccessibleName(name)
            button = QPushButton("Choose…")
            button.setAccessibleName(f"Choose the folder: {name}")
            button.clicked.connect(lambda _checked=False, choose=choose: choose())
            for place, widget in enumerate((label, field, button)):
                grid.addWidget(widget, line, place)
        note = QLabel("Images stay where they are and are never changed. The project holds your labels.")
        theme.style_as(note, quiet=True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setIcon(QIcon())
        self._create = QPushButton("Create and import")
        theme.style_as(self._create, kind="primary")
        buttons.addButton(self._create, QDialogButtonBox.ButtonRole.AcceptRole)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.S16, theme.S16, theme.S16, theme.S16)
        column.setSpacing(theme.S12)
        column.addLayout(grid)
        column.addWidget(note)
        column.addWidget(self._problem)
        column.addWidget(buttons)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._images.textChanged.connect(self._on_images)
        self._project.textChanged.connect(lambda _text: self._check())
        self._images.setText(str(images) if images else "")
        self._check()

    @property
    def images_folder(self) -> Path:
        """The folder of images."""
        return Path(self._images.text())

    @property
    def project_folder(self) -> Path:
        """The new project's folder."""
        return Path(self._project.text())

    @property
    def problem(self) -> str:
        """What is missing, "" if nothing."""
        return self._problem.text()

    @property
    def is_complete(self) -> bool:
        """Whether the project can be made."""
        return self._create.isEnabled()

    def set_images_folder(self, folder: Path) -> None:
        """Fill in the folder of images; the project's folder is suggested from it."""
        self._images.setText(str(folder))

    def set_project_folder(self, folder: Path) -> None:
        """Fill in the new project's folder."""
        self._project.setText(str(folder))

    def _on_images(self, text: str) -> None:
        if text and Path(text).is_dir():
            self._project.setText(str(suggested_project(Path(text))))
        self._check()

    def _check(self) -> None:
        if not self._images.text() or not self.images_folder.is_dir():
            problem = "Choose the folder that holds the images."
        elif not self._project.text():
            problem = "Choose a new folder for the project."
        elif self.project_folder.exists() and (not self.project_folder.is_dir() or any(self.project_folder.iterdir())):
            problem = "The project folder must be new or empty."
        else:
            problem = ""
        self._problem.setText(problem)
        self._create.setEnabled(not problem)

    def _choose_images(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Folder of images", self._images.text() or str(Path.home()))
        if folder:
            self._images.setText(folder)

    def _choose_project(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "New project folder", self._project.text() or str(Path.home()))
        if folder:
            self._project.setText(folder)
