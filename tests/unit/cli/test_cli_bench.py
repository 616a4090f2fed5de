"""Promises of the benchmark's report; what it measures is run by `make bench`."""

import json
from contextlib import closing

import pytest

from handanat_studio import project as projects
from handanat_studio.cli import bench
from handanat_studio.cli import main as cli
from handanat_studio.errors import UserError
from handanat_studio.workflows.bench import child, formulas, judge, kappa, large_project, throughput, window
from handanat_studio.workflows.bench.figures import Figure, ratios_first


def test_targets_are_judged_in_their_direction():
    """A ratio is to be at least its target, a time at most; no value and no target mean no judgement."""
    assert Figure("a", "", 2.0, "x", 1.8, True).is_met is True
    assert Figure("a", "", 1.7, "x", 1.8, True).is_met is False
    assert Figure("a", "", 0.2, "s", 0.1).is_met is False
    assert Figure("a", "", None, "x", 50, True).is_met is None
    assert Figure("a", "", 3.0, "ms").is_met is None


def test_ratios_come_first():
    """They can be compared between machines."""
    figures = [Figure("s", "", 1.0, "s"), Figure("x", "", 1.0, "x"), Figure("ms", "", 1.0, "ms")]
    assert [figure.name for figure in ratios_first(figures)] == ["x", "s", "ms"]


def test_a_missed_target_is_said_plainly():
    """Each line holds the figure, its target and the word."""
    words = bench.line(Figure("a", "kappa", 12.0, "x", 50, True)).split()
    assert " ".join(words) == "MISS 12 x at least 50 x kappa"
    assert "not measured" in bench.line(Figure("a", "kappa", None, "x", 50, True, "why"))


def test_json_goes_to_stdout_alone(monkeypatch, capsys):
    """Progress stays on stderr, so that the output can be piped into a program."""
    monkeypatch.setattr(kappa, "figures", lambda: [Figure("kappa", "k", 60.0, "x", 50, True)])
    assert cli.main(["bench", "--json", "--only", "kappa"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["figures"][0]["ok"] is True
    assert report["machine"]["cpu_cores"] >= 1


def test_a_measurement_in_a_child_sees_its_environment():
    """One thread means one thread: the variable is set before numpy is imported."""
    assert child.call("os:getenv", environment=child.ONE_THREAD, key="OMP_NUM_THREADS") == "1"


def test_a_failed_measurement_shows_its_last_words():
    """The reason is in the hint."""
    with pytest.raises(UserError) as caught:
        child.call("handanat_studio.hand.topology:no_such_function")
    assert "no_such_function" in caught.value.hint


def test_the_formulas_are_measured_on_real_hands():
    """The random hands have 21 joints in pixels and metres, so that the 3-D path is what is timed."""
    batch = formulas.random_hands(5)
    assert batch.points.shape == (5, 21, 2)
    assert batch.world.shape == (5, 21, 3)
    assert formulas.median_seconds(hands=50, repeats=1) > 0


@pytest.mark.e2e
def test_the_digit_network_is_measured_on_drawn_hands():
    """The network alone and the whole look are timed on the installed weights."""
    found = judge.median_ms(crops=1, repeats=3)
    assert found["network"] > 0
    assert found["look"] > 0


def test_missing_weights_are_not_measured_and_say_so(monkeypatch):
    """The figure keeps its target and tells what is missing."""

    def refuse(*_: object, **__: object) -> None:
        raise UserError("The weights 'digits.safetensors' are not installed.")

    monkeypatch.setattr(judge, "call", refuse)
    (figure,) = judge.figures()
    assert (figure.name, figure.value, figure.target, figure.is_met) == ("digit_network_ms", None, 20.0, None)
    assert "not installed" in figure.note


def test_both_kappas_of_the_benchmark_agree():
    """What is timed against the scikit-learn loop is the same statistic: the loop's mean lies in our interval."""
    pytest.importorskip("sklearn", reason="scikit-learn is a development dependency")
    from handanat_studio.stats.agreement import agreement

    a, b, clusters = kappa.two_raters(300)
    loop = kappa.scikit_learn_loop(a, b, clusters, draws=50, seed=1)
    own = agreement(a, b, categories=kappa.CATEGORIES, clusters=clusters, draws=500).to_dict()["kappa"]
    assert own["boot_low"] < sum(loop) / len(loop) < own["boot_high"]


def test_the_large_project_is_a_real_project(tmp_path):
    """Every entry has a file of its own that can be read, a hand and a score, and the store finds nothing wrong."""
    from handanat_studio.store.library import LibraryFilter
    from handanat_studio.store.verify import verify
    from handanat_studio.workflows import browse

    root = large_project.build(tmp_path / "large", count=25, scenes=1)
    with closing(projects.open_project(root)) as project:
        index = browse.index(project, LibraryFilter())
        entries = browse.page(project, LibraryFilter(), index.image_ids.tolist(), index.hand_ids.tolist())
        assert verify(project.store) == []
        assert len({entry.uri for entry in entries}) == 25
        assert all(project.image_path(entry.uri).is_file() and entry.score_verdict for entry in entries)


def test_the_window_is_judged_by_the_median_of_its_runs(monkeypatch, tmp_path):
    """One disturbed start does not decide; every figure that the window writes has its target."""
    times = iter([1.0, 9.0, 1.5])
    names = [name for name, *_ in window.TARGETS]
    monkeypatch.setattr(window, "build", lambda root, **_: root)
    monkeypatch.setattr(window, "open_once", lambda *_: dict.fromkeys(names, next(times)))
    figures = window.figures(tmp_path, repeats=3)
    assert [figure.value for figure in figures] == [1.5] * len(names)
    assert all(figure.is_met for figure in figures if figure.target is not None)


def test_throughput_compares_medians_of_interleaved_runs(monkeypatch, tmp_path):
    """The ratio is score's rate over the plain loop's, both without start-up; the start-up is told apart."""
    monkeypatch.setattr(throughput, "_many", lambda folder, *_: folder)
    plain = json.dumps({"images": 11, "hands": 11, "seconds": 1.0, "total_seconds": 3.0})
    monkeypatch.setattr(throughput, "run_python", lambda *_: plain)
    monkeypatch.setattr(throughput, "call", lambda *_, **__: {"images": 11, "rate": 20.0, "total_seconds": 2.0})
    figures = {figure.name: figure.value for figure in throughput.figures(tmp_path, repeats=3)}
    assert figures["score_vs_plain_loop"] == pytest.approx(2.0)
    assert figures["score_vs_plain_loop_with_start"] == pytest.approx(1.5)
    assert figures["plain_ms_per_image"] == pytest.approx(100.0)
