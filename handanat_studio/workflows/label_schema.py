"""A lead changes which kinds of findings the project uses, after looking at what the change touches."""

from __future__ import annotations

from dataclasses import dataclass

from handanat_studio.errors import UserError
from handanat_studio.hand.label_schema import KindChange, LabelSchema, changes, checked
from handanat_studio.project import Project
from handanat_studio.store import label_schemas
from handanat_studio.store.changes import ChangeSet
from handanat_studio.workflows import people


@dataclass(frozen=True, slots=True)
class Impact:
    """What one change touches.

    Attributes:
        change: the change.
        findings: findings of newest revisions that have the kind.
        hands: hands they are on.
    """

    change: KindChange
    findings: int
    hands: int


def current(project: Project) -> LabelSchema:
    """Return the list in force."""
    with project.store.read() as session:
        return label_schemas.current(session)


def uses(project: Project) -> dict[str, tuple[int, int]]:
    """Return by kind id (findings, hands) of newest revisions."""
    with project.store.read() as session:
        return label_schemas.uses(session)


def preview(project: Project, wanted: LabelSchema) -> list[Impact]:
    """Say what a new list would touch; nothing is written.

    Raises:
        UserError: if the list may not follow the one in force.
    """
    with project.store.read() as session:
        before = label_schemas.current(session)
        used = label_schemas.uses(session)
    return [Impact(change, *used.get(change.kind_id, (0, 0))) for change in changes(before, checked(wanted, before))]


def save(project: Project, wanted: LabelSchema, *, by: str, note: str = "") -> tuple[LabelSchema, ChangeSet]:
    """Put a new list in force as the next version; stored annotations stay as they are.

    Raises:
        UserError: if `by` is not a lead, the list was changed meanwhile or may not follow the one in force.
    """
    if people.role_of(project, by) != "lead":
        raise UserError("Only a lead changes the kinds of findings.", hint="Ask a lead, or have your role changed.")
    with project.store.write() as session:
        before = label_schemas.current(session)
        if wanted.version != before.version:
            raise UserError(
                f"The kinds of findings were changed meanwhile (now version {before.version}).",
                hint="Look at the new list and make your change again.",
            )
        saved = label_schemas.append(session, checked(wanted, before), author=by, note=note)
    return saved, ChangeSet(frozenset({"labels"}))
