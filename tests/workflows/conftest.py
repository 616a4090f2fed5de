"""A small real project: drawn hands, found by the real detector, judged by the real scorers.

Built once, copied for each test that changes it.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from handanat_studio import project as projects
from handanat_studio.project import Project
from handanat_studio.workflows import demo


@pytest.fixture(scope="session")
def built_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a closed sample project of twelve images; do not change it."""
    root = tmp_path_factory.mktemp("sample") / "project"
    demo.build_sample(root, count=12, seed=5)
    return root


@pytest.fixture
def sample(built_sample: Path, tmp_path: Path) -> Iterator[Project]:
    """An open project that a test may change."""
    root = tmp_path / "project"
    shutil.copytree(built_sample, root)
    project = projects.open_project(root)
    yield project
    project.close()
