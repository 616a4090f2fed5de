"""How a MediaPipe graph is started, quietly and without MediaPipe's drawing parts."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from typing import Any


def start_graph(
    graph: str, side_inputs: Mapping[str, Any], outputs: Sequence[str], settings: Mapping[str, float] | None = None
) -> Any:
    """Return a running graph; `process({"image": pixels})` asks it.

    Args:
        graph: path of a graph in MediaPipe's package.
        side_inputs: its fixed inputs.
        outputs: names of its output streams.
        settings: of its calculators, as "calculator.field".
    """
    os.environ.setdefault("GLOG_minloglevel", "2")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with warnings.catch_warnings():
        # Protobuf and Matplotlib deprecations that MediaPipe's own modules trigger.
        warnings.simplefilter("ignore")
        from mediapipe.python.solution_base import SolutionBase
    return SolutionBase(
        binary_graph_path=graph,
        side_inputs=dict(side_inputs),
        calculator_params=dict(settings or {}),
        outputs=list(outputs),
    )
