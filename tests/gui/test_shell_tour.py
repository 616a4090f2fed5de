"""The tour end to end: sample project, real window, real worker."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from handanat_studio.project import open_project
from handanat_studio.workflows import annotate, demo

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def toured(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A small sample project and the folder of its tour."""
    folder = tmp_path_factory.mktemp("tour")
    demo.build_sample(folder / "sample", count=10, workers=1)
    environment = dict(os.environ) | {"QT_QPA_PLATFORM": "offscreen", "HANDANAT_HOME": str(folder / "home")}
    command = [sys.executable, "-m", "handanat_studio.gui", str(folder / "sample"), "--tour", str(folder / "out")]
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=240)
    assert result.returncode == 0, result.stderr
    return folder / "sample", folder / "out"


def test_the_tour_leaves_numbered_pictures_of_every_page_in_both_themes(toured: tuple[Path, Path]) -> None:
    """1440 x 900 each, none of them blank, and every page in dark and light."""
    _, out = toured
    names = sorted(file.name for file in out.glob("*.png"))
    assert names == json.loads((out / "summary.json").read_text())["screenshots"]
    for page in ("start", "library", "annotate-six-fingers", "review", "review-history"):
        for theme in ("dark", "light"):
            assert any(page in name and theme in name for name in names)
    assert any("annotate-network" in name for name in names)
    for name in names:
        image = QImage(str(out / name))
        assert (image.width(), image.height()) == (1440, 900)
        assert len({image.pixel(x, y) for x in range(0, 1440, 40) for y in range(0, 900, 40)}) > 3


def test_the_tour_tells_what_was_really_measured_and_saved(toured: tuple[Path, Path]) -> None:
    """A joint left its range, and the revisions in the summary are those in the store, each on its parent."""
    root, out = toured
    summary = json.loads((out / "summary.json").read_text())
    low, high = summary["core_range_deg"]
    assert low <= summary["angle_before_deg"] <= high
    assert not low <= summary["angle_after_deg"] <= high
    project = open_project(root)
    try:
        stored = [r for r in annotate.history(project, summary["hand_id"]) if r.annotator == "tour"]
    finally:
        project.close()
    told = summary["revisions"]
    assert [(r.id, r.parent_id, r.verdict) for r in stored] == [(r["id"], r["parent_id"], r["verdict"]) for r in told]
    assert [r["verdict"] for r in told] == [None, "implausible", None, "implausible"]
    assert [r["parent_id"] for r in told] == [None, *(r["id"] for r in told[:-1])]


def test_the_tour_computes_agreement_and_exports(toured: tuple[Path, Path]) -> None:
    """Kappa of the two simulated annotators with its n, said to be simulated, and an export with its manifest."""
    _, out = toured
    summary = json.loads((out / "summary.json").read_text())
    (pair,) = [p for p in summary["agreement"] if p["simulated"]]
    assert pair["kind"] == "annotators"
    assert pair["n"] > 0
    assert (out / summary["export"]["folder"] / "manifest.json").is_file()
