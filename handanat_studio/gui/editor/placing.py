"""Placing and changing: guided and quick placement, templates, boxes, the whole-hand frame, every topology edit."""

from __future__ import annotations

from handanat_studio.gui.editor.part import Part


class Placing(Part):
    """See the module."""
