"""The network and its training: small, exact to reload, exact to resume, and able to learn."""

from pathlib import Path

import numpy as np
import pytest
import torch

from handanat_studio.hand.values import Box
from handanat_studio.vision.digit_crops import CROP_PX, crop_hand
from handanat_studio.vision.digit_evidence import Evidence
from handanat_studio.vision.digit_maps import COARSE, FINE, GLOBAL
from handanat_studio.vision.digit_network import DigitNetwork, has_bfloat16, load_network, parameter_count, save_network
from handanat_studio.vision.digit_reader import DigitReader
from handanat_studio.vision.training.digit_trainer import STATE, WEIGHTS, DigitTrainer, TrainingPlan
from handanat_studio.vision.training.hand_cache import HandCache
from handanat_studio.vision.training.views import Stock

SMALL = TrainingPlan(seed=4, batch=4, check_every=2, checks=4)


def test_the_network_is_small_and_its_maps_have_the_promised_sizes() -> None:
    """At most three million values; maps at half and a quarter of the crop."""
    network = DigitNetwork().eval()
    assert parameter_count(network) <= 3_000_000
    with torch.inference_mode():
        fine, coarse, whole = network(torch.zeros(2, 3, 96, 96))
    assert fine.shape == (2, len(FINE), 48, 48)
    assert coarse.shape == (2, len(COARSE), 24, 24)
    assert whole.shape == (2, len(GLOBAL))


def test_written_weights_answer_the_same(tmp_path: Path) -> None:
    """Saving and loading changes nothing."""
    torch.manual_seed(0)
    network = DigitNetwork().eval()
    save_network(network, tmp_path / "a.safetensors")
    crop = np.random.default_rng(0).integers(0, 255, (CROP_PX, CROP_PX, 3), np.uint8)
    first, second = DigitReader(network), DigitReader(tmp_path / "a.safetensors")
    for a, b in zip(first.maps([crop]), second.maps([crop]), strict=True):
        assert np.allclose(a, b, atol=1e-5)
    assert not list(tmp_path.glob("*.part"))
    assert not load_network(tmp_path / "a.safetensors").training


def test_a_resumed_run_ends_where_an_unbroken_one_does(hands: HandCache, tmp_path: Path) -> None:
    """Two steps, a stop and two more steps give the weights of four steps."""
    DigitTrainer(tmp_path / "whole", Stock(hands), hands, SMALL).run(4)
    DigitTrainer(tmp_path / "broken", Stock(hands), hands, SMALL).run(2)
    assert (tmp_path / "broken" / STATE).exists()
    resumed = DigitTrainer(tmp_path / "broken", Stock(hands), hands, SMALL)
    assert resumed.step == 2
    resumed.run(4)
    whole, broken = (load_network(tmp_path / run / WEIGHTS).state_dict() for run in ("whole", "broken"))
    assert all(torch.equal(whole[name], broken[name]) for name in whole)
    assert len((tmp_path / "broken" / "log.jsonl").read_text().splitlines()) == 2


def test_the_network_learns(hands: HandCache, tmp_path: Path) -> None:
    """Some steps on a few hands lower the loss of peaks and masks."""
    seen: list[dict[str, float]] = []
    before: dict[str, float] = {}

    def told(step: int, sums: dict[str, float]) -> None:
        nonlocal before
        seen.append({name: value - before.get(name, 0.0) for name, value in sums.items()})
        before = dict(sums)

    plan = TrainingPlan(seed=1, batch=6, rate=3e-3, warm_up=5, check_every=1000, checks=2)
    DigitTrainer(tmp_path, Stock(hands), hands, plan).run(40, on_step=told)
    for name, share in (("heat", 0.85), ("mask", 0.75)):
        assert np.mean([s[name] for s in seen[-8:]]) < share * np.mean([s[name] for s in seen[:3]])


@pytest.mark.parametrize("box", [Box(30, 20, 60, 100), Box(-20, -10, 80, 60), None])
def test_a_crop_maps_back_to_the_image(box: Box | None) -> None:
    """A bright spot is found where it was, also when the crop reaches beyond the image."""
    image = np.zeros((200, 160, 3), np.uint8)
    image[48:51, 58:61] = 255
    crop = crop_hand(image, box)
    bright = crop.pixels[..., 0].astype(float)
    bright[bright < 120] = 0
    y, x = np.mgrid[0:CROP_PX, 0:CROP_PX] + 0.5
    spot = np.array([(x * bright).sum(), (y * bright).sum()]) / bright.sum()
    assert np.allclose(crop.to_image(spot), [59.5, 49.5], atol=0.5)


def test_what_is_seen_lies_in_the_image(hands: HandCache) -> None:
    """Digits come back in pixels of the image, for each box its own hand."""
    image = np.random.default_rng(0).integers(0, 255, (200, 300, 3), np.uint8)
    reader = DigitReader(DigitNetwork(), evidence=Evidence((9.0, 0.0, 0.0, 0.0), (9.0, 0.0, 0.0)))
    boxes = [Box(10, 20, 100, 90), Box(180, 60, 80, 120)]
    assert reader.see(image, []) == []
    for seen, box in zip(reader.see(image, boxes), boxes, strict=True):
        assert len(seen.joints) == len(seen.confidence) == len(seen.forked_from) == len(seen.fused)
        base = seen.joints[:, 0]
        middle = np.array([box.x + box.width / 2, box.y + box.height / 2])
        assert (np.abs(base - middle) < 2 * max(box.width, box.height)).all()


@pytest.mark.parametrize("has_short", [has_bfloat16(), False])
def test_what_is_looked_at_with_an_image_does_not_change_its_answers(
    has_short: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chunks of images come about by chance; to the last digit, a hand's record must not. As here, and in float32."""
    for place in ("digit_network", "digit_reader"):
        monkeypatch.setattr(f"handanat_studio.vision.{place}.has_bfloat16", lambda: has_short)
    images = np.random.default_rng(0).integers(0, 255, (3, 160, 160, 3), np.uint8)
    reader = DigitReader(DigitNetwork(), evidence=Evidence((9.0, 0.0, 0.0, 0.0), (9.0, 0.0, 0.0)))
    box = Box(20, 20, 110, 110)
    asked = [(images[0], [box]), (images[1], []), (images[2], [box, box])]
    for together, (image, boxes) in zip(reader.see_all(asked), asked, strict=True):
        alone = reader.see(image, boxes)
        assert len(together) == len(alone) == len(boxes)
        for one, other in zip(together, alone, strict=True):
            assert np.array_equal(one.joints, other.joints)
            assert np.array_equal(one.counts, other.counts)
            assert np.array_equal(one.flaws, other.flaws)
            assert (one.hand, one.assessable) == (other.hand, other.assessable)
