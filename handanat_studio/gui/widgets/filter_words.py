"""What filters are called on the screen: fields, their values, and a whole filter in short pieces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from handanat_studio.gui.widgets.entry_model import STATUS_WORDS
from handanat_studio.store.facets import Value
from handanat_studio.store.library import LibraryFilter
from handanat_studio.workflows.browse import QUEUE_WORDS

FIELDS: dict[str, str] = {
    "statuses": "Status",
    "verdicts": "Verdict",
    "stages": "Stage",
    "score_verdicts": "Score says",
    "finding_kinds": "Findings",
    "digit_counts": "Digits",
    "generators": "Generator",
    "families": "Family",
    "detectors": "Found by",
    "sides": "Side",
    "labelled_by": "Labelled by",
}
SWITCHES: dict[str, str] = {
    "flagged": "Flagged",
    "commented": "With an open comment",
    "fused": "Fused digits",
}
OPPOSITES: dict[str, str] = {
    "flagged": "Not flagged",
    "commented": "No open comment",
    "fused": "No fused digits",
}
SORT_TITLES: dict[str, tuple[str, bool]] = {
    "imported": ("Order of import", False),
    "score": ("Score", True),
    "name": ("Name", False),
    "certainty": ("Certainty", False),
    "disagreement": ("Disagreement", True),
    "changed": ("Last worked on", True),
    "generator": ("Generator", False),
    "status": ("Status", False),
    "verdict": ("Verdict", False),
    "stage": ("Stage", False),
}
"""Sort -> (title, whether the largest comes first until somebody says otherwise)."""
NOBODY = {"detectors": "nobody", "sides": "not known", "generators": "not known", "families": "not known"}


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a filter that can be taken away by itself.

    Attributes:
        text: what it says.
        fields: names in `LibraryFilter` that are left open again when it goes.
    """

    text: str
    fields: tuple[str, ...]


def value_text(name: str, value: Value, kinds: Mapping[str, str]) -> str:
    """Return what one value of a field is called.

    Args:
        name: the field in `LibraryFilter`.
        value: one of its values.
        kinds: kind of finding -> title.
    """
    if name == "statuses":
        return STATUS_WORDS[str(value)].capitalize()
    if name == "finding_kinds":
        return kinds.get(str(value), str(value).replace("_", " "))
    text = str(value) or NOBODY.get(name, "none")
    return text if name in ("generators", "families", "detectors", "labelled_by") else text.capitalize()


def pieces(wanted: LibraryFilter, kinds: Mapping[str, str]) -> list[Piece]:
    """Return what a filter asks for, piece by piece; search and order are left out, they show themselves."""
    found: list[Piece] = []
    if wanted.queue:
        found.append(Piece(f"Queue: {QUEUE_WORDS[wanted.queue][0]}", ("queue",)))
    if wanted.batch:
        found.append(Piece(f"Batch: {wanted.batch}", ("batch",)))
    for name, title in FIELDS.items():
        values = getattr(wanted, name)
        if values:
            words = ", ".join(value_text(name, value, kinds) for value in values)
            found.append(Piece(f"{title}: {words}", (name,)))
    low, high = wanted.score_low, wanted.score_high
    if low == low or high == high:
        some = [f"from {low:.2f}"] * (low == low) + [f"to {high:.2f}"] * (high == high)
        found.append(Piece(f"Score: {' '.join(some)}", ("score_low", "score_high")))
    for name, title in SWITCHES.items():
        if (is_wanted := getattr(wanted, name)) is not None:
            found.append(Piece(title if is_wanted else OPPOSITES[name], (name,)))
    if wanted.errors_only:
        found.append(Piece("Cannot be read", ("errors_only",)))
    return found
