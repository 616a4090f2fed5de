"""Who works on a project, what each may do, and how far each has come.

Roles guard against mistakes on a desktop where everybody is trusted; they are no lock.
"""

from __future__ import annotations

from dataclasses import dataclass

from handanat_studio.errors import UserError
from handanat_studio.project import Project
from handanat_studio.store import annotators, contributions
from handanat_studio.store.annotators import ANNOTATOR, LEAD, ROLES
from handanat_studio.store.changes import ChangeSet

__all__ = ["ROLES", "Person", "everyone", "role_of", "set_role"]


@dataclass(frozen=True, slots=True)
class Person:
    """One annotator and what she has done.

    Attributes:
        name: unique in the project.
        role: the role that was given to her, one of `ROLES`; see `role_of` for the one that counts.
        simulated: whether no person is behind the name.
        hands: hands she has annotated.
        submitted: of these, how many wait for a review.
        returned: how many came back to her.
        accepted: how many were accepted.
        active_seconds: time spent on all her revisions, idle time excluded.
    """

    name: str
    role: str
    simulated: bool
    hands: int
    submitted: int
    returned: int
    accepted: int
    active_seconds: float


def role_of(project: Project, name: str) -> str:
    """Return what somebody may do: one of `ROLES`.

    While no person of the project is a lead, everybody counts as one, so that whoever works alone may do everything.
    A simulated annotator is never more than an annotator.
    """
    with project.store.read() as session:
        return annotators.role_of(session, name)


def everyone(project: Project) -> list[Person]:
    """Return everybody the project knows, oldest first."""
    with project.store.read() as session:
        people = annotators.all(session)
        done = contributions.of_annotators(session)
    return [
        Person(
            name=person.name,
            role=person.role if person.role in ROLES else ANNOTATOR,
            simulated=person.simulated,
            hands=work.hands,
            submitted=work.submitted,
            returned=work.returned,
            accepted=work.accepted,
            active_seconds=work.active_seconds,
        )
        for person in people
        for work in (done.get(person.name, contributions.NOTHING),)
    ]


def set_role(project: Project, name: str, role: str, *, by: str) -> ChangeSet:
    """Give somebody a role; a name that the project does not know yet is added.

    Raises:
        UserError: if `by` is not a lead, there is no such role, or nobody is behind the name.
    """
    with project.store.write() as session:
        if annotators.role_of(session, by) != LEAD:
            raise UserError("Only a lead can give roles.", hint="Ask a lead of this project.")
        annotators.set_role(session, name, role, by=by)
    return ChangeSet(frozenset({"annotators"}))
