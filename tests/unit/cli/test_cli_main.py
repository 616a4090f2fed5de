"""Promises of the command line as a whole: exit codes, hints, laziness."""

import importlib
import subprocess
import sys

import click
import pytest

from handanat_studio.cli import main as cli
from handanat_studio.errors import Cancelled, UserError


def _raiser(error):
    @click.command()
    def command():
        raise error

    return command


@pytest.fixture
def failing(monkeypatch):
    """Make `handanat doctor` raise an error."""

    def install(error):
        monkeypatch.setattr(cli.LazyGroup, "get_command", lambda self, ctx, name: _raiser(error))

    return install


def test_a_user_error_is_exit_code_one_with_its_hint_on_stderr(failing, capsys):
    """Nothing on stdout, no traceback, the hint on a line of its own."""
    failing(UserError("The disk is full.", hint="Delete something."))
    assert cli.main(["doctor"]) == 1
    out, err = capsys.readouterr()
    assert (out, err) == ("", "Error: The disk is full.\nHint: Delete something.\n")


@pytest.mark.parametrize("error", [Cancelled(), KeyboardInterrupt(), click.Abort()])
def test_cancelling_is_exit_code_130(failing, capsys, error):
    """However it was cancelled, and without a traceback."""
    failing(error)
    assert cli.main(["doctor"]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_a_bug_is_exit_code_one_and_shows_where(failing, capsys):
    """Only what nobody foresaw has a traceback."""
    failing(ZeroDivisionError("oh"))
    assert cli.main(["doctor"]) == 1
    assert "ZeroDivisionError" in capsys.readouterr().err


@pytest.mark.parametrize(
    "argv", [["nonsense"], ["--nonsense"], ["score", "--workers", "many", "x"], ["new"], ["export", "p", "o"]]
)
def test_wrong_usage_is_exit_code_one_and_names_the_help(capsys, argv):
    """Typing errors are user errors: 1, not click's 2."""
    assert cli.main(argv) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Error: ")
    assert "--help' shows how it is used." in err


def test_no_command_at_all_shows_the_help(capsys):
    """A newcomer who types `handanat` sees what there is."""
    assert cli.main([]) == 0
    assert "Commands:" in capsys.readouterr().out


@pytest.mark.parametrize("name", sorted(cli.COMMANDS))
def test_every_command_has_help(name, capsys):
    """Each name of the table leads to a command that explains itself."""
    module, _, attribute = cli.COMMANDS[name][0].partition(":")
    command = getattr(importlib.import_module(module), attribute)
    assert command.name == name
    assert cli.main([name, "--help"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"Usage: handanat {name}")
    assert len(out.splitlines()) > 3


def test_help_and_the_package_root_import_nothing_heavy():
    """`handanat --help` and `import handanat_studio` answer at once, because neither numpy nor more is loaded."""
    code = (
        "import sys, handanat_studio; from handanat_studio.cli.main import main; main(['--help']); "
        "print([m for m in ('numpy', 'torch', 'sqlalchemy', 'PySide6', 'mediapipe', 'PIL') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_reader_that_has_seen_enough_is_no_error():
    """`handanat ... | head -1` ends quietly."""
    code = "import sys; from handanat_studio.cli.main import main; sys.exit(main(['--help']))"
    producer = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    producer.stdout.close()
    _, err = producer.communicate()
    assert (producer.returncode, err) == (0, b"")


def test_every_public_name_exists():
    """The lazy names of the package root all lead somewhere."""
    import handanat_studio

    for name in handanat_studio.__all__:
        assert getattr(handanat_studio, name) is not None
    with pytest.raises(AttributeError):
        _ = handanat_studio.no_such_name
