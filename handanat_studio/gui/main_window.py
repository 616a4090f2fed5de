"""The frame: menu bar, mode bar, notification bar, pages, status bar. Knows commands and pages, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from handanat_studio.gui import icons, theme
from handanat_studio.gui.commands import GLOBAL, GROUPS, Command
from handanat_studio.gui.context import Context
from handanat_studio.gui.dialogs.key_sheet import KeySheet
from handanat_studio.gui.widgets.identity import Identity
from handanat_studio.gui.widgets.notification_bar import NotificationBar
from handanat_studio.gui.widgets.palette import CommandPalette
from handanat_studio.gui.widgets.status_bar import StatusBar

SMALLEST = QSize(1024, 640)
MODE_BAR_PX = 40
START_TITLE = "Start"


@dataclass(frozen=True, slots=True)
class PageRow:
    """A page as the mode bar knows it; the page itself is made when it is first shown.

    Attributes:
        title, icon_name, scope: class attributes of the page.
        make: makes it.
    """

    title: str
    icon_name: str
    scope: str
    make: Callable[[], QWidget]


class MainWindow(QMainWindow):
    """The window.

    Args:
        ctx: the context.
    """

    page_shown = Signal(object)

    def __init__(self, ctx: Context) -> None:
        super().__init__()
        self._ctx = ctx
        self._rows: list[PageRow] = []
        self._pages: dict[int, QWidget] = {}
        self._current = -1
        self._menus: dict[str, QMenu] = {}
        self._modes = QButtonGroup(self)
        self._mode_bar = QFrame()
        self._mode_bar.setFixedHeight(MODE_BAR_PX)
        theme.style_as(self._mode_bar, card="bar")
        self._mode_row = QHBoxLayout(self._mode_bar)
        self._find = QToolButton()
        self._bar = NotificationBar()
        self._stack = QStackedWidget()
        self._status = StatusBar(ctx)
        self.setWindowIcon(icons.icon("handanat-studio"))
        self.setMinimumSize(SMALLEST)
        self._lay_out()
        self._wire()
        ctx.layout.place_window(self)

    def set_pages(self, start: QWidget, rows: Sequence[PageRow], commands: Sequence[Command]) -> None:
        """Take the start page, the pages in the order of the mode bar, and the commands that hold everywhere.

        Args:
            start: shown while no project is open.
            rows: the pages.
            commands: rows for the whole window, beside those for pages, palette and sheet.
        """
        self._stack.addWidget(start)
        self._stack.setFocusProxy(start)
        self._rows = list(rows)
        for place, row in enumerate(rows):
            button = QToolButton()
            button.setCheckable(True)
            button.setText(row.title)
            button.setIcon(icons.icon(row.icon_name))
            button.setIconSize(QSize(16, 16))
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setFixedHeight(MODE_BAR_PX)
            button.setToolTip(f"{row.title}  (Ctrl+{place + 1})")
            theme.style_as(button, kind="mode")
            self._modes.addButton(button, place)
            self._mode_row.insertWidget(place, button)
        self._ctx.commands.add([*commands, *self._own_commands()], self)
        for group in GROUPS:
            self._menus[group] = self.menuBar().addMenu(group)
            self._menus[group].aboutToShow.connect(partial(self._fill_menu, group))
        self._on_closed()

    @property
    def page(self) -> QWidget | None:
        """The page that is shown, None on the start page."""
        return self._pages.get(self._current)

    @property
    def pages(self) -> QWidget:
        """Where pages are shown; a card may lie over it."""
        return self._stack

    def page_of(self, scope: str) -> QWidget | None:
        """Return the page of a scope if it has been made."""
        return next(
            (self._pages[i] for i, row in enumerate(self._rows) if row.scope == scope and i in self._pages), None
        )

    @property
    def hint(self) -> str:
        """What the status bar says for a moment."""
        return self._status.hint

    @property
    def notification_bar(self) -> NotificationBar:
        """The bar for notices."""
        return self._bar

    def menu_texts(self, group: str) -> list[str]:
        """Return what a menu lists on the page that is shown."""
        self._fill_menu(group)
        return [action.text() for action in self._menus[group].actions() if action.text()]

    def show_page(self, scope: str) -> QWidget:
        """Show the page of a scope, making it if it is the first time, and return it."""
        place = next(i for i, row in enumerate(self._rows) if row.scope == scope)
        page = self._made(place)
        self._current = place
        self._modes.button(place).setChecked(True)
        self._status.clear_fields()
        self._stack.setCurrentWidget(page)
        page.shown()  # type: ignore[attr-defined]
        self._refresh_menus()
        self.page_shown.emit(page)
        return page

    def make_pages(self) -> None:
        """Make every page that was not shown yet, so that all commands are in the table."""
        for place in range(len(self._rows)):
            self._made(place)

    def _made(self, place: int) -> QWidget:
        if place not in self._pages:
            page = self._rows[place].make()
            self._pages[place] = page
            self._stack.addWidget(page)
            missing = [row for row in page.commands() if row.id not in self._ctx.commands]  # type: ignore[attr-defined]
            self._ctx.commands.add(missing, page)
        return self._pages[place]

    def closeEvent(self, event: QCloseEvent) -> None:
        self._ctx.layout.keep_window(self)
        self._ctx.layout.save()
        self._ctx.close()
        super().closeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowTitleChange:
            self.setAccessibleName(self.windowTitle())

    # layout ----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._mode_row.setContentsMargins(theme.S8, 0, theme.S8, 0)
        self._mode_row.setSpacing(0)
        self._mode_row.addStretch(1)
        self._mode_row.addWidget(Identity(self._ctx))
        self._find.setText("Search commands   Ctrl+K")
        self._find.setIcon(icons.icon("search"))
        self._find.setIconSize(QSize(16, 16))
        self._find.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._find.setAccessibleName("Search commands")
        self.menuBar().setCornerWidget(self._find)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._mode_bar)
        column.addWidget(self._bar)
        column.addWidget(self._stack, 1)
        self.setCentralWidget(inner)
        self.setStatusBar(self._status)

    def _wire(self) -> None:
        ctx = self._ctx
        self._find.clicked.connect(self.open_palette)
        ctx.noticed.connect(self._bar.show_notice)
        ctx.project_opened.connect(self._on_opened)
        ctx.project_closed.connect(self._on_closed)
        ctx.changed.connect(self._on_changed)
        self._modes.idClicked.connect(lambda place: self.show_page(self._rows[place].scope))

    # commands --------------------------------------------------------------------------------------------------

    def _own_commands(self) -> list[Command]:
        pages = [
            Command(
                f"view.page_{row.scope}",
                f"Go to {row.title}",
                partial(self.show_page, row.scope),
                f"Ctrl+{place}",
                when=lambda: "" if self._ctx.project is not None else "Open a project first.",
                icon=row.icon_name,
            )
            for place, row in enumerate(self._rows, start=1)
        ]
        return [
            *pages,
            Command("view.palette", "Search commands", self.open_palette, "Ctrl+K", icon="search"),
            Command("view.message", "Go to the message", self._bar.take_keyboard, "F8", when=self._why_no_message),
            Command("view.dismiss", "Dismiss the message", self._bar.dismiss, "Shift+Esc", when=self._why_no_message),
            Command("view.reset", "Reset layout", partial(self._ctx.layout.reset, self), icon="panel-left"),
            Command("help.keys", "Keys on this page", self.open_key_sheet, "F1", group="Help", icon="keyboard"),
            Command("file.quit", "Quit", self.close, "Ctrl+Q", group="File"),
        ]

    def open_palette(self) -> CommandPalette:
        """Open the command palette and return it."""
        palette = CommandPalette(self._ctx.commands, self._scope(), self)
        palette.open_over(self)
        return palette

    def open_key_sheet(self) -> KeySheet:
        """Open the sheet of keys and return it."""
        title = self._rows[self._current].title if self._current >= 0 else START_TITLE
        edit = partial(self._ctx.commands.trigger, "file.keys")
        sheet = KeySheet(self._ctx.commands, self._scope(), title, self, edit=edit)
        sheet.show()
        sheet.activateWindow()
        return sheet

    def _why_no_message(self) -> str:
        return "" if self._bar.notice is not None else "There is no message."

    def _scope(self) -> str:
        return self._rows[self._current].scope if self._current >= 0 else GLOBAL

    def _refresh_menus(self) -> None:
        rows = self._ctx.commands.in_scope(self._scope())
        for group, menu in self._menus.items():
            menu.menuAction().setVisible(any(row.group == group and not row.hidden for row in rows))

    def _fill_menu(self, group: str) -> None:
        menu = self._menus[group]
        menu.clear()
        rows = [row for row in self._ctx.commands.in_scope(self._scope()) if row.group == group and not row.hidden]
        self._ctx.commands.refresh()
        for place, row in enumerate(rows):
            if place and (row.scope == GLOBAL) != (rows[place - 1].scope == GLOBAL):
                menu.addSeparator()
            if row.run is not None:
                menu.addAction(self._ctx.commands.action(row.id))

    # what happens ----------------------------------------------------------------------------------------------

    def _on_opened(self, project: object) -> None:
        self.setWindowTitle(f"{project.name} – HandAnat Studio")  # type: ignore[attr-defined]
        self._mode_bar.show()
        self.show_page(self._rows[0].scope)

    def _on_closed(self) -> None:
        self.setWindowTitle("HandAnat Studio")
        self._current = -1
        self._mode_bar.hide()
        self._stack.setCurrentIndex(0)
        self._stack.setFocus()
        self._status.clear_fields()
        self._refresh_menus()
        self._ctx.commands.refresh()

    def _on_changed(self, change: object) -> None:
        for page in self._pages.values():
            page.on_changed(change)  # type: ignore[attr-defined]
