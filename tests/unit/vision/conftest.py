"""A few cached training hands, drawn once for the tests of the digit network."""

import pytest

from handanat_studio.synthetic.training_hands import draw_cut_outs
from handanat_studio.vision.training.hand_cache import HandCache, pack, write_shard


@pytest.fixture(scope="session")
def hands(tmp_path_factory: pytest.TempPathFactory) -> HandCache:
    """Cut-outs of sixteen bodies."""
    path = tmp_path_factory.mktemp("hands") / "000000.npz"
    write_shard(
        path,
        [pack(c.colour, c.digits, c.pose, c.concerned) for seed in range(16) for c in draw_cut_outs(seed, views=1)],
    )
    return HandCache([path])
