"""Calibrate the `calibrated` score on labelled images: look, fit, choose bounds, measure on images kept aside."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handanat_studio.errors import UserError
from handanat_studio.progress import SILENT, Progress
from handanat_studio.scoring.calibration import CALIBRATION_FILE, Calibration, read_calibration, write_calibration
from handanat_studio.scoring.calibration_fit import bound_for, cross_joined, fit_final, fit_parts
from handanat_studio.stats.calibration import calibration_figures
from handanat_studio.stats.prevalence import corrected_prevalence, share
from handanat_studio.vision.detectors import chain_version
from handanat_studio.workflows.scorer_material import Labelled, Sources, collect, evidence_of_units

CARD = "scorer-model-card.json"
FALSE_ALARMS = 0.03
"""Share of sound images that may be called implausible. Less than the 5 % that are allowed, as other photographs will
differ from these."""
KEPT_ASIDE = 0.25
FOLDS = 4
_DOUBTFUL = 3.0
"""So many times as many sound images may be called unsure or implausible."""
LEAST_IMPLAUSIBLE, LEAST_UNSURE = 14 / 15, 2 / 3
"""Whatever the sound images allow, no hand is called implausible below fourteen to one, nor unsure below two to one:
more than a quarter of what is fitted on is malformed, most of what is looked at is not, and the photographs are simpler
than those to come."""
_FEWEST = 20

Flags = NDArray[np.bool_]
F64 = NDArray[np.float64]


def train_scorer(
    folder: Path,
    sources: Sources,
    *,
    seed: int = 0,
    workers: int = 1,
    false_alarms: float = FALSE_ALARMS,
    progress: Progress = SILENT,
) -> Path:
    """Fit FOLDER/calibrated.json and return FOLDER/scorer-model-card.json; what was made and looked at is kept.

    Args:
        folder: takes drawn and composed hands, what was found in every image, the constants and the card.
        sources: what to fit on.
        seed: of the split, the drawn and the composed hands.
        workers: processes that look.
        false_alarms: share of sound images, 0..1, that may be called implausible; it sets the bound.
        progress: is told of every image.

    Raises:
        UserError: if a file cannot be read or written, or there are too few images of either kind.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        material = collect(folder, sources, seed=seed, workers=workers, progress=progress)
        found = [unit for unit in material.units if unit.hands]
        _check(found)
        progress.start("Calibrate", FOLDS + 1)
        parts = _Parts(found, _kept_aside(found, seed))
        joined = cross_joined(parts.fitting, parts.groups, folds=FOLDS, seed=seed)
        progress.step(FOLDS)
        real = np.array([unit.image not in material.drawn for unit in parts.fitted])
        write_calibration(folder / CALIBRATION_FILE, _calibrated(parts, joined, real, false_alarms))
        # Read back, so that the digest is that of the file.
        calibration = read_calibration(folder / CALIBRATION_FILE)
        progress.step()
        card = _card(parts, joined, calibration) | {
            "seed": seed,
            "false_alarms_allowed": false_alarms,
            "missed": _told([unit for unit in material.units if not unit.hands]),
            "unreadable": material.unreadable,
        }
        (folder / CARD).write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise UserError(f"{folder} cannot be written: {error.strerror}.", hint="Check space and rights.") from error
    return folder / CARD


class _Parts:
    """Labelled units in two parts: those to fit on, and those kept aside."""

    def __init__(self, units: Sequence[Labelled], kept: Flags) -> None:
        hands = evidence_of_units(units)
        self.fitting, self.testing = hands.of_images(~kept), hands.of_images(kept)
        self.fitted = [unit for unit, is_kept in zip(units, kept, strict=True) if not is_kept]
        self.aside = [unit for unit, is_kept in zip(units, kept, strict=True) if is_kept]
        self.groups: NDArray[np.intp] = np.unique([unit.image for unit in self.fitted], return_inverse=True)[1]


def _card(parts: _Parts, joined: F64, calibration: Calibration) -> dict[str, Any]:
    tuned = calibration.joined(joined)
    chances = calibration.joined(parts.testing.joined(calibration.parts))
    return {
        "what": "Constants of the calibrated score: how much each part's evidence is worth, the last map, the bounds.",
        "version": calibration.digest,
        "chain": chain_version(),
        "fitted_on": _told(parts.fitted),
        "kept_aside": _told(parts.aside),
        "implausible_from": calibration.implausible_from,
        "unsure_from": calibration.unsure_from,
        "final_map": type(calibration.final).__name__.lower(),
        "parts": {name: [round(part.shift, 3), round(part.slope, 3)] for name, part in calibration.parts.items()},
        "figures": {
            "fitted images, each by constants fitted without it": _figures(parts.fitted, tuned, calibration),
            "images kept aside": _figures(parts.aside, chances, calibration),
        },
        "prevalence": _prevalence(parts, tuned, chances, calibration),
    }


def _check(units: Sequence[Labelled]) -> None:
    wrong = sum(unit.implausible for unit in units)
    if min(wrong, len(units) - wrong) < _FEWEST:
        raise UserError(
            f"Only {wrong} implausible and {len(units) - wrong} plausible hands were found in the labelled images.",
            hint=f"At least {_FEWEST} of each are needed; add labels, or draw more hands with --drawn.",
        )


def _kept_aside(units: Sequence[Labelled], seed: int) -> Flags:
    """Return (U,) which units are measured on: the same share of images of each source and kind, none of them split."""
    rng = np.random.default_rng(seed)
    by_kind: dict[tuple[str, bool], list[str]] = {}
    for unit in units:
        by_kind.setdefault((unit.source, unit.implausible), []).append(unit.image)
    aside: set[str] = set()
    for names in by_kind.values():
        own = list(dict.fromkeys(names))
        aside |= {own[k] for k in rng.permutation(len(own))[: round(KEPT_ASIDE * len(own))]}
    return np.array([unit.image in aside for unit in units])


def _calibrated(parts: _Parts, joined: F64, real: Flags, false_alarms: float) -> Calibration:
    hands = parts.fitting
    calibration = Calibration(parts=fit_parts(hands), final=fit_final(joined, hands.implausible))
    sound = ~hands.implausible
    # Drawn hands are easier than photographed ones, so the bound rests on photographs where there are any.
    chosen = sound & real if (sound & real).sum() >= _FEWEST else sound
    chances, weights = calibration.joined(joined[chosen]), _alike(np.array([u.source for u in parts.fitted])[chosen])
    bound = max(LEAST_IMPLAUSIBLE, bound_for(chances, false_alarms, weights))
    doubt = max(LEAST_UNSURE, bound_for(chances, min(1.0, _DOUBTFUL * false_alarms), weights))
    return replace(calibration, implausible_from=bound, unsure_from=min(bound, doubt))


def _alike(sources: NDArray[np.str_]) -> F64:
    """Return what each image counts so that all sources count alike: a large set must not hide the alarms of others.

    A source of fewer images than `_FEWEST` counts less.
    """
    _, place, count = np.unique(sources, return_inverse=True, return_counts=True)
    return np.asarray(1.0 / np.maximum(count, _FEWEST)[place])


def _told(units: Sequence[Labelled]) -> dict[str, dict[str, int]]:
    """Return how many sound and implausible ones each source has."""
    told: dict[str, dict[str, int]] = {}
    for unit in units:
        row = told.setdefault(unit.source, {"plausible": 0, "implausible": 0})
        row["implausible" if unit.implausible else "plausible"] += 1
    return dict(sorted(told.items()))


def _figures(units: Sequence[Labelled], chances: F64, calibration: Calibration) -> dict[str, Any]:
    truth = np.array([unit.implausible for unit in units])
    flagged = chances >= calibration.implausible_from
    source = np.array([unit.source for unit in units])
    rows = {name: _errors(truth[source == name], flagged[source == name]) for name in sorted(set(source.tolist()))}
    clusters = [unit.image for unit in units]
    return {
        "all": _errors(truth, flagged),
        "by_source": rows,
        "calibration": calibration_figures(chances, truth, clusters=clusters).to_dict(),
    }


def _errors(truth: Flags, flagged: Flags) -> dict[str, Any]:
    return {
        "sensitivity": share(int((flagged & truth).sum()), int(truth.sum())).to_dict(),
        "specificity": share(int((~flagged & ~truth).sum()), int((~truth).sum())).to_dict(),
    }


def _prevalence(parts: _Parts, tuned: F64, chances: F64, calibration: Calibration) -> dict[str, Any]:
    """Return the share of implausible ones among those kept aside: true, as the verdict says, and corrected."""
    known, truth = parts.fitting.implausible, parts.testing.implausible
    positive = tuned >= calibration.implausible_from
    figures = corrected_prevalence(
        int((chances >= calibration.implausible_from).sum()),
        len(truth),
        sensitivity=(int((positive & known).sum()), int(known.sum())),
        specificity=(int((~positive & ~known).sum()), int((~known).sum())),
    )
    return {"true": float(truth.mean())} | figures.to_dict()
