"""Agreement of a whole project, from stored verdicts to figures."""

import numpy as np
import pytest

from handanat_studio.project import Project
from handanat_studio.store import annotations as revisions
from handanat_studio.workflows import agreement


def test_the_two_simulated_annotators_are_compared_and_said_to_be_simulated(sample: Project) -> None:
    """The stored verdicts give the same raw agreement as counting them by hand."""
    result = agreement.compute(sample, draws=200)
    assert [a["simulated"] for a in result["annotators"]] == [True, True]
    pair = next(p for p in result["pairs"] if p["kind"] == "annotators")
    with sample.store.read() as session:
        table = revisions.verdict_table(session)
    by_name = {
        name: {
            h: v for h, v, a in zip(table.hand_ids.tolist(), table.verdicts, table.annotators, strict=True) if a == name
        }
        for name in set(table.annotators)
    }
    ada, ben = by_name["simulated-ada"], by_name["simulated-ben"]
    equal = np.mean([ada[h] == ben[h] for h in ada.keys() & ben.keys()])
    assert pair["n"] == len(ada.keys() & ben.keys())
    assert pair["percent"] == pytest.approx(100 * equal)


def test_every_annotator_is_compared_with_every_scorer(sample: Project) -> None:
    """Two people and two scorers make four such pairs."""
    pairs = agreement.compute(sample, draws=0)["pairs"]
    assert sum(p["kind"] == "scorer" for p in pairs) == 4


def test_a_project_without_verdicts_gives_no_pairs(tmp_path) -> None:
    """Nothing to compare is an answer, not a crash."""
    from handanat_studio import project as projects

    project = projects.create(tmp_path / "empty")
    result = agreement.compute(project, draws=10)
    project.close()
    assert result["pairs"] == []
    assert result["hands"] == 0
    assert result["alpha_nominal"] is None
