"""Settings keep only what differs and survive being edited by hand."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handanat_studio import settings
from handanat_studio.errors import UserError
from handanat_studio.settings import Settings


def test_defaults_write_nothing(tmp_path: Path) -> None:
    """A file of defaults is an empty file."""
    path = tmp_path / "settings.toml"
    settings.save(Settings(), path)
    assert path.read_text().strip() == ""
    assert settings.load(path) == Settings()


@given(
    annotator=st.text(max_size=20),
    recent=st.lists(st.text(max_size=20), max_size=3),
    shortcuts=st.dictionaries(st.text(min_size=1, max_size=10), st.text(max_size=10), max_size=3),
    opacity=st.floats(0, 1),
)
def test_whatever_is_chosen_comes_back(
    tmp_path_factory: pytest.TempPathFactory,
    annotator: str,
    recent: list[str],
    shortcuts: dict[str, str],
    opacity: float,
) -> None:
    """Any text survives the file."""
    chosen = Settings(
        annotator=annotator,
        recent_projects=tuple(recent),
        shortcuts=shortcuts,
        overlay_opacity=opacity,
        show_labels=True,
    )
    path = tmp_path_factory.mktemp("settings") / "settings.toml"
    settings.save(chosen, path)
    assert settings.load(path) == chosen


def test_an_unknown_line_is_ignored(tmp_path: Path) -> None:
    """A setting of a newer program does not stop an older one."""
    path = tmp_path / "settings.toml"
    path.write_text('from_the_future = 3\ntheme = "light"\noverlay_opacity = 1\n')
    assert settings.load(path).theme == "light"


@pytest.mark.parametrize("text", ["theme = ", "theme = 3", "marker_px = true", "\x00"])
def test_a_damaged_file_says_what_to_do(tmp_path: Path, text: str) -> None:
    """The message names the file and the remedy."""
    path = tmp_path / "settings.toml"
    path.write_text(text)
    with pytest.raises(UserError, match=r"settings\.toml.*Mend or delete"):
        settings.load(path)
