"""The `handanat` command: which subcommands there are, and how everything that can go wrong becomes an exit code.

0 = done, 1 = the user can mend it (with a hint on stderr), 130 = cancelled. Subcommands are imported when they run.
"""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any

import click

from handanat_studio.errors import Cancelled, UserError

COMMANDS: dict[str, tuple[str, str]] = {
    "doctor": ("handanat_studio.cli.doctor:doctor", "Say whether the main job can run on this machine."),
    "demo": ("handanat_studio.cli.window:demo", "Build the sample project and open it, or record a tour."),
    "studio": ("handanat_studio.cli.window:studio", "Open the window."),
    "score": ("handanat_studio.cli.score:score", "Find and judge the hands in image files; no project needed."),
    "synth": ("handanat_studio.cli.synth:synth", "Draw hands with exactly known truth."),
    "train": ("handanat_studio.cli.train:train", "Train a network of the judge."),
    "evaluate": ("handanat_studio.cli.evaluate:evaluate", "Measure the judge on labelled images."),
    "new": ("handanat_studio.cli.project:new", "Make a project folder."),
    "import": ("handanat_studio.cli.images:import_", "Add images, or COCO keypoints, to a project."),
    "ingest": ("handanat_studio.cli.images:ingest", "Find and judge the hands of a project's images."),
    "list": ("handanat_studio.cli.images:list_", "List the hands of a project."),
    "labels": ("handanat_studio.cli.labels:labels", "Show or change the kinds of findings of a project."),
    "people": ("handanat_studio.cli.people:people", "List who works on a project, or give somebody a role."),
    "assign": ("handanat_studio.cli.people:assign", "Give a project's hands to people as a batch."),
    "consensus": ("handanat_studio.cli.people:consensus", "Count what the annotations of each hand add up to."),
    "agreement": ("handanat_studio.cli.agreement:agreement", "Compute how far annotators and scorers agree."),
    "export": ("handanat_studio.cli.export:export", "Write a project's labels as COCO, CSV or Parquet."),
    "verify": ("handanat_studio.cli.project:verify", "Check a project for damage."),
    "backup": ("handanat_studio.cli.project:backup", "Copy a project's database, also while it is in use."),
    "restore": ("handanat_studio.cli.project:restore", "Put a backup in the place of a project's database."),
    "bench": ("handanat_studio.cli.bench:bench", "Measure speed against the targets."),
}

OK, USER_ERROR, CANCELLED = 0, 1, 130


class LazyGroup(click.Group):
    """A group that knows its commands' names and help without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command, or None if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="handanat-studio", prog_name="handanat")
@click.pass_context
def handanat(ctx: click.Context) -> None:
    """Find hands in images, measure their anatomy, judge it, and agree on it.

    Results go to stdout, progress to stderr. Exit codes: 0 done, 1 something you can mend, 130 cancelled.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code.

    Args:
        argv: arguments without the program's name; None = those of this process.
    """
    stdout = sys.stdout
    try:
        result: Any = handanat.main(args=argv, prog_name="handanat", standalone_mode=False)
        sys.stdout.flush()
        return result if isinstance(result, int) else OK
    except UserError as error:
        return _complain(error.message, error.hint)
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "handanat"
        return _complain(error.format_message(), f"'{command} --help' shows how it is used.")
    except click.ClickException as error:
        return _complain(error.format_message(), "")
    except (Cancelled, KeyboardInterrupt, click.Abort):
        print("\nCancelled. What was finished before is kept.", file=sys.stderr)
        return CANCELLED
    except BrokenPipeError:
        return _reader_left()
    except SystemExit:
        # click notices a closed output itself, wraps stdout and leaves with 1.
        if sys.stdout is not stdout:
            return _reader_left()
        raise
    except Exception as error:
        traceback.print_exc()
        return _complain(
            f"Something went wrong inside the program ({type(error).__name__}).", "Please report the above."
        )


def _reader_left() -> int:
    """Whoever read our output has seen enough; keep Python from complaining again while it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno() if sys.__stdout__ else 1)
    return OK


def _complain(message: str, hint: str) -> int:
    print(f"Error: {message}", file=sys.stderr)
    if hint:
        print(f"Hint: {hint}", file=sys.stderr)
    return USER_ERROR
