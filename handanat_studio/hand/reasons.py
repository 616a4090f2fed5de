"""Why a feature could or could not be assessed: one code per reason, one sentence per code."""

from __future__ import annotations

from enum import IntEnum


class Reason(IntEnum):
    """The reason code beside every feature; OK is zero, and where several apply the highest is kept."""

    OK = 0
    BENT = 1
    DEPTH_UNKNOWN = 2
    FORESHORTENED = 3
    NO_DEPTH = 4
    NO_MASK = 5
    DEGENERATE = 6
    UNLABELLED = 7
    UNSURE = 8
    ABSENT = 9
    ALWAYS_FIVE = 10
    UNRESOLVED = 11
    UNCOUNTED = 12


REASON_TEXT = {
    Reason.OK: "Measured.",
    Reason.BENT: "The finger base is bent too far for its sideways angle to mean anything.",
    Reason.DEPTH_UNKNOWN: "The picture gives no depth, and both legal and illegal positions would look like this.",
    Reason.FORESHORTENED: "The digit is bent or not parallel to the middle finger, so its length is not visible.",
    Reason.NO_DEPTH: "The picture gives no depth for these joints.",
    Reason.NO_MASK: "No outline of the digits is known, so skin between them cannot be measured.",
    Reason.DEGENERATE: "The joints lie on top of each other, so no direction can be measured.",
    Reason.UNLABELLED: "A joint that is needed has no position.",
    Reason.UNSURE: "A joint that is needed is marked as unsure.",
    Reason.ABSENT: "A joint that is needed is not there.",
    Reason.ALWAYS_FIVE: "This detector always answers five digits, so its count is no evidence.",
    Reason.UNRESOLVED: "Not every digit has been labelled yet.",
    Reason.UNCOUNTED: "The digits cannot all be seen, or not surely enough to say their number.",
}
