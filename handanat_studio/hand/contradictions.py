"""Where a verdict and what the same opinion says of the hand do not go together. The rules are data and have a version.

An "unsure" never contradicts anything, nor does an undecided opinion. A contradiction forbids nothing: whoever submits
it is asked for a reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from handanat_studio.hand.batch import canonical_places, is_resolved
from handanat_studio.hand.limits import FUSION_LIMIT
from handanat_studio.hand.opinion import Opinion
from handanat_studio.hand.phalanges import graft_ids, phalanx_excess, present_ids
from handanat_studio.hand.topology import CANONICAL_DIGITS, JOINTS_PER_DIGIT, DigitKind, Level
from handanat_studio.hand.values import IMPLAUSIBLE, PLAUSIBLE, HandPose

RULES_VERSION = "1"

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True, slots=True)
class Facts:
    """What an opinion says of a hand, counted.

    Attributes:
        digits: digits that are there.
        resolved: every digit is known to be there or absent.
        uncommon: digits that an ordinary hand has not, while there are five in all.
        fused: pairs of digits grown together beyond an ordinary web, in words.
        forked: digits that fork.
        surplus, cut: digits with a phalanx too many, or too few.
        accepted, rejected: findings the expert agreed with or added, and those she rejected.
    """

    digits: int
    resolved: bool
    uncommon: tuple[str, ...]
    fused: tuple[str, ...]
    forked: tuple[str, ...]
    surplus: tuple[str, ...]
    cut: tuple[str, ...]
    accepted: int
    rejected: int

    @property
    def odd_count(self) -> bool:
        """Whether the number of digits is known not to be five; what is not labelled yet is not missing."""
        return self.digits > len(CANONICAL_DIGITS) or (self.resolved and self.digits < len(CANONICAL_DIGITS))

    @property
    def is_ordinary(self) -> bool:
        """Whether the digits, as far as they are labelled, are those of an ordinary hand."""
        return not (self.odd_count or self.uncommon or self.fused or self.forked or self.surplus or self.cut)


@dataclass(frozen=True, slots=True)
class Rule:
    """One contradiction: it applies to a verdict, and `says` gives a sentence, "" where it does not hold."""

    id: str
    verdict: str
    says: Callable[[Facts], str]


def _count(facts: Facts) -> str:
    if not facts.odd_count:
        return ""
    return (
        f"{_number(facts.digits).capitalize()} digit{'' if facts.digits == 1 else 's'}, but the verdict is plausible."
    )


def _uncommon(facts: Facts) -> str:
    named = _listed(facts.uncommon)
    return f"Five digits, {named} among them, but the verdict is plausible." if named and not facts.odd_count else ""


def _fused(facts: Facts) -> str:
    return f"{_listed(facts.fused).capitalize()} fused, but the verdict is plausible." if facts.fused else ""


def _forked(facts: Facts) -> str:
    return f"A fork at {_listed(facts.forked)}, but the verdict is plausible." if facts.forked else ""


def _surplus(facts: Facts) -> str:
    return f"A phalanx too many at {_listed(facts.surplus)}, but the verdict is plausible." if facts.surplus else ""


def _cut(facts: Facts) -> str:
    return f"A phalanx too few at {_listed(facts.cut)}, but the verdict is plausible." if facts.cut else ""


def _accepted(facts: Facts) -> str:
    if not facts.accepted:
        return ""
    word = "finding is" if facts.accepted == 1 else "findings are"
    return f"{_number(facts.accepted).capitalize()} {word} accepted, but the verdict is plausible."


def _unexplained(facts: Facts) -> str:
    if facts.accepted or not facts.is_ordinary:
        return ""
    return "Implausible, but every finding is rejected." if facts.rejected else "Implausible, but no finding says why."


RULES = (
    Rule("count", PLAUSIBLE, _count),
    Rule("uncommon_digits", PLAUSIBLE, _uncommon),
    Rule("fused", PLAUSIBLE, _fused),
    Rule("forked", PLAUSIBLE, _forked),
    Rule("phalanx_too_many", PLAUSIBLE, _surplus),
    Rule("phalanx_too_few", PLAUSIBLE, _cut),
    Rule("accepted_finding", PLAUSIBLE, _accepted),
    Rule("unexplained", IMPLAUSIBLE, _unexplained),
)
"""All contradictions. A change of meaning raises `RULES_VERSION`."""


def contradictions(opinion: Opinion) -> tuple[str, ...]:
    """Return one short sentence for each way in which the verdict does not go with the rest, none if it does."""
    rules = [rule for rule in RULES if rule.verdict == opinion.verdict]
    if not rules:
        return ()
    facts = facts_of(opinion)
    return tuple(sentence for rule in rules if (sentence := rule.says(facts)))


def facts_of(opinion: Opinion) -> Facts:
    """Count what an opinion says of its hand."""
    pose = opinion.pose
    present, grafts = present_ids(pose), graft_ids(pose)
    states = pose.states[1:].reshape(-1, JOINTS_PER_DIGIT).tolist()
    known = [is_resolved(s) for i, s in zip(pose.digit_id.tolist(), states, strict=True) if i not in grafts]
    excess = {digit_id: phalanx_excess(pose, digit_id) for digit_id in present}
    forks = [s.digit_id for s in pose.splits if s.level != Level.TIP and {s.digit_id, s.branch_id} <= set(present)]
    fusions = [f for f in pose.fusions if {f.first_id, f.second_id} <= set(present)]
    return Facts(
        digits=len(present),
        resolved=all(known),
        uncommon=_uncommon_digits(pose, present),
        fused=tuple(
            f"{_name(pose, f.first_id)} and {_name(pose, f.second_id)}"
            for f in fusions
            if f.extent > FUSION_LIMIT or not _are_neighbours(pose, f.first_id, f.second_id)
        ),
        forked=tuple(dict.fromkeys(_the(pose, digit_id) for digit_id in forks)),
        surplus=tuple(_the(pose, digit_id) for digit_id, n in excess.items() if n > 0),
        cut=tuple(_the(pose, digit_id) for digit_id, n in excess.items() if n < 0),
        accepted=sum(finding.accepted is True for finding in opinion.findings),
        rejected=sum(finding.accepted is False for finding in opinion.findings),
    )


def _uncommon_digits(pose: HandPose, present: tuple[int, ...]) -> tuple[str, ...]:
    """Name what keeps five digits from being the ordinary five."""
    if len(present) != len(CANONICAL_DIGITS):
        return ()
    kinds = [int(pose.digit_kind[pose.digit_index(digit_id)]) for digit_id in present]
    beyond = sorted({kind for kind in kinds if kind == DigitKind.EXTRA or kinds.count(kind) > 1})
    names = (DigitKind(kind).name.lower() for kind in beyond)
    return tuple("an extra digit" if name == "extra" else f"a second {name}" for name in names)


def _are_neighbours(pose: HandPose, first_id: int, second_id: int) -> bool:
    places = canonical_places(pose)
    pair = [pose.digit_index(digit_id) for digit_id in (first_id, second_id)]
    if not all(place in places for place in pair):
        return False
    return abs(places.index(pair[0]) - places.index(pair[1])) == 1


def _name(pose: HandPose, digit_id: int) -> str:
    name = DigitKind(int(pose.digit_kind[pose.digit_index(digit_id)])).name.lower()
    return "extra digit" if name == "extra" else name


def _the(pose: HandPose, digit_id: int) -> str:
    return f"the {_name(pose, digit_id)}"


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(words[:-1]) + " and " + words[-1] if len(words) > 1 else "".join(words)


def _number(count: int) -> str:
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)
