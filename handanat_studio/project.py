"""The open project: one folder that holds its settings, its store, its thumbnails and its backups."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from handanat_studio.errors import UserError
from handanat_studio.store.catalogue import LiveCatalogue
from handanat_studio.store.engine import Store, open_store

PROJECT_FILE = "project.toml"
STORE_FILE = "project.sqlite"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Project:
    """A project folder with its open store.

    Attributes:
        root: the folder.
        store: the open store (SQLite in the folder, or a PostgreSQL URL from `project.toml`).
        name: shown to people.
        catalogue: what listings ask for, kept in memory.
    """

    root: Path
    store: Store
    name: str
    catalogue: LiveCatalogue = field(default_factory=LiveCatalogue, compare=False, repr=False)

    @property
    def thumbnails_file(self) -> Path:
        """A disposable database; deleting it loses nothing."""
        return self.root / "thumbnails.sqlite"

    @property
    def backups(self) -> Path:
        """The folder of dated backups."""
        return self.root / "backups"

    def image_path(self, uri: str) -> Path:
        """Return where an image lies; relative uris are relative to the project folder."""
        return self.root / uri

    def image_uri(self, path: Path) -> str:
        """Return the uri to store for a file: relative inside the project folder, absolute outside."""
        absolute = path.absolute()
        root = self.root.absolute()
        return absolute.relative_to(root).as_posix() if absolute.is_relative_to(root) else str(absolute)

    def close(self) -> None:
        """Close the store."""
        self.store.close()


def is_project(root: Path) -> bool:
    """Tell whether a folder is a project."""
    return (root / PROJECT_FILE).is_file()


def create(root: Path, *, name: str = "", database: str = "") -> Project:
    """Make a new project folder and open it.

    Args:
        root: a folder that is empty or does not exist.
        name: shown to people; the folder's name by default.
        database: a SQLAlchemy URL for a shared store; "" = SQLite inside the folder.

    Raises:
        UserError: if the folder holds something already, or cannot be written.
    """
    root = Path(root)
    if is_project(root):
        raise UserError(f"{root} is a project already.", hint="Open it, or choose another folder.")
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise UserError(f"{root} is not an empty folder.", hint="Choose a new folder for the project.")
    try:
        root.mkdir(parents=True, exist_ok=True)
        lines = [f"format = {FORMAT}", f"name = {json.dumps(name or root.absolute().name)}"]
        if database:
            lines.append(f"database = {json.dumps(database)}")
        (root / PROJECT_FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        raise UserError(
            f"The project folder {root} cannot be made: {error.strerror}.", hint="Choose a folder you can write to."
        ) from error
    return _opened(root.absolute(), _read_config(root), create=True)


def open_project(root: Path) -> Project:
    """Open a project folder.

    Raises:
        UserError: if the folder is not a project, or its store cannot be opened.
    """
    root = Path(root)
    config = _read_config(root)
    return _opened(root.absolute(), config, create=False)


def _opened(root: Path, config: dict[str, object], *, create: bool) -> Project:
    target = str(config.get("database") or "") or root / STORE_FILE
    store = open_store(target, backups=root / "backups", create=create)
    return Project(root=root, store=store, name=str(config.get("name") or root.name))


def _read_config(root: Path) -> dict[str, object]:
    file = root / PROJECT_FILE
    if not file.is_file():
        raise UserError(
            f"{root} is not a HandAnat project.", hint="Make one with 'handanat new', or choose its folder."
        )
    try:
        config = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise UserError(f"{file} cannot be read: {error}.", hint="Mend the file; the store is untouched.") from error
    version = config.get("format", FORMAT)
    if not isinstance(version, int) or version > FORMAT:
        raise UserError(f"{root} was made by a newer program.", hint="Update HandAnat Studio to open it.")
    return config
