"""HandAnat Studio from Python: the names below, each imported on first use, so that importing the package is instant.

>>> import handanat_studio as ha
>>> project = ha.open_project("my-project")
"""

from __future__ import annotations

import importlib
from typing import Any

_NAMES = {
    "HandPose": "handanat_studio.hand.values:HandPose",
    "Box": "handanat_studio.hand.values:Box",
    "Detection": "handanat_studio.hand.values:Detection",
    "Finding": "handanat_studio.hand.values:Finding",
    "Score": "handanat_studio.hand.values:Score",
    "NewAnnotation": "handanat_studio.hand.annotation:NewAnnotation",
    "Annotation": "handanat_studio.hand.annotation:Annotation",
    "UserError": "handanat_studio.errors:UserError",
    "Cancelled": "handanat_studio.errors:Cancelled",
    "Progress": "handanat_studio.progress:Progress",
    "Project": "handanat_studio.project:Project",
    "create_project": "handanat_studio.project:create",
    "open_project": "handanat_studio.project:open_project",
    "batch_of": "handanat_studio.hand.batch:batch_of",
    "measure": "handanat_studio.hand.features:measure",
    "judge": "handanat_studio.workflows.annotate:judge",
    "read_image": "handanat_studio.vision.images:read_image",
    "render_scene": "handanat_studio.synthetic.scenes:render_scene",
    "ingest": "handanat_studio.workflows.ingest:run",
    "save_annotation": "handanat_studio.workflows.annotate:save",
    "compute_agreement": "handanat_studio.workflows.agreement:compute",
    "export": "handanat_studio.workflows.export:export",
    "agreement": "handanat_studio.stats.agreement:agreement",
}

__all__ = ["__version__", *_NAMES]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("handanat-studio")
        except PackageNotFoundError:
            return "0+uninstalled"
    target = _NAMES.get(name)
    if target is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _, attribute = target.partition(":")
    value = getattr(importlib.import_module(module), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
