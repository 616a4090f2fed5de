"""The figures of an evaluation worked out by hand: records and labels in, shares out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from handanat_studio.formats.labels_jsonl import HandLabel, ImageLabel
from handanat_studio.hand.evidence import MOST_COUNTED
from handanat_studio.hand.topology import CANONICAL_NAMES, RATIO_NAMES
from handanat_studio.hand.values import Box
from handanat_studio.workflows.evaluate.cases import ImageCase, case_of, row_of
from handanat_studio.workflows.evaluate.figures import counts, detection, figures_of, keypoints, plausibility
from handanat_studio.workflows.evaluate.matching import Place, place_of
from handanat_studio.workflows.evaluate.worst import worst_cases

SHAPE = np.random.default_rng(5).uniform(0, 100, (21, 2)).astype(np.float32)


def joints(shift: float = 0.0) -> NDArray[np.float32]:
    return SHAPE + np.array([shift, 0.0], np.float32)


def hand(
    verdict: str = "plausible",
    *,
    p: float = 0.1,
    number: int | None = 5,
    assessed: bool = True,
    shift: float = 0.0,
    reason: str = "",
) -> dict[str, Any]:
    """Return a record of a found hand as `formats.records` writes it, as far as evaluation reads it."""
    points = [[float(x), float(y), "visible"] for x, y in joints(shift)]
    evidence = None
    if number is not None:
        evidence = {"counts": [float(k == number) for k in range(MOST_COUNTED + 1)], "assessed": assessed}
    return {
        "box": [shift, 0.0, 100.0, 100.0],
        "wrist": points[0],
        "digits": [{"kind": kind, "points": points[1 + 4 * k : 5 + 4 * k]} for k, kind in enumerate(RATIO_NAMES)],
        "detector": {"name": "mediapipe", "score": 0.9, "fallback_reason": reason},
        "evidence": evidence,
        "finger_count": {"count": 5, "assessable": False},
        "verdict": verdict,
        "scores": {"calibrated": {"p_implausible": p, "findings": []}, "paper": {"s_anat": 1.0 - p}},
    }


def case(label: ImageLabel, *hands: dict[str, Any], plain: list[Place] | None = None) -> ImageCase:
    return case_of(label, {"hands": list(hands)}, [place_of(one) for one in hands], plain)


def five(image: str, *, plausible: bool | None = True, digits: int | None = 5) -> ImageLabel:
    return ImageLabel(image, (HandLabel(digits=digits, plausible=plausible),))


def test_found_images_and_false_alarms() -> None:
    """Images with a hand and images without are counted apart."""
    cases = [
        case(five("a"), hand()),
        case(five("b")),
        case(ImageLabel("c", any_hand=True), hand(reason="mediapipe found no hand")),
        case(ImageLabel("d", any_hand=False)),
        case(ImageLabel("e", any_hand=False), hand()),
    ]
    told = detection(cases)
    assert (told["images_found"]["successes"], told["images_found"]["trials"]) == (2, 3)
    assert told["images_found_without_fallback"]["successes"] == 1
    assert (told["false_alarms"]["successes"], told["false_alarms"]["trials"]) == (1, 2)
    assert told["placed_hands_found"]["value"] is None


def test_a_hand_without_a_label_is_no_false_alarm_beside_others() -> None:
    """Labels need not describe every hand."""
    label = ImageLabel("a", (HandLabel(box=Box(0, 0, 100, 100)),))
    told = detection([case(label, hand(), hand(shift=400.0))])
    assert told["unlabelled_hands"] == 1
    assert told["false_alarms"]["trials"] == 0
    assert told["placed_hands_found"]["value"] == 1.0


def test_counts_with_silence_and_missed_hands() -> None:
    """A number that is not assessed is not said; a hand that was not found is wrong among all."""
    told = counts(
        [
            case(five("a"), hand(number=5)),
            case(five("b"), hand(number=6)),
            case(five("c"), hand(number=5, assessed=False)),
            case(five("d")),
            case(five("e", digits=6), hand(number=6)),
            case(five("f", digits=None), hand()),
        ]
    )
    assert told is not None
    assert told["hands"] == 5
    assert told["exact_of_all"]["successes"] == 2
    assert told["exact_of_assessed"]["value"] == pytest.approx(2 / 3)
    assert told["exact_if_always_said"]["value"] == pytest.approx(3 / 4)
    assert told["by_true_count"][0]["said"] == {"5": 1, "6": 1}


def test_without_evidence_the_measured_count_is_taken_where_it_is_assessable() -> None:
    """A detector that always says five gives no count by itself."""
    silent, sure = hand(number=None), hand(number=None) | {"finger_count": {"count": 4, "assessable": True}}
    assert case(five("a"), silent).hands[0].counted is None
    assert case(five("a"), sure).hands[0].counted == 4


def test_rates_of_sound_and_malformed_hands() -> None:
    """Unsure is neither; missed hands count in "of all" only; figures separate perfectly here."""
    told = plausibility(
        [
            case(five("a"), hand("plausible", p=0.1)),
            case(five("b"), hand("unsure", p=0.5)),
            case(five("c"), hand("implausible", p=0.6)),
            case(five("d", plausible=False), hand("implausible", p=0.9)),
            case(five("e", plausible=False), hand("implausible", p=0.8)),
            case(five("f", plausible=False)),
        ],
        draws=50,
        seed=1,
    )
    assert told is not None
    assert told["sound"]["flagged"]["value"] == pytest.approx(1 / 3)
    assert told["sound"]["unsure"]["successes"] == 1
    assert told["malformed"]["flagged"]["value"] == 1.0
    assert told["malformed"]["flagged_of_all"]["value"] == pytest.approx(2 / 3)
    assert told["roc"]["p_implausible"]["auc"] == 1.0
    assert told["roc"]["s_anat"]["auc"] == 1.0
    assert told["agreement"]["n"] == 4
    assert told["agreement"]["kappa"]["value"] == pytest.approx(0.5)


def test_an_image_as_a_whole_is_judged_by_its_worst_hand() -> None:
    """One implausible hand flags an image whose hands have no labels of their own."""
    label = ImageLabel("a", any_hand=True, plausible=False)
    told = plausibility([case(label, hand("plausible"), hand("implausible", p=0.9))], draws=0, seed=0)
    assert told is not None
    assert told["malformed"]["flagged"]["value"] == 1.0
    assert told["malformed_images_flagged"]["successes"] == 1


def test_a_labelled_hand_speaks_for_itself_and_its_image_for_all_hands() -> None:
    """The hand's verdict is its own; the image is flagged by any of its hands."""
    label = ImageLabel("a", (HandLabel(box=Box(0, 0, 100, 100), plausible=True),))
    told = plausibility([case(label, hand("plausible"), hand("implausible", shift=400.0))], draws=0, seed=0)
    assert told is not None
    assert told["sound"]["flagged"]["value"] == 0.0
    assert told["sound_images_flagged"]["value"] == 1.0


def test_joint_errors_against_mediapipe_where_both_answer() -> None:
    """Medians are in hand sizes; the ratio takes only hands that both found."""
    size = float(np.ptp(SHAPE, axis=0).max())
    label = ImageLabel("a", (HandLabel(points=joints()),))
    plain = [Place(Box(0, 0, 100, 100), joints(0.1 * size))]
    told = keypoints(
        [
            case(label, hand(shift=0.05 * size), plain=plain),
            case(label, hand(shift=0.02 * size), plain=[]),
            case(label, plain=plain),
        ]
    )
    assert told is not None
    assert (told["found"]["successes"], told["mediapipe_found"]["successes"], told["hands"]) == (2, 2, 3)
    assert told["both"]["median"] == pytest.approx(0.05, rel=1e-3)
    assert told["both"]["mediapipe_median"] == pytest.approx(0.1, rel=1e-3)
    assert told["both"]["ratio"] == pytest.approx(0.5, rel=1e-3)
    assert told["only_ours"] == {"hands": 1, "median": pytest.approx(0.02, rel=1e-3)}
    assert [row["joint"] for row in told["per_joint"]] == list(CANONICAL_NAMES)


def test_what_no_label_speaks_of_is_null() -> None:
    """Labels of presence give no counts, verdicts or joints."""
    told = figures_of([case(ImageLabel("a", any_hand=True), hand())], draws=10, seed=0)
    assert (told["counts"], told["plausibility"], told["keypoints"]) == (None, None, None)


def test_the_row_of_an_image() -> None:
    """Each labelled hand's row says what was labelled and what was found."""
    row = row_of(case(five("a.jpg"), hand("implausible", p=0.9, number=6)))
    assert (row["image"], row["found"], row["verdict"], row["plausible"]) == ("a.jpg", 1, "implausible", True)
    assert row["hands"][0]["digits"] == 5
    assert row["hands"][0]["counted"] == 6
    assert row["hands"][0]["p_implausible"] == 0.9
    assert row["hands"][0]["mediapipe_joint_error"] is None


def test_the_worst_cases_come_first() -> None:
    """Each kind of mistake has its own sheet; kinds without a case have none."""
    sheets = worst_cases(
        [
            case(five("missed")),
            case(ImageLabel("imagined", any_hand=False), hand()),
            case(five("by one"), hand(number=6)),
            case(five("by two"), hand(number=7)),
            case(five("flagged"), hand("implausible", p=0.9)),
            case(ImageLabel("passed", any_hand=True, plausible=False), hand("plausible")),
            case(ImageLabel("fine", (HandLabel(points=joints(), digits=5, plausible=True),)), hand(shift=3.0)),
        ]
    )
    assert {name: [tile.image for tile in tiles] for name, tiles in sheets.items()} == {
        "missed": ["missed"],
        "imagined": ["imagined"],
        "miscounted": ["by two", "by one"],
        "sound-but-flagged": ["flagged"],
        "malformed-but-passed": ["passed"],
        "misplaced-joints": ["fine"],
    }
    assert sheets["miscounted"][0].words == ("5 digits, said 7", "sure 1.00")
