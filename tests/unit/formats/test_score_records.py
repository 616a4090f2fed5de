"""The JSON line of `handanat score`: exactly the promised keys, null for what is not known."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from handanat_studio.formats.records import HandRecord, image_record, plain, score_to_dict, to_line
from handanat_studio.hand.batch import batch_of
from handanat_studio.hand.evidence import FLAWS, DigitEvidence
from handanat_studio.hand.features import features_to_dict, measure
from handanat_studio.hand.topology import ANGLE_NAMES, RATIO_NAMES
from handanat_studio.hand.values import Box, Detection, Finding, HandPose, Score

NAN = float("nan")
FEATURES = {
    "version": "f1",
    "finger_count": {"count": 5, "confidence": np.float32(0.0), "assessable": np.bool_(False)},
    "angles_deg": {"index_pip": 10.0, "thumb_ip": NAN},
    "ratios": {"index": 0.9},
    "webbing": {"depth": {"index_middle": NAN}},
    "reasons": {"thumb_ip": "not visible"},
    "side": "left",
    "chirality_conflict": False,
}
FINDING = Finding("angle", "index_pip", 140.0, 125.0, "deg", NAN, 0.9, "AAOS")
SCORES = {
    "paper": Score(
        "paper", "p1", 0.7, "plausible", {"count": 1.0, "angles": NAN, "ratios": 1.0, "s_anat": 0.7, "sim": 0.98}
    ),
    "calibrated": Score("calibrated", "c1", NAN, "unsure", {}, (FINDING,)),
}


def record_of(pose: HandPose) -> HandRecord:
    """Return the record of a pose as a detector would have found it."""
    detection = Detection(Box(1, 2, 3, 4), pose, "mediapipe-rescue", "0.10.21", 0.93, "no hand at full size")
    return HandRecord.of_detection(detection, FEATURES, SCORES)


def test_record_has_exactly_the_promised_keys(odd_pose: HandPose) -> None:
    """Every key of the published schema is there, in its order, with its values."""
    line = json.loads(to_line(image_record("a/b.png", 640, 480, None, [record_of(odd_pose)])))
    assert list(line)[:5] == ["image", "width", "height", "error", "hands"]
    assert (line["image"], line["width"], line["height"], line["error"]) == ("a/b.png", 640, 480, None)
    (hand,) = line["hands"]
    promised = [
        "box",
        "side",
        "detector",
        "digits",
        "wrist",
        "finger_count",
        "angles_deg",
        "ratios",
        "webbing",
        "scores",
    ]
    assert set(promised) <= set(hand)
    assert hand["box"] == [1, 2, 3, 4]
    assert hand["side"] == "right"
    assert hand["detector"] == {
        "name": "mediapipe-rescue",
        "version": "0.10.21",
        "score": 0.93,
        "fallback_reason": "no hand at full size",
    }
    assert hand["finger_count"] == {"count": 5, "confidence": 0.0, "assessable": False}
    assert hand["angles_deg"] == {"index_pip": 10.0, "thumb_ip": None}
    assert hand["webbing"] == {"depth": {"index_middle": None}}


def test_what_the_digit_network_saw_is_told(odd_pose: HandPose) -> None:
    """All of it, by name, with null for a digit it says nothing of; null as a whole where it has not looked."""
    counts = tuple(float(number == 6) for number in range(13))
    seen = DigitEvidence(0.9, 0.8, counts, True, (0.9, NAN), 0.1, 0.2, tuple(0.5 for _ in FLAWS), "w1")
    record = replace(record_of(odd_pose), evidence=seen)
    told, nothing = json.loads(to_line(image_record("a.png", 1, 1, None, [record, record_of(odd_pose)])))["hands"]
    assert nothing["evidence"] is None
    assert told["evidence"] == {
        "hand": 0.9,
        "assessable": 0.8,
        "counts": list(counts),
        "assessed": True,
        "digits": [0.9, None],
        "fused": 0.1,
        "forked": 0.2,
        "flaws": dict.fromkeys(FLAWS, 0.5),
        "version": "w1",
    }


def test_points_are_x_y_and_a_word(odd_pose: HandPose) -> None:
    """Digits keep their ids, kinds and order; a joint without coordinates is null and still has its state."""
    hand = image_record("a.png", 1, 1, None, [record_of(odd_pose)])["hands"][0]
    assert [digit["id"] for digit in hand["digits"]] == [10, 11, 12, 13, 14, 99]
    assert [digit["kind"] for digit in hand["digits"]] == ["thumb", "index", "middle", "ring", "little", "extra"]
    assert all(len(digit["points"]) == 4 for digit in hand["digits"])
    assert hand["digits"][4]["points"] == [[None, None, "absent"]] * 4
    assert hand["digits"][1]["points"][0] == [*odd_pose.points[5].tolist(), "self_occluded"]
    assert hand["wrist"][:2] == odd_pose.points[0].tolist()
    assert hand["fusions"] == [{"first_id": 12, "second_id": 13, "extent": 0.4}]


def test_scores_have_their_own_keys() -> None:
    """The paper's and the calibrated score carry the keys of the schema; a plug-in's score has "value"."""
    paper = score_to_dict(SCORES["paper"])
    assert list(paper)[:5] == ["count", "angles", "ratios", "s_anat", "verdict"]
    assert paper == {
        "count": 1.0,
        "angles": None,
        "ratios": 1.0,
        "s_anat": 0.7,
        "verdict": "plausible",
        "parts": {"sim": 0.98},
        "version": "p1",
    }
    calibrated = score_to_dict(SCORES["calibrated"])
    assert list(calibrated)[:3] == ["p_implausible", "verdict", "findings"]
    assert calibrated["p_implausible"] is None
    assert calibrated["findings"][0]["part"] == "index_pip"
    assert calibrated["findings"][0]["z"] is None
    assert score_to_dict(Score("mine", "1", 2.0, "unsure"))["value"] == 2.0


def test_unreadable_image_is_a_line_with_an_error() -> None:
    """A file that cannot be read has an error, no size and no hands."""
    record = image_record("x.jpg", None, None, "This is not an image.")
    assert record == {
        "image": "x.jpg",
        "width": None,
        "height": None,
        "error": "This is not an image.",
        "hands": [],
        "sha256": None,
    }


def test_any_file_name_gives_one_ascii_line() -> None:
    """Line ends and bytes that are no UTF-8 in a file name cannot break the line or the console."""
    name = b"a\nb\xff\xc3\xa9.png".decode("utf-8", "surrogateescape")
    line = to_line(image_record(name, 1, 1, None))
    assert line.isascii()
    assert line.count("\n") == 1
    assert json.loads(line)["image"] == name


def test_measured_features_fit_the_record(plain_pose: HandPose) -> None:
    """What `hand.features` measures goes through unchanged: 15 angles, 5 ratios, a count and a webbing entry."""
    features = features_to_dict(measure(batch_of([plain_pose]), source="expert").row(0))
    detection = Detection(Box(0, 0, 1, 1), plain_pose, "mediapipe", "1", 1.0)
    line = to_line(image_record("a.png", 1, 1, None, [HandRecord.of_detection(detection, features, {})]))
    hand = json.loads(line)["hands"][0]
    assert set(hand["angles_deg"]) == set(ANGLE_NAMES)
    assert set(hand["ratios"]) == set(RATIO_NAMES)
    assert set(hand["finger_count"]) == {"count", "confidence", "assessable"}
    assert hand["webbing"]
    assert hand["features_version"]


@given(
    st.recursive(
        st.floats() | st.text() | st.none() | st.booleans(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_plain_is_always_strict_json(value: object) -> None:
    """Whatever floats are inside, the result is JSON without NaN, and finite numbers are untouched."""
    text = json.dumps(plain(value), allow_nan=False)
    if isinstance(value, float) and math.isfinite(value):
        assert json.loads(text) == value
