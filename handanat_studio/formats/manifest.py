"""Puts an export in its place: written beside the target, described by manifest.json, then moved in one step.

The target folder is either not there or whole; a killed export leaves only a hidden ".NAME.partial-*" folder.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Protocol

from handanat_studio.errors import UserError
from handanat_studio.formats.values import ExportHand, ExportImage
from handanat_studio.progress import SILENT, Progress

MANIFEST = "manifest.json"
MANIFEST_VERSION = "1"


class Writer(Protocol):
    """A format: writes its files into an existing folder and says what it wrote."""

    def __call__(
        self, hands: Iterable[ExportHand], images: Iterable[ExportImage], out: Path, *, progress: Progress = SILENT
    ) -> dict[str, Any]: ...


def write_export(
    writer: Writer,
    hands: Iterable[ExportHand],
    images: Iterable[ExportImage],
    out: Path,
    *,
    details: Mapping[str, Any] | None = None,
    progress: Progress = SILENT,
) -> dict[str, Any]:
    """Write an export with its manifest into the folder `out`.

    Args:
        writer: of the format, such as `formats.coco.write`.
        hands: read once; may be a generator.
        images: read once; may be a generator.
        out: a folder that is empty or not there.
        details: what the caller wants recorded in the manifest, such as the project's name.
        progress: passed on to the writer.

    Returns:
        The manifest.

    Raises:
        UserError: if `out` is not empty, or the files cannot be written.
    """
    target = Path(out).absolute()
    tally = _Tally()
    try:
        with _in_place_of(target) as folder:
            part = writer(tally.hands(hands), tally.images(images), folder, progress=progress)
            manifest = {
                "manifest_version": MANIFEST_VERSION,
                "program": {"name": "handanat-studio", "version": program_version()},
                "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
                **part,
                **tally.to_dict(),
                "details": dict(details or {}),
                "files": [_describe(path, folder) for path in sorted(folder.rglob("*")) if path.is_file()],
            }
            _write_durably(folder / MANIFEST, json.dumps(manifest, indent=2, allow_nan=False) + "\n")
    except OSError as error:
        hint = "Check the free space and the permissions there, or choose another folder."
        raise UserError(f"The export cannot be written to '{target}': {error.strerror or error}.", hint=hint) from error
    return manifest


def program_version() -> str:
    """Return the version of the installed program; "unknown" when it runs without being installed."""
    try:
        return version("handanat-studio")
    except PackageNotFoundError:
        return "unknown"


@dataclass
class _Tally:
    """Counts what streams past on its way to the writer."""

    counts: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    features: Counter[str] = field(default_factory=Counter)
    scorers: dict[str, Counter[str]] = field(default_factory=dict)

    def hands(self, hands: Iterable[ExportHand]) -> Iterator[ExportHand]:
        for hand in hands:
            self.counts["hands"] += 1
            self.verdicts[hand.verdict or "none"] += 1
            self.sources[hand.source] += 1
            self.features[str((hand.features or {}).get("version", "none"))] += 1
            for name, score in hand.scores.items():
                self.scorers.setdefault(name, Counter())[str(score.get("version", "none"))] += 1
            yield hand

    def images(self, images: Iterable[ExportImage]) -> Iterator[ExportImage]:
        for image in images:
            self.counts["images"] += 1
            self.counts["unreadable_images"] += bool(image.error)
            yield image

    def to_dict(self) -> dict[str, Any]:
        names = ("images", "unreadable_images", "hands")
        return {
            "counts": {
                **{name: self.counts[name] for name in names},
                "verdicts": dict(self.verdicts),
                "sources": dict(self.sources),
            },
            "versions": {
                "features": dict(self.features),
                "scorers": {name: dict(found) for name, found in self.scorers.items()},
            },
        }


@contextmanager
def _in_place_of(target: Path) -> Iterator[Path]:
    if target.exists() and not target.is_dir():
        raise UserError(f"'{target}' is a file.", hint="Choose a folder for the export.")
    if target.is_dir() and any(target.iterdir()):
        raise UserError(f"The folder '{target}' is not empty.", hint="Choose a new folder, or empty this one first.")
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{target.name}.partial-", dir=target.parent))
    try:
        yield folder
        folder.chmod(0o777 & ~_umask())
        if target.is_dir():
            target.rmdir()
        folder.rename(target)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _umask() -> int:
    # mkdtemp makes folders that only their owner can read; there is no way to read the umask but to set it.
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _describe(path: Path, folder: Path) -> dict[str, Any]:
    # Some systems flush only files that are open for writing.
    with path.open("r+b") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    return {"path": path.relative_to(folder).as_posix(), "bytes": path.stat().st_size, "sha256": digest}


def _write_durably(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
