"""A second view beside a first: the same picture at the same place and zoom, with another opinion on the hand."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from handanat_studio.gui.editor.items import HandItem, HandLook
from handanat_studio.gui.editor.joint_angles import JointAngle
from handanat_studio.gui.editor.picture_view import PictureView
from handanat_studio.hand.values import HandPose


class LinkedView(PictureView):
    """Follows another view and leads it in turn: whichever is zoomed or moved, the other goes along.

    It shows; nothing in it can be edited.

    Args:
        partner: the view it is linked to.
    """

    def __init__(self, partner: PictureView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._partner = partner
        self._items: dict[int, HandItem] = {}
        self._grabbed: QPointF | None = None
        self._is_following = False
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)
        self.setAccessibleName("The same hand, another opinion")
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.zoom_changed.connect(self._on_zoom)
        self.view_moved.connect(self._lead)
        partner.view_moved.connect(self._follow)
        partner.picture_changed.connect(self._take_picture)

    # ---- what is shown -------------------------------------------------------------------------------------------

    def show_hand(
        self, hand_id: int, pose: HandPose | None, look: HandLook | None = None, angles: tuple[JointAngle, ...] = ()
    ) -> None:
        """Show (or update) one hand; None takes it away.

        Args:
            hand_id: any number; the same one replaces what it showed.
            pose: the hand.
            look: how it is shown; as an active hand if left out.
            angles: its measured joints, for arcs and degrees.
        """
        item = self._items.get(hand_id)
        if pose is None:
            if item is not None:
                self._scene.removeItem(self._items.pop(hand_id))
            return
        if item is None:
            item = self._items[hand_id] = HandItem(hand_id)
            item.set_view(self.zoom, self.image_rect)
            self._scene.addItem(item)
        item.set_look(look or HandLook())
        item.show_pose(pose, angles)

    def clear_hands(self) -> None:
        """Take every hand away."""
        for hand_id in list(self._items):
            self.show_hand(hand_id, None)

    def shown_pose(self, hand_id: int) -> HandPose | None:
        """Return what is shown of a hand, None if nothing is."""
        item = self._items.get(hand_id)
        return None if item is None else item.pose

    # ---- the link ------------------------------------------------------------------------------------------------

    def join(self) -> None:
        """Take picture, zoom and place from the partner, as when this view comes into sight."""
        self._take_picture()
        self._follow()

    def _take_picture(self) -> None:
        if self.isHidden():
            return
        rect = self._partner.image_rect
        self.set_tone(self._partner.tone)
        self.show_pixmap(self._partner.picture, round(rect.width()), round(rect.height()))

    def _follow(self) -> None:
        if self.isVisible() and not self._is_following:
            self._is_following = True
            self.set_zoom(self._partner.zoom, centre=self._partner.seen().center())
            self._is_following = False

    def _lead(self) -> None:
        if self.isVisible() and not self._is_following:
            self._is_following = True
            self._partner.set_zoom(self.zoom, centre=self.seen().center())
            self._is_following = False

    def _on_zoom(self) -> None:
        for item in self._items.values():
            item.set_view(self.zoom, self.image_rect)

    # ---- mouse ---------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to pan."""
        self._grabbed = event.position()
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan."""
        if self._grabbed is not None:
            step = (self._grabbed - event.position()).toPoint()
            self._grabbed = event.position()
            self._scroll(step.x(), step.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the pan."""
        self._grabbed = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)
