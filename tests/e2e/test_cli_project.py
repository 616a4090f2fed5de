"""A project from the command line, from `new` to `restore`, with real detection and simulated annotators."""

import io
import json
import shutil
import sqlite3
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass

import pytest

from handanat_studio.cli.main import main

pytestmark = pytest.mark.e2e


@dataclass
class Done:
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


def handanat(*arguments):
    """Run a command line in this process; `test_cli_score` runs the same door as a process of its own."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main([str(argument) for argument in arguments])
    return Done(code, out.getvalue(), err.getvalue())


def good(*arguments):
    """Run a command line, which must end well, and return its stdout."""
    done = handanat(*arguments)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """A small sample project: generated images, real detection, two simulated annotators."""
    from handanat_studio.workflows import demo

    root = tmp_path_factory.mktemp("cli") / "sample"
    report = demo.build_sample(root, count=8, seed=3)
    assert report.hands >= 4
    return root


@pytest.fixture
def project(sample, tmp_path):
    """A copy of the sample project to play with."""
    return shutil.copytree(sample, tmp_path / "project")


def test_a_new_project_takes_images_finds_hands_and_lists_them(sample, tmp_path):
    """new, ingest and list in a row; a second ingest finds nothing left to do."""
    root = tmp_path / "mine"
    assert good("new", root, "--name", "Mine").strip() == str(root)
    (tmp_path / "bad.png").write_text("no image")
    images = sample / "images" / "sample-gan"
    out = good("ingest", root, images, tmp_path / "bad.png", "--generator", "sample-gan")
    assert "images added: 5" in out
    assert "images failed: 1" in out
    entries = [json.loads(line) for line in good("list", root, "--json").splitlines()]
    assert sum(entry["status"] == "detected" for entry in entries) >= 2
    assert [entry["image"] for entry in entries if entry["error"]] == [str(tmp_path / "bad.png")]
    assert all(entry["score_verdict"] for entry in entries if entry["hand_id"])
    again = good("ingest", root, images, "--generator", "sample-gan")
    assert "images added: 0" in again
    assert "hands judged: 0" in again


def test_list_filters_by_status_and_verdict(sample):
    """A filter shows a part, and the parts make up the whole."""
    whole = [json.loads(line) for line in good("list", sample, "--json").splitlines()]
    done = [json.loads(line) for line in good("list", sample, "--json", "--status", "done").splitlines()]
    assert done == [entry for entry in whole if entry["status"] == "done"]
    plausible = good("list", sample, "--verdict", "plausible").splitlines()[1:]
    assert len(plausible) == sum(entry["verdict"] == "plausible" for entry in whole) > 0


def test_agreement_says_which_annotators_are_simulated(sample):
    """Both as text and as JSON, with intervals from the draws asked for."""
    text = good("agreement", sample, "--draws", 200)
    assert text.count("(simulated)") == 2
    assert "kappa" in text
    report = json.loads(good("agreement", sample, "--json", "--draws", 200))
    assert [person["simulated"] for person in report["annotators"]] == [True, True]
    assert {pair["kind"] for pair in report["pairs"]} == {"annotators", "scorer"}


@pytest.mark.parametrize("name", ["coco", "csv", "parquet"])
def test_every_format_is_written_with_a_manifest(sample, tmp_path, name):
    """The manifest's path is what the command prints, and its files are there."""
    manifest = tmp_path / name / "manifest.json"
    assert good("export", sample, tmp_path / name, "--format", name).strip() == str(manifest)
    assert json.loads(manifest.read_text())
    assert len(list((tmp_path / name).iterdir())) > 1


def test_labels_come_back_from_coco(sample, tmp_path):
    """An export of one annotator imported into a new project gives the same labels, and twice gives them once."""
    good("export", sample, tmp_path / "coco", "--format", "coco", "--annotator", "simulated-ada")
    good("new", tmp_path / "other")
    arguments = ("import", tmp_path / "other", "--coco", tmp_path / "coco", "--images", sample)
    first = good(*arguments)
    entries = [json.loads(line) for line in good("list", tmp_path / "other", "--json").splitlines()]
    before = [json.loads(line) for line in good("list", sample, "--json", "--annotator", "simulated-ada").splitlines()]
    labelled = sorted(entry["verdict"] for entry in before if entry["verdict"])
    assert sorted(entry["verdict"] for entry in entries if entry["verdict"]) == labelled
    assert f"{len(labelled)} labelled hands" in first
    assert "0 labelled hands" in good(*arguments)
    assert "clean" in good("verify", tmp_path / "other")


def test_import_without_anything_to_import_says_so(project):
    """A usage error, exit code 1."""
    done = handanat("import", project)
    assert done.returncode == 1
    assert "Nothing to import" in done.stderr


def test_verify_finds_a_changed_image_and_quick_does_not_look(project):
    """A file that is no longer what was labelled is a problem with a name."""
    assert good("verify", project).strip() == f"{project}: clean."
    victim = next((project / "images").rglob("*.png"))
    victim.write_bytes(victim.read_bytes() + b"x")
    found = handanat("verify", project, "--json")
    assert found.returncode == 1
    assert json.loads(found.stdout)["clean"] is False
    assert "Hint: " in found.stderr
    assert json.loads(good("verify", project, "--quick", "--json")) == {"clean": True, "problems": []}


def test_a_backup_brings_back_what_was_lost(project):
    """backup prints a path that restore takes; the damaged state is put aside, not deleted."""
    copy = good("backup", project).strip()
    with closing(sqlite3.connect(project / "project.sqlite")) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("DELETE FROM images")
        connection.commit()
    assert handanat("verify", project, "--quick").returncode == 1
    out = good("restore", project, copy)
    assert "Before: " in out
    assert "clean" in good("verify", project)


@pytest.mark.parametrize("command", ["ingest", "list", "verify", "backup", "agreement"])
def test_a_folder_that_is_no_project_is_a_clear_error(command, tmp_path):
    """Exit code 1 with a hint, and the folder stays empty."""
    done = handanat(command, tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "is not a HandAnat project" in done.stderr
    assert "Hint: " in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_doctor_says_that_the_main_job_runs():
    """Not by looking at versions, but by finding and judging a generated hand."""
    report = json.loads(good("doctor", "--json"))
    assert report["main_job"]["can_run"] is True
    assert report["main_job"]["hands"] >= 1
    assert report["packages"]["mediapipe"] == "0.10.21"
    assert all(report["models"].values())
    assert report["devices"]["chosen"] in report["devices"]["available"]
    assert [entry["problem"] for entries in report["registries"].values() for entry in entries] == [""] * 9
