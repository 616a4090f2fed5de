"""`handanat score` and `handanat synth` as a user runs them: real processes, real MediaPipe."""

import json
import os
import signal
import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytestmark = pytest.mark.e2e
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1"}
SCORES = {
    "paper": {"count", "angles", "ratios", "s_anat", "verdict"},
    "calibrated": {"p_implausible", "verdict", "findings"},
}


def handanat(*arguments, **options):
    """Run the command line in a process of its own."""
    command = [sys.executable, "-m", "handanat_studio", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, timeout=240, check=False, **options)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Six plausible hands with their truth."""
    out = tmp_path_factory.mktemp("synth") / "S"
    done = handanat("synth", out, "--count", 6, "--seed", 7, "--defects", "none")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(out / "truth.jsonl")
    return out


def test_the_same_seed_gives_the_same_bytes(drawn, tmp_path):
    """Two runs agree in every byte, images and truth; another seed does not."""
    handanat("synth", tmp_path / "again", "--count", 2, "--seed", 7)
    handanat("synth", tmp_path / "other", "--count", 2, "--seed", 8)
    for name in ("images/0000.png", "images/0001.png"):
        assert (tmp_path / "again" / name).read_bytes() == (drawn / name).read_bytes()
        assert (tmp_path / "other" / name).read_bytes() != (drawn / name).read_bytes()
    again = (tmp_path / "again" / "truth.jsonl").read_text().splitlines()
    assert again == (drawn / "truth.jsonl").read_text().splitlines()[:2]


def test_truth_is_one_line_per_image(drawn):
    """Every image has its line, in order, and every hand of it its pose."""
    lines = [json.loads(line) for line in (drawn / "truth.jsonl").read_text().splitlines()]
    assert [line["image"] for line in lines] == [f"images/{n:04d}.png" for n in range(6)]
    assert all(line["hands"][0]["plausible"] for line in lines)


def test_synth_does_not_mix_its_images_with_others(drawn):
    """A folder that holds more images than this run would draw is refused, and nothing in it changes."""
    before = (drawn / "images" / "0000.png").read_bytes()
    done = handanat("synth", drawn, "--count", 2, "--seed", 9)
    assert done.returncode == 1
    assert "holds other files" in done.stderr
    assert (drawn / "images" / "0000.png").read_bytes() == before


def test_a_folder_becomes_one_line_per_image(drawn, tmp_path):
    """With two workers, in order, with every promised key; progress goes to stderr, nothing to stdout."""
    out = tmp_path / "out.jsonl"
    done = handanat("score", drawn / "images", "--workers", 2, "--out", out)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert "6 images" in done.stderr
    records = [json.loads(line) for line in out.read_text().splitlines()]
    assert [Path(record["image"]).name for record in records] == [f"{n:04d}.png" for n in range(6)]
    assert sum(bool(record["hands"]) for record in records) >= 5
    for record in records:
        assert (record["width"], record["height"], record["error"]) == (512, 512, None)
        for hand in record["hands"]:
            assert {"box", "side", "digits", "wrist", "finger_count", "angles_deg", "ratios", "webbing"} <= hand.keys()
            assert {"name", "version", "score", "fallback_reason"} == hand["detector"].keys()
            assert len(hand["angles_deg"]) == 15
            assert all(SCORES[name] <= hand["scores"][name].keys() for name in SCORES)


def test_workers_do_not_change_the_answer(drawn):
    """One process and two give the same lines on stdout."""
    one = handanat("score", drawn / "images", "--scorer", "paper")
    two = handanat("score", drawn / "images", "--scorer", "paper", "--workers", 2)
    assert one.returncode == two.returncode == 0
    assert one.stdout == two.stdout
    assert len(one.stdout.splitlines()) == 6


def _png_header(path, width, height):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)


@pytest.fixture(scope="module")
def awkward(drawn, tmp_path_factory):
    """A folder with one of everything that breaks programs."""
    folder = tmp_path_factory.mktemp("awkward")
    whole = (drawn / "images" / "0000.png").read_bytes()
    (folder / "text.jpg").write_text("This is no image.\n" * 50)
    (folder / "truncated.png").write_bytes(whole[: len(whole) // 2])
    (folder / "empty.png").write_bytes(b"")
    Image.new("RGB", (1, 1)).save(folder / "one_pixel.png")
    _png_header(folder / "huge.png", 30_000, 30_000)
    (folder / "loop").symlink_to(folder)
    (folder / "loop.png").symlink_to(folder / "loop.png")
    (folder / "dangling.png").symlink_to(folder / "nowhere.png")
    picture = Image.open(drawn / "images" / "0001.png")
    picture.convert("CMYK").save(folder / "cmyk.jpg")
    frames = [picture.convert("P"), Image.new("P", picture.size)]
    frames[0].save(folder / "animated.gif", save_all=True, append_images=frames[1:])
    Image.fromarray(np.asarray(picture.convert("L"), np.uint16) * 257).save(folder / "sixteen_bit.png")
    picture.convert("RGBA").save(folder / "alpha.png")
    return folder


@pytest.mark.parametrize("workers", [1, 2])
def test_awkward_files_each_give_a_line_and_the_run_goes_on(awkward, tmp_path, workers):
    """Unreadable files are lines with an error, odd but sound images are judged, and nothing is a traceback."""
    out = tmp_path / "out.jsonl"
    done = handanat("score", awkward, "--workers", workers, "--out", out)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    records = {Path(record["image"]).name: record for record in map(json.loads, out.read_text().splitlines())}
    broken = {"text.jpg", "truncated.png", "empty.png", "huge.png", "loop.png", "dangling.png"}
    sound = {"one_pixel.png", "cmyk.jpg", "animated.gif", "sixteen_bit.png", "alpha.png"}
    assert broken | sound <= records.keys()
    assert {name for name, record in records.items() if record["error"]} >= broken
    assert [name for name in sorted(sound) if records[name]["error"]] == []
    assert [name for name in ("alpha.png", "animated.gif", "cmyk.jpg", "sixteen_bit.png") if records[name]["hands"]]
    assert "could not be read" in done.stderr
    assert "30000 x 30000" in records["huge.png"]["error"]


def test_a_path_that_is_not_there_is_a_line_with_an_error(tmp_path):
    """A mistyped name does not stop the others, and is not silent."""
    done = handanat("score", tmp_path / "nothing.png")
    assert done.returncode == 0
    assert "nothing.png" in json.loads(done.stdout)["error"]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--scorer", "astrology"], "Known: paper, calibrated"),
        (["--device", "abacus"], "Error: "),
        (["--out", "/proc/none/out.jsonl"], "cannot be written"),
    ],
)
def test_a_wrong_option_is_exit_code_one_with_a_reason(drawn, arguments, word):
    """Said before any image is looked at, in a sentence."""
    done = handanat("score", drawn / "images", *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert word in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_is_exit_code_130_and_leaves_no_process(drawn, tmp_path):
    """Cancelling while two workers detect ends them too, without a traceback, and keeps the finished lines."""
    many = tmp_path / "many"
    many.mkdir()
    for number in range(400):
        (many / f"{number:03d}.png").symlink_to(drawn / "images" / f"{number % 6:04d}.png")
    out = tmp_path / "out.jsonl"
    command = [sys.executable, "-m", "handanat_studio", "score", str(many), "--workers", "2", "--out", str(out)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT, start_new_session=True
    )
    deadline = time.monotonic() + 120
    while not (out.exists() and out.stat().st_size) and time.monotonic() < deadline:
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert "Cancelled" in err
    assert "Traceback" not in err
    assert 0 < len(out.read_text().splitlines()) < 400
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    pytest.fail("a worker process is still there")
