"""The tables of an evaluation: aligned, and silent about what no label speaks of."""

from __future__ import annotations

from typing import Any

from handanat_studio.formats.evaluation import as_text


def share(successes: int, trials: int) -> dict[str, Any]:
    value = successes / trials if trials else None
    return {"successes": successes, "trials": trials, "value": value, "low": value, "high": value}


def figures(**parts: Any) -> dict[str, Any]:
    detection = {
        "images_found": share(9, 10),
        "images_found_without_fallback": share(8, 10),
        "placed_hands_found": share(0, 0),
        "false_alarms": share(0, 4),
        "unlabelled_hands": 0,
    }
    return {"images": 14, "detection": detection, "counts": None, "plausibility": None, "keypoints": None} | parts


def report(sources: dict[str, Any], **parts: Any) -> dict[str, Any]:
    return {
        "all": figures(**parts),
        "sources": sources,
        "scorer": "paper",
        "missing": [],
        "unreadable": [],
        "pictures": [],
    }


def test_only_what_labels_speak_of_is_told() -> None:
    """Labels of presence alone give one table; a share of nothing is a dash."""
    text = as_text(report({"a": figures(), "b": figures()}))
    assert "14 labelled images judged, verdicts of 'paper'." in text
    rows = [line.split("  ")[0] for line in text.splitlines() if "9/10 .90 [.90, .90]" in line]
    assert rows == ["all", "a", "b"]
    assert "Digits counted" not in text
    assert "Verdicts" not in text
    assert "Median error" not in text


def test_columns_are_aligned() -> None:
    """All lines of a table end in the same column."""
    text = as_text(report({"a": figures(), "a longer name": figures()}))
    lines = text.split("\n\n")[1].splitlines()
    assert len(lines) == 5
    assert len({len(line) for line in lines}) == 1


def test_missing_images_are_told() -> None:
    """The first few are named, the others counted."""
    said = report({})
    said["missing"] = [f"{k}.jpg" for k in range(7)]
    said["unreadable"] = [{"image": "x.jpg", "error": "damaged"}]
    text = as_text(said)
    assert "7 labelled images are not there: 0.jpg, 1.jpg, 2.jpg, 3.jpg, 4.jpg and 2 more." in text
    assert "1 could not be read: x.jpg." in text
