"""Registries name things without importing them and survive broken plug-ins."""

import pytest

from handanat_studio.errors import UserError
from handanat_studio.registry import DETECTORS, FORMATS, SCORERS, Registry


@pytest.mark.parametrize("registry", [DETECTORS, SCORERS, FORMATS])
def test_every_built_in_entry_loads(registry: Registry) -> None:
    """No registered name points nowhere."""
    for name in registry.names():
        assert registry.load(name) is not None


def test_an_unknown_name_lists_the_known_ones() -> None:
    """The message tells what could have been said."""
    with pytest.raises(UserError, match="Known: paper, calibrated"):
        SCORERS.load("papr")


def test_a_broken_entry_is_reported_by_name_and_the_rest_goes_on() -> None:
    """One bad plug-in does not take the others along."""
    registry = Registry("format", "nobody.uses.this", {"good": "json:dumps", "bad": "no_such_module_here:thing"})
    with pytest.raises(UserError, match="'bad' cannot be loaded"):
        registry.load("bad")
    assert "bad" in registry.problems
    assert registry.load("good")([1]) == "[1]"
