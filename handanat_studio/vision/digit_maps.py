"""What each map of the digit network means. No pixels here."""

from __future__ import annotations

from handanat_studio.hand.evidence import FLAWS

FINE = ("tip", "base", "middle", "distal", "digit", "hand", "seam", "fused")
"""At half the crop's resolution, 0..1: visible tips; bases, middle and distal joints; skin of free digits; of hands;
where two separate digits touch; where two digits are grown together."""

WAYS = (
    "axis_x", "axis_y",
    "tip_distal_x", "tip_distal_y",
    "tip_middle_x", "tip_middle_y",
    "tip_base_x", "tip_base_y",
    "base_tip_x", "base_tip_y",
    "base_wrist_x", "base_wrist_y",
)  # fmt: skip
"""At a quarter of the crop's resolution: along a digit the unit direction towards its tip; around a tip the way to the
digit's other joints; around a base the way to its tip and to the wrist; ways in shares of the crop's side."""
COARSE = (*WAYS, *FLAWS)
"""The ways, and then, as logits, where each flaw is: at the digits concerned, or all over a hand of a wrong number."""

MOST_TIPS = 9
GLOBAL = ("hand", "assessable", *(f"tips_{n}" for n in range(MOST_TIPS + 1)), *FLAWS)
"""About the whole crop: a hand is there; every digit shows its tip; how many tips are seen; what is wrong with it."""
YES_NO = [0, 1, *range(len(GLOBAL) - len(FLAWS), len(GLOBAL))]
"""Places of the answers that are chances of their own; the others are one choice among numbers of tips."""
TIP_NUMBERS = slice(2, 3 + MOST_TIPS)

HEATS = 4
"""The first so many fine maps are peaks at points."""
FINE_STRIDE, COARSE_STRIDE = 2, 4
