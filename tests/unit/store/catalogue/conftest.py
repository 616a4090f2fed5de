"""Random projects with everything a library filter can ask for, and the slow, obvious answer to every question."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from handanat_studio.hand.annotation import ACCEPTED, ADJUDICATION, ANNOTATION, FIX, RETURNED, SUBMITTED, NewAnnotation
from handanat_studio.hand.topology import DigitKind, JointState
from handanat_studio.hand.values import VERDICTS, Box, Detection, Finding, Fusion, HandPose, Score
from handanat_studio.store import (
    annotations,
    annotators,
    batches,
    chains,
    comments,
    events,
    features,
    hands,
    images,
    queues,
    reviews,
    scores,
)
from handanat_studio.store.chains import Chain
from handanat_studio.store.diversity import farthest_first
from handanat_studio.store.engine import Store
from handanat_studio.store.hands import StoredHand
from handanat_studio.store.library import LibraryFilter
from handanat_studio.store.schema import HandRow

Revise = Callable[..., NewAnnotation]
PEOPLE = ("Ada", "Ben", "Cleo", "Dora")
"""Two annotators, a reviewer, a lead; who is what is set by `give_roles`."""
SCALE = {"plausible": 0, "unsure": 1, "implausible": 2}


def give_roles(store: Store) -> None:
    """Make Dora the lead and Cleo a reviewer; the others stay annotators."""
    with store.write() as session:
        for name in PEOPLE:
            annotators.ensure(session, name)
        annotators.set_role(session, "Dora", "lead", by="Dora")
        annotators.set_role(session, "Cleo", "reviewer", by="Dora")


def six_fingers(pose: HandPose, *, absent: bool = False, fused: bool = False) -> HandPose:
    """Return a hand with a sixth digit, which may be wholly absent, or fused with the first."""
    state = JointState.ABSENT if absent else JointState.VISIBLE
    return HandPose(
        points=[*pose.points.tolist(), *[[float("nan")] * 2 if absent else [5.0, 5.0]] * 4],
        states=[*pose.states.tolist(), *[state] * 4],
        digit_kind=[*pose.digit_kind.tolist(), DigitKind.EXTRA],
        digit_id=[*pose.digit_id.tolist(), 9],
        fusions=(Fusion(0, 9),) if fused else (),
    )


def _finding(kind: str) -> Finding:
    return Finding(kind, "hand", 1.0, 2.0, "", 3.0, 0.9, "test")


class World:
    """A store and a die; every method does something random to it.

    Args:
        store: to write to.
        seed: of the die.
        revise: makes a new annotation.
    """

    def __init__(self, store: Store, seed: int, revise: Revise) -> None:
        self.store = store
        self.draw = random.Random(seed)
        self._revise = revise
        self._number = 0

    def fill(self, count: int) -> None:
        """Import `count` images and do a few things to each."""
        self.add_images(count)
        for _ in range(2 * count):
            self.do_something()

    def do_something(self) -> None:
        """Do one of the things that people and detectors do."""
        self.draw.choice(
            (
                *[self.annotate] * 5,
                *[self.review] * 3,
                self.settle,
                self.comment,
                self.judge,
                self.detect_again,
                self.add_images,
                self.assign,
                self.draw_hand,
            )
        )()

    def add_images(self, count: int = 1) -> None:
        """Import images, and search most of them."""
        draw = self.draw
        news = []
        for _ in range(count):
            self._number += 1
            news.append(
                images.NewImage(
                    uri=f"images/{draw.choice('abc')}_{self._number:03d}.png",
                    error="broken" if draw.random() < 0.1 else "",
                    phash=draw.getrandbits(64) if draw.random() < 0.8 else None,
                    generator=draw.choice(("SDXL", "StyleGAN3", "")),
                    family=draw.choice(("diffusion", "gan", "")),
                    prompt=draw.choice(("a cup 100% full", "A Wave", "")),
                )
            )
        with self.store.write() as session:
            ids = images.add_many(session, news)
            searched = [i for i, new in zip(ids, news, strict=True) if not new.error and draw.random() < 0.9]
            images.mark_detected(session, searched, "1")
            found = [(i, [self._detection(k) for k in range(draw.choice((0, 1, 1, 2)))]) for i in searched]
            new_hands = [h for group in hands.add_detections_many(session, found, "1") for h in group]
            features.put_many(
                session,
                [
                    (h, {"version": "1", "finger_count": {"count": draw.choice((4, 5, 5, 6))}}, "1")
                    for h in new_hands
                    if draw.random() < 0.5
                ],
            )
        for hand_id in new_hands:
            if draw.random() < 0.8:
                self.judge(hand_id)

    def detect_again(self) -> None:
        """Search one image with another version; hands may be lost."""
        with self.store.write() as session:
            ids = [i for i, image in images.get_many(session, images.all_ids(session)).items() if not image.error]
            if ids:
                image_id = self.draw.choice(ids)
                found = [self._detection(k) for k in range(self.draw.choice((0, 1, 2)))]
                hands.add_detections(session, image_id, found, f"v{self.draw.random()}")
                images.mark_detected(session, [image_id], "2")

    def draw_hand(self) -> None:
        """Draw a hand where none was found."""
        with self.store.write() as session:
            image_id = self.draw.choice(images.all_ids(session))
            hands.add_manual(session, image_id, Box(900 + self.draw.random(), 0, 9, 9), annotator="Ada")

    def judge(self, hand_id: int = 0) -> None:
        """Score a hand."""
        hand_id = hand_id or self._hand()
        draw = self.draw
        value = float("nan") if draw.random() < 0.1 else round(draw.random(), 2)
        found = tuple(_finding(kind) for kind in ("angle", "count", "ratio") if draw.random() < 0.3)
        with self.store.write() as session:
            if hand_id:
                scores.put_many(session, [(hand_id, Score("calibrated", "1", value, draw.choice(VERDICTS), {}, found))])
                scores.put_many(session, [(hand_id, Score("paper", "1", draw.random(), draw.choice(VERDICTS)))])

    def annotate(self, kind: str = ANNOTATION, name: str = "") -> None:
        """Add a revision to a chain, or begin one."""
        draw = self.draw
        hand_id, name = self._hand(), name or draw.choice(PEOPLE)
        if not hand_id:
            return
        with self.store.write() as session:
            own = [c for c in chains.of_hands(session, [hand_id]).get(hand_id, []) if c.annotation.annotator == name]
            chain = next((c for c in own if c.annotation.kind == kind), None)
            free = annotations.free_round(session, hand_id, name, kind)
            new = self._revise(
                hand_id,
                name,
                seed=draw.randrange(100),
                kind=kind,
                verdict=draw.choice((*VERDICTS, None)),
                flagged=draw.random() < 0.2,
                round=chain.annotation.round if chain else free,
                parent_id=chain.annotation.id if chain else None,
                findings=tuple(
                    replace(_finding(k), accepted=draw.choice((True, False, None)))
                    for k in ("angle", "span")
                    if draw.random() < 0.5
                ),
            )
            if draw.random() < 0.4:
                extra = six_fingers(new.pose, absent=draw.random() < 0.4, fused=draw.random() < 0.5)
                new = replace(new, pose=extra)
            annotations.append(session, new)

    def review(self) -> None:
        """Submit, withdraw, accept or return an annotation."""
        self._decide(ANNOTATION, self.draw.choice((reviews.SUBMIT, reviews.SUBMIT, reviews.ACCEPT, reviews.RETURN)))

    def settle(self) -> None:
        """Begin a fix or an adjudication, or accept one."""
        kind = self.draw.choice((FIX, ADJUDICATION))
        self.annotate(kind, self.draw.choice(("Cleo", "Dora")))
        if self.draw.random() < 0.5:
            self._decide(kind, reviews.ACCEPT)

    def comment(self) -> None:
        """Write a remark, or settle one."""
        hand_id = self._hand()
        if not hand_id:
            return
        with self.store.write() as session:
            remarks = [c for c in comments.of_hand(session, hand_id) if not c.resolved_by]
            if remarks and self.draw.random() < 0.5:
                comments.resolve(session, remarks[0], author=self.draw.choice(PEOPLE))
                return
            said = chains.of_hands(session, [hand_id]).get(hand_id, [])
            about = self.draw.choice(said).annotation.id if said and self.draw.random() < 0.7 else None
            author = self.draw.choice(PEOPLE)
            comments.add(session, hand_id, author=author, text="look", annotation_id=about)

    def assign(self) -> None:
        """Give some hands to Ada and Cleo, blind or not."""
        self._number += 1
        with self.store.write() as session:
            ids = hands.all_ids(session)
            if ids:
                orders = {n: self.draw.sample(ids, min(len(ids), 6)) for n in ("Ada", "Cleo")}
                name, blind = f"batch {self._number}", self.draw.random() < 0.5
                batches.create(session, name, orders, by="Dora", blind=blind)

    def _decide(self, kind: str, action: str) -> None:
        with self.store.write() as session:
            found = [c for own in chains.of_hands(session, hands.all_ids(session)).values() for c in own]
            fitting = [c for c in found if c.annotation.kind == kind and c.annotation.verdict]
            if fitting:
                reviews.record(session, self.draw.choice(fitting), action, actor=self.draw.choice(("Cleo", "Dora")))

    def _hand(self) -> int:
        with self.store.read() as session:
            ids = hands.all_ids(session)
        return self.draw.choice(ids) if ids else 0

    def _detection(self, place: int) -> Detection:
        pose = self._revise(1).pose
        return Detection(
            box=Box(10.0 + 300 * place, 20.0, 100.0, 120.0),
            pose=pose,
            detector=self.draw.choice(("mediapipe", "yolo")),
            version="1",
            score=round(self.draw.random(), 2),
            fallback_reason=self.draw.choice(("", "", "nothing found")),
        )


@dataclass
class Fact:
    """All that a viewer may know of one entry."""

    image_id: int
    hand_id: int
    uri: str
    text: str
    status: str
    is_searched: bool
    error: str
    verdict: str | None
    stage: str
    score: float
    score_verdict: str | None
    generator: str
    family: str
    detector: str
    side: str
    detector_score: float
    is_fallback: bool
    kinds: frozenset[str]
    digits: int
    fused: bool
    flagged: bool
    commented: bool
    labelled_by: frozenset[str]
    disagreement: float
    last_work: int
    queues: frozenset[str]
    batches: dict[str, int]
    assigned_place: float


def facts(store: Store, scorer: str, annotator: str, viewer: str) -> list[Fact]:
    """Compute every entry the slow way, from the noun files alone."""
    with store.read() as session:
        return [
            _fact(session, image, hand, scorer, annotator, viewer)
            for image in images.get_many(session, images.all_ids(session)).values()
            for hand in hands.of_image(session, image.id) or [None]
        ]


def _fact(
    session: Session, image: images.Image, hand: StoredHand | None, scorer: str, annotator: str, viewer: str
) -> Fact:
    hand_id = 0 if hand is None else hand.id
    detection = None if hand is None else hand.detection
    may_review = not viewer or annotators.may_review(session, viewer)
    said = chains.of_hands(session, [hand_id]).get(hand_id, [])
    given = [] if hand is None else list(_tasks(session, hand_id))
    own_done = any(c.annotation.annotator == viewer and c.is_current and c.stage in (SUBMITTED, ACCEPTED) for c in said)
    is_blind = any(who == viewer and blind for _, _, blind, who, _ in given)
    hidden = is_blind and not (may_review and own_done)
    seen = said if may_review and not hidden else [c for c in said if c.annotation.annotator == viewer]
    shown = _shown(seen, annotator or (viewer if hidden else ""))
    score = None if hidden else scores.of_hands(session, [hand_id]).get(hand_id, {}).get(scorer)
    if image.error:
        status = "error"
    elif hand is None:
        status = "no_hand"
    elif shown and shown.annotation.verdict:
        status = "done"
    else:
        status = "in_progress" if shown or _is_manual(session, hand_id) else "detected"
    if shown:
        pose, kinds = shown.annotation.pose, {f.kind for f in shown.annotation.findings if f.accepted is not False}
        digits, fused = _digits(pose), bool(pose.fusions)
    else:
        measured = features.get(session, hand_id)
        in_pose = 0 if detection is None else detection.pose.digit_count
        digits = measured["finger_count"]["count"] if measured and detection else in_pose
        kinds, fused = {f.kind for f in score.findings} if score else set(), False
    handed_in = [c for c in seen if c.is_current and c.stage in (SUBMITTED, ACCEPTED)]
    opinions = [c.annotation.verdict for c in handed_in if c.annotation.verdict]
    scale = [SCALE[verdict] for verdict in opinions]
    remarks = comments.of_hand(session, hand_id, concerning=None if may_review and not hidden else viewer)
    deeds = events.recent(session, limit=10_000, hand_id=hand_id) if hand else []
    if not may_review:
        deeds = [e for e in deeds if e.actor == viewer]
    fact = Fact(
        image_id=image.id,
        hand_id=hand_id,
        uri=image.uri,
        text="\n".join((image.uri, image.generator, image.family, image.prompt)).lower(),
        status=status,
        is_searched=image.detected_version is not None,
        error=image.error,
        verdict=shown.annotation.verdict if shown else None,
        stage=shown.stage if shown else "",
        score=score.value if score else float("nan"),
        score_verdict=score.verdict if score else None,
        generator=image.generator,
        family=image.family,
        detector=detection.detector if detection else "",
        side=detection.pose.side.name.lower() if detection else "",
        detector_score=detection.score if detection else float("nan"),
        is_fallback=bool(detection and detection.fallback_reason),
        kinds=frozenset(kinds),
        digits=digits,
        fused=fused,
        flagged=bool(shown and shown.annotation.flagged),
        commented=any(not c.resolved_by for c in remarks),
        labelled_by=frozenset(c.annotation.annotator for c in seen if c.is_current),
        disagreement=float(max(scale) - min(scale)) if len(scale) > 1 else float("nan"),
        last_work=0 if hidden and may_review else max((e.id for e in deeds), default=0),
        queues=frozenset(),
        batches={},
        assigned_place=float("nan"),
    )
    mine = [row for row in given if row[3] == viewer]
    fact.assigned_place = min((float(number << 32 | place) for number, _, _, _, place in mine), default=float("nan"))
    fact.batches = _batch_places(session, given, viewer, may_review)
    fact.queues = frozenset(_queues(fact, said, seen, viewer, may_review, hidden, bool(mine)))
    if _is_unlike(session, image.id) and may_review and not hidden and hand_id and not _is_settled(seen):
        fact.queues |= {"diverse"}
    return fact


def _queues(
    fact: Fact, said: list[Chain], seen: list[Chain], viewer: str, may_review: bool, hidden: bool, given: bool
) -> Iterator[str]:
    own = next((c.stage for c in said if c.is_current and c.annotation.annotator == viewer), "draft")
    if given and own == "draft":
        yield "assigned"
    if own == RETURNED:
        yield "returned"
    if not may_review or hidden or not fact.hand_id or _is_settled(seen):
        return
    newest = [c for c in seen if c.is_current or c.annotation.id == max(o.annotation.id for o in said)]
    if any(c.stage == SUBMITTED and c.is_current and c.annotation.annotator != viewer for c in seen):
        yield "submitted"
    if fact.disagreement > 0:
        yield "disagreement"
    if fact.detector_score < 0.6:
        yield "low_confidence"
    if fact.is_fallback:
        yield "fallback"
    if 0.35 <= fact.score <= 0.65:
        yield "near_threshold"
    if any(c.contradictory for c in newest):
        yield "contradictory"
    if any(c.annotation.flagged for c in newest):
        yield "flagged"
    if queues.is_control(np.array([fact.hand_id]))[0]:
        yield "random_control"


def _is_unlike(session: Session, image_id: int) -> bool:
    found = images.get_many(session, images.all_ids(session))
    hashes = {number: image.phash for number, image in sorted(found.items()) if image.phash is not None}
    chosen = farthest_first(np.array(list(hashes.values()), np.uint64), queues.DIVERSE_IMAGES)
    return image_id in np.array(list(hashes), np.int64)[chosen]


def _is_settled(seen: list[Chain]) -> bool:
    if any(c.annotation.kind != ANNOTATION and c.stage == ACCEPTED for c in seen):
        return True
    counted = [c for c in seen if c.annotation.kind == ANNOTATION and c.is_current and c.stage in (SUBMITTED, ACCEPTED)]
    return any(c.stage == ACCEPTED for c in counted) and len({c.annotation.verdict for c in counted}) == 1


def _shown(seen: list[Chain], annotator: str) -> Chain | None:
    if annotator:
        return next((c for c in seen if c.is_current and c.annotation.annotator == annotator), None)
    return max(seen, key=lambda c: c.annotation.id, default=None)


def _digits(pose: HandPose) -> int:
    chains_ = pose.states[1:].reshape(-1, 4)
    return int((chains_ != JointState.ABSENT).any(axis=1).sum())


def _is_manual(session: Session, hand_id: int) -> bool:
    return bool(session.execute(select(HandRow.origin).where(HandRow.id == hand_id)).scalar() == "manual")


def _tasks(session: Session, hand_id: int) -> Iterator[tuple[int, str, bool, str, int]]:
    """Give (number of the batch, its name, blind, annotator, place) of everybody who was given the hand."""
    for number, batch in enumerate(batches.all(session), start=1):
        for annotator in batch.progress:
            order = batches.order_of(session, batch.name, annotator)
            if hand_id in order:
                yield number, batch.name, batch.blind, annotator, 1 + order.index(hand_id)


def _batch_places(
    session: Session, given: list[tuple[int, str, bool, str, int]], viewer: str, may_review: bool
) -> dict[str, int]:
    found: dict[str, int] = {}
    for batch in batches.all(session):
        rows = [row for row in given if row[1] == batch.name]
        if viewer in batch.progress or not may_review:
            rows = [row for row in rows if row[3] == viewer]
        if rows:
            found[batch.name] = min(row[4] for row in rows)
    return found


def passes(fact: Fact, wanted: LibraryFilter) -> bool:
    """Return whether an entry passes a filter, one field after the other."""
    some: list[tuple[tuple[object, ...], set[object]]] = [
        (wanted.verdicts, {fact.verdict}),
        (wanted.score_verdicts, {fact.score_verdict}),
        (wanted.statuses, {fact.status}),
        (wanted.stages, {fact.stage}),
        (wanted.generators, {fact.generator}),
        (wanted.families, {fact.family}),
        (wanted.detectors, {fact.detector}),
        (wanted.sides, {fact.side}),
        (wanted.finding_kinds, set(fact.kinds)),
        (wanted.digit_counts, {fact.digits}),
        (wanted.labelled_by, set(fact.labelled_by)),
    ]
    either = ((wanted.flagged, fact.flagged), (wanted.commented, fact.commented), (wanted.fused, fact.fused))
    return (
        all(word in fact.text for word in wanted.text.lower().split())
        and all(not asked or set(asked) & has for asked, has in some)
        and all(asked is None or asked == has for asked, has in either)
        and (not wanted.queue or wanted.queue in fact.queues)
        and (not wanted.batch or wanted.batch in fact.batches)
        and (not wanted.errors_only or bool(fact.error))
        and (wanted.score_low != wanted.score_low or fact.score >= wanted.score_low)
        and (wanted.score_high != wanted.score_high or fact.score <= wanted.score_high)
    )


def sort_key(fact: Fact, wanted: LibraryFilter) -> tuple[object, ...]:
    """Return what orders an entry: what lacks the value last, ties in the order of import."""
    value = _sort_value(fact, wanted)
    lacks = value != value
    sign = -1 if wanted.descending else 1
    if isinstance(value, str):
        ordered: object = tuple(sign * ord(letter) for letter in value) + ((1,) if wanted.descending else ())
    else:
        ordered = 0.0 if lacks else sign * value
    return (lacks, ordered, fact.image_id, fact.hand_id)


def _sort_value(fact: Fact, wanted: LibraryFilter) -> float | str:
    nan = float("nan")
    verdicts, stages = ("", *VERDICTS), ("", "draft", "submitted", "returned", "accepted")
    statuses = ("error", "no_hand", "detected", "in_progress", "done")
    if wanted.sort == "imported" and wanted.batch:
        return float(fact.batches[wanted.batch])
    if wanted.sort == "imported" and wanted.queue == "assigned":
        return fact.assigned_place
    values: dict[str, float | str] = {
        "imported": float(fact.image_id),
        "score": fact.score,
        "name": fact.uri,
        "certainty": round(abs(fact.score - 0.5), 9),
        "disagreement": fact.disagreement,
        "changed": float(fact.last_work) or nan,
        "generator": fact.generator or nan,
        "status": float(statuses.index(fact.status)),
        "verdict": float(verdicts.index(fact.verdict or "")) or nan,
        "stage": float(stages.index(fact.stage)) or nan,
    }
    return values[wanted.sort]


@pytest.fixture
def make_world(revise: Revise) -> Callable[[Store, int], World]:
    """Return a function that puts a world with this seed into a store."""
    return lambda store, seed: World(store, seed, revise)


@pytest.fixture
def slowly() -> type[Slowly]:
    """Return the slow, obvious answers."""
    return Slowly


class Slowly:
    """The slow, obvious answers, for tests to compare with."""

    facts = staticmethod(facts)
    passes = staticmethod(passes)
    sort_key = staticmethod(sort_key)
    give_roles = staticmethod(give_roles)
