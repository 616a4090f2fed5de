"""Scoring on a device in chunks equals scoring in numpy."""

from typing import Any

import numpy as np
import pytest

from handanat_studio.errors import UserError
from handanat_studio.hand.batch import batch_from_arrays, batch_of
from handanat_studio.hand.features import measure
from handanat_studio.hand.topology import JointState
from handanat_studio.registry import SCORERS
from handanat_studio.scoring.device import pick_device, score_on


@pytest.fixture(scope="module")
def batch(model_hand: Any) -> Any:
    """Forty float32 hands, some without depth, some with missing joints."""
    rng = np.random.default_rng(8)
    world = np.array([model_hand(rng.uniform(-40, 70, 15)) for _ in range(40)], np.float32)
    points = (world[:, :, :2] * 3000).astype(np.float32)
    world[::7] = np.nan
    states = np.full((40, 21), JointState.VISIBLE, np.uint8)
    states[3, 8] = JointState.UNSURE
    states[5, 17:] = JointState.ABSENT
    return batch_from_arrays(points, world, states, np.ones(40, np.int8))


@pytest.mark.parametrize("name", ["paper", "calibrated"])
@pytest.mark.parametrize("chunk", [7, 1000])
def test_device_and_numpy_agree(batch: Any, name: str, chunk: int) -> None:
    """Values, verdicts, parts and findings are the same, whatever the chunk, and come back as numpy."""
    scorer = SCORERS.load(name)
    expected = scorer.score(measure(batch, source="expert"))
    features, found = score_on(batch, name, "expert", "cpu", chunk=chunk)
    assert isinstance(found.value, np.ndarray)
    np.testing.assert_allclose(found.value, expected.value, atol=2e-3)
    np.testing.assert_array_equal(found.verdict, expected.verdict)
    np.testing.assert_allclose(features.angle, expected.features.angle, atol=0.02)
    np.testing.assert_array_equal(features.angle_reason, expected.features.angle_reason)
    for index in (0, 3, 5):
        ours, theirs = found.row(index), expected.row(index)
        assert [f.part for f in ours.findings] == [f.part for f in theirs.findings]
        assert ours.verdict == theirs.verdict


def test_devices_are_picked_by_name_and_refused_by_name() -> None:
    """Auto always finds one; an unknown name is a user error with the known ones."""
    assert pick_device("auto") in ("cpu", "cuda", "mps")
    assert pick_device("cpu") == "cpu"
    with pytest.raises(UserError, match="cuda"):
        pick_device("tpu")


def test_a_device_that_is_not_there_is_a_user_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hint names what works."""
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(UserError, match="not available"):
        pick_device("cuda")


def test_nothing_to_score_and_unknown_names_are_user_errors(batch: Any) -> None:
    """Each says what is wrong."""
    with pytest.raises(UserError, match="no hand"):
        score_on(batch_of([]), "paper", "expert", "cpu")
    with pytest.raises(UserError, match="Unknown scorer"):
        score_on(batch, "nobody", "expert", "cpu")
    with pytest.raises(UserError, match="Unknown landmark source"):
        score_on(batch, "paper", "nobody", "cpu")
