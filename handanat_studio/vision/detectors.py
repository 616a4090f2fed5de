"""The chain of detectors: who is asked, in which order, who answered and why the others did not, and the second witness
who looks at every hand. No vendor here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from handanat_studio.errors import UserError
from handanat_studio.hand.values import Box, Detection
from handanat_studio.registry import DETECTORS
from handanat_studio.vision import witness
from handanat_studio.vision.witness import Witness, is_contradicted

U8 = NDArray[np.uint8]

DEFAULT_CHAIN = ("mediapipe", "mediapipe-rescue", "mediapipe-pose", "yolo")


@runtime_checkable
class Detector(Protocol):
    """Finds hands. The registry holds functions without arguments that return one."""

    @property
    def name(self) -> str:
        """The detector's registry name."""

    @property
    def version(self) -> str:
        """Changes whenever the same image may get another answer."""

    def detect(self, pixels: U8) -> list[Detection]:
        """Return the hands of an upright (H, W, 3) uint8 RGB image, best first."""

    def close(self) -> None:
        """Free what the detector holds."""


@dataclass(eq=False)
class _Asked:
    """An image and what became of it so far.

    Attributes:
        pixels: (H, W, 3) uint8 RGB, upright.
        reasons: why no detector has answered yet.
        failures: how many detectors could not look.
        doubtful: hands of the first that found any, all contradicted.
        answer: hands of the first that found one that is not; None = not yet.
    """

    pixels: U8
    reasons: list[str] = field(default_factory=list)
    failures: int = 0
    doubtful: list[Detection] = field(default_factory=list)
    answer: list[Detection] | None = None

    def hear(self, name: str, found: Sequence[Detection]) -> None:
        """Take in what a detector found, with the digit network's word on it."""
        hands = [_answered(hand, self.reasons) for hand in found]
        if hands and not all(is_contradicted(hand) for hand in hands):
            self.answer = hands
            return
        self.doubtful = self.doubtful or hands
        self.reasons.append(f"{name} found what is no hand to the digit network" if hands else f"{name} found no hand")

    def conclusion(self, detectors: int) -> list[Detection] | UserError:
        """Return the answer, or why so many detectors could not give one."""
        if self.answer is not None:
            return self.answer
        if self.failures < detectors:
            return self.doubtful
        told = "; ".join(self.reasons)
        return UserError(f"No detector could look at the image: {told}.", hint="Try another detector.")


class DetectorChain:
    """Detectors asked one after another until one finds a hand that the digit network takes for one, too.

    Args:
        names: registry names in the order of asking. One that cannot be loaded is left out and told in `problems`.
        is_witnessed: the digit network looks at every hand; without its weights the detectors answer alone.

    Attributes:
        problems: detector name, or "digits" for the digit network -> why it could not be loaded, or how it last failed.
        version: names and versions of all detectors in use and of the digit network; it changes when any of them does.

    Raises:
        UserError: if a name is unknown, or no detector can be loaded.
    """

    def __init__(self, names: Sequence[str] = DEFAULT_CHAIN, *, is_witnessed: bool = True) -> None:
        self.problems: dict[str, str] = {}
        self._detectors: list[tuple[str, Detector]] = []
        unknown = [name for name in names if name not in DETECTORS.names()]
        if unknown or not names:
            known = ", ".join(DETECTORS.names())
            raise UserError(f"Unknown detector '{', '.join(unknown)}'.", hint=f"Known: {known}.")
        for name in names:
            self._load(name)
        if not self._detectors:
            raise UserError(f"No detector can be used: {self._told()}.", hint="Run 'handanat doctor' for details.")
        self.version = ">".join(f"{name}:{detector.version}" for name, detector in self._detectors)
        self._witness = self._called() if is_witnessed else None
        if self._witness is not None:
            self.version += f"+{witness.NAME}:{self._witness.version}"

    def detect(self, pixels: U8) -> list[Detection]:
        """Find the hands of an image.

        Args:
            pixels: (H, W, 3) uint8 RGB, upright.

        Returns:
            The answer of the first detector that found a hand which the digit network does not contradict; failing
            that, of the first that found any. `fallback_reason` says why earlier ones gave none. Each hand has the pose
            of both witnesses and the evidence for it. Empty if every working detector found nothing.

        Raises:
            UserError: if every detector failed.
        """
        (found,) = self.detect_all([pixels])
        if isinstance(found, UserError):
            raise found
        return found

    def detect_all(self, images: Sequence[U8]) -> list[list[Detection] | UserError]:
        """Find the hands of several images, which takes less time than one after another: the network looks once.

        Returns:
            For each image what `detect` returns or raises.
        """
        asked = [_Asked(pixels) for pixels in images]
        for name, detector in self._detectors:
            left = [one for one in asked if one.answer is None]
            looked = [(one, found) for one in left if (found := self._found(name, detector, one)) is not None]
            for (one, _), hands in zip(looked, self._testified(looked), strict=True):
                one.hear(name, hands)
        return [one.conclusion(len(self._detectors)) for one in asked]

    def _found(self, name: str, detector: Detector, one: _Asked) -> list[Detection] | None:
        """Return what a detector finds in an image; None if it fails."""
        try:
            return detector.detect(one.pixels)
        except Exception as error:  # A detector may be a plug-in: its bugs must not stop the run.
            self.problems[name] = f"{type(error).__name__}: {error}"
            one.reasons.append(f"{name} failed ({self.problems[name]})")
            one.failures += 1
            return None

    def seen_alone(self, pixels: U8, box: Box) -> Detection | None:
        """Return the hand that the digit network alone sees in a box of an image; None if it sees none, or is missing.

        Args:
            pixels: (H, W, 3) uint8 RGB, upright.
            box: in its pixels.
        """
        from handanat_studio.vision.fallback import seen_alone

        return None if self._witness is None else seen_alone(pixels, box, self._witness)

    def close(self) -> None:
        """Free every detector."""
        for _, detector in self._detectors:
            detector.close()

    def _load(self, name: str) -> None:
        try:
            self._detectors.append((name, DETECTORS.load(name)()))
        except UserError as error:
            self.problems[name] = error.message
        except Exception as error:  # The same border as in `detect`: a plug-in may fail while it is made.
            self.problems[name] = f"{type(error).__name__}: {error}"

    def _called(self) -> Witness | None:
        try:
            return Witness()
        except UserError as error:
            self.problems[witness.NAME] = error.message
            return None

    def _testified(self, looked: Sequence[tuple[_Asked, list[Detection]]]) -> list[list[Detection]]:
        if self._witness is None:
            return [found for _, found in looked]
        return self._witness.testify_all([(one.pixels, found) for one, found in looked])

    def _told(self) -> str:
        return "; ".join(f"{name}: {problem}" for name, problem in self.problems.items())


def chain_version(names: Sequence[str] = DEFAULT_CHAIN) -> str:
    """Return the version of a chain without loading its networks."""
    chain = DetectorChain(names)
    chain.close()
    return chain.version


def _answered(hand: Detection, reasons: list[str]) -> Detection:
    parts = [*reasons, hand.fallback_reason] if hand.fallback_reason else reasons
    return replace(hand, fallback_reason="; ".join(parts)) if parts else hand
