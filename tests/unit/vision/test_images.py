"""Image files of every kind become the same upright RGB, and broken ones a plain sentence."""

from __future__ import annotations

import hashlib
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from handanat_studio.errors import UserError
from handanat_studio.vision.images import find_images, read_image

COLOURS = np.array([[(200, 30, 40), (20, 180, 60), (30, 50, 220)], [(240, 240, 10), (0, 0, 0), (255, 255, 255)]])
PICTURE = np.kron(COLOURS, np.ones((16, 16, 1))).astype(np.uint8)
# EXIF orientation -> how an upright (H, W, 3) picture is stored under it.
STORED = {
    1: lambda p: p,
    2: lambda p: p[:, ::-1],
    3: lambda p: p[::-1, ::-1],
    4: lambda p: p[::-1],
    5: lambda p: p.transpose(1, 0, 2),
    6: lambda p: np.rot90(p, 1),
    7: lambda p: np.rot90(p, 2).transpose(1, 0, 2),
    8: lambda p: np.rot90(p, -1),
}


def _save(path: Path, pixels: np.ndarray, mode: str | None = None, **options: object) -> Path:
    image = Image.fromarray(np.ascontiguousarray(pixels))
    (image.convert(mode) if mode else image).save(path, **options)
    return path


def _png(width: int, height: int, depth: int, colour: int, rows: bytes, *, extra: bytes = b"") -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def _close(actual: np.ndarray, expected: np.ndarray, tolerance: int = 0) -> bool:
    return actual.shape == expected.shape and int(np.abs(actual.astype(int) - expected.astype(int)).max()) <= tolerance


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("suffix", [".png", ".tif", ".webp", ".jpg"])
def test_every_exif_orientation_is_turned_upright(tmp_path: Path, orientation: int, suffix: str) -> None:
    """All eight orientations give the same upright picture, and width and height are those of the upright one."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {".webp": {"lossless": True}, ".jpg": {"quality": 100, "subsampling": 0}}.get(suffix, {})
    path = _save(tmp_path / f"turned{suffix}", STORED[orientation](PICTURE), exif=exif, **options)
    image = read_image(path)
    assert _close(image.pixels, PICTURE, 6 if suffix == ".jpg" else 0)
    assert (image.width, image.height) == (48, 32)


@pytest.mark.parametrize(
    ("suffix", "format_name"),
    [(".png", "PNG"), (".bmp", "BMP"), (".tiff", "TIFF"), (".gif", "GIF"), (".webp", "WEBP"), (".ppm", "PPM")],
)
def test_lossless_formats_give_the_pixels_that_were_written(tmp_path: Path, suffix: str, format_name: str) -> None:
    """Each format decodes to the same array, read-only and contiguous, with the hash of the file's bytes."""
    path = _save(tmp_path / f"picture{suffix}", PICTURE, **({"lossless": True} if suffix == ".webp" else {}))
    image = read_image(path)
    assert _close(image.pixels, PICTURE)
    assert image.format == format_name
    assert image.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert image.pixels.flags.c_contiguous
    assert not image.pixels.flags.writeable


def test_sixteen_bit_grey_is_scaled_not_clipped(tmp_path: Path) -> None:
    """Values up to 65535 land evenly on 0..255 in PNG, TIFF and PGM."""
    ramp = np.tile(np.linspace(0, 65535, 64).astype(np.uint16), (8, 1))
    expected = np.repeat((ramp >> 8).astype(np.uint8)[..., None], 3, axis=2)
    for name in ("grey.png", "grey.tif", "grey.pgm"):
        assert _close(read_image(_save(tmp_path / name, ramp)).pixels, expected, 1)


def test_sixteen_bit_colour_is_scaled_not_clipped(tmp_path: Path) -> None:
    """A 16-bit RGB PNG keeps its upper bytes."""
    rows = b"".join(b"\0" + struct.pack(">6H", 65535, 32768, 0, 256, 255, 51400) for _ in range(2))
    path = tmp_path / "deep.png"
    path.write_bytes(_png(2, 2, 16, 2, rows))
    assert _close(read_image(path).pixels, np.array([[[255, 128, 0], [1, 0, 200]]] * 2))


def test_float_samples_are_stretched_to_the_full_range(tmp_path: Path) -> None:
    """A float TIFF spans 0..255 whatever its units, and NaN becomes black."""
    values = np.array([[-2.0, 0.0, 2.0], [np.nan, 1.0, -1.0]], np.float32)
    grey = read_image(_save(tmp_path / "float.tif", values)).pixels[..., 0]
    assert grey.tolist() == [[0, 127, 255], [0, 191, 63]]


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_is_laid_on_white(tmp_path: Path, mode: str) -> None:
    """A transparent pixel is white, a half transparent black one is grey, an opaque one keeps its colour."""
    rgba = np.zeros((1, 3, 4), np.uint8)
    rgba[0, :, 3] = 0, 128, 255
    image = Image.fromarray(rgba).convert(mode)
    image.save(tmp_path / "clear.png")
    assert read_image(tmp_path / "clear.png").pixels[0, :, 0].tolist() == [255, 127, 0]


def test_palette_transparency_is_laid_on_white(tmp_path: Path) -> None:
    """A palette PNG with an alpha table decodes without a warning, its transparent entries white."""
    image = Image.fromarray(np.array([[0, 1]], np.uint8), "L").convert("P")
    image.putpalette([10, 20, 30, 200, 100, 50])
    image.save(tmp_path / "palette.png", transparency=b"\x00\xff")
    assert read_image(tmp_path / "palette.png").pixels.tolist() == [[[255, 255, 255], [200, 100, 50]]]


@pytest.mark.parametrize("mode", ["L", "1", "P"])
def test_grey_bilevel_and_palette_become_rgb(tmp_path: Path, mode: str) -> None:
    """Every mode ends as three equal channels for a grey picture."""
    chess = (np.indices((8, 8)).sum(axis=0) % 2 * 255).astype(np.uint8)
    pixels = read_image(_save(tmp_path / "grey.png", chess, mode)).pixels
    assert _close(pixels, np.repeat(chess[..., None], 3, axis=2))


def test_adobe_cmyk_jpeg_is_not_inverted(tmp_path: Path) -> None:
    """A CMYK JPEG with Adobe's marker (inks stored inverted) shows its colours."""
    path = _save(tmp_path / "inks.jpg", PICTURE, "CMYK", quality=100, subsampling=0)
    assert b"Adobe" in path.read_bytes()
    assert _close(read_image(path).pixels, PICTURE, 6)


def test_cmyk_jpeg_without_adobe_marker_is_taken_as_written(tmp_path: Path) -> None:
    """Without the marker inks are stored plainly, as the JPEG library documents."""
    adobe = _save(tmp_path / "adobe.jpg", 255 - PICTURE, "CMYK", quality=100, subsampling=0).read_bytes()
    start = adobe.index(b"\xff\xee")
    length = int.from_bytes(adobe[start + 2 : start + 4], "big")
    path = tmp_path / "plain.jpg"
    path.write_bytes(adobe[:start] + adobe[start + 2 + length :])
    with Image.open(tmp_path / "adobe.jpg") as inverted:
        inks = 255 - np.asarray(inverted).astype(int)
    expected = (255 - inks[..., :3]) * (255 - inks[..., 3:]) / 255
    assert _close(read_image(path).pixels, expected, 2)


def test_the_first_frame_of_an_animation_is_read(tmp_path: Path) -> None:
    """GIF, WebP and APNG animations give their first frame."""
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue", "lime")]
    for name in ("moving.gif", "moving.webp", "moving.png"):
        options = {"lossless": True} if name.endswith("webp") else {}
        frames[0].save(tmp_path / name, save_all=True, append_images=frames[1:], duration=40, **options)
        assert read_image(tmp_path / name).pixels[4, 4].tolist() == [255, 0, 0]


def test_one_pixel_is_an_image(tmp_path: Path) -> None:
    """The smallest image decodes."""
    assert read_image(_save(tmp_path / "dot.png", PICTURE[:1, :1])).pixels.tolist() == [[[200, 30, 40]]]


def test_the_pixel_limit_is_checked_before_decoding(tmp_path: Path) -> None:
    """A header that promises 900 megapixels is refused by its size, not by its missing data, and without a warning."""
    path = tmp_path / "huge.png"
    path.write_bytes(_png(30_000, 30_000, 8, 2, b""))
    with pytest.raises(UserError, match=r"30000 x 30000 pixels \(900 megapixels\); the limit is 200") as caught:
        read_image(path)
    assert "pixel_limit_mp" in caught.value.hint


def test_the_pixel_limit_can_be_lowered_and_raised(tmp_path: Path) -> None:
    """The limit is the caller's: the same file passes one limit and fails another."""
    path = _save(tmp_path / "picture.png", PICTURE)
    assert read_image(path, pixel_limit_mp=PICTURE.shape[0] * PICTURE.shape[1] / 1e6).width == 48
    with pytest.raises(UserError, match="megapixels"):
        read_image(path, pixel_limit_mp=0.001)


def _broken_files(folder: Path) -> dict[str, tuple[Path, str]]:
    whole = _save(folder / "whole.png", np.random.default_rng(0).integers(0, 255, (64, 64, 3)).astype(np.uint8))
    photo = _save(folder / "whole.jpg", PICTURE)
    texts = {
        "text.jpg": (b"This is not a picture.\n", "not an image"),
        "empty.png": (b"", "empty"),
        "cut.png": (whole.read_bytes()[:2000], "damaged"),
        "cut.jpg": (photo.read_bytes()[:-200], "damaged"),
        "header.png": (whole.read_bytes()[:20], "damaged|not an image"),
        "script.eps": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not an image"),
    }
    files = {}
    for name, (data, message) in texts.items():
        (folder / name).write_bytes(data)
        files[name] = (folder / name, message)
    (folder / "loop.png").symlink_to(folder / "loop.png")
    os.mkfifo(folder / "pipe.png")
    files["loop.png"] = (folder / "loop.png", "link that leads back")
    files["pipe.png"] = (folder / "pipe.png", "not a file")
    files["folder"] = (folder, "folder, not an image")
    files["missing"] = (folder / "missing.png", "no file")
    files["below a file"] = (whole / "inside.png", "no file")
    files["null"] = (folder / "nu\0ll.png", "cannot be opened")
    files["long"] = (folder / ("x" * 300 + ".png"), "cannot be opened")
    return files


def test_broken_files_are_told_in_plain_words(tmp_path: Path) -> None:
    """Whatever is wrong with a file, a `UserError` says what and hints what to do."""
    for name, (path, message) in _broken_files(tmp_path).items():
        with pytest.raises(UserError, match=message) as caught:
            read_image(path)
        assert caught.value.hint, name


@given(
    seed=st.integers(0, 2**32 - 1), suffix=st.sampled_from([".png", ".jpg", ".gif", ".webp", ".tif", ".bmp", ".ppm"])
)
def test_damaged_bytes_give_an_image_or_a_user_error(seed: int, suffix: str, tmp_path_factory: object) -> None:
    """Flipped, lost and repeated bytes never raise anything but `UserError`, and never warn."""
    rng = np.random.default_rng(seed)
    folder = Path(tmp_path_factory.getbasetemp()) / "damaged"  # type: ignore[attr-defined]
    folder.mkdir(exist_ok=True)
    exif = Image.Exif()
    exif[0x0112] = 6
    path = folder / f"damaged{suffix}"
    _save(path, PICTURE, **({"exif": exif} if suffix in (".png", ".jpg", ".webp", ".tif") else {}))
    data = bytearray(path.read_bytes())
    for place in rng.integers(0, min(len(data), 300), rng.integers(1, 8)):
        data[place] = rng.integers(0, 256)
    if rng.random() < 0.3:
        del data[rng.integers(8, len(data)) :]
    path.write_bytes(data)
    try:
        pixels = read_image(path, pixel_limit_mp=4).pixels
    except UserError:
        return
    assert pixels.ndim == 3
    assert pixels.shape[2] == 3
    assert pixels.dtype == np.uint8


def test_damage_is_told_once_not_also_on_the_error_stream(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The TIFF library's own complaints do not reach the terminal, and what we write there afterwards does."""
    path = _save(tmp_path / "whole.tif", np.random.default_rng(0).integers(0, 255, (32, 32, 3)).astype(np.uint8))
    packed = tmp_path / "packed.tif"
    with Image.open(path) as whole:
        whole.save(packed, compression="tiff_lzw")
    data = bytearray(packed.read_bytes())
    data[200:1200:7] = b"\xff" * len(data[200:1200:7])
    packed.write_bytes(data)
    with pytest.raises(UserError, match="damaged"):
        read_image(packed)
    os.write(2, b"afterwards\n")
    assert capfd.readouterr().err == "afterwards\n"


def test_folders_are_searched_in_the_order_of_names(tmp_path: Path) -> None:
    """Files come sorted, subfolders in place; other endings and hidden files are left out."""
    (tmp_path / "b").mkdir()
    for name in ("c.JPG", "a.png", "b/x.webp", "notes.txt", ".hidden.png", "b/truth.jsonl"):
        (tmp_path / name).write_bytes(b"")
    assert [p.relative_to(tmp_path).as_posix() for p in find_images([tmp_path])] == ["a.png", "b/x.webp", "c.JPG"]


def test_explicit_files_are_always_yielded_in_the_given_order(tmp_path: Path) -> None:
    """A named file counts whatever its ending, even if it does not exist, so that it can be reported."""
    (tmp_path / "b.dat").write_bytes(b"")
    given_paths = [tmp_path / "z.png", tmp_path / "b.dat"]
    assert list(find_images(given_paths)) == given_paths


def test_links_in_a_circle_end_and_are_told(tmp_path: Path) -> None:
    """A folder that contains itself and a link to itself are each yielded once, and reading them explains why."""
    (tmp_path / "a.png").write_bytes(b"")
    (tmp_path / "again").symlink_to(tmp_path)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    found = list(find_images([tmp_path]))
    assert [p.name for p in found] == ["a.png", "again", "loop"]
    for path in found[1:]:
        with pytest.raises(UserError):
            read_image(path)


def test_a_folder_reached_twice_is_read_once(tmp_path: Path) -> None:
    """Two links to one folder do not double its images."""
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.png").write_bytes(b"")
    (tmp_path / "second").symlink_to(tmp_path / "real")
    assert [p.name for p in find_images([tmp_path])] == ["a.png"]


def test_decoding_needs_neither_opencv_nor_mediapipe() -> None:
    """The window may import this file: it loads nothing that breaks Qt or weighs a process down."""
    code = (
        "import sys, handanat_studio.vision.images;"
        "print(sorted({'cv2', 'mediapipe', 'torch', 'scipy', 'matplotlib'} & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
