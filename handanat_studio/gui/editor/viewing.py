"""How image and overlay are shown: brightness, loupe, navigator, names, sizes, another opinion beside one's own."""

from __future__ import annotations

from handanat_studio.gui.editor.part import Part


class Viewing(Part):
    """See the module."""
