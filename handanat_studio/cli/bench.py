"""The bench command."""

from __future__ import annotations

import json
import os
import platform
import tempfile
from pathlib import Path

import click

from handanat_studio.cli.terminal_progress import TerminalProgress
from handanat_studio.workflows.bench import formulas, judge, kappa, throughput, window
from handanat_studio.workflows.bench.figures import Figure, ratios_first

PARTS = ("score", "judge", "formulas", "kappa", "window", "large")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--only", "parts", multiple=True, type=click.Choice(PARTS), help="Only this part; repeatable.")
def bench(as_json: bool, parts: tuple[str, ...]) -> None:
    """Measure speed against the targets: ratios first, since those can be compared between machines.

    Takes some minutes; other work on the machine disturbs it.
    """
    figures = ratios_first(_measure(parts or PARTS))
    if as_json:
        machine = {"platform": platform.platform(), "cpu_cores": os.cpu_count(), "python": platform.python_version()}
        click.echo(json.dumps({"machine": machine, "figures": [figure.to_dict() for figure in figures]}, indent=2))
        return
    for figure in figures:
        click.echo(line(figure))


def _measure(parts: tuple[str, ...]) -> list[Figure]:
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="handanat-bench-") as folder, TerminalProgress() as progress:
        if "score" in parts or "judge" in parts:
            figures += throughput.figures(Path(folder) / "score", progress=progress)
        if "judge" in parts:
            progress.start("Digit network")
            figures += judge.figures()
        if "formulas" in parts:
            progress.start("Features and paper score")
            figures += formulas.figures()
        if "kappa" in parts:
            progress.start("Kappa bootstrap")
            figures += kappa.figures()
        if "window" in parts:
            figures += window.figures(Path(folder), progress=progress)
        if "large" in parts:
            figures += window.large_figures(Path(folder), progress=progress)
    return figures


def line(figure: Figure) -> str:
    """Return a figure with its target as a line of text."""
    value = "not measured" if figure.value is None else f"{figure.value:.3g} {figure.unit}"
    word = {True: "ok", False: "MISS", None: ""}[figure.is_met]
    sign = "at least" if figure.at_least else "at most"
    target = "" if figure.target is None else f"{sign} {figure.target:g} {figure.unit}"
    note = f"  ({figure.note})" if figure.note else ""
    return f"{word:5}{value:>14}  {target:>16}  {figure.text}{note}"
