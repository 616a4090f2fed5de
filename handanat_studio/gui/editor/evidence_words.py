"""What the detectors and the digit network said of a hand, as short sentences for the inspector. No widgets."""

from __future__ import annotations

from dataclasses import dataclass

from handanat_studio.hand.evidence import FLAW_WORDS, FLAWS, LEAST_ASSESSABLE, LEAST_HAND, DigitEvidence
from handanat_studio.hand.values import Detection

NAMES = {
    "mediapipe": "MediaPipe",
    "mediapipe-rescue": "MediaPipe's second look",
    "mediapipe-pose": "MediaPipe's body pose",
    "yolo": "YOLO",
    "digits": "the digit network alone",
    "synthetic": "the generator",
}
LEAST_FLAW = 0.2
"""Likelier flaws are named."""
LEAST_RIVAL = 0.02
"""Another number of digits is named from this chance on."""
NUMBERS = ("no digit", "one digit", "two digits", "three digits", "four digits", "five digits", "six digits")
NOT_LOOKED = "The digit network has not looked at this hand."


@dataclass(frozen=True, slots=True)
class SeenWords:
    """What the inspector says of a detection.

    Attributes:
        found: who found the hand, and how sure.
        reason: why another detector did not answer, as sentences; "" = the first one did.
        digits: how many digits the network sees; or that it has not looked, or cannot say.
        flaws: what it thinks is wrong; "" = it has no word on that.
        tip: versions.
    """

    found: str
    reason: str
    digits: str
    flaws: str
    tip: str


def seen_words(detection: Detection | None) -> SeenWords:
    """Return what is said of a detection; None = nobody has found the hand."""
    if detection is None:
        return SeenWords("Drawn by hand; no detector has found it.", "", "", "", "")
    evidence = detection.evidence
    name = detector_words(detection.detector)
    versions = [f"{detection.detector} {detection.version}".strip()]
    if evidence is not None:
        versions.append(f"Digit network {evidence.version}".strip())
    return SeenWords(
        found=f"Found by {name}, {detection.score:.2f}",
        reason=sentence(detection.fallback_reason),
        digits=NOT_LOOKED if evidence is None else count_sentence(evidence),
        flaws="" if evidence is None else flaw_sentence(evidence),
        tip="\n".join(versions),
    )


def detector_words(detector: str) -> str:
    """Return what people call a detector."""
    return NAMES.get(detector, detector)


def sentence(reason: str) -> str:
    """Return why a fallback was used as sentences: "mediapipe found no hand; …" -> "MediaPipe found no hand. …"."""
    parts = []
    for part in (piece.strip() for piece in reason.split(";")):
        first, _, rest = part.partition(" ")
        words = f"{NAMES[first]} {rest}".strip() if first in NAMES else part
        if words:
            parts.append(words[0].upper() + words[1:] + ("" if words.endswith(".") else "."))
    return " ".join(parts)


def count_sentence(evidence: DigitEvidence) -> str:
    """Return how many digits the network sees with its chance, or why it does not say."""
    if not evidence.assessed:
        return f"Not assessable: {why_not_assessed(evidence)}"
    number = evidence.number
    text = f"Digits seen: {number} (chance {evidence.counts[number]:.2f})"
    rival = max((n for n in range(len(evidence.counts)) if n != number), key=evidence.counts.__getitem__)
    if evidence.counts[rival] < LEAST_RIVAL:
        return text
    return f"{text}; {number_words(rival)} {evidence.counts[rival]:.2f}"


def count_words(evidence: DigitEvidence) -> str:
    """Return the number of digits in short: "6 (0.93)"; "not assessable" where the network does not say."""
    number = evidence.number
    return f"{number} ({evidence.counts[number]:.2f})" if evidence.assessed else "not assessable"


def why_not_assessed(evidence: DigitEvidence) -> str:
    """Return why the network does not say a number."""
    if evidence.hand < LEAST_HAND:
        return f"the network doubts that this is a hand (chance {evidence.hand:.2f})."
    if evidence.assessable < LEAST_ASSESSABLE:
        return f"some digits are probably hidden (chance that all can be seen {evidence.assessable:.2f})."
    number = evidence.number
    return f"no number is likely enough; the likeliest is {number} (chance {evidence.counts[number]:.2f})."


def flaw_sentence(evidence: DigitEvidence) -> str:
    """Return what the network thinks is wrong, the likeliest first; "" where it has no word on that."""
    if not evidence.flaws:
        return ""
    seen = [(chance, flaw) for chance, flaw in zip(evidence.flaws, FLAWS, strict=True) if chance >= LEAST_FLAW]
    words = [f"{FLAW_WORDS[flaw]} {chance:.2f}" for chance, flaw in sorted(seen, reverse=True)]
    return "Sees " + ", ".join(words) + "." if words else "Sees nothing wrong with it."


def number_words(number: int) -> str:
    """Return a number of digits for the middle of a sentence."""
    return NUMBERS[number].partition(" ")[0] if 0 < number < len(NUMBERS) else str(number)


def digits_words(number: int) -> str:
    """Return "six digits"."""
    return NUMBERS[number] if number < len(NUMBERS) else f"{number} digits"
