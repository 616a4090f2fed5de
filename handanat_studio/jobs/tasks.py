"""The jobs by name, as "module:function" strings, so that naming a job imports nothing.

A job function takes keyword arguments and `progress`; one with a parameter `project` gets the worker's project.
What it returns crosses the pipe, so it is a plain value.
"""

from __future__ import annotations

TASKS: dict[str, str] = {
    "ingest": "handanat_studio.workflows.ingest:run",
    "detect_box": "handanat_studio.workflows.detect_box:detect_in_box",
    "rejudge": "handanat_studio.workflows.rejudge:rejudge",
    "digit_maps": "handanat_studio.workflows.evidence_view:digit_maps",
    "detect": "handanat_studio.workflows.ingest:detect",
    "score": "handanat_studio.workflows.ingest:score",
    "agreement": "handanat_studio.workflows.agreement:compute",
    "export": "handanat_studio.workflows.export:export",
    "build_sample": "handanat_studio.workflows.demo:open_or_build",
}
