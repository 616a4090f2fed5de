"""The panel at the left of the library: queues, and every field that can be filtered by, each value with its count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from handanat_studio.gui import theme
from handanat_studio.gui.widgets.filter_section import ROWS_SHOWN, FacetRow, FacetSection, FilterSection
from handanat_studio.gui.widgets.filter_state import FilterState
from handanat_studio.gui.widgets.filter_words import FIELDS, SWITCHES, value_text
from handanat_studio.hand.annotation import STAGES
from handanat_studio.hand.label_schema import LabelSchema
from handanat_studio.hand.values import VERDICTS
from handanat_studio.store.facets import Value
from handanat_studio.store.library import NAN, SIDES, STATUSES
from handanat_studio.workflows.browse import QUEUE_WORDS, QUEUES

PANEL_PX = 240
OPEN_AT_FIRST = ("queue", "statuses", "score_verdicts")
FIXED: dict[str, Sequence[Value]] = {
    "statuses": tuple(reversed(STATUSES)),
    "verdicts": VERDICTS,
    "score_verdicts": VERDICTS,
    "stages": STAGES,
    "sides": SIDES,
}
"""Fields whose values are always shown, and in which order; the others list what there is."""
STEP = 0.05


class FilterPanel(QFrame):
    """Shows a `FilterState` and changes it.

    Signals:
        counts_wanted(): a section was unfolded whose counts are not known.
    """

    counts_wanted = Signal()

    def __init__(self, state: FilterState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._known: dict[str, set[Value]] = {}
        self._kinds = {kind.id: kind.title for kind in LabelSchema().kinds}
        self.setAccessibleName("Filters")
        self.setMinimumWidth(200)
        self.queues = FacetSection("Queues", is_open=True)
        self.batches = FacetSection("Batches")
        self.fields = {name: FacetSection(title, is_open=name in OPEN_AT_FIRST) for name, title in FIELDS.items()}
        self.score = FilterSection("Score", is_open=True)
        self.marks = FilterSection("Marks")
        self._low, self._high = _bound("Lowest score", 0.0), _bound("Highest score", 1.0)
        self._switches = {name: FacetRow(title) for name, title in SWITCHES.items()}
        self._lay_out()
        self._wire()
        self.show_state()

    @property
    def kinds(self) -> dict[str, str]:
        """Kind of finding -> title."""
        return self._kinds

    def forget(self) -> None:
        """Forget which values there were, as when another project is opened; otherwise no row goes away."""
        self._known.clear()

    def wanted_counts(self) -> list[str]:
        """Return the fields of which the counts are in view."""
        names = [name for name, section in self.fields.items() if section.is_open]
        return names + ["batch"] * self.batches.is_open + list(SWITCHES) * self.marks.is_open

    def show_counts(
        self, facets: Mapping[str, Mapping[Value, int]], queues: Mapping[str, int], kinds: Mapping[str, str]
    ) -> None:
        """Show how many entries have each value, and how many wait in each queue."""
        self._kinds = dict(kinds)
        wanted = self._state.value
        titles: dict[Value, str] = {name: QUEUE_WORDS[name][0] for name in QUEUES}
        order = [name for name in QUEUES if name in queues]
        self.queues.show_values(queues, titles, order, _one(wanted.queue))  # type: ignore[arg-type]
        for name in order:
            self.queues.row(name).setToolTip(QUEUE_WORDS[name][1])
        for name, counts in facets.items():
            if name in SWITCHES:
                self._switches[name].set_count(counts.get("yes", 0))
            elif name == "batch":
                self.batches.show_values(
                    counts, {v: str(v) for v in counts}, sorted(counts, key=str), _one(wanted.batch)
                )
            else:
                self._show_field(name, counts)

    def show_state(self) -> None:
        """Tick and fill in what the filter says."""
        wanted = self._state.value
        self.queues.show_chosen(_one(wanted.queue))
        self.batches.show_chosen(_one(wanted.batch))
        for name, section in self.fields.items():
            section.show_chosen(getattr(wanted, name))
        for box, value, empty in ((self._low, wanted.score_low, 0.0), (self._high, wanted.score_high, 1.0)):
            box.blockSignals(True)
            box.setValue(empty if value != value else value)
            box.blockSignals(False)
        self.score.set_chosen((wanted.score_low == wanted.score_low) + (wanted.score_high == wanted.score_high))
        for name, row in self._switches.items():
            row.blockSignals(True)
            row.setChecked(getattr(wanted, name) is True)
            row.blockSignals(False)
        self.marks.set_chosen(sum(getattr(wanted, name) is not None for name in SWITCHES))

    def switch(self, name: str) -> FacetRow:
        """Return the row of "flagged", "commented" or "fused"."""
        return self._switches[name]

    @property
    def bounds(self) -> tuple[QDoubleSpinBox, QDoubleSpinBox]:
        """Lowest and highest score."""
        return self._low, self._high

    def _show_field(self, name: str, counts: Mapping[Value, int]) -> None:
        chosen = getattr(self._state.value, name)
        if name in FIXED:
            order = list(FIXED[name])
        else:
            known = self._known.setdefault(name, set())
            known |= {*counts, *chosen}
            most = sorted(known, key=lambda value: (value not in chosen, -counts.get(value, 0), str(value)))
            order = sorted(most[:ROWS_SHOWN], key=lambda value: (value == "", value))
        texts = {value: value_text(name, value, self._kinds) for value in order}
        self.fields[name].show_values(counts, texts, order, chosen)

    def _lay_out(self) -> None:
        pair = QHBoxLayout()
        pair.setSpacing(theme.S8)
        to = QLabel("to")
        theme.style_as(to, quiet=True)
        for widget in (self._low, to, self._high):
            pair.addWidget(widget, 0 if widget is to else 1)
        pair.setContentsMargins(theme.S8, 0, theme.S8, theme.S4)
        self.score.rows.addLayout(pair)
        for row in self._switches.values():
            self.marks.rows.addWidget(row)
        inner = QWidget()
        theme.style_as(inner, kind="clear")
        column = QVBoxLayout(inner)
        column.setContentsMargins(theme.S8, theme.S8, theme.S8, theme.S8)
        column.setSpacing(theme.S4)
        column.addWidget(self.queues)
        for name in ("statuses", "verdicts", "stages"):
            column.addWidget(self.fields[name])
        column.addWidget(self.score)
        for name in FIELDS:
            if name not in ("statuses", "verdicts", "stages"):
                column.addWidget(self.fields[name])
        column.addWidget(self.marks)
        column.addWidget(self.batches)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(inner)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

    def _wire(self) -> None:
        state = self._state
        state.changed.connect(self.show_state)
        self.queues.toggled.connect(lambda name: state.set(queue="" if state.value.queue == name else name))
        self.batches.toggled.connect(lambda name: state.set(batch="" if state.value.batch == name else name))
        self.queues.on_clear(lambda: state.set(queue=""))
        self.batches.on_clear(lambda: state.set(batch=""))
        for name, section in self.fields.items():
            section.toggled.connect(partial(state.toggle, name))
            section.on_clear(partial(state.leave_open, (name,)))
        self._low.valueChanged.connect(lambda value: state.set(score_low=value if value > 0 else NAN))
        self._high.valueChanged.connect(lambda value: state.set(score_high=value if value < 1 else NAN))
        self.score.on_clear(lambda: state.leave_open(("score_low", "score_high")))
        for name, row in self._switches.items():
            row.toggled.connect(partial(self._switch, name))
        self.marks.on_clear(lambda: state.leave_open(SWITCHES))
        folds: list[FilterSection] = [*self.fields.values(), self.marks, self.batches]
        for fold in folds:
            fold.unfolded.connect(self.counts_wanted)

    def _switch(self, name: str, is_on: bool) -> None:
        self._state.set(**{name: True if is_on else None})


def _one(value: str) -> tuple[str, ...]:
    return (value,) if value else ()


def _bound(name: str, value: float) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setRange(0.0, 1.0)
    box.setSingleStep(STEP)
    box.setValue(value)
    box.setAccessibleName(name)
    box.setToolTip(name)
    box.setKeyboardTracking(False)
    box.setMinimumHeight(theme.HIT)
    return box
