"""What a page shows: which images and hands there are, and one image with all that is known of its hands.

Who looks decides what is seen; the rules are in `store.sight` and `store.viewpoint`, below anything that draws.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from handanat_studio.errors import UserError
from handanat_studio.hand.annotation import Annotation
from handanat_studio.hand.limits import landmark_source
from handanat_studio.hand.values import HandPose, Score
from handanat_studio.project import Project
from handanat_studio.store import annotations as revisions
from handanat_studio.store import chains, facets, hands, images, scores, sight
from handanat_studio.store import views as named
from handanat_studio.store.changes import ChangeSet
from handanat_studio.store.facets import Value
from handanat_studio.store.hands import StoredHand
from handanat_studio.store.images import Image
from handanat_studio.store.library import (
    QUEUES,
    Entry,
    EntryIndex,
    LibraryFilter,
    filter_from_dict,
    filter_to_dict,
)
from handanat_studio.store.selection import YES_OR_NO, Selection

__all__ = ["FACETS", "QUEUES", "QUEUE_WORDS"]

FACETS = (*facets.NAMES, *YES_OR_NO, "batch")
QUEUE_WORDS: dict[str, tuple[str, str]] = {
    "assigned": ("Assigned to me", "Hands of your batches that you have not handed in, in your order."),
    "returned": ("Returned", "A reviewer gave these back to you with a reason."),
    "submitted": ("Handed in", "Others have handed these in, and nobody has reviewed them."),
    "disagreement": ("Disagreement", "Annotators came to different verdicts."),
    "low_confidence": ("Low confidence", "The detector is less than 60 % sure that it found a hand."),
    "fallback": ("Fallback", "The first detector found nothing; a later one did."),
    "near_threshold": ("Near the threshold", "The score is within 0.15 of the line between the verdicts."),
    "contradictory": ("Contradictory", "Verdict, findings and digits of an annotation do not fit together."),
    "flagged": ("Flagged", "Somebody marked these for a second look."),
    "diverse": ("Diverse", "The hundred images that look least like one another, whatever the score says."),
    "random_control": ("Random control", "One hand in twenty, always the same ones, whatever the score says."),
}
"""Queue -> (title, one sentence)."""


@dataclass(frozen=True, slots=True)
class HandView:
    """One hand as the editor needs it.

    Attributes:
        hand: identity, box and the detector's prediction, without the digit network's evidence if `is_blind`.
        scores: scorer name -> score of the prediction; none if the hand is to be annotated blind.
        annotation: this annotator's newest revision, or None.
        pose: the pose to start from: the annotation's, else the prediction's, else an empty ordinary hand.
        source: landmark source of that pose: "expert", or the detector's.
        stage: how far that annotation has come, one of `hand.annotation.STAGES`; "" = there is none.
        is_blind: whether the scores are kept from this annotator.
    """

    hand: StoredHand
    scores: dict[str, Score]
    annotation: Annotation | None
    pose: HandPose
    source: str
    stage: str = ""
    is_blind: bool = False


@dataclass(frozen=True, slots=True)
class ImageView:
    """One image with its hands, in the order they were found."""

    image: Image
    path: Path
    hands: tuple[HandView, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """What a library page shows at once.

    Attributes:
        index: the entries, in order.
        counts: see `counts`.
        first: the details of the first entries.
    """

    index: EntryIndex
    counts: dict[str, int]
    first: list[Entry]


@dataclass(frozen=True, slots=True)
class SavedView:
    """A filter and sort order that somebody named; who looks is not part of it."""

    name: str
    author: str
    filter: LibraryFilter


def index(project: Project, wanted: LibraryFilter) -> EntryIndex:
    """Return the ids of all entries that pass a filter, in its order.

    Raises:
        UserError: if the viewer may not ask for this.
    """
    with _selection(project, wanted) as selection:
        return selection.index()


def page(project: Project, wanted: LibraryFilter, image_ids: Sequence[int], hand_ids: Sequence[int]) -> list[Entry]:
    """Return the details of some entries of an index; of the filter only who looks and the scorer matter."""
    with _selection(project, _anything(wanted)) as selection:
        return selection.page(image_ids, hand_ids)


def counts(project: Project, wanted: LibraryFilter) -> dict[str, int]:
    """Return how many entries each filter chip would show; of the filter its text and generators matter."""
    with _selection(project, wanted) as selection:
        return selection.counts()


def facet_counts(project: Project, wanted: LibraryFilter, fields: Sequence[str]) -> dict[str, dict[Value, int]]:
    """Return for each of some fields how many entries have each value, among those that pass all other fields.

    Args:
        project: the project.
        wanted: the filter.
        fields: from `FACETS`; those with a yes or no count "yes".
    """
    with _selection(project, wanted) as selection:
        return selection.facets(fields)


def queue_counts(project: Project, wanted: LibraryFilter) -> dict[str, int]:
    """Return how many hands wait in each queue that the viewer may ask for, among those that pass all other fields."""
    with _selection(project, wanted) as selection:
        return selection.queue_counts()


def listing(project: Project, wanted: LibraryFilter, *, first: int = 0) -> Listing:
    """Return index, counts and the details of the first entries, from one state of the project.

    Args:
        project: the project.
        wanted: the filter.
        first: how many entries are described.
    """
    with _selection(project, wanted) as selection:
        found = selection.index()
        page = selection.page(found.image_ids[:first], found.hand_ids[:first])
        return Listing(found, selection.counts(), page)


def counts_beside(
    project: Project, wanted: LibraryFilter, fields: Sequence[str]
) -> tuple[dict[str, dict[Value, int]], dict[str, int]]:
    """Return `facet_counts` and `queue_counts` from one state of the project."""
    with _selection(project, wanted) as selection:
        return selection.facets(fields), selection.queue_counts()


def image_view(project: Project, image_id: int, *, annotator: str) -> ImageView:
    """Return an image with its hands as one annotator sees them (nobody else's labels).

    Raises:
        UserError: if the project has no such image.
    """
    with project.store.read() as session:
        image = images.get(session, image_id)
        found = hands.of_image(session, image_id)
        ids = [hand.id for hand in found]
        seen = sight.of_scores(session, ids, annotator)
        judged = scores.of_hands(session, sorted(seen))
        own = revisions.newest_of_hands(session, ids, annotator)
        stages = chains.stages(session, list(own), annotator)
    described = tuple(
        _hand_view(
            hand,
            judged.get(hand.id, {}),
            own.get(hand.id),
            stage=stages.get(hand.id, ""),
            is_blind=hand.id not in seen,
        )
        for hand in found
    )
    return ImageView(image=image, path=project.image_path(image.uri), hands=described)


def views(project: Project) -> list[SavedView]:
    """Return every saved view, by name; one that a newer program saved and this one cannot read is left out."""
    with project.store.read() as session:
        stored = named.all(session)
    found = []
    for view in stored:
        try:
            found.append(SavedView(view.name, view.author, filter_from_dict(view.filter)))
        except ValueError:
            continue
    return found


def save_view(project: Project, name: str, wanted: LibraryFilter, *, author: str) -> ChangeSet:
    """Keep a filter and its order under a name, in the place of an older one of that name.

    Raises:
        UserError: if the name is empty.
    """
    with project.store.write() as session:
        named.save(session, name, filter_to_dict(wanted), author=author)
    return ChangeSet(frozenset({"views"}))


def rename_view(project: Project, name: str, new_name: str) -> ChangeSet:
    """Give a saved view another name.

    Raises:
        UserError: if there is no such view, or the new name is empty or taken.
    """
    with project.store.write() as session:
        known = {view.name: view for view in named.all(session)}
        if name not in known:
            raise UserError(f"There is no view '{name}'.", hint="Refresh the list.")
        if new_name.strip() in known:
            raise UserError(f"There is a view '{new_name.strip()}' already.", hint="Choose another name.")
        named.save(session, new_name, known[name].filter, author=known[name].author)
        named.delete_named(session, name)
    return ChangeSet(frozenset({"views"}))


def delete_view(project: Project, name: str) -> ChangeSet:
    """Forget a saved view.

    Raises:
        UserError: if there is no such view.
    """
    with project.store.write() as session:
        named.delete_named(session, name)
    return ChangeSet(frozenset({"views"}))


@contextmanager
def _selection(project: Project, wanted: LibraryFilter) -> Iterator[Selection]:
    with project.store.read() as session, project.catalogue.at(session) as catalogue:
        yield Selection(catalogue, wanted)


def _anything(wanted: LibraryFilter) -> LibraryFilter:
    return LibraryFilter(scorer=wanted.scorer, annotator=wanted.annotator, viewer=wanted.viewer)


def _hand_view(
    hand: StoredHand, judged: dict[str, Score], annotation: Annotation | None, *, stage: str, is_blind: bool
) -> HandView:
    if annotation is not None:
        pose, source = annotation.pose, "expert"
    elif hand.detection is not None:
        pose, source = hand.detection.pose, landmark_source(hand.detection.detector)
    else:
        pose, source = empty_pose(), "expert"
    if is_blind and hand.detection is not None:
        hand = replace(hand, detection=replace(hand.detection, evidence=None))
    return HandView(
        hand=hand, scores=judged, annotation=annotation, pose=pose, source=source, stage=stage, is_blind=is_blind
    )


def empty_pose() -> HandPose:
    """Return an ordinary hand whose 21 joints are all unlabelled."""
    return HandPose.ordinary([[float("nan")] * 2] * 21)
