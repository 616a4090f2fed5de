"""What a page shows: which images and hands there are, and one image with all that is known of its hands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from handanat_studio.hand.annotation import Annotation
from handanat_studio.hand.limits import landmark_source
from handanat_studio.hand.values import HandPose, Score
from handanat_studio.project import Project
from handanat_studio.store import annotations as revisions
from handanat_studio.store import hands, images, library, scores
from handanat_studio.store.hands import StoredHand
from handanat_studio.store.images import Image
from handanat_studio.store.library import Entry, EntryIndex, LibraryFilter


@dataclass(frozen=True, slots=True)
class HandView:
    """One hand as the editor needs it.

    Attributes:
        hand: identity, box and the detector's prediction.
        scores: scorer name -> score of the prediction.
        annotation: this annotator's newest revision, or None.
        pose: the pose to start from: the annotation's, else the prediction's, else an empty ordinary hand.
        source: landmark source of that pose: "expert", or the detector's.
    """

    hand: StoredHand
    scores: dict[str, Score]
    annotation: Annotation | None
    pose: HandPose
    source: str


@dataclass(frozen=True, slots=True)
class ImageView:
    """One image with its hands, in the order they were found."""

    image: Image
    path: Path
    hands: tuple[HandView, ...]


def index(project: Project, wanted: LibraryFilter) -> EntryIndex:
    """Return the ids of all entries that pass a filter, in its order."""
    with project.store.read() as session:
        return library.index(session, wanted)


def page(project: Project, wanted: LibraryFilter, image_ids: Sequence[int], hand_ids: Sequence[int]) -> list[Entry]:
    """Return the details of some entries of an index."""
    with project.store.read() as session:
        return library.page(session, wanted, image_ids, hand_ids)


def counts(project: Project, wanted: LibraryFilter) -> dict[str, int]:
    """Return how many entries each filter chip would show."""
    with project.store.read() as session:
        return library.counts(session, wanted)


def image_view(project: Project, image_id: int, *, annotator: str) -> ImageView:
    """Return an image with its hands as one annotator sees them (nobody else's labels).

    Raises:
        UserError: if the project has no such image.
    """
    with project.store.read() as session:
        image = images.get(session, image_id)
        found = hands.of_image(session, image_id)
        ids = [hand.id for hand in found]
        judged = scores.of_hands(session, ids)
        own = revisions.newest_of_hands(session, ids, annotator)
    views = tuple(_hand_view(hand, judged.get(hand.id, {}), own.get(hand.id)) for hand in found)
    return ImageView(image=image, path=project.image_path(image.uri), hands=views)


def _hand_view(hand: StoredHand, judged: dict[str, Score], annotation: Annotation | None) -> HandView:
    if annotation is not None:
        pose, source = annotation.pose, "expert"
    elif hand.detection is not None:
        pose, source = hand.detection.pose, landmark_source(hand.detection.detector)
    else:
        pose, source = empty_pose(), "expert"
    return HandView(hand=hand, scores=judged, annotation=annotation, pose=pose, source=source)


def empty_pose() -> HandPose:
    """Return an ordinary hand whose 21 joints are all unlabelled."""
    return HandPose.ordinary([[float("nan")] * 2] * 21)
