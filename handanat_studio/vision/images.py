"""Image files become upright RGB arrays, or a `UserError` that says what is wrong.

Pillow only: neither OpenCV nor MediaPipe may be imported here, because the window uses this file.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import stat
import struct
import warnings
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, UnidentifiedImageError

from handanat_studio.errors import UserError
from handanat_studio.vision.hashing import perceptual_hash
from handanat_studio.vision.native_log import silenced

__all__ = ["SUFFIXES", "DecodedImage", "find_images", "perceptual_hash", "read_image"]

SUFFIXES = frozenset(
    {
        *(".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".gif", ".webp", ".avif", ".jp2"),
        *(".bmp", ".dib", ".tif", ".tiff", ".ppm", ".pgm", ".pbm", ".pnm"),
    }
)
"""Endings by which images are recognised in folders; a file named explicitly may have any ending."""

# Pillow also opens formats that start other programs (EPS runs Ghostscript) or accept almost any bytes.
_FORMATS = ("PNG", "JPEG", "MPO", "GIF", "WEBP", "BMP", "DIB", "TIFF", "PPM", "JPEG2000", "AVIF")
_SUPPORTED = "PNG, JPEG, WebP, TIFF, BMP, GIF, PNM, JPEG 2000 and AVIF"
_FILE_LIMIT = 4 << 30
_ORIENTATION_TAG = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# What Pillow's plug-ins raise on damaged files; each was seen from at least one of them.
_DAMAGED = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    EOFError,
    RuntimeError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)

# Without a handler of ours the last-resort one would print what Pillow logs of damaged files.
logging.getLogger("PIL").addHandler(logging.NullHandler())
# Pillow's own limit would answer as a warning, or before ours; `read_image` checks the header itself.
Image.MAX_IMAGE_PIXELS = None


@dataclass(frozen=True, slots=True, eq=False)
class DecodedImage:
    """An image as the program sees it.

    Attributes:
        pixels: (H, W, 3) uint8 RGB, upright, read-only.
        width: W in pixels.
        height: H in pixels.
        format: name of the file format, e.g. "PNG".
        sha256: hex digest of the file's bytes.
    """

    pixels: NDArray[np.uint8]
    width: int
    height: int
    format: str
    sha256: str


def read_image(path: Path | str, *, pixel_limit_mp: float = 200) -> DecodedImage:
    """Read an image file: upright (EXIF), 8-bit RGB, first frame, transparency laid on white.

    16-bit samples keep their upper byte. 32-bit integer and float samples have no fixed range and are stretched
    from their own minimum to their maximum.

    Args:
        path: the file.
        pixel_limit_mp: largest accepted image in millions of pixels, checked before anything is decoded.

    Returns:
        The decoded image.

    Raises:
        UserError: if the file is missing, empty, too large, damaged or no image.
    """
    path = Path(path)
    data = _read_bytes(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(BytesIO(data), formats=_formats()) as image:
                _check_size(path, image.size, pixel_limit_mp)
                _load(image)
                _check_size(path, image.size, pixel_limit_mp)
                pixels = np.asarray(_upright(_rgb(image), image))
    except UnidentifiedImageError as error:
        raise UserError(
            f"{path.name} is not an image that can be read.", hint=f"Readable formats: {_SUPPORTED}."
        ) from error
    except MemoryError as error:
        raise UserError(f"{path.name} needs more memory than there is.", hint="Shrink the image.") from error
    except _DAMAGED as error:
        raise UserError(f"{path.name} is damaged or cut short.", hint="Copy or export the image again.") from error
    pixels.setflags(write=False)
    height, width = pixels.shape[:2]
    return DecodedImage(pixels, width, height, image.format or "", hashlib.sha256(data).hexdigest())


def find_images(paths: Iterable[Path | str]) -> Iterator[Path]:
    """Yield image files: explicit files as given, folders searched recursively in the order of their names.

    In folders a file counts by its ending (`SUFFIXES`) and hidden names are skipped. What cannot be followed
    (a missing path, a link in a loop, a folder that may not be read) is yielded too, so that reading it reports it.
    """
    for given in paths:
        path = Path(given)
        if _kind(path) == "folder":
            yield from _search(path, frozenset(), set())
        else:
            yield path


@cache
def _formats() -> tuple[str, ...]:
    Image.init()
    return tuple(name for name in _FORMATS if name in Image.OPEN)


def _read_bytes(path: Path) -> bytes:
    try:
        info = path.stat()
        if stat.S_ISDIR(info.st_mode):
            raise UserError(f"{path.name or path} is a folder, not an image.", hint="Name the images inside it.")
        if not stat.S_ISREG(info.st_mode):
            raise UserError(f"{path.name} is not a file.", hint="Name an image file.")
        if info.st_size > _FILE_LIMIT:
            raise UserError(f"{path.name} is larger than {_FILE_LIMIT >> 30} GB.", hint="Shrink the image.")
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        raise _unopened(path, error) from error
    if not data:
        raise UserError(f"{path.name} is empty (0 bytes).", hint="Copy or export the image again.")
    return data


def _unopened(path: Path, error: OSError | ValueError) -> UserError:
    code = getattr(error, "errno", None)
    if code in (errno.ENOENT, errno.ENOTDIR):
        return UserError(f"There is no file {path}.", hint="Check the path; a linked file may have been moved.")
    if code == errno.ELOOP:
        return UserError(f"{path.name} is a link that leads back to itself.", hint="Remove or mend the link.")
    if code in (errno.EACCES, errno.EPERM):
        return UserError(f"{path.name} may not be read.", hint="Change its permissions.")
    reason = getattr(error, "strerror", None) or str(error)
    return UserError(f"{path.name!r} cannot be opened: {reason}.", hint="Check the path and the disk.")


def _check_size(path: Path, size: tuple[int, int], pixel_limit_mp: float) -> None:
    width, height = size
    if width < 1 or height < 1:
        raise UserError(f"{path.name} has no pixels ({width} x {height}).", hint="Export the image again.")
    if width * height > pixel_limit_mp * 1e6:
        raise UserError(
            f"{path.name} has {width} x {height} pixels ({width * height / 1e6:.0f} megapixels); "
            f"the limit is {pixel_limit_mp:g} megapixels.",
            hint="Shrink the image or raise the setting pixel_limit_mp.",
        )


def _load(image: Image.Image) -> None:
    if image.format == "TIFF":
        # libtiff tells the error stream of damage that Pillow raises anyway.
        with silenced():
            image.load()
    else:
        image.load()


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I") or image.mode == "F":
        return _eight_bit(image)
    if image.mode == "CMYK" and image.format in ("JPEG", "MPO") and "adobe" not in image.info:
        # Pillow takes every CMYK JPEG for Adobe's, whose inks are stored inverted.
        return ImageChops.invert(image).convert("RGB")
    if "transparency" in image.info or image.mode in ("LA", "La", "PA", "RGBA", "RGBa"):
        with_alpha = image.convert("RGBA")
        white = Image.new("RGB", image.size, "white")
        white.paste(with_alpha, mask=with_alpha.getchannel("A"))
        return white
    return image if image.mode == "RGB" else image.convert("RGB")


def _eight_bit(image: Image.Image) -> Image.Image:
    values = np.asarray(image)
    if image.mode.startswith("I;16") or (image.mode == "I" and image.format in ("PNG", "PPM")):
        grey = (values.astype(np.uint32) >> 8).clip(0, 255)
    else:
        finite = np.where(np.isfinite(values), values, np.nan).astype(np.float32)
        low, high = (np.nanmin(finite), np.nanmax(finite)) if np.isfinite(finite).any() else (0.0, 0.0)
        grey = np.nan_to_num((finite - low) * (255.0 / (high - low) if high > low else 0.0))
    return Image.fromarray(grey.astype(np.uint8)).convert("RGB")


def _upright(rgb: Image.Image, source: Image.Image) -> Image.Image:
    try:
        turn = _UPRIGHT.get(source.getexif().get(_ORIENTATION_TAG, 1))
    except _DAMAGED:
        return rgb
    return rgb if turn is None else rgb.transpose(turn)


def _kind(path: Path) -> str:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return "loop" if error.errno == errno.ELOOP else "missing"
    except ValueError:
        return "missing"
    return "folder" if stat.S_ISDIR(mode) else "file"


def _search(folder: Path, parents: frozenset[tuple[int, int]], seen: set[tuple[int, int]]) -> Iterator[Path]:
    try:
        info = folder.stat()
        inside = sorted(folder.iterdir())
    except OSError:
        yield folder
        return
    here = (info.st_dev, info.st_ino)
    if here in parents:
        yield folder
        return
    if here in seen:
        return
    seen.add(here)
    for path in inside:
        if path.name.startswith("."):
            continue
        kind = _kind(path)
        if kind == "folder":
            yield from _search(path, parents | {here}, seen)
        elif kind == "loop" or path.suffix.lower() in SUFFIXES:
            yield path
