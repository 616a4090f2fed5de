"""The commands people, assign and consensus on a small project."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from handanat_studio import project as projects
from handanat_studio.cli.main import main
from handanat_studio.hand.annotation import NewAnnotation
from handanat_studio.hand.values import Box, HandPose
from handanat_studio.store import hands, images
from handanat_studio.workflows import annotate, review

POSE = HandPose.ordinary([[10.0, 20.0]] * 21)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of four hands; eva has submitted a verdict on the first and flagged the second."""
    root = tmp_path / "project"
    with closing(projects.create(root)) as opened:
        with opened.store.write() as session:
            new = [images.NewImage(uri=f"{n}.png", width=20, height=20) for n in range(4)]
            ids = [hands.add_manual(session, i, Box(0, 0, 9, 9)) for i in images.add_many(session, new)]
        annotate.save(opened, NewAnnotation(ids[0], "eva", POSE, verdict="unsure", active_seconds=90.0))
        annotate.save(opened, NewAnnotation(ids[1], "eva", POSE, flagged=True))
        review.submit(opened, ids[0], annotator="eva")
    return root


def test_people_are_listed_with_what_they_did(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As lines, and as JSON with the same figures."""
    assert main(["people", str(project)]) == 0
    assert capsys.readouterr().out == "eva (annotator): 2 hands, 1 submitted, 0 returned, 0 accepted, 2 min\n"
    assert main(["people", str(project), "--json"]) == 0
    (eva,) = json.loads(capsys.readouterr().out)["people"]
    assert (eva["name"], eva["submitted"], eva["active_seconds"]) == ("eva", 1, 90.0)


def test_a_role_is_given_by_a_lead_who_says_her_name(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first lead is named by anybody; from then on others are refused."""
    assert main(["people", str(project), "--role", "lena", "lead"]) == 1
    assert "--by NAME" in capsys.readouterr().err
    assert main(["people", str(project), "--role", "lena", "lead", "--by", "eva"]) == 0
    assert "lena (lead)" in capsys.readouterr().out
    assert main(["people", str(project), "--role", "eva", "lead", "--by", "eva"]) == 1
    assert "Only a lead" in capsys.readouterr().err


def test_hands_are_assigned(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All of them or those of a queue; what each person gets is printed."""
    assert main(["assign", str(project), "week 1", "--to", "eva,otto", "--overlap", "2", "--by", "eva"]) == 0
    assert capsys.readouterr().out == "eva: 4 hands\notto: 4 hands\n"
    assert main(["assign", str(project), "odd", "--to", "otto", "--queue", "flagged", "--blind", "--by", "eva"]) == 0
    assert capsys.readouterr().out == "otto: 1 hand\n"
    assert main(["assign", str(project), "odd", "--to", "otto", "--by", "eva"]) == 1
    assert "already" in capsys.readouterr().err


def test_consensus_is_counted(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every hand has one status."""
    assert main(["consensus", str(project), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["hands"] == 4 == sum(report["statuses"].values())
    assert (report["statuses"]["open"], report["statuses"]["single"]) == (3, 1)
    assert main(["consensus", str(project)]) == 0
    assert "open: 3\nsingle: 1\n" in capsys.readouterr().out
