"""The list behind the thumbnail grid: only ids are held; details arrive in pages, thumbnails one by one, when asked."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QImage

from handanat_studio.gui.background import Ticket
from handanat_studio.gui.context import Context
from handanat_studio.hand.annotation import DRAFT
from handanat_studio.store.library import Entry, EntryIndex, LibraryFilter
from handanat_studio.workflows import browse

PAGE = 200
PAGES_KEPT = 60
STATUS_WORDS = {
    "detected": "not looked at yet",
    "in_progress": "in progress",
    "done": "done",
    "no_hand": "no hand found",
    "waiting": "waiting for detection",
    "error": "cannot be read",
}
AnyIndex = QModelIndex | QPersistentModelIndex


def status_of(entry: Entry) -> str:
    """Return an entry's status; "waiting" if its image has not been searched for hands yet."""
    return "waiting" if entry.status == "no_hand" and not entry.is_searched else entry.status


def describe(entry: Entry) -> str:
    """Return one line that says what an entry is, for tooltips and screen readers."""
    parts = [entry.uri.rsplit("/", 1)[-1], STATUS_WORDS[status_of(entry)]]
    if entry.verdict:
        parts.append(f"verdict {entry.verdict}")
    if entry.stage not in ("", DRAFT):
        parts.append(entry.stage)
    parts += ["flagged"] * entry.is_flagged + ["open comment"] * entry.is_commented
    if not math.isnan(entry.score_value):
        parts.append(f"score {entry.score_value:.2f}")
    return ", ".join(parts)


class EntryModel(QAbstractListModel):
    """Rows of one filtered and sorted index.

    Args:
        ctx: for reads and thumbnails.
    """

    EntryRole = Qt.ItemDataRole.UserRole + 1

    def __init__(self, ctx: Context, parent: Any = None) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self._wanted = LibraryFilter()
        self._image_ids = np.zeros(0, np.int64)
        self._hand_ids = np.zeros(0, np.int64)
        self._pages: OrderedDict[int, list[Entry]] = OrderedDict()
        self._asked: dict[int, Ticket] = {}
        self._stale: set[int] = set()
        self._thumbnails: dict[str, tuple[int, Ticket]] = {}

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._image_ids)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self.entry(index.row())
        if role == self.EntryRole:
            return entry
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return "Loading" if entry is None else describe(entry)
        return None

    def set_index(self, index: EntryIndex, wanted: LibraryFilter, first: Sequence[Entry] = ()) -> None:
        """Show another index; entries of an equal one are only read again.

        Args:
            index: ids in order.
            wanted: the filter it came from.
            first: the entries of its first page, if they are known; all of them.
        """
        same = np.array_equal(index.image_ids, self._image_ids) and np.array_equal(index.hand_ids, self._hand_ids)
        if same and wanted == self._wanted:
            self._stale = set(self._pages)
            self._take_first(first)
            self.dataChanged.emit(self.index(0), self.index(max(0, self.rowCount() - 1)))
            return
        self.beginResetModel()
        for ticket in self._asked.values():
            ticket.cancel()
        self._asked.clear()
        self._pages.clear()
        self._stale.clear()
        self._wanted = wanted
        self._image_ids, self._hand_ids = index.image_ids, index.hand_ids
        self._take_first(first)
        self.endResetModel()

    def _take_first(self, entries: Sequence[Entry]) -> None:
        if len(entries) >= min(PAGE, len(self._image_ids)) > 0:
            self._pages[0] = list(entries[:PAGE])
            self._stale.discard(0)

    @property
    def pages_held(self) -> int:
        """How many pages of entries are in memory."""
        return len(self._pages)

    def clear(self) -> None:
        """List nothing."""
        none = np.zeros(0, np.int64)
        self.set_index(EntryIndex(none, none), LibraryFilter())

    def key(self, row: int) -> tuple[int, int]:
        """Return (image id, hand id) of a row; hand id 0 = an image without a hand."""
        return int(self._image_ids[row]), int(self._hand_ids[row])

    def row_of(self, image_id: int, hand_id: int) -> int:
        """Return the row of an entry, -1 if it is not in this index."""
        found = np.flatnonzero((self._image_ids == image_id) & (self._hand_ids == hand_id))
        return int(found[0]) if len(found) else -1

    def entry(self, row: int) -> Entry | None:
        """Return a row's entry, or None while it is on its way (`dataChanged` follows)."""
        number, offset = divmod(row, PAGE)
        page = self._pages.get(number)
        if page is None or number in self._stale:
            self._ask(number)
        else:
            self._pages.move_to_end(number)
        return page[offset] if page is not None and offset < len(page) else None

    def is_fresh(self, row: int) -> bool:
        """Whether a row's entry is read and nothing was written since; asks for it if not."""
        return self.entry(row) is not None and row // PAGE not in self._stale

    def thumbnail(self, row: int, entry: Entry, size_px: int) -> QImage | None:
        """Return the picture of an entry, or None while it is made. A null image: the file cannot be read.

        Args:
            row: where it is shown.
            entry: of that row.
            size_px: device pixels of its side.
        """
        if entry.status == "error":
            return QImage()
        box = entry.box
        where = "whole" if box is None else ",".join(str(round(v)) for v in box.as_list())
        key = f"{entry.sha256 or entry.uri}:{where}:{size_px}"
        image = self._ctx.images.cached(key)
        asked = self._thumbnails.get(key)
        if image is None and (asked is None or asked[1].cancelled) and self._ctx.project is not None:
            path = self._ctx.project.image_path(entry.uri)
            ticket = self._ctx.images.request(path, box, size_px, partial(self._on_thumbnail, key), key=key)
            self._thumbnails[key] = (row, ticket)
        return image

    def forget_requests_outside(self, first: int, last: int) -> None:
        """Cancel thumbnails of rows that are no longer in view."""
        for key, (row, ticket) in list(self._thumbnails.items()):
            if not first <= row <= last:
                ticket.cancel()
                del self._thumbnails[key]

    def _ask(self, number: int) -> None:
        if number in self._asked or self._ctx.project is None:
            return
        part = slice(number * PAGE, (number + 1) * PAGE)
        self._asked[number] = self._ctx.read(
            browse.page,
            self._wanted,
            self._image_ids[part].tolist(),
            self._hand_ids[part].tolist(),
            done=partial(self._on_page, number),
        )

    def _on_page(self, number: int, entries: list[Entry]) -> None:
        self._asked.pop(number, None)
        self._stale.discard(number)
        self._pages[number] = entries
        self._pages.move_to_end(number)
        while len(self._pages) > PAGES_KEPT:
            self._pages.popitem(last=False)
        first = number * PAGE
        self.dataChanged.emit(self.index(first), self.index(min(first + PAGE, self.rowCount()) - 1))

    def _on_thumbnail(self, key: str, _image: QImage) -> None:
        row, _ = self._thumbnails.pop(key, (-1, None))
        if 0 <= row < self.rowCount():
            self.dataChanged.emit(self.index(row), self.index(row), [Qt.ItemDataRole.DecorationRole])
