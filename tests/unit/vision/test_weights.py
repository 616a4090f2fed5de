"""Where networks' weights lie, and the name for what is in them."""

from pathlib import Path

import pytest

from handanat_studio.errors import UserError
from handanat_studio.vision import weights


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Resources with one weights file."""
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "digits.safetensors").write_bytes(b"first")
    monkeypatch.setattr(weights, "resource", lambda *parts: tmp_path.joinpath(*parts))
    return tmp_path / "weights"


def test_weights_that_are_there_are_found(folder: Path) -> None:
    """By their name alone."""
    assert weights.weights_path(weights.DIGITS) == folder / "digits.safetensors"


def test_weights_that_are_missing_are_named(folder: Path) -> None:
    """With what can be done about it."""
    with pytest.raises(UserError, match=r"'hands\.safetensors' are not installed") as refused:
        weights.weights_version(weights.HANDS)
    assert "handanat train" in refused.value.hint


def test_the_version_follows_the_weights_and_the_constants_beside_them(folder: Path) -> None:
    """Same bytes, same version; other weights or other constants, another one."""
    first = weights.weights_version(weights.DIGITS)
    assert len(first) == 8
    (folder / "digits.safetensors").write_bytes(b"other")
    second = weights.weights_version(weights.DIGITS)
    (folder / "digits.json").write_text("{}")
    third = weights.weights_version(weights.DIGITS)
    assert len({first, second, third}) == 3
    (folder / "digits.json").unlink()
    (folder / "digits.safetensors").write_bytes(b"first")
    assert weights.weights_version(weights.DIGITS) == first
