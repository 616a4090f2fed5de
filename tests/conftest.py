"""What every test gets: its own user folders, the real images where they exist, reproducible hypothesis."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

settings.register_profile("project", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
settings.load_profile("project")


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep settings, caches and logs of the person who runs the tests out of them."""
    monkeypatch.setenv("HANDANAT_HOME", str(tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real images, or a skip that says why."""
    default = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("HANDANAT_SHARED_DATA", default))
    if not folder.is_dir():
        pytest.skip(f"the real images are not on this machine ({folder.name} not found; set HANDANAT_SHARED_DATA)")
    return folder
