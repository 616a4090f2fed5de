"""`handanat train digits`: from nothing to weights and a card, and on from where it stopped."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from handanat_studio.cli.main import handanat
from handanat_studio.errors import UserError
from handanat_studio.vision.digit_reader import DigitReader
from handanat_studio.vision.training.digit_trainer import TrainingPlan
from handanat_studio.workflows.train_digits import train_digits

TINY = TrainingPlan(seed=0, batch=2, check_every=2, checks=2)


def test_training_leaves_weights_and_a_card_of_what_was_measured(tmp_path: Path) -> None:
    """The card's figures come from hands kept aside; a second call trains on from the last step."""
    card = train_digits(tmp_path, seed=0, steps=2, hands=40, held_out=40, plan=TINY, bodies_a_shard=10)
    first = json.loads(card.read_text())
    assert first["steps"] == 2
    assert first["parameters"] <= 3_000_000
    assert DigitReader(tmp_path / "digits.safetensors").network is not None
    rows = first["figures"]["any hand"]["found_by_true_count"]
    assert sum(sum(row.values()) for row in rows.values()) == 256
    again = json.loads(
        train_digits(tmp_path, seed=0, steps=3, hands=40, held_out=40, plan=TINY, bodies_a_shard=10).read_text()
    )
    assert again["steps"] == 3
    assert len((tmp_path / "log.jsonl").read_text().splitlines()) == 2


def test_an_empty_photo_folder_is_said(tmp_path: Path) -> None:
    """Training without the photographs that were asked for would be another training."""
    (tmp_path / "photos").mkdir()
    with pytest.raises(UserError, match="no photographs"):
        train_digits(
            tmp_path / "run",
            seed=0,
            steps=1,
            hands=1,
            held_out=1,
            photos=tmp_path / "photos",
            plan=TINY,
            bodies_a_shard=1,
        )


def test_the_command_explains_itself_without_training() -> None:
    """`handanat train digits --help` names what the run leaves behind."""
    result = CliRunner().invoke(handanat, ["train", "digits", "--help"])
    assert result.exit_code == 0
    assert "model-card.json" in result.output
