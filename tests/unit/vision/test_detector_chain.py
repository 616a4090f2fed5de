"""The chain asks detectors in order and tells who answered and why the others did not."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import ModuleType
from typing import ClassVar

import numpy as np
import pytest

from handanat_studio.errors import UserError
from handanat_studio.hand.evidence import DigitEvidence
from handanat_studio.hand.values import Box, Detection, HandPose
from handanat_studio.registry import Registry
from handanat_studio.vision import detectors
from handanat_studio.vision.detectors import Detector, DetectorChain

PIXELS = np.zeros((8, 8, 3), np.uint8)


class FakeWitness:
    """Takes every hand for one as likely as `chances` says of its detector."""

    chances: ClassVar[dict[str, float]] = {}
    version = "w1"

    def testify_all(self, asked: Sequence[tuple[np.ndarray, Sequence[Detection]]]) -> list[list[Detection]]:
        return [
            [replace(hand, evidence=_evidence(self.chances[hand.detector])) for hand in hands] for _, hands in asked
        ]


def _evidence(hand: float) -> DigitEvidence:
    counts = tuple(float(number == 5) for number in range(13))
    return DigitEvidence(hand, 0.9, counts, True, (0.9,) * 5, 0.0, 0.0, version="w1")


def chain_of(*names: str) -> DetectorChain:
    """Return a chain without the digit network."""
    return DetectorChain(names, is_witnessed=False)


class Fake:
    """A detector that finds `count` hands, or raises."""

    def __init__(self, name: str, count: int = 0, *, error: Exception | None = None, reason: str = "") -> None:
        self.name, self.version = name, f"{name}-v1"
        self._count, self._error, self._reason = count, error, reason
        self.is_closed = False
        self.asked = 0

    def detect(self, pixels: np.ndarray) -> list[Detection]:
        self.asked += 1
        if self._error:
            raise self._error
        pose = HandPose.ordinary(np.zeros((21, 2)))
        hand = Detection(Box(0, 0, 4, 4), pose, self.name, self.version, 0.9, fallback_reason=self._reason)
        return [hand] * self._count

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Fake]]:
    """Register fake detectors and return them; a non-detector stands for a factory that fails."""

    def put(*fakes: Fake | Exception) -> None:
        module = ModuleType("fake_detectors")
        targets = {"gone": "no_such_module_anywhere:create"}
        for number, fake in enumerate(fakes):
            name = fake.name if isinstance(fake, Fake) else f"failing{number}"
            setattr(module, f"create{number}", _factory(fake))
            targets[name] = f"fake_detectors:create{number}"
        monkeypatch.setitem(sys.modules, "fake_detectors", module)
        monkeypatch.setattr(detectors, "DETECTORS", Registry("detector", "handanat_studio.no_plugins", targets))

    return put


def _factory(fake: Fake | Exception) -> Callable[[], Fake]:
    def create() -> Fake:
        if isinstance(fake, Exception):
            raise fake
        return fake

    return create


def test_the_first_answer_ends_the_search(known: Callable[..., None]) -> None:
    """A detector that finds hands answers alone, and its detections carry no fallback reason."""
    first, second = Fake("first", 2), Fake("second", 1)
    known(first, second)
    found = chain_of("first", "second").detect(PIXELS)
    assert [(hand.detector, hand.fallback_reason) for hand in found] == [("first", "")] * 2
    assert second.asked == 0


def test_a_fallback_says_why_it_ran(known: Callable[..., None]) -> None:
    """The second detector's answer tells that the first found no hand, and keeps its own words."""
    known(Fake("first"), Fake("second", 1, reason="seen upside down"))
    (hand,) = chain_of("first", "second").detect(PIXELS)
    assert (hand.detector, hand.version) == ("second", "second-v1")
    assert hand.fallback_reason == "first found no hand; seen upside down"


def test_no_hand_anywhere_is_an_empty_answer(known: Callable[..., None]) -> None:
    """Every detector is asked, and nothing found is not an error."""
    first, second = Fake("first"), Fake("second")
    known(first, second)
    assert chain_of("first", "second").detect(PIXELS) == []
    assert (first.asked, second.asked) == (1, 1)


def test_a_failing_detector_is_skipped_and_reported(known: Callable[..., None]) -> None:
    """An exception of one detector becomes the fallback reason of the next and a line in `problems`."""
    known(Fake("first", error=ValueError("bad weights")), Fake("second", 1))
    chain = chain_of("first", "second")
    (hand,) = chain.detect(PIXELS)
    assert hand.fallback_reason == "first failed (ValueError: bad weights)"
    assert chain.problems == {"first": "ValueError: bad weights"}


def test_a_failing_detector_never_looks_like_no_hand(known: Callable[..., None]) -> None:
    """If every detector fails the image is an error, not an image without hands."""
    known(Fake("first", error=RuntimeError("no memory")))
    with pytest.raises(UserError, match=r"first failed \(RuntimeError: no memory\)"):
        chain_of("first").detect(PIXELS)


def test_detectors_that_cannot_be_loaded_are_left_out(known: Callable[..., None]) -> None:
    """A missing module or a factory that raises leaves a chain of the rest, whose version names only the rest."""
    known(OSError("no model file"), Fake("second", 1))
    chain = chain_of("gone", "failing0", "second")
    assert len(chain.detect(PIXELS)) == 1
    assert chain.version == "second:second-v1"
    assert "no_such_module_anywhere" in chain.problems["gone"]
    assert chain.problems["failing0"] == "OSError: no model file"


def test_a_chain_without_any_detector_is_refused(known: Callable[..., None]) -> None:
    """Unknown names and chains in which nothing loads are told at once."""
    known(OSError("no model file"))
    with pytest.raises(UserError, match="Unknown detector 'nobody'"):
        chain_of("nobody")
    with pytest.raises(UserError, match="No detector can be used: failing0: OSError: no model file"):
        chain_of("failing0")


def test_the_version_changes_with_order_and_members(known: Callable[..., None]) -> None:
    """Different chains never share a version, so stored detections are known to be stale."""
    known(Fake("first"), Fake("second"))
    chains = [("first",), ("second",), ("first", "second"), ("second", "first")]
    assert len({chain_of(*names).version for names in chains}) == len(chains)
    assert chain_of("first", "second").version == "first:first-v1>second:second-v1"


def test_closing_the_chain_closes_its_members(known: Callable[..., None]) -> None:
    """Nothing stays loaded."""
    first, second = Fake("first"), Fake("second")
    known(first, second)
    chain_of("first", "second").close()
    assert first.is_closed
    assert second.is_closed


def test_the_fakes_and_the_real_detectors_share_the_protocol() -> None:
    """The chain's tests speak of the same thing as the program; making a detector loads no network."""
    from handanat_studio.vision import mediapipe_hands, rescue

    assert all(isinstance(d, Detector) for d in (Fake("x"), mediapipe_hands.create(), rescue.create()))


def test_the_version_names_the_digit_network(known: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """New weights make stored detections stale; a chain without the network has another version than one with it."""
    known(Fake("first"))
    monkeypatch.setattr(detectors, "Witness", FakeWitness)
    assert DetectorChain(("first",)).version == "first:first-v1+digits:w1"
    assert detectors.chain_version(("first",)) == "first:first-v1+digits:w1"


def test_the_next_detector_is_asked_where_the_network_sees_no_hand(
    known: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hand that the digit network contradicts does not end the search, and the answer tells why it went on."""
    known(Fake("first", 2), Fake("second", 1, reason="hand box of 0.90"))
    monkeypatch.setattr(detectors, "Witness", FakeWitness)
    monkeypatch.setattr(FakeWitness, "chances", {"first": 0.01, "second": 0.8})
    (hand,) = DetectorChain(("first", "second")).detect(PIXELS)
    assert hand.detector == "second"
    assert hand.fallback_reason == "first found what is no hand to the digit network; hand box of 0.90"
    assert hand.evidence is not None
    assert hand.evidence.hand == 0.8


def test_missing_weights_leave_the_detectors_alone(known: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the network hands come as the detectors give them, and the chain says what it has to do without."""

    def refuse() -> None:
        raise UserError("no weights")

    known(Fake("first", 1))
    monkeypatch.setattr(detectors, "Witness", refuse)
    chain = DetectorChain(("first",))
    (hand,) = chain.detect(PIXELS)
    assert hand.evidence is None
    assert chain.problems == {"digits": "no weights"}
    assert chain.version == "first:first-v1"
    assert chain.seen_alone(PIXELS, Box(0, 0, 4, 4)) is None


def test_images_that_are_looked_at_together_are_judged_each_by_itself(
    known: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only those without an answer go on to the next detector; one that no detector can read stops no other."""
    known(Picky("first"), Picky("second"))
    chain = chain_of("first", "second")
    dark, bright, broken = (np.full((4, 4, 3), value, np.uint8) for value in (0, 200, 255))
    first, second, failed = chain.detect_all([bright, dark, broken])
    assert [[hand.detector for hand in hands] for hands in (first, second)] == [["first"], ["second"]]  # type: ignore[union-attr]
    assert isinstance(failed, UserError)
    with pytest.raises(UserError, match="No detector could look"):
        chain.detect(broken)


class Picky(Fake):
    """Finds a hand where the picture is bright, if it is the first detector, else where it is dark; fails on white."""

    def __init__(self, name: str) -> None:
        super().__init__(name, 1)

    def detect(self, pixels: np.ndarray) -> list[Detection]:
        if pixels.max() == 255:
            raise RuntimeError("white")
        return super().detect(pixels) if (pixels.max() > 100) == (self.name == "first") else []
