"""Promises of changing the kinds of findings: seen before it happens, versioned, and nothing written is rewritten."""

from __future__ import annotations

import csv
import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from handanat_studio import project as projects
from handanat_studio.cli.main import handanat
from handanat_studio.errors import UserError
from handanat_studio.hand.annotation import NewAnnotation
from handanat_studio.hand.label_schema import FindingKind, LabelSchema
from handanat_studio.hand.values import IMPLAUSIBLE, Box, Finding
from handanat_studio.store import hands, images
from handanat_studio.store.images import NewImage
from handanat_studio.workflows import annotate, export, label_schema, people
from handanat_studio.workflows.browse import empty_pose

NAN = float("nan")
NAIL, SKIN = FindingKind("nail", "Nail on the wrong side", "digit"), FindingKind("skin", "Skin")


@pytest.fixture
def project(tmp_path: Path) -> projects.Project:
    """A project with one hand on which ada has a finding of the kind "nail"."""
    made = projects.create(tmp_path / "project")
    with made.store.write() as session:
        (image_id,) = images.add_many(session, [NewImage(uri="a.png", sha256="a" * 64, width=9, height=9)])
        hand_id = hands.add_manual(session, image_id, Box(1, 1, 5, 5))
    finding = Finding("nail", "index", NAN, NAN, "", NAN, 1.0, "ada", origin="expert", accepted=True)
    annotate.save(made, NewAnnotation(hand_id, "ada", empty_pose(), verdict=IMPLAUSIBLE, findings=(finding,)))
    yield made
    made.close()


def extended(schema: LabelSchema) -> LabelSchema:
    return LabelSchema((*schema.kinds, NAIL, SKIN), schema.version)


def merged(schema: LabelSchema) -> LabelSchema:
    kinds = [replace(k, retired=True, replaced_by="skin") if k.id == "nail" else k for k in schema.kinds]
    return LabelSchema(tuple(kinds), schema.version)


def test_a_change_is_seen_before_it_happens(project: projects.Project) -> None:
    """The preview counts findings and hands and writes nothing; the saved version counts on."""
    first, _ = label_schema.save(project, extended(label_schema.current(project)), by="ada", note="nails matter")
    impacts = label_schema.preview(project, merged(first))
    assert [(i.change.what, i.findings, i.hands) for i in impacts] == [("merged", 1, 1)]
    assert label_schema.current(project) == first
    second, change = label_schema.save(project, merged(first), by="ada")
    assert (first.version, second.version, change.touches("labels")) == (1, 2, True)


def test_what_was_written_stays_as_it_was(project: projects.Project) -> None:
    """A merge is a translation at reading; the stored finding keeps its kind."""
    first, _ = label_schema.save(project, extended(label_schema.current(project)), by="ada")
    second, _ = label_schema.save(project, merged(first), by="ada")
    (revision,) = annotate.history(project, 1)
    assert revision.findings[0].kind == "nail"
    assert second.resolve(revision.findings[0].kind) == "skin"


def test_an_export_has_the_kind_that_a_finding_stands_for_today(project: projects.Project, tmp_path: Path) -> None:
    """What was merged is exported as the kind it was merged into, and the manifest names the version of the list."""
    first, _ = label_schema.save(project, extended(label_schema.current(project)), by="ada")
    label_schema.save(project, merged(first), by="ada")
    manifest = export.export(project, tmp_path / "out", "csv")
    assert manifest["details"]["label_schema_version"] == 2
    with (tmp_path / "out" / "hands.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert [finding["kind"] for finding in json.loads(row["findings"])] == ["skin"]


def test_two_people_cannot_overwrite_each_others_change(project: projects.Project) -> None:
    """A list that was made from an older version is refused."""
    old = label_schema.current(project)
    label_schema.save(project, extended(old), by="ada")
    with pytest.raises(UserError, match="changed meanwhile"):
        label_schema.save(project, extended(old), by="ben")


def test_only_a_lead_changes_the_list(project: projects.Project) -> None:
    """As soon as the project has a lead, others are refused."""
    people.set_role(project, "ada", "lead", by="ada")
    with pytest.raises(UserError, match="Only a lead"):
        label_schema.save(project, extended(label_schema.current(project)), by="ben")


def test_the_database_refuses_to_change_a_version(project: projects.Project) -> None:
    """Versions are append-only."""
    label_schema.save(project, extended(label_schema.current(project)), by="ada")
    with pytest.raises((DBAPIError, UserError)), project.store.write() as session:
        session.execute(text("UPDATE label_schemas SET note = 'other'"))


def test_the_command_line_shows_previews_and_changes_the_list(project: projects.Project, tmp_path: Path) -> None:
    """`handanat labels` writes what `--set` reads; a dry run changes nothing."""
    root = project.root
    project.close()
    run = CliRunner().invoke
    shown = run(handanat, ["labels", str(root), "--json"])
    values = json.loads(shown.stdout)
    values["kinds"].append({"id": "nail", "title": "Nail"})
    file = tmp_path / "labels.json"
    file.write_text(json.dumps(values))
    dry = run(handanat, ["labels", str(root), "--set", str(file), "--dry-run"])
    assert "nail added" in dry.stdout
    assert "1 findings on 1 hands" in dry.stdout
    assert "nail: Nail" not in dry.stdout
    done = run(handanat, ["labels", str(root), "--set", str(file), "--by", "ada"])
    assert "Version 1" in done.stdout
    assert "nail: Nail (any), 1 findings on 1 hands" in done.stdout
    with closing(projects.open_project(root)) as opened:
        assert label_schema.current(opened).get("nail") is not None
