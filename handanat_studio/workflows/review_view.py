"""One hand as a reviewer or an adjudicator needs it: everybody's annotations, her own chains, remarks, consensus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from handanat_studio.hand.annotation import ADJUDICATION, ANNOTATION, FIX, Annotation
from handanat_studio.project import Project
from handanat_studio.store import annotations as revisions
from handanat_studio.store import chains, comments, hands, reviews, sight
from handanat_studio.store.chains import Chain
from handanat_studio.store.comments import Comment
from handanat_studio.store.images import Image
from handanat_studio.store.reviews import SUBMIT, Review
from handanat_studio.workflows import browse
from handanat_studio.workflows.browse import HandView
from handanat_studio.workflows.consensus import Consensus, combine


@dataclass(frozen=True, slots=True)
class Submission:
    """The newest own annotation of one annotator.

    Attributes:
        annotation: its newest revision.
        stage: one of `hand.annotation.STAGES`; a draft is work in progress.
        simulated: whether no person is behind it.
        reason: what she said when she submitted it, e.g. why a contradiction stands; "" = nothing.
    """

    annotation: Annotation
    stage: str
    simulated: bool
    reason: str


@dataclass(frozen=True, slots=True)
class ReviewView:
    """One hand with all that a viewer may know of it.

    Attributes:
        image: the image it is in.
        path: where the file lies.
        hand: the prediction and its scores, and the viewer's own annotation.
        submissions: one for each annotator, the one who joined the project first comes first.
        fix: the newest revision of the viewer's own fix; None = there is none.
        fix_round: the round in which she continues or begins a fix.
        adjudication: the newest adjudication of anybody.
        own_adjudication: the newest revision of the viewer's own adjudication; None = there is none.
        adjudication_round: the round in which she continues or begins an adjudication.
        fix_stage: the stage of `fix`; "" = there is none.
        own_adjudication_stage: the stage of `own_adjudication`; "" = there is none.
        comments: remarks, oldest first.
        consensus: what it all adds up to.
    """

    image: Image
    path: Path
    hand: HandView
    submissions: tuple[Submission, ...]
    fix: Annotation | None
    fix_round: int
    fix_stage: str
    adjudication: Annotation | None
    own_adjudication: Annotation | None
    adjudication_round: int
    own_adjudication_stage: str
    comments: tuple[Comment, ...]
    consensus: Consensus


def review_view(project: Project, hand_id: int, *, viewer: str) -> ReviewView:
    """Return one hand with what `viewer` may know: whoever may not see the work of others gets only her own.

    Raises:
        UserError: if there is no such hand.
    """
    with project.store.read() as session:
        image_id = hands.get(session, hand_id).image_id
        open_to_her = hand_id in sight.of_others(session, [hand_id], viewer)
        found = chains.of_hands(session, [hand_id]).get(hand_id, [])
        decided = reviews.of_hands(session, [hand_id]).get(hand_id, [])
        remarks = comments.of_hand(session, hand_id, concerning=None if open_to_her else viewer)
        free = {kind: revisions.free_round(session, hand_id, viewer, kind) for kind in (FIX, ADJUDICATION)}
    known = [chain for chain in found if open_to_her or chain.annotation.annotator == viewer]
    own = [chain for chain in known if chain.annotation.annotator == viewer]
    fix, adjudication = _newest(own, FIX), _newest(own, ADJUDICATION)
    last = _newest(known, ADJUDICATION)
    view = browse.image_view(project, image_id, annotator=viewer)
    return ReviewView(
        image=view.image,
        path=view.path,
        hand=next(hand for hand in view.hands if hand.hand.id == hand_id),
        submissions=tuple(_submission(c, decided) for c in known if c.annotation.kind == ANNOTATION and c.is_current),
        fix=fix.annotation if fix else None,
        fix_round=fix.annotation.round if fix else free[FIX],
        fix_stage=fix.stage if fix else "",
        adjudication=last.annotation if last else None,
        own_adjudication=adjudication.annotation if adjudication else None,
        adjudication_round=adjudication.annotation.round if adjudication else free[ADJUDICATION],
        own_adjudication_stage=adjudication.stage if adjudication else "",
        comments=tuple(remarks),
        consensus=combine([chain.standing for chain in known], decided).with_annotation(
            {chain.annotation.id: chain.annotation for chain in known}
        ),
    )


def _newest(found: Sequence[Chain], kind: str) -> Chain | None:
    chains_of_kind = [chain for chain in found if chain.annotation.kind == kind]
    return max(chains_of_kind, key=lambda chain: chain.annotation.id, default=None)


def _submission(chain: Chain, decided: Sequence[Review]) -> Submission:
    reasons = [r.reason for r in decided if r.action == SUBMIT and r.actor == chain.annotation.annotator]
    return Submission(chain.annotation, chain.stage, chain.simulated, reasons[-1] if reasons else "")
