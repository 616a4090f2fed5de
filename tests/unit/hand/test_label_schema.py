"""Promises of the list of finding kinds: ids keep their meaning, merges lead somewhere, built-in kinds stay."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handanat_studio.errors import UserError
from handanat_studio.hand.label_schema import (
    BUILT_IN,
    FindingKind,
    LabelSchema,
    changes,
    checked,
    schema_from_dict,
    schema_to_dict,
)

NAIL, SKIN = FindingKind("nail", "Nail on the wrong side", "digit"), FindingKind("skin", "Skin", "any")
MINE = LabelSchema((*BUILT_IN, NAIL, SKIN))


def with_kind(schema: LabelSchema, kind: FindingKind) -> LabelSchema:
    return LabelSchema(tuple(kind if k.id == kind.id else k for k in schema.kinds), schema.version)


def test_a_project_can_add_rename_and_retire_kinds_of_its_own() -> None:
    """Each change is told with what was before."""
    added = checked(MINE, LabelSchema())
    later = with_kind(with_kind(added, replace(NAIL, title="Nail")), replace(SKIN, retired=True))
    assert [(c.kind_id, c.what) for c in changes(LabelSchema(), added)] == [("nail", "added"), ("skin", "added")]
    assert [(c.what, c.before, c.after) for c in changes(added, checked(later, added))] == [
        ("renamed", "Nail on the wrong side", "Nail"),
        ("retired", "Skin", "Skin"),
    ]
    assert [kind.id for kind in later.offered()] == [*(k.id for k in BUILT_IN), "nail"]


def test_a_merged_kind_reads_as_the_one_it_was_merged_into() -> None:
    """What was written as "nail" is shown as "skin"; an unknown id stands for itself."""
    merged = checked(with_kind(MINE, replace(NAIL, retired=True, replaced_by="skin")), MINE)
    assert (merged.resolve("nail"), merged.title("nail")) == ("skin", "Skin")
    assert merged.title("count") == "Number of digits or phalanges"
    assert (merged.resolve("webbed_toe"), merged.title("webbed_toe")) == ("webbed_toe", "webbed toe")
    assert [c.what for c in changes(MINE, merged)] == ["merged"]


@pytest.mark.parametrize(
    "wanted",
    [
        LabelSchema(BUILT_IN),
        LabelSchema(MINE.kinds[1:]),
        LabelSchema((*MINE.kinds, NAIL)),
        LabelSchema((*MINE.kinds, FindingKind("Nail art", "Nail art"))),
        LabelSchema((*MINE.kinds, FindingKind("x", " "))),
        LabelSchema((*MINE.kinds, FindingKind("x", "X", "elbow"))),
        with_kind(MINE, replace(BUILT_IN[0], retired=True)),
        with_kind(MINE, replace(NAIL, replaced_by="skin")),
        with_kind(MINE, replace(NAIL, retired=True, replaced_by="gone")),
        with_kind(
            with_kind(MINE, replace(NAIL, retired=True, replaced_by="skin")),
            replace(SKIN, retired=True, replaced_by="nail"),
        ),
        with_kind(with_kind(MINE, replace(NAIL, retired=True, replaced_by="skin")), replace(SKIN, retired=True)),
    ],
)
def test_a_list_that_would_lose_meaning_is_refused(wanted: LabelSchema) -> None:
    """Lost, doubled or odd ids, changed built-in kinds and merges into nothing or in circles are errors."""
    with pytest.raises(UserError):
        checked(wanted, MINE)


@given(
    st.lists(
        st.builds(
            FindingKind,
            st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True),
            st.text(min_size=1, max_size=20),
            st.sampled_from(["joint", "digit", "hand", "any"]),
            st.booleans(),
        ),
        max_size=6,
    )
)
def test_a_list_survives_writing_and_reading(kinds: list[FindingKind]) -> None:
    """Nothing is lost on the way to JSON and back."""
    schema = LabelSchema((*BUILT_IN, *kinds), 3)
    assert schema_from_dict(schema_to_dict(schema)) == schema


@pytest.mark.parametrize("values", [None, [], {"kinds": [1]}, {"kinds": [{"id": 1, "title": "x"}]}, {"kind": []}])
def test_other_files_are_refused(values: object) -> None:
    """Something that is not such a list is a clear error."""
    with pytest.raises(UserError, match="not a list of kinds"):
        schema_from_dict(values)
