"""Measure everything the scorers look at over N hands at once, each figure with "assessable or not" and why.

Vectorised over hands in any array namespace. The values it fills are in `feature_values`, the formulas in `geometry`
and `planar`.
"""

from __future__ import annotations

from typing import Any

from array_api_compat import array_namespace

from handanat_studio.hand import feature_values
from handanat_studio.hand.assessment import (
    Shape,
    angle_reasons,
    attachment_known,
    constant,
    digit_lengths,
    has_palm,
    over_three,
    ratio_reasons,
    row_reasons,
    s_bend_known,
    sideways_known,
    worse,
)
from handanat_studio.hand.batch import PoseBatch
from handanat_studio.hand.completion import BASES, complete
from handanat_studio.hand.digit_figures import digit_figures
from handanat_studio.hand.feature_values import Basis, FeatureBatch, Features
from handanat_studio.hand.geometry import CHIRALITY_EVIDENCE_DEG, Axes, columns, minus, norm, rows, spatial_angles
from handanat_studio.hand.limits import (
    ANGLE_LIMITS,
    ATTACHMENT_RATIO,
    BENT_FREELY_DEG,
    BENT_FULLY_DEG,
    BONE_SHARES,
    RATIO_REFERENCES,
    check_source,
)
from handanat_studio.hand.planar import comparable_lengths, planar_angles
from handanat_studio.hand.reasons import Reason
from handanat_studio.hand.topology import JointState

__all__ = ["FEATURES_VERSION", "Basis", "FeatureBatch", "Features", "features_to_dict", "measure"]

FEATURES_VERSION = "4"

_HIDDEN_FACTOR = 1.5  # a place inferred behind something is that much less certain
_PLANAR_SD = 0.10  # extra spread of a log length ratio read without depth
_SHORT_SD = 0.20  # and again where the digit looks short, which a tilt explains
_SHORTNESS_FREE, _SHORTNESS_CAP = 1.25, 3.0  # people's bones vary by 15 %; beyond that a bone counts as short
_PLANAR_CHUNK = 1024  # 64 hypotheses a hand: bounds the memory, not the result
_NEEDED_DEG = {"mediapipe": CHIRALITY_EVIDENCE_DEG, "expert": 100.0, "synthetic": 100.0}


def features_to_dict(features: Features) -> dict[str, Any]:
    """Return one hand's figures as JSON values, null where not assessable, with the reason in plain words."""
    return feature_values.features_to_dict(features, FEATURES_VERSION)


def measure(batch: PoseBatch, *, source: str) -> FeatureBatch:
    """Measure N hands.

    Hands with world coordinates are measured in space, the others by every depth hypothesis.

    Args:
        batch: N hands in any array namespace; the result is in the same one and differentiable in `batch.world`.
        source: landmark source, one of `limits.SOURCES`.

    Returns:
        The figures, with uncertainty and reasons.

    Raises:
        UserError: if the source is unknown.
    """
    check_source(source)
    xp = array_namespace(batch.world)
    states = xp.reshape(xp.reshape(xp.permute_dims(batch.states, (1, 0)), (-1,)), (21, len(batch)))
    stated = row_reasons(states)
    world = columns(batch.world)
    located = xp.isfinite(world[0] + world[1] + world[2])
    spatial = has_palm(located)
    claimed = xp.astype(batch.side, world[0].dtype)
    shape = _spatial_shape(_filled(world, located, stated), claimed, source)
    basis = xp.where(spatial, int(Basis.SPATIAL), int(Basis.NONE))
    missing = xp.where(located, int(Reason.OK), int(Reason.NO_DEPTH))
    if not bool(xp.all(spatial)):
        points = columns(xp.astype(batch.points, world[0].dtype))
        seen = xp.isfinite(points[0] + points[1])
        planar = ~spatial & has_palm(seen)
        basis = xp.where(planar, int(Basis.PLANAR), basis)
        missing = xp.where(planar & seen, int(Reason.OK), xp.where(planar, int(Reason.UNLABELLED), missing))
        if bool(xp.any(planar)):
            shape = _merge(planar, _planar_shape(_filled(points, seen, stated), claimed, planar, source), shape)
    reasons = worse(xp.astype(missing, xp.uint8), stated)
    return _assemble(batch, source, shape, basis=xp.astype(basis, xp.uint8), reasons=reasons, states=states)


def _filled(joints: Axes, located: Any, stated: Any) -> Axes:
    xp = array_namespace(located)
    usable = located & (stated == int(Reason.OK))
    if bool(xp.all(usable)):
        return joints
    return complete(tuple(xp.where(located, x, xp.zeros_like(x)) for x in joints), usable)


def _reach(joints: Axes, source: str) -> Any:
    """Return (5, N): each base's distance from the wrist over the usual one, over the trimmed mean of all five."""
    xp = array_namespace(joints[0])
    bases = tuple(xp.stack([x[row, :] for row in (1, *BASES)]) for x in joints)
    share = norm(minus(bases, rows(joints, slice(0, 1))))
    share = share / constant(ATTACHMENT_RATIO[source], share)[:, None]
    middle = (xp.sum(share, axis=0) - xp.max(share, axis=0) - xp.min(share, axis=0)) / 3.0
    return share / xp.where(middle > 0, middle, xp.ones_like(middle))


def _spatial_shape(joints: Axes, claimed: Any, source: str) -> Shape:
    xp = array_namespace(claimed)
    found = spatial_angles(joints, claimed, needed_deg=_NEEDED_DEG[source])
    none = xp.zeros_like(found.abduction)
    return Shape(
        angle=found.angle,
        low=found.angle,
        high=found.angle,
        abduction=found.abduction,
        s_bend=none,
        s_bend_seen=none > 0,
        length=found.length,
        reach=_reach(joints, source),
        comparable=xp.ones_like(found.length[:, 0, :]) > 0,
        evidence=found.evidence,
    )


def _planar_shape(joints: Axes, claimed: Any, wanted: Any, source: str) -> Shape:
    """Return figures of the wanted hands, spread out over all N (the others repeat a wanted hand)."""
    xp = array_namespace(claimed)
    index = xp.nonzero(wanted)[0]
    parts = [
        _planar_part(tuple(xp.take(x, part, axis=1) for x in joints), xp.take(claimed, part, axis=0), source)
        for part in (index[i : i + _PLANAR_CHUNK] for i in range(0, int(index.shape[0]), _PLANAR_CHUNK))
    ]
    place = xp.cumulative_sum(xp.astype(wanted, xp.int64)) - 1
    place = xp.where(place < 0, xp.zeros_like(place), place)
    names = Shape.__dataclass_fields__
    joined = {name: xp.concat([getattr(part, name) for part in parts], axis=-1) for name in names}
    return Shape(**{name: xp.take(array, place, axis=array.ndim - 1) for name, array in joined.items()})


def _planar_part(joints: Axes, claimed: Any, source: str) -> Shape:
    xp = array_namespace(claimed)
    found = planar_angles(joints, claimed)
    chains = tuple(xp.reshape(x[1:, :], (5, 4, -1)) for x in joints)
    bones = norm(minus(rows(chains, slice(None), slice(1, 4)), rows(chains, slice(None), slice(0, 3))))
    return Shape(
        angle=found.angle,
        low=found.low,
        high=found.high,
        abduction=xp.zeros_like(found.s_bend),
        s_bend=found.s_bend,
        s_bend_seen=found.s_bend_seen,
        length=bones,
        reach=_reach(joints, source),
        comparable=comparable_lengths(joints),
        evidence=xp.zeros_like(claimed),
    )


def _merge(chosen: Any, first: Shape, second: Shape) -> Shape:
    xp = array_namespace(chosen)
    names = Shape.__dataclass_fields__
    return Shape(**{name: xp.where(chosen, getattr(first, name), getattr(second, name)) for name in names})


def _assemble(batch: PoseBatch, source: str, shape: Shape, *, basis: Any, reasons: Any, states: Any) -> FeatureBatch:
    xp = array_namespace(shape.angle)
    bases = xp.stack([reasons[row, :] for row in BASES])
    palm = worse(reasons[0, :], xp.where(has_palm(reasons == 0), xp.zeros_like(bases[0, :]), xp.max(bases, axis=0)))
    planar = basis == int(Basis.PLANAR)
    joint = angle_reasons(reasons, palm, shape)
    ratio_reason = ratio_reasons(reasons, shape)
    ratio, ratio_sigma = _ratios(shape, source, planar)
    side, conflict = _sides(batch, shape.evidence, basis, _NEEDED_DEG[source])
    by_joint = {
        "angle": shape.angle,
        "angle_sigma": _angle_sigma(states, shape, source),
        "angle_assessable": (joint == 0) | (joint == int(Reason.DEPTH_UNKNOWN)),
        "angle_reason": joint,
        "abduction": shape.abduction,
        "abduction_assessable": sideways_known(joint, planar, shape),
        "s_bend": shape.s_bend,
        "s_bend_assessable": s_bend_known(reasons, planar, shape),
        "ratio": ratio,
        "ratio_sigma": ratio_sigma,
        "ratio_assessable": ratio_reason == 0,
        "ratio_reason": ratio_reason,
        "attachment": shape.reach,
        "attachment_assessable": attachment_known(reasons, palm, planar),
    }
    turned = {name: xp.permute_dims(array, (1, 0)) for name, array in by_joint.items()}
    flat = shape.low is shape.high
    return FeatureBatch(
        source=source,
        angle_low=turned["angle"] if flat else xp.permute_dims(shape.low, (1, 0)),
        angle_high=turned["angle"] if flat else xp.permute_dims(shape.high, (1, 0)),
        fused=batch.fused,
        splits=batch.splits,
        side=side,
        chirality_conflict=conflict,
        basis=basis,
        **digit_figures(batch, source, shape.angle.dtype),
        **turned,
    )


def _ratios(shape: Shape, source: str, planar: Any) -> tuple[Any, Any]:
    xp = array_namespace(shape.angle)
    length = digit_lengths(shape.length)
    defined = (length > 0) & (length[2:3, :] > 0)
    ratio = xp.where(defined, length, xp.ones_like(length)) / xp.where(defined, length[2:3, :], xp.ones_like(length))
    reference = RATIO_REFERENCES[source]
    total = [(own**2 + reference.common_sd**2) ** 0.5 for own in reference.own_sd]
    sigma = xp.broadcast_to(constant(total, ratio)[:, None], tuple(ratio.shape))
    if any(reference.bent_sd):
        bent = constant(reference.bent_sd, ratio)[:, None] * _bentness(shape.angle)
        sigma = (sigma**2 + bent**2) ** 0.5
    if not bool(xp.any(planar)):
        return ratio, sigma
    short = ratio < constant(reference.ratio, ratio)[:, None]
    extra = xp.where(short, xp.full_like(ratio, _SHORT_SD), xp.full_like(ratio, _PLANAR_SD))
    return ratio, xp.where(planar, (sigma**2 + extra**2) ** 0.5, sigma)


def _bentness(angle: Any) -> Any:
    """Return (5, N) 0..1: how bent the digit or the middle finger is; 0 = straight."""
    xp = array_namespace(angle)
    total = xp.sum(xp.abs(xp.reshape(angle, (5, 3, -1))), axis=1)
    total = worse(total, total[2:3, :])
    return xp.clip((total - BENT_FREELY_DEG) / (BENT_FULLY_DEG - BENT_FREELY_DEG), 0.0, 1.0)


def _shortness(bones: Any) -> Any:
    """Return (15, N): how many times shorter than usual the shorter bone at each joint is, 1 to `_SHORTNESS_CAP`.

    The same error of a joint's place turns a short bone further than a long one.
    """
    xp = array_namespace(bones)
    share = bones / constant([list(row[1:]) for row in BONE_SHARES], bones)[:, :, None]
    size = xp.sum(xp.reshape(share, (15, -1)), axis=0) / 15.0
    positive = share > 0
    factor = xp.where(positive, size / xp.where(positive, share, xp.ones_like(share)), xp.ones_like(share))
    factor = xp.clip(factor / _SHORTNESS_FREE, 1.0, _SHORTNESS_CAP)
    before = xp.concat([factor[:, :1, :], factor[:, :2, :]], axis=1)
    return xp.reshape(worse(factor, before), (15, -1))


def _angle_sigma(states: Any, shape: Shape, source: str) -> Any:
    xp = array_namespace(shape.angle)
    usual = constant([limit.sigma[source] for limit in ANGLE_LIMITS], shape.angle)[:, None]
    plain = usual * _shortness(shape.length)
    hidden = (states >= int(JointState.OCCLUDED)) & (states <= int(JointState.OUTSIDE))
    if not bool(xp.any(hidden)):
        return plain
    near = xp.reshape(over_three(hidden, lambda a, b: a | b), (15, -1))
    return xp.where(near, _HIDDEN_FACTOR * plain, plain)


def _sides(batch: PoseBatch, evidence: Any, basis: Any, needed_deg: float) -> tuple[Any, Any]:
    xp = array_namespace(evidence)
    decided = (xp.abs(evidence) >= needed_deg) & (basis == int(Basis.SPATIAL))
    seen = xp.astype(xp.where(evidence < 0, -xp.ones_like(evidence), xp.ones_like(evidence)), xp.int8)
    side = xp.where(decided, seen, batch.side)
    return side, decided & (batch.side != 0) & (side != batch.side)
