"""The crash dialog: says whose fault it is, what is safe, and lets the report be copied. Sends nothing."""

from __future__ import annotations

from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from handanat_studio.gui import theme


class CrashDialog(QDialog):
    """Shows one report.

    Args:
        report: traceback and versions, as text.
    """

    def __init__(self, report: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Something went wrong in HandAnat Studio")
        self.resize(760, 480)
        title = QLabel("This is a fault of the program, not yours.")
        title.setFont(theme.font("section", bold=True))
        self._explanation = text = QLabel(
            "Every edit that the status bar showed as saved is safe. You can go on; if the window behaves oddly, "
            "start the program again. Nothing has been sent anywhere: copy the report if you want to pass it on."
        )
        text.setWordWrap(True)
        self._report = QPlainTextEdit(report)
        self._report.setReadOnly(True)
        self._report.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._report.setAccessibleName("Report")
        copy = QPushButton("Copy report")
        close = QPushButton("Close")
        theme.style_as(close, kind="primary")
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(copy)
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.S16, theme.S16, theme.S16, theme.S16)
        column.setSpacing(theme.S12)
        for widget in (title, text, self._report):
            column.addWidget(widget)
        column.addLayout(buttons)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._report.toPlainText()))
        close.clicked.connect(self.accept)
        close.setDefault(True)

    @property
    def report(self) -> str:
        """What is shown."""
        return self._report.toPlainText()

    @property
    def explanation(self) -> str:
        """What the dialog says besides the report."""
        return self._explanation.text()


def show_log(text: str, parent: QWidget | None) -> CrashDialog:
    """Show a report that is there already, and return the dialog."""
    dialog = CrashDialog(text, parent)
    dialog.setWindowTitle("Report")
    dialog.show()
    return dialog
