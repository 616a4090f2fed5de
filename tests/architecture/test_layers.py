"""The floor plan holds, and the check that says so can fail."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([program, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False, timeout=120)


def copy_of_the_house(folder: Path) -> Path:
    shutil.copytree(ROOT / "handanat_studio", folder / "handanat_studio", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder / "handanat_studio"


def test_arrows_point_down_only() -> None:
    """Every contract in pyproject.toml is kept."""
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


def test_an_upward_import_breaks_the_contract(tmp_path: Path) -> None:
    """If `hand` imported `store`, the check would say so."""
    package = copy_of_the_house(tmp_path)
    with (package / "hand" / "topology.py").open("a") as file:
        file.write("\nfrom handanat_studio.store import engine as _engine\n")
    result = lint_imports(tmp_path)
    assert result.returncode == 1
    assert "Arrows point down only BROKEN" in result.stdout


def test_a_foreign_import_in_the_wrong_room_breaks_the_contract(tmp_path: Path) -> None:
    """If a format imported Qt, the check would say so."""
    package = copy_of_the_house(tmp_path)
    with (package / "formats" / "manifest.py").open("a") as file:
        file.write("\nimport PySide6.QtCore as _qt\n")
    result = lint_imports(tmp_path)
    assert result.returncode == 1
    assert "Qt only in gui BROKEN" in result.stdout


def test_a_room_that_nobody_placed_breaks_the_contract(tmp_path: Path) -> None:
    """A new folder must be given a floor."""
    package = copy_of_the_house(tmp_path)
    (package / "attic").mkdir()
    (package / "attic" / "__init__.py").write_text("")
    result = lint_imports(tmp_path)
    assert result.returncode == 1
