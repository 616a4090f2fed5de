"""The agreement command."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from handanat_studio import project as projects
from handanat_studio.cli.terminal_progress import TerminalProgress
from handanat_studio.workflows import agreement as workflow


@click.command()
@click.argument("project", type=click.Path(path_type=Path, file_okay=False))
@click.option("--json", "as_json", is_flag=True, help="All statistics as one JSON object.")
@click.option("--draws", default=workflow.DRAWS, show_default=True, type=click.IntRange(1), help="Bootstrap draws.")
@click.option("--seed", default=0, show_default=True, help="Seed of the draws.")
def agreement(project: Path, as_json: bool, draws: int, seed: int) -> None:
    """Compute how far annotators agree with one another and with the scorers.

    Intervals resample whole images, since the hands of one image are not independent.
    """
    with closing(projects.open_project(project)) as opened, TerminalProgress() as progress:
        report = workflow.compute(opened, draws=draws, seed=seed, progress=progress)
    if as_json:
        click.echo(json.dumps(report))
        return
    click.echo(f"{report['hands']} judged hands")
    for person in report["annotators"]:
        simulated = " (simulated)" if person["simulated"] else ""
        click.echo(f"  {person['name']}{simulated}: {person['verdicts']} verdicts")
    for pair in report["pairs"]:
        click.echo(pair_line(pair))
    if report["alpha_nominal"] is not None:
        click.echo(f"Krippendorff alpha (nominal): {report['alpha_nominal']:.3f}")


def pair_line(pair: dict[str, Any]) -> str:
    """Return one pair of raters as a line of text."""
    head = f"{pair['a']} / {pair['b']}: {pair['n']} hands"
    kappa = pair["kappa"]
    if not pair["n"] or kappa["value"] is None:
        return f"{head}, kappa undefined"
    interval = ""
    if kappa["boot_low"] is not None and kappa["boot_high"] is not None:
        interval = f" (95 % {kappa['boot_low']:.3f} to {kappa['boot_high']:.3f})"
    return f"{head}, kappa {kappa['value']:.3f}{interval}, agreement {pair['percent']:.1f} %"
