"""What every scorer answers: figures over N hands, and one hand's `Score` with findings. No formula here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from handanat_studio.hand.feature_values import FeatureBatch, Features
from handanat_studio.hand.values import VERDICTS, Finding, Score

Details = dict[str, Any]
"""Name -> (N, k) arrays that findings are built from."""

Explain = Callable[[Features, dict[str, NDArray[Any]]], tuple[Finding, ...]]
"""Turns one hand's figures and details into findings, worst first."""

PLAUSIBLE_CODE, IMPLAUSIBLE_CODE, UNSURE_CODE = range(len(VERDICTS))
"""Verdict codes: places in `hand.values.VERDICTS`."""


@dataclass(frozen=True, slots=True)
class ScoreBatch:
    """One scorer's answers for N hands, in the array namespace of the features.

    Attributes:
        scorer, version: who answered.
        value: (N,) the scorer's own figure, NaN = nothing could be assessed.
        verdict: (N,) uint8, place in `hand.values.VERDICTS`.
        parts: name -> (N,) subscores, NaN = not assessable.
        features: what was judged.
        details: name -> (N, k) arrays for the findings.
        explain: builds one hand's findings.
    """

    scorer: str
    version: str
    value: Any
    verdict: Any
    parts: dict[str, Any]
    features: FeatureBatch
    details: Details
    explain: Explain

    def __len__(self) -> int:
        return int(self.value.shape[0])

    def row(self, index: int, figures: Features | None = None) -> Score:
        """Return one hand's score with its findings.

        Args:
            index: which hand.
            figures: what `features.row(index)` gives, if it is at hand; taking it out is most of the work.
        """
        details = {name: to_numpy(array[index]) for name, array in self.details.items()}
        return Score(
            scorer=self.scorer,
            version=self.version,
            value=float(to_numpy(self.value[index])),
            verdict=VERDICTS[int(to_numpy(self.verdict[index]))],
            parts={name: float(to_numpy(array[index])) for name, array in self.parts.items()},
            findings=self.explain(figures or self.features.row(index), details),
        )


class Scorer(Protocol):
    """Judges measured hands."""

    name: str
    version: str

    def score(self, features: FeatureBatch) -> ScoreBatch:
        """Judge N hands in the array namespace of the features."""


def to_numpy(array: Any) -> NDArray[Any]:
    """Return the array on the CPU as numpy, cut off from any gradient."""
    return np.asarray(array.detach().cpu() if hasattr(array, "detach") else array)


def features_to_numpy(features: FeatureBatch) -> FeatureBatch:
    """Return the figures as numpy arrays."""
    names = [f.name for f in fields(FeatureBatch) if f.name != "source"]
    return FeatureBatch(source=features.source, **{name: to_numpy(getattr(features, name)) for name in names})


def scores_to_numpy(scores: ScoreBatch) -> ScoreBatch:
    """Return the answers, and the figures they rest on, as numpy arrays."""
    return ScoreBatch(
        scorer=scores.scorer,
        version=scores.version,
        value=to_numpy(scores.value),
        verdict=to_numpy(scores.verdict),
        parts={name: to_numpy(array) for name, array in scores.parts.items()},
        features=features_to_numpy(scores.features),
        details={name: to_numpy(array) for name, array in scores.details.items()},
        explain=scores.explain,
    )


def joined(parts: list[ScoreBatch], features: FeatureBatch) -> ScoreBatch:
    """Join numpy answers of one scorer, in order, over the joined features."""
    first = parts[0]
    return ScoreBatch(
        scorer=first.scorer,
        version=first.version,
        value=np.concatenate([part.value for part in parts]),
        verdict=np.concatenate([part.verdict for part in parts]),
        parts={name: np.concatenate([part.parts[name] for part in parts]) for name in first.parts},
        features=features,
        details={name: np.concatenate([part.details[name] for part in parts]) for name in first.details},
        explain=first.explain,
    )
