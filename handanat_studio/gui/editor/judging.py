"""Judging: findings, ghosts, comments, flag, contradictions, submitting."""

from __future__ import annotations

from handanat_studio.gui.editor.part import Part


class Judging(Part):
    """See the module."""
