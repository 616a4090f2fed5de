"""An evaluation as text: calm tables for a terminal, from the report of `workflows.evaluate`. Nothing is computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_ALL = "all"
_NAMED = 5


def as_text(report: Mapping[str, Any]) -> str:
    """Return the tables of a report, ending with a line end; a table that no label speaks of is left out."""
    sources = dict(report["sources"])
    groups = sources if len(sources) == 1 else {_ALL: report["all"], **sources}
    parts = [
        _head(report),
        _detection(groups),
        _counts(groups),
        *(_confusion(name, group) for name, group in groups.items() if name == _ALL or len(groups) == 1),
        _plausibility(groups),
        _separation(groups),
        _keypoints(groups),
        _joints(report["all"]),
        _pictures(report["pictures"]),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(report: Mapping[str, Any]) -> str:
    lines = [f"{report['all']['images']} labelled images judged, verdicts of '{report['scorer']}'."]
    missing, unreadable = report["missing"], report["unreadable"]
    if missing:
        lines.append(f"{len(missing)} labelled images are not there: {_some(missing)}")
    if unreadable:
        lines.append(f"{len(unreadable)} could not be read: {_some([entry['image'] for entry in unreadable])}")
    lines.append("Shares are followed by their 95 % interval (Wilson); areas and kappa by a bootstrap of images.")
    return "\n".join(lines)


def _detection(groups: Mapping[str, Any]) -> str:
    rows = []
    for name, group in groups.items():
        part = group["detection"]
        rows.append(
            [
                name,
                _share(part["images_found"]),
                _share(part["images_found_without_fallback"]),
                _share(part["placed_hands_found"]),
                _share(part["false_alarms"]),
            ]
        )
    columns = ["Found", "images with a hand", "by the first detector", "placed hands", "false alarms"]
    return _table(columns, rows)


def _counts(groups: Mapping[str, Any]) -> str:
    rows = [
        [
            name,
            str(part["hands"]),
            _share(part["exact_of_all"]),
            _share(part["exact_of_assessed"]),
            _share(part["assessed_of_found"]),
            _share(part["exact_if_always_said"]),
        ]
        for name, group in groups.items()
        if (part := group["counts"]) is not None
    ]
    head = ["Digits counted", "hands", "exact of all", "exact of assessed", "assessed of found", "if always said"]
    return _table(head, rows)


def _confusion(name: str, group: Mapping[str, Any]) -> str:
    part = group["counts"]
    if part is None:
        return ""
    said = sorted({int(number) for row in part["by_true_count"] for number in row["said"]})
    rows = [
        [
            f"{row['digits']} digits",
            *(str(row["said"].get(str(number), "-")) for number in said),
            str(row["abstained"]),
            str(row["missed"]),
            _share(row["exact_of_assessed"]),
        ]
        for row in part["by_true_count"]
    ]
    head = [f"True, {name}", *(f"said {number}" for number in said), "not said", "missed", "exact of assessed"]
    return _table(head, rows)


def _plausibility(groups: Mapping[str, Any]) -> str:
    rows = []
    for name, group in groups.items():
        part = group["plausibility"]
        if part is not None:
            sound, malformed = part["sound"], part["malformed"]
            rows.append(
                [
                    name,
                    _share(sound["flagged"]),
                    _plain(sound["unsure"]),
                    _share(malformed["flagged"]),
                    _plain(malformed["unsure"]),
                    _share(malformed["flagged_of_all"]),
                ]
            )
    head = ["Verdicts", "sound flagged", "unsure", "malformed flagged", "unsure", "of all, missed too"]
    return _table(head, rows)


def _separation(groups: Mapping[str, Any]) -> str:
    rows = []
    for name, group in groups.items():
        part = group["plausibility"]
        if part is None or part["roc"]["p_implausible"]["auc"] is None:
            continue
        curves, kappa = part["roc"], part["agreement"]["kappa"]
        rows.append(
            [
                name,
                f"{curves['p_implausible']['negatives']}, {curves['p_implausible']['positives']}",
                _area(curves["p_implausible"]),
                _area(curves["s_anat"]),
                _range(kappa["value"], kappa["boot_low"], kappa["boot_high"]),
            ]
        )
    head = ["Sound against malformed", "found of each", "AUC calibrated", "AUC paper", "kappa with labels"]
    return _table(head, rows)


def _keypoints(groups: Mapping[str, Any]) -> str:
    rows = []
    for name, group in groups.items():
        part = group["keypoints"]
        if part is not None:
            both, alone = part["both"], part["only_ours"]
            rows.append(
                [
                    name,
                    _share(part["found"]),
                    _share(part["mediapipe_found"]),
                    _number(part["median"]),
                    f"{_number(both['median'])} / {_number(both['mediapipe_median'])}",
                    _number(both["ratio"], 3),
                    f"{_number(alone['median'])} ({alone['hands']})",
                ]
            )
    head = ["Joints, in hand sizes", "found", "by MediaPipe", "median", "both: ours / MediaPipe", "ratio", "only ours"]
    return _table(head, rows)


def _joints(group: Mapping[str, Any]) -> str:
    part = group["keypoints"]
    if part is None:
        return ""
    rows = [
        [
            row["joint"].replace("_", " "),
            str(row["joints"]),
            _number(row["median"]),
            _number(row["both_median"]),
            _number(row["mediapipe_median"]),
        ]
        for row in part["per_joint"]
    ]
    return _table(["Median error of", "joints", "ours", "ours, both found", "MediaPipe"], rows)


def _pictures(paths: Sequence[str]) -> str:
    return "Worst cases:\n" + "\n".join(f"  {path}" for path in paths) if paths else ""


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return aligned columns, the first to the left and the others to the right; "" without rows."""
    if not rows:
        return ""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = []
    for row in (head, *rows):
        cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join([row[0].ljust(widths[0]), *cells]).rstrip())
    lines.insert(1, "-" * max(len(line) for line in lines))
    return "\n".join(lines)


def _share(part: Mapping[str, Any]) -> str:
    if not part["trials"]:
        return "-"
    return f"{part['successes']}/{part['trials']} {_range(part['value'], part['low'], part['high'])}"


def _plain(part: Mapping[str, Any]) -> str:
    return _number(part["value"], 2)


def _area(part: Mapping[str, Any]) -> str:
    return _range(part["auc"], part["low"], part["high"], 3)


def _range(value: float | None, low: float | None, high: float | None, places: int = 2) -> str:
    if low is None or high is None:
        return _number(value, places)
    return f"{_number(value, places)} [{_number(low, places)}, {_number(high, places)}]"


def _number(value: float | None, places: int = 4) -> str:
    if value is None:
        return "-"
    text = f"{value:.{places}f}"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def _some(names: Sequence[str]) -> str:
    rest = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {rest} more." if rest > 0 else ".")
