"""What a writer is handed: one image, one judged hand. Values only; nothing here chooses or writes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from handanat_studio.hand.topology import Side
from handanat_studio.hand.values import Box, Finding, HandPose


@dataclass(frozen=True, slots=True)
class ExportImage:
    """An image of the project, whether or not a hand was found in it.

    Attributes:
        image_id: id in the project.
        uri: where the image is, as the project writes it.
        sha256: of the file's bytes, hex; "" = not known.
        width: pixels, upright; None = could not be read.
        height: pixels, upright; None = could not be read.
        generator: model that made it; "" = not known.
        family: "diffusion", "gan", "real", ...; "" = not known.
        prompt: text it was made from.
        seed: seed it was made from.
        error: why it could not be read; "" = it was.
    """

    image_id: int
    uri: str
    sha256: str = ""
    width: int | None = None
    height: int | None = None
    generator: str = ""
    family: str = ""
    prompt: str = ""
    seed: int | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class ExportHand:
    """One hand as one source sees it; two annotators of a hand are two of these with the same `hand_id`.

    Attributes:
        hand_id: id in the project.
        image_id: id of its image.
        image_uri: where the image is.
        image_sha256: of the image file.
        width: of the image, pixels.
        height: of the image, pixels.
        box: where the hand is.
        pose: free topology.
        side: the subject's own side.
        source: who placed the joints: "expert:NAME", "mediapipe", ...
        verdict: "plausible" | "implausible" | "unsure"; None = nobody has judged it.
        findings: what is wrong with it, judged ones included.
        features: as `hand.features.features_to_dict` gives them; None = not measured.
        scores: scorer name -> as `records.score_to_dict` gives it.
        annotator: who judged; "" = nobody.
        annotation_id: the revision in the project; None = none.
        note: the annotator's free text.
        generator: model that made the image.
        family: family of that model.
        kind: what that revision is for: "annotation", "fix" or "adjudication"; "" = there is none.
        stage: how far it has come: "draft", "submitted", "returned" or "accepted"; "" = there is none.
        consensus: what all annotations of the hand add up to ("open", "agreed", ...); "" = not asked.
        consensus_verdict: None = there is none.
        consensus_by: who said so, names with commas; "" = nobody.
    """

    hand_id: int
    image_id: int
    image_uri: str
    image_sha256: str
    width: int | None
    height: int | None
    box: Box
    pose: HandPose
    side: Side
    source: str
    verdict: str | None = None
    findings: tuple[Finding, ...] = ()
    features: dict[str, Any] | None = None
    scores: dict[str, dict[str, Any]] = field(default_factory=dict)
    annotator: str = ""
    annotation_id: int | None = None
    note: str = ""
    generator: str = ""
    family: str = ""
    kind: str = ""
    stage: str = ""
    consensus: str = ""
    consensus_verdict: str | None = None
    consensus_by: str = ""
