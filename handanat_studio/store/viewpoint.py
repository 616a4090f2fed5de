"""What one person sees of the catalogue: whose verdicts count, and what is kept from her.

The rules are those of `sight`, for all entries at once: an annotator sees her own work, and no score of a hand that she
is to annotate blind; a reviewer sees everybody's, but of such a hand only once she has submitted her own.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from handanat_studio.errors import UserError
from handanat_studio.hand.annotation import ACCEPTED, ANNOTATION, DRAFT, SUBMITTED
from handanat_studio.hand.values import IMPLAUSIBLE, PLAUSIBLE, UNSURE
from handanat_studio.store import annotators
from handanat_studio.store.catalogue import Catalogue
from handanat_studio.store.catalogue_values import Array
from handanat_studio.store.library import DETECTED, DONE, ERROR, IN_PROGRESS, NO_HAND, STATUSES, LibraryFilter

Mask = NDArray[np.bool_]
SCALE = {PLAUSIBLE: 0, UNSURE: 1, IMPLAUSIBLE: 2}
"""How far verdicts are apart."""


class Viewpoint:
    """Columns of the catalogue, one value per entry, as one person may see them.

    Args:
        catalogue: of the project.
        wanted: says who looks, whose verdicts are shown and which scorer counts.

    Raises:
        UserError: if an annotator asks for the verdicts of others.
    """

    def __init__(self, catalogue: Catalogue, wanted: LibraryFilter) -> None:
        self.catalogue = catalogue
        self.scorer = wanted.scorer
        self.viewer = wanted.viewer or wanted.annotator
        self.annotator = wanted.annotator
        session = catalogue.session
        self.people: dict[str, int] = catalogue.derived(
            "people", lambda: {person.name: person.id for person in annotators.all(session)}
        )
        self.viewer_id = self.people.get(self.viewer, 0)
        self.may_review: bool = not self.viewer or catalogue.derived(
            ("may review", self.viewer), lambda: annotators.may_review(session, self.viewer)
        )
        if not self.may_review and self.annotator != self.viewer:
            raise UserError("Only a reviewer can see what others said.", hint="Look at your own verdicts.")

    # what is kept from her -------------------------------------------------------------------------------------

    @property
    def hidden(self) -> Mask:
        """Hands whose scores she may not see, and, if she is a reviewer, whose other annotations."""
        return self._keep("hidden", self._hidden)  # type: ignore[no-any-return]

    @property
    def label_rows(self) -> NDArray[np.int64]:
        """(m,) the entry of each row of the table of labels."""
        return self.catalogue.rows_in("labels")

    def labels(self, column: str) -> Array:
        """Return a column of the table of labels."""
        return self.catalogue.table("labels").columns[column]

    @property
    def open_labels(self) -> Mask:
        """(m,) which labels she may see."""

        def make() -> Mask:
            own = self.labels("annotator") == self.viewer_id
            return np.logical_or(own, ~self.hidden[self.label_rows]) if self.may_review else own

        return self._keep("open labels", make)  # type: ignore[no-any-return]

    def _hidden(self) -> Mask:
        hidden = np.zeros(len(self.catalogue), bool)
        tasks = self.catalogue.table("tasks")
        if not self.viewer_id or not len(tasks.keys):
            return hidden
        mine = tasks.columns["is_blind"] & (tasks.columns["annotator"] == self.viewer_id)
        hidden[self.catalogue.rows_of(tasks.keys[mine])] = True
        if self.may_review:
            stages = [self.catalogue.words.stages.code(stage) for stage in (SUBMITTED, ACCEPTED)]
            own = (self.labels("annotator") == self.viewer_id) & self.labels("is_own")
            hidden[self.label_rows[own & np.isin(self.labels("stage"), stages)]] = False
        return hidden

    # the shown annotation --------------------------------------------------------------------------------------

    def shown(self, column: str) -> Array:
        """Return a column of the annotation that is shown of each entry; 0 or False = none is shown."""
        return self._keep(("shown", column), lambda: self._of_shown(self.labels(column)))  # type: ignore[no-any-return]

    def shown_said(self, column: str, missing: Array) -> Array:
        """Return what the shown annotation says, and `missing` where none is shown."""

        def make() -> Array:
            said = self._of_shown(self.catalogue.table("said").columns[column])
            return np.where(self.is_labelled, said, missing)

        return self._keep(("said", column), make)  # type: ignore[no-any-return]

    @property
    def is_labelled(self) -> Mask:
        """Whether an annotation is shown of an entry."""
        return self._keep("labelled", lambda: self._of_shown(np.ones(len(self.label_rows), bool)))  # type: ignore[no-any-return]

    def _of_shown(self, values: Array) -> Array:
        result = np.zeros(len(self.catalogue), values.dtype)
        chosen = self._keep("chosen", self._chosen)
        result[self.label_rows[chosen]] = values[chosen]
        return result

    def _chosen(self) -> Mask:
        """Return which labels are shown, at most one of each hand."""
        who = self.labels("annotator")
        if self.annotator:
            own = (who == self.people.get(self.annotator, 0)) & self.labels("is_own")
            return own & self.open_labels  # type: ignore[no-any-return]
        hidden = self.hidden[self.label_rows]
        hers = (who == self.viewer_id) & self.labels("is_own")
        return np.where(hidden, hers, self.labels("is_newest"))

    # columns ---------------------------------------------------------------------------------------------------

    @property
    def status(self) -> Array:
        """Place of each entry's status in `STATUSES`."""

        def make() -> Array:
            entry, place = self.catalogue.entry, STATUSES.index
            begun = self.is_labelled | entry("is_manual")
            status = np.where(begun, place(IN_PROGRESS), place(DETECTED)).astype(np.int8)
            status[self.shown("verdict") > 0] = place(DONE)
            status[self.catalogue.hand_ids == 0] = place(NO_HAND)
            status[entry("has_error")] = place(ERROR)
            return status

        return self._keep("status", make)  # type: ignore[no-any-return]

    @property
    def score(self) -> Array:
        """The scorer's figure; NaN = none that she may see."""

        def make() -> Array:
            value = self.catalogue.column(f"scores/{self.scorer}", "value", np.nan)
            return np.where(self.hidden, np.nan, value)

        return self._keep("score", make)  # type: ignore[no-any-return]

    @property
    def score_verdict(self) -> Array:
        """Code of the scorer's verdict; 0 = none that she may see."""

        def make() -> Array:
            verdict = self.catalogue.column(f"scores/{self.scorer}", "verdict", 0)
            return np.where(self.hidden, 0, verdict)

        return self._keep("score verdict", make)  # type: ignore[no-any-return]

    @property
    def findings(self) -> Array:
        """Code of the kinds of findings: of the shown annotation, else of the scorer."""
        found = self._keep(
            "found", lambda: np.where(self.hidden, 0, self.catalogue.column(f"found/{self.scorer}", "kinds", 0))
        )
        return self.shown_said("kinds", found)

    @property
    def digits(self) -> Array:
        """How many digits the hand has: by the shown annotation, else by what was measured; 0 = not known."""
        return self.shown_said("count", self.catalogue.column("digits", "count", 0))

    @property
    def is_fused(self) -> Mask:
        """Whether the shown annotation has digits that are grown together; detectors never say so."""
        return self.shown_said("is_fused", np.zeros(len(self.catalogue), bool))

    @property
    def is_commented(self) -> Mask:
        """Whether a remark that she may see is open."""

        def make() -> Mask:
            commented = np.zeros(len(self.catalogue), bool)
            remarks = self.catalogue.table("remarks")
            rows = self.catalogue.rows_of(remarks.keys) if len(remarks.keys) else np.empty(0, np.int64)
            seen = (remarks.columns["author"] == self.viewer_id) | (remarks.columns["about"] == self.viewer_id)
            seen &= self.viewer_id > 0
            if self.may_review:
                seen |= ~self.hidden[rows]
            commented[rows[seen]] = True
            return commented

        return self._keep("commented", make)  # type: ignore[no-any-return]

    @property
    def last_work(self) -> Array:
        """Number of the last event of a person on the hand; 0 = none that she may know of."""

        def make() -> Array:
            if not self.may_review:
                return self.catalogue.column(f"work/{self.viewer}", "event", 0)
            work = self.catalogue.column("work/", "event", 0)
            return np.where(self.hidden, 0, work)

        return self._keep("work", make)  # type: ignore[no-any-return]

    @property
    def disagreement(self) -> Array:
        """How far the verdicts that several annotators handed in are apart, 0..2; NaN = fewer than two she may see."""

        def make() -> Array:
            stages = [self.catalogue.words.stages.code(stage) for stage in (SUBMITTED, ACCEPTED)]
            decided = self.labels("is_own") & (self.labels("verdict") > 0) & self.open_labels
            decided &= np.isin(self.labels("stage"), stages)
            scale = np.array([SCALE.get(word, 0) for word in self.catalogue.words.verdicts.values])
            rows, low, high, count = self._spans(decided, scale[self.labels("verdict")])
            result = np.full(len(self.catalogue), np.nan)
            result[rows[count > 1]] = (high - low)[count > 1]
            return result

        return self._keep("disagreement", make)  # type: ignore[no-any-return]

    @property
    def is_settled(self) -> Mask:
        """Whether a reviewer's decision stands behind the hand; see `workflows.consensus`."""

        def make() -> Mask:
            words, stage = self.catalogue.words, self.labels("stage")
            is_accepted = (stage == words.stages.code(ACCEPTED)) & self.open_labels
            is_annotation = self.labels("kind") == words.kinds.code(ANNOTATION)
            settled = np.zeros(len(self.catalogue), bool)
            counted = is_annotation & self.labels("is_own") & self.open_labels
            counted &= is_accepted | (stage == words.stages.code(SUBMITTED))
            rows, low, high, _ = self._spans(counted, self.labels("verdict"))
            is_one = np.zeros(len(self.catalogue), bool)
            is_one[rows] = low == high
            settled[self.label_rows[is_accepted & ~is_annotation]] = True
            accepted = self.label_rows[is_accepted & counted]
            settled[accepted] |= is_one[accepted]
            return settled

        return self._keep("settled", make)  # type: ignore[no-any-return]

    def any_label(self, which: Mask) -> Mask:
        """Return the entries of which one of these labels is an annotator's newest that she may see."""
        result = np.zeros(len(self.catalogue), bool)
        result[self.label_rows[which & self.open_labels & (self.labels("is_own") | self.labels("is_newest"))]] = True
        return result

    def own_stage(self) -> Array:
        """Return the code of the stage of her own annotation; that of a draft where she has none."""
        codes = self.catalogue.words.stages
        result = np.full(len(self.catalogue), codes.code(DRAFT), np.int32)
        own = (self.labels("annotator") == self.viewer_id) & self.labels("is_own")
        result[self.label_rows[own]] = self.labels("stage")[own]
        return result

    def tasks(self, batch: str = "") -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return (entries, places in her order) of what she was given, in one batch or (with "") in all.

        A reviewer who asks for a batch gets everybody's hands of it.
        """
        tasks = self.catalogue.table("tasks")
        chosen = tasks.columns["annotator"] == self.viewer_id
        if batch:
            of_batch = tasks.columns["batch"] == self.catalogue.words.batches.code(batch)
            chosen = of_batch if self.may_review and not (chosen & of_batch).any() else chosen & of_batch
        place = tasks.columns["batch"][chosen].astype(np.int64) << 32 | tasks.columns["place"][chosen]
        rows = self.catalogue.rows_of(tasks.keys[chosen]) if chosen.any() else np.empty(0, np.int64)
        return rows, place

    def _spans(self, which: Mask, values: Array) -> tuple[NDArray[np.int64], Array, Array, Array]:
        """Return for each entry that has such labels: its row, their smallest and largest value, their number."""
        rows = self.label_rows[which]
        if not len(rows):
            none = np.empty(0, np.int64)
            return none, none, none, none
        first = np.flatnonzero(np.r_[True, np.diff(rows) != 0])
        chosen = values[which]
        low, high = np.minimum.reduceat(chosen, first), np.maximum.reduceat(chosen, first)
        return rows[first], low, high, np.diff(np.r_[first, len(rows)])

    def _keep(self, name: Any, make: Any) -> Any:
        """Remember a column until something changes."""
        who = (self.viewer, self.viewer_id, self.may_review, self.annotator, self.scorer)
        return self.catalogue.derived((who, name), make)
