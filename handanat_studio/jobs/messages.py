"""What crosses the pipe between the window and its worker: small frozen values, never engines, pixels or functions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Run:
    """Ask the worker to run one job.

    Attributes:
        job_id: the client's number for the job.
        target: "module:function".
        arguments: keyword arguments, picklable.
    """

    job_id: int
    target: str
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cancel:
    """Ask the worker to stop a job at its next progress step."""

    job_id: int


@dataclass(frozen=True, slots=True)
class Started:
    """A job, or the next stage of it, has begun; `total` None = unknown."""

    job_id: int
    title: str
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Progressed:
    """`done` of `total` units of the stage `title` are done."""

    job_id: int
    done: int
    total: int | None
    note: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Published:
    """The job handed on a value that others react to, such as a `ChangeSet`."""

    job_id: int
    payload: object


@dataclass(frozen=True, slots=True)
class Finished:
    """The job ended well."""

    job_id: int
    result: object = None


@dataclass(frozen=True, slots=True)
class Failed:
    """The job raised. A `UserError` has a hint and no traceback; anything else is a bug and has one."""

    job_id: int
    message: str
    hint: str = ""
    traceback: str = ""


@dataclass(frozen=True, slots=True)
class CancelledJob:
    """The job was stopped on request; what it committed before stays."""

    job_id: int


@dataclass(frozen=True, slots=True)
class WorkerDied:
    """The worker process ended while it ran `job_id`; negative exit codes are signals."""

    job_id: int | None
    exit_code: int
    log_tail: str = ""


Request = Run | Cancel
Message = Started | Progressed | Published | Finished | Failed | CancelledJob | WorkerDied
LAST_MESSAGES = (Finished, Failed, CancelledJob, WorkerDied)
"""A job sends exactly one of these, and nothing after it."""
