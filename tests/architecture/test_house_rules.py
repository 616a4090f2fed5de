"""Rules of the house that no linter knows: sizes, banned calls, what importing the root costs."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "handanat_studio"
LONGEST_FILE = 400
LONGEST_FUNCTION = 60


def sources() -> Iterator[Path]:
    yield from sorted(PACKAGE.rglob("*.py"))


def test_files_stay_small() -> None:
    """No file hits the wall of 400 lines; the main window stays within 300."""
    long = {
        p.relative_to(ROOT).as_posix(): n for p in sources() if (n := len(p.read_text().splitlines())) > LONGEST_FILE
    }
    assert long == {}
    assert len((PACKAGE / "gui" / "main_window.py").read_text().splitlines()) <= 300


def test_functions_stay_small() -> None:
    """No function is longer than 60 lines."""
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


def test_every_module_says_what_lives_there() -> None:
    """Every module with code opens with a docstring."""
    silent = [
        p.relative_to(ROOT).as_posix()
        for p in sources()
        if (tree := ast.parse(p.read_text())).body and not ast.get_docstring(tree)
    ]
    assert silent == []


def test_the_event_loop_is_never_pumped_by_hand() -> None:
    """`processEvents` hides re-entrancy; nothing calls it."""
    assert [p.name for p in sources() if "processEvents" in p.read_text()] == []


def test_nothing_is_unpickled_from_files() -> None:
    """Pickles from outside run code; only the pipe to our own worker process carries them."""
    banned = re.compile(r"\b(pickle\.loads?|torch\.load|allow_pickle=True)\b")
    found = [p.relative_to(PACKAGE).as_posix() for p in sources() if banned.search(p.read_text())]
    assert found == ["jobs/pipe.py"]


def test_importing_the_root_loads_nothing_heavy() -> None:
    """`import handanat_studio` costs milliseconds: no numpy, Qt, torch or database."""
    code = (
        "import sys, handanat_studio\n"
        "print(sorted({'numpy','PySide6','torch','sqlalchemy','mediapipe','cv2','PIL','scipy'} & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert result.stdout.strip() == "[]"
