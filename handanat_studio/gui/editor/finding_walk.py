"""Going from finding to finding by keys, with a word on each, and adding findings of one's own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from handanat_studio.gui.commands import Command
from handanat_studio.gui.editor.finding_form import OTHER
from handanat_studio.gui.editor.finding_words import is_own
from handanat_studio.gui.editor.findings_list import key_of
from handanat_studio.gui.editor.page_commands import SCOPE, why_no_hand
from handanat_studio.hand.label_schema import LabelSchema
from handanat_studio.hand.values import Finding
from handanat_studio.workflows import label_schema

if TYPE_CHECKING:
    from handanat_studio.gui.pages.annotate import AnnotatePage


class FindingWalk(QObject):
    """Walks the findings of the open hand; each word on one is a step of its draft.

    Args:
        page: the page.
    """

    def __init__(self, page: AnnotatePage) -> None:
        super().__init__(page)
        self._page = page
        self._list = page.inspector.findings
        page.inspector.finding_form.added.connect(self._on_added)
        page.inspector.finding_form.left.connect(page.canvas.setFocus)
        page.inspector.add_finding.clicked.connect(self.ask)

    def rows(self) -> list[Command]:
        """Return its command rows."""
        steps = (("next", "Next finding", 1, "]"), ("previous", "Previous finding", -1, "["))
        words = (
            ("agree", "Agree with the finding", True, "Ctrl+Up", "check"),
            ("reject", "Reject the finding, or remove one's own", False, "Ctrl+Down", "cross"),
        )
        rows = [
            Command(
                f"annotate.{name}_finding",
                title,
                partial(self.walk, step),
                key,
                when=self._why_none,
                scope=SCOPE,
                group="Hand",
            )
            for name, title, step, key in steps
        ]
        rows += [
            Command(
                f"annotate.{name}_finding",
                title,
                partial(self._list.judge, word),
                key,
                when=self._why_not_judge,
                scope=SCOPE,
                group="Hand",
                icon=icon,
            )
            for name, title, word, key, icon in words
        ]
        return [
            *rows,
            Command(
                "annotate.add_finding",
                "Add a finding…",
                self.ask,
                "Ctrl+Shift+F",
                when=lambda: why_no_hand(self._page),
                scope=SCOPE,
                group="Hand",
                icon="plus",
            ),
        ]

    def walk(self, step: int) -> None:
        """Go to the next or previous finding and bring its joint close."""
        self._list.walk(step)
        self._page.inspector.reveal(self._list)

    def ask(self) -> None:
        """Open the form for a finding of one's own."""
        self._page.inspector.show()
        self._page.inspector.open_finding_form(self._page.editing.row)

    def learn_kinds(self) -> None:
        """Read which kinds of findings this project uses."""
        self._page.ctx.read(label_schema.current, done=self._on_kinds)

    def _on_kinds(self, schema: LabelSchema) -> None:
        kinds = [(kind.id, kind.title) for kind in schema.offered()]
        known = {kind_id for kind_id, _ in kinds}
        self._page.inspector.finding_form.set_kinds([*kinds, *(() if OTHER[0] in known else (OTHER,))])

    def _on_added(self, finding: Finding) -> None:
        draft = self._page.draft
        if draft is None:
            return
        # What the program has found already is agreed with instead: its figures and source are worth keeping.
        found = next((f for f in self._list.findings() if key_of(f) == key_of(finding) and not is_own(f)), None)
        draft.judge_finding(found or finding, True)

    def _why_none(self) -> str:
        return why_no_hand(self._page) or ("" if self._list.findings() else "This hand has no findings.")

    def _why_not_judge(self) -> str:
        chosen = self._list.current()
        return self._why_none() or ("" if chosen is not None else "Choose a finding first: ] goes to the next.")
