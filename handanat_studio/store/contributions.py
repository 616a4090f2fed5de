"""How much each annotator has done. Counts only; what she said of a hand is in `annotations`."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from handanat_studio.hand.annotation import ACCEPTED, RETURNED, SUBMITTED
from handanat_studio.store.schema import AnnotationRow, AnnotatorRow, NewestRow
from handanat_studio.store.statements import table_of

_NEWEST = table_of(NewestRow)
_PEOPLE = table_of(AnnotatorRow)
_SAID = table_of(AnnotationRow)


@dataclass(frozen=True, slots=True)
class Contribution:
    """What somebody has done: hands by the stage of her own annotation, and seconds over all her revisions."""

    hands: int = 0
    submitted: int = 0
    returned: int = 0
    accepted: int = 0
    active_seconds: float = 0.0


NOTHING = Contribution()


def of_annotators(session: Session) -> dict[str, Contribution]:
    """Return by name what each annotator has done; who has written nothing is left out."""
    stages = [func.sum(case((_NEWEST.c.stage == stage, 1), else_=0)) for stage in (SUBMITTED, RETURNED, ACCEPTED)]
    hands = select(_NEWEST.c.annotator_id, func.count(), *stages).where(_NEWEST.c.of_annotator == 1)
    counts = {
        row[0]: (int(row[1]), int(row[2]), int(row[3]), int(row[4]))
        for row in session.execute(hands.group_by(_NEWEST.c.annotator_id))
    }
    time = select(_PEOPLE.c.id, _PEOPLE.c.name, func.sum(_SAID.c.active_seconds)).join(
        _SAID, _SAID.c.annotator_id == _PEOPLE.c.id
    )
    return {
        name: Contribution(*counts.get(annotator_id, (0, 0, 0, 0)), float(seconds))
        for annotator_id, name, seconds in session.execute(time.group_by(_PEOPLE.c.id, _PEOPLE.c.name))
    }
