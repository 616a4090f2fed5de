"""Which kinds of findings a project uses: a versioned list whose ids never change their meaning.

Annotations keep the id they were written with. A kind that is retired or merged into another is translated when it is
read, so that nothing that was written is ever rewritten.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from handanat_studio.errors import UserError
from handanat_studio.hand.values import Finding

PARTS = ("joint", "digit", "hand", "any")
"""What a finding of a kind may be about."""

_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class FindingKind:
    """One kind of finding.

    Attributes:
        id: stable name in the data.
        title: what people read.
        parts: one of `PARTS`.
        retired: no longer offered; what was written stays.
        replaced_by: id of the kind it was merged into, "" = none; a merged kind is retired too.
    """

    id: str
    title: str
    parts: str = "any"
    retired: bool = False
    replaced_by: str = ""


BUILT_IN = (
    FindingKind("count", "Number of digits or phalanges", "any"),
    FindingKind("angle", "Joint angle", "joint"),
    FindingKind("ratio", "Digit length", "digit"),
    FindingKind("webbing", "Webbing between digits", "digit"),
    FindingKind("chirality", "Side of the hand", "hand"),
)
"""Kinds that the scorers write: they can be given another title, but neither retired nor merged."""


@dataclass(frozen=True, slots=True)
class LabelSchema:
    """A version of the list.

    Attributes:
        kinds: in the order they are offered.
        version: counted from 1; 0 = the program's own list, which no project has changed.
    """

    kinds: tuple[FindingKind, ...] = BUILT_IN
    version: int = field(default=0, compare=False)

    def get(self, kind_id: str) -> FindingKind | None:
        """Return a kind by its id, or None."""
        return next((kind for kind in self.kinds if kind.id == kind_id), None)

    def offered(self) -> tuple[FindingKind, ...]:
        """Return the kinds that a new finding can have."""
        return tuple(kind for kind in self.kinds if not kind.retired)

    def resolve(self, kind_id: str) -> str:
        """Return the id that a stored one stands for today; an unknown id stands for itself."""
        kind = self.get(kind_id)
        while kind is not None and kind.replaced_by:
            kind_id = kind.replaced_by
            kind = self.get(kind_id)
        return kind_id

    def translated(self, finding: Finding) -> Finding:
        """Return a stored finding with the kind that it stands for today."""
        kind = self.resolve(finding.kind)
        return finding if kind == finding.kind else replace(finding, kind=kind)

    def title(self, kind_id: str) -> str:
        """Return what people read for a stored id."""
        resolved = self.resolve(kind_id)
        kind = self.get(resolved)
        return kind.title if kind is not None else resolved.replace("_", " ")


@dataclass(frozen=True, slots=True)
class KindChange:
    """How one kind differs between two versions.

    Attributes:
        kind_id: the kind.
        what: "added" | "renamed" | "retired" | "brought back" | "merged" | "separated" | "applies to".
        before: how it was, "" = not there.
        after: how it is.
    """

    kind_id: str
    what: str
    before: str
    after: str


def checked(schema: LabelSchema, previous: LabelSchema) -> LabelSchema:
    """Return the schema if it may follow `previous`.

    Raises:
        UserError: if an id is odd, double or gone, a merge leads nowhere or in a circle, or a built-in kind is lost.
    """
    ids = [kind.id for kind in schema.kinds]
    for kind in schema.kinds:
        if not _ID.fullmatch(kind.id):
            raise UserError(
                f"'{kind.id}' cannot be the name of a kind of finding.", hint="Use small letters, digits and _."
            )
        if not kind.title.strip() or kind.parts not in PARTS:
            raise UserError(f"The kind '{kind.id}' needs a title and one of {', '.join(PARTS)}.")
    if len(set(ids)) < len(ids):
        raise UserError("Two kinds of findings have the same name.", hint="Names must differ; titles may be changed.")
    lost = [kind.id for kind in previous.kinds if kind.id not in ids]
    if lost:
        raise UserError(
            f"The kind '{lost[0]}' is gone, but findings may use it.", hint="Retire it or merge it into another."
        )
    for own in BUILT_IN:
        kept = schema.get(own.id)
        if kept is None or kept.retired or kept.replaced_by or kept.parts != own.parts:
            raise UserError(
                f"'{own.title}' is what the scorers write; it stays as it is.", hint="Only its title can change."
            )
    _check_merges(schema)
    return schema


def _check_merges(schema: LabelSchema) -> None:
    for kind in schema.kinds:
        seen, here = {kind.id}, kind
        while here.replaced_by:
            target = schema.get(here.replaced_by)
            if target is None or target.id in seen:
                raise UserError(f"'{kind.title}' is merged in a circle or into nothing.", hint="Choose another kind.")
            seen.add(target.id)
            here = target
        if kind.replaced_by and (not kind.retired or here.retired):
            raise UserError(
                f"'{kind.title}' must be retired and merged into a kind in use.", hint="Choose another kind."
            )


def changes(old: LabelSchema, new: LabelSchema) -> list[KindChange]:
    """Return what differs, in the order of the new list."""
    found: list[KindChange] = []
    for kind in new.kinds:
        was = old.get(kind.id)
        if was is None:
            found.append(KindChange(kind.id, "added", "", kind.title))
            continue
        if was.title != kind.title:
            found.append(KindChange(kind.id, "renamed", was.title, kind.title))
        if was.parts != kind.parts:
            found.append(KindChange(kind.id, "applies to", was.parts, kind.parts))
        if was.replaced_by != kind.replaced_by:
            word = "merged" if kind.replaced_by else "separated"
            found.append(KindChange(kind.id, word, old.title(kind.id), new.title(kind.id)))
        elif was.retired != kind.retired:
            found.append(KindChange(kind.id, "retired" if kind.retired else "brought back", was.title, kind.title))
    return found


def schema_to_dict(schema: LabelSchema) -> dict[str, Any]:
    """Return JSON-ready values."""
    return {
        "version": schema.version,
        "kinds": [{name: getattr(kind, name) for name in FindingKind.__dataclass_fields__} for kind in schema.kinds],
    }


def schema_from_dict(values: Any) -> LabelSchema:
    """Read what `schema_to_dict` wrote.

    Raises:
        UserError: if it is something else.
    """
    try:
        kinds = tuple(FindingKind(**{**kind}) for kind in values["kinds"])
        texts = [text for kind in kinds for text in (kind.id, kind.title, kind.parts, kind.replaced_by)]
        if not all(isinstance(text, str) for text in texts) or not all(isinstance(k.retired, bool) for k in kinds):
            raise TypeError("a field has the wrong type")
        return LabelSchema(kinds, int(values.get("version", 0)))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UserError(
            f"This is not a list of kinds of findings: {error}.", hint="See 'handanat labels --json'."
        ) from (error)
