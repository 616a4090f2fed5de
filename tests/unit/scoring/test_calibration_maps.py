"""Maps from raw evidence to probabilities: zero stays zero, order is kept, numpy and torch agree, JSON is lossless."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from handanat_studio.errors import UserError
from handanat_studio.scoring.calibration import (
    UNCALIBRATED,
    Calibration,
    Isotonic,
    PartMap,
    Platt,
    calibration_from_dict,
    calibration_to_dict,
    installed_calibration,
    read_calibration,
    write_calibration,
)

CHANCE = st.floats(0.0, 1.0)
MAPS = [PartMap(-3.0, 0.5).violated, PartMap(2.0, 2.0).violated, Platt(-1.0, 0.7), Isotonic((0.1, 0.4), (0.0, 0.9))]


@given(shift=st.floats(-12, 6), slope=st.floats(0, 6), chances=st.lists(CHANCE, min_size=2, max_size=5))
def test_a_part_without_evidence_is_never_violated(shift: float, slope: float, chances: list[float]) -> None:
    """Whatever the constants: zero at zero, within 0..1, and rising with the evidence."""
    ordered = np.sort(np.array([0.0, 1e-4, *chances]))
    mapped = PartMap(shift, slope).violated(ordered)
    assert mapped[0] == pytest.approx(0.0, abs=1e-12)
    assert (np.diff(mapped) >= -1e-12).all()
    assert ((mapped >= -1e-12) & (mapped <= 1.0)).all()


@pytest.mark.parametrize("map_", MAPS)
def test_numpy_and_torch_agree_and_gradients_are_finite(map_: Any) -> None:
    """The same lines on both, also at the ends."""
    chances = np.array([[0.0, 1e-3, 0.1, 0.25], [0.4, 0.9, 0.999, 1.0]])
    leaf = torch.from_numpy(chances).requires_grad_(True)
    mapped = map_(leaf)
    np.testing.assert_allclose(mapped.detach().numpy(), map_(chances), atol=1e-12)
    mapped.sum().backward()
    assert torch.isfinite(leaf.grad).all()


def test_a_rising_line_is_flat_beyond_its_ends() -> None:
    """And straight between its knots."""
    line = Isotonic((0.1, 0.3, 0.5), (0.0, 0.2, 1.0))
    np.testing.assert_allclose(line(np.array([0.0, 0.2, 0.4, 0.9])), [0.0, 0.1, 0.6, 1.0])
    np.testing.assert_allclose(Isotonic((0.5,), (0.3,))(np.array([0.0, 1.0])), [0.3, 0.3])


@pytest.mark.parametrize("knots", [((), ()), ((0.1, 0.1), (0.0, 1.0)), ((0.1, 0.2), (1.0, 0.0)), ((0.1,), (0.1, 0.2))])
def test_knots_must_rise(knots: Any) -> None:
    """A map that falls would turn evidence round."""
    with pytest.raises(ValueError):
        Isotonic(*knots)


@pytest.mark.parametrize("final", [Platt(-0.5, 1.25), Isotonic((0.0, 0.5), (0.1, 0.7)), None])
def test_a_calibration_survives_its_file(tmp_path: Path, final: Any) -> None:
    """Every constant, and the digest changes when one of them does."""
    made = Calibration({"count": PartMap(-1.5, 0.75)}, final, 0.4, 0.2)
    write_calibration(tmp_path / "c.json", made)
    read = read_calibration(tmp_path / "c.json")
    assert calibration_to_dict(read) == calibration_to_dict(made)
    assert len(read.digest) == 8
    other = calibration_from_dict(calibration_to_dict(made) | {"unsure_from": 0.1})
    assert other.digest != read.digest


@pytest.mark.parametrize("text", ["", "[]", '{"parts": {}}', '{"parts": {"count": {}}, "final": null}'])
def test_a_file_that_holds_no_calibration_is_refused(tmp_path: Path, text: str) -> None:
    """With a sentence that says what to do."""
    (tmp_path / "c.json").write_text(text)
    with pytest.raises(UserError, match=r"c\.json"):
        read_calibration(tmp_path / "c.json")


def test_nothing_is_changed_where_nobody_calibrated() -> None:
    """A chance counts as it comes."""
    chance = np.array([0.0, 0.3, 1.0])
    assert UNCALIBRATED.part("count", chance) is chance
    assert UNCALIBRATED.joined(chance) is chance


def test_the_calibration_that_comes_with_the_program_can_be_read() -> None:
    """Its bounds are in order."""
    held = installed_calibration()
    assert 0.0 <= held.unsure_from <= held.implausible_from <= 1.0
