"""The doctor command."""

from __future__ import annotations

import json
from typing import Any

import click

from handanat_studio.errors import UserError
from handanat_studio.workflows.health import examine
from handanat_studio.workflows.window_libraries import install_hint


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Everything as one JSON object.")
def doctor(as_json: bool) -> None:
    """Say what this machine offers and whether the main job (find, measure, judge a hand) runs on it."""
    report = examine()
    click.echo(json.dumps(report) if as_json else "\n".join(_lines(report)))
    if not report["main_job"]["can_run"]:
        raise UserError(
            f"The main job cannot run: {report['main_job']['problem']}",
            hint="Reinstall with 'pip install --force-reinstall handanat-studio'.",
        )


def _lines(report: dict[str, Any]) -> list[str]:
    lines = [f"Python {report['python']} on {report['platform']}", "", "Packages"]
    lines += [f"  {name:22} {found or 'not installed'}" for name, found in report["packages"].items()]
    devices = report["devices"]
    lines += ["", "Models"]
    lines += [f"  {name:22} {file or 'missing'}" for name, file in report["models"].items()]
    lines += ["", f"Processor cores: {devices['cpu_cores']}"]
    lines += [f"Scoring device: {devices['chosen']} (available: {', '.join(devices['available'])})"]
    lines += [f"Display: {report['display']}"]
    if report["missing_libraries"]:
        lines += [f"A window cannot open. {install_hint(report['missing_libraries'])}"]
    lines += ["", "Folders"]
    lines += [f"  {kind:22} {folder}" for kind, folder in report["folders"].items()]
    for noun, entries in report["registries"].items():
        lines += ["", f"{noun.capitalize()}s"]
        lines += [f"  {entry['name']:22} {entry['problem'] or 'ok'}" for entry in entries]
    if report["chain_problems"]:
        lines += ["", "Hands are found without"]
        lines += [f"  {name:22} {problem}" for name, problem in report["chain_problems"].items()]
    job = report["main_job"]
    outcome = f"runs ({job['hands']} hands found and judged in {job['seconds']} s)" if job["can_run"] else "cannot run"
    return [*lines, "", f"Main job: {outcome}"]
