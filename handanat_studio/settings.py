"""User settings: one hand-editable TOML file that holds only what differs from the defaults."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import tomli_w

from handanat_studio.errors import UserError
from handanat_studio.paths import user_dir

QUICK_REASONS = (
    "A joint lies off its knuckle",
    "A digit is named wrongly",
    "A digit was missed",
    "Findings and verdict contradict each other",
    "The verdict is not supported by the image",
)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a user can choose. Each field is one line of `settings.toml`."""

    theme: str = "dark"
    annotator: str = "annotator"
    scorer: str = "calibrated"
    thumbnail_px: int = 192
    marker_px: int = 6
    overlay_opacity: float = 1.0
    show_labels: bool = False
    show_names: bool = False
    show_edges: bool = True
    show_navigator: bool = False
    sticky_zoom: bool = False
    brightness: float = 0.0
    contrast: float = 0.0
    gamma: float = 1.0
    blind_review: bool = True
    quick_reasons: tuple[str, ...] = QUICK_REASONS
    backup_minutes: int = 30
    backups_kept: int = 20
    pixel_limit_mp: int = 200
    workers: int = 2
    recent_projects: tuple[str, ...] = ()
    shortcuts: dict[str, str] = field(default_factory=dict)


def settings_file() -> Path:
    """Return the path of the settings file (it need not exist)."""
    return user_dir("config") / "settings.toml"


def load(path: Path | None = None) -> Settings:
    """Read the settings, taking defaults for what the file does not say.

    Raises:
        UserError: if the file is not TOML, or a value has the wrong type.
    """
    path = path or settings_file()
    if not path.exists():
        return Settings()
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"The settings file {path} cannot be read: {error}.", hint="Mend or delete it.") from error
    known = {f.name: getattr(Settings(), f.name) for f in fields(Settings)}
    chosen: dict[str, Any] = {}
    for name, value in values.items():
        if name not in known:
            continue
        default = known[name]
        if isinstance(default, tuple) and isinstance(value, list):
            value = tuple(str(v) for v in value)
        if isinstance(default, float) and type(value) is int:
            value = float(value)
        if type(value) is not type(default):
            raise UserError(
                f"The setting '{name}' in {path} must be a {type(default).__name__}.", hint="Mend or delete that line."
            )
        chosen[name] = value
    return replace(Settings(), **chosen)


def save(settings: Settings, path: Path | None = None) -> None:
    """Write only what differs from the defaults, replacing the file atomically."""
    path = path or settings_file()
    default = asdict(Settings())
    changed = {k: v for k, v in asdict(settings).items() if v != default[k]}
    partial = path.with_suffix(".part")
    partial.write_text(tomli_w.dumps(changed), encoding="utf-8")
    partial.replace(path)
