"""A finding in words: one line, a line on how sure it is, and its whole story. No widgets."""

from __future__ import annotations

import math

from handanat_studio.gui.editor.joint_angles import part_words, signed
from handanat_studio.hand.values import Finding

EXPERT = "expert"
_KIND_WORDS = {
    "angle": "joint angle",
    "count": "number of digits",
    "ratio": "length",
    "webbing": "webbing or fusion",
    "chirality": "side of the hand",
}

_HAND_WORDS = {
    "count": "A digit missing or too many",
    "angle": "A joint bent too far",
    "ratio": "A digit of unusual length",
    "chirality": "Not the side stated",
}
"""What is wrong with a hand as a whole, where nothing was measured."""


def is_own(finding: Finding) -> bool:
    """Whether an expert added the finding herself."""
    return finding.origin == EXPERT


def finding_title(finding: Finding) -> str:
    """Return the finding in one line: "Index PIP 131° > 125°"."""
    if is_own(finding) and not math.isfinite(finding.value):
        place = "Whole hand" if finding.part == "hand" else part_words(finding.part)
        return f"{place}: {finding.source or _KIND_WORDS.get(finding.kind, finding.kind.replace('_', ' '))}"
    if finding.kind == "count" and math.isfinite(finding.value):
        place = "" if finding.part == "hand" else f"{part_words(finding.part)}: "
        word = "phalanx" if finding.unit == "phalanges" and finding.value == 1 else finding.unit or "digits"
        return f"{place}{finding.value:.0f} {word} instead of {finding.limit:.0f}"
    parts = [_subject(finding)]
    digits = 2 if finding.unit == "ratio" else 0
    if math.isfinite(finding.value):
        parts.append(f"{signed(finding.value, digits)}{_unit(finding)}")
        if math.isfinite(finding.limit):
            sign = ">" if finding.value > finding.limit else "<"
            parts.append(f"{sign} {signed(finding.limit, digits)}{_unit(finding)}")
    return " ".join(parts)


def _unit(finding: Finding) -> str:
    return "°" if finding.unit == "deg" else ""


def _subject(finding: Finding) -> str:
    first, _, second = finding.part.partition("_")
    digit = first.capitalize()
    if finding.part == "hand":
        return _HAND_WORDS.get(finding.kind, "Forked or grown together")
    if finding.kind == "ratio":
        return f"{digit} length"
    if finding.kind == "webbing":
        return f"{digit}–{second} web" if second else f"{digit} base away from palm"
    if second == "abduction":
        return f"{digit} sideways"
    return part_words(finding.part) if second else f"{digit} S-bend"


def finding_detail(finding: Finding) -> str:
    """Return certainty and source in one line."""
    if is_own(finding) and not math.isfinite(finding.value):
        return f"added by hand · {_KIND_WORDS.get(finding.kind, finding.kind.replace('_', ' '))}"
    said = [f"{finding.probability * 100:.0f} % sure"]
    if finding.kind == "ratio" and math.isfinite(finding.limit):
        said.append(f"usual {finding.limit:.2f}")
    spread = _spread(finding)
    if math.isfinite(spread):
        said.append(f"±{spread:.0f}°")
    if finding.source:
        said.append(finding.source)
    return " · ".join(said)


def _spread(finding: Finding) -> float:
    excess = abs(finding.value - finding.limit)
    if finding.unit == "deg" and math.isfinite(finding.z) and finding.z > 0 and math.isfinite(excess):
        return excess / finding.z
    return math.nan


def finding_story(finding: Finding) -> str:
    """Return value, limit, uncertainty, source and what the expert said of it, in sentences."""
    own = is_own(finding) and not math.isfinite(finding.value)
    said = [] if own else [_measured(finding), _held_against(finding)]
    if not own:
        said.append(f"The formulas are {finding.probability * 100:.0f} % sure that this is out of range.")
    if own:
        said.append(f"Added by hand, as {_KIND_WORDS.get(finding.kind, finding.kind.replace('_', ' '))}.")
    else:
        said.append({True: "You agree.", False: "You reject it.", None: ""}[finding.accepted])
    return " ".join(sentence for sentence in said if sentence)


def _measured(finding: Finding) -> str:
    if not math.isfinite(finding.value):
        return ""
    digits = 2 if finding.unit == "ratio" else 0
    spread = _spread(finding)
    give = f" ± {spread:.0f}°" if math.isfinite(spread) else ""
    return f"Measured {signed(finding.value, digits)}{_unit(finding)}{give}."


def _held_against(finding: Finding) -> str:
    digits = 2 if finding.unit == "ratio" else 0
    word = "Usual" if finding.kind == "ratio" else "Limit"
    if math.isfinite(finding.limit):
        source = f", from {finding.source}" if finding.source else ""
        return f"{word} {signed(finding.limit, digits)}{_unit(finding)}{source}."
    return f"Source: {finding.source}." if finding.source else ""
