"""The hand detector's training loop: seeded, resumable at any step, with checkpoints and a log of held-out figures."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from handanat_studio.vision.training.box_composition import Scene, mirrored
from handanat_studio.vision.training.box_measures import BoxFigures, box_figures
from handanat_studio.vision.training.box_scenes import Stock, draw_scene
from handanat_studio.vision.training.checkpoints import RunState, read_state, write_state
from handanat_studio.vision.training.rates import learning_rate, size_at
from handanat_studio.vision.weights import HANDS
from handanat_studio.vision.yolo import (
    LEAST_SCORE,
    build_hand_network,
    found_boxes,
    save_hand_network,
    ultralytics_part,
)

STATE, LOG = "state.safetensors", "log.jsonl"
_SIZES = ((0, (128, 160, 192)), (800, (160, 192, 256)), (2000, (192, 256, 320)))
"""From which step on scenes of which sizes are shown, in turn: small ones teach faster, large ones more."""
_GAINS = SimpleNamespace(box=7.5, cls=0.5, dfl=1.5)
_LOWEST = 0.01
"""Score from which boxes count for the average precision."""


@dataclass(frozen=True)
class DetectorPlan:
    """What a run is. The same plan on the same hands gives the same scenes in the same order.

    Attributes:
        seed: of every choice.
        steps: at which the run is to end and its rate reaches nothing; 0 = it never falls so far.
        batch: scenes a step.
        rate: of learning, at its highest.
        warm_up: steps over which it rises.
        check_every: steps between two checkpoints.
        check_side: pixels of the scenes that are measured on.
    """

    seed: int = 0
    steps: int = 0
    batch: int = 32
    rate: float = 1.2e-3
    warm_up: int = 200
    check_every: int = 150
    check_side: int = 320


class YoloTrainer:
    """A run in a folder: `state.safetensors` (to go on from), `hands.safetensors` (averaged weights), `log.jsonl`.

    Args:
        folder: of the run; a run that is there goes on.
        stock: what training scenes are made of.
        checks: scenes to measure on; their hands are not in `stock`.
        plan: what the run is.
    """

    def __init__(self, folder: Path, stock: Stock, checks: Sequence[Scene], plan: DetectorPlan) -> None:
        torch.manual_seed(plan.seed)
        self.folder, self.stock, self.checks, self.plan = folder, stock, checks, plan
        folder.mkdir(parents=True, exist_ok=True)
        network: Any = build_hand_network().to(memory_format=torch.channels_last)
        network.args = _GAINS
        self.network = network
        self._loss = ultralytics_part("ultralytics.utils.loss").v8DetectionLoss(self.network)
        self.optimiser = torch.optim.AdamW(self.network.parameters(), lr=plan.rate, weight_decay=5e-4)
        self.average = copy.deepcopy(self.network).eval()
        self.step = 0
        self.seconds = 0.0
        self._drawn: list[Scene] = []
        self._state = RunState(self.network, self.average, self.optimiser)
        if (folder / STATE).exists():
            self.step, self.seconds = read_state(folder / STATE, self._state)

    def run(self, until: int, *, on_step: Callable[[int], None] = lambda step: None) -> None:
        """Train up to a step, with a checkpoint and a line of figures every `plan.check_every` steps.

        Args:
            until: the step to stop at.
            on_step: is told each step's number; may raise to stop.
        """
        sums = np.zeros(3)
        begun, since = time.monotonic(), self.step
        while self.step < until:
            sums += self._one_step()
            self.step += 1
            on_step(self.step)
            if self.step % self.plan.check_every == 0 or self.step == until:
                losses = (sums / (self.step - since)).round(4).tolist()
                self.seconds += time.monotonic() - begun
                line = {"step": self.step, "seconds": round(self.seconds), "losses": losses}
                self._write({**line, **self.figures(self.checks).as_dict()})
                self.save()
                sums, begun, since = np.zeros(3), time.monotonic(), self.step

    def _one_step(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        images, wanted = stacked(self._scenes())
        for group in self.optimiser.param_groups:
            group["lr"] = self._rate()
        self.network.train()
        with torch.autocast("cpu", torch.bfloat16):
            answer = self.network(images)
        exact = {name: answer[name].float() for name in ("boxes", "scores")}
        total, parts = self._loss({**exact, "feats": answer["feats"]}, wanted)
        self.optimiser.zero_grad(set_to_none=True)
        total.sum().backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 10.0 * self.plan.batch)
        self.optimiser.step()
        self._state.follow(self.step)
        return np.array([float(value) for value in parts.values()])

    def _scenes(self) -> list[Scene]:
        """Return this step's scenes: half of them new, half the step before's in a mirror, as drawing costs as much."""
        size = size_at(self.step, _SIZES)
        before, self._drawn = self._drawn or self._draw(max(0, self.step - 1)), self._draw(self.step)
        return [*self._drawn, *(mirrored(scene, size) for scene in before)]

    def _rate(self) -> float:
        plan = self.plan
        return learning_rate(self.step, plan.rate, warm_up=plan.warm_up, slow=4000.0, steps=plan.steps)

    def _draw(self, step: int) -> list[Scene]:
        rng = np.random.default_rng([self.plan.seed, 2, step])
        return [draw_scene(self.stock, rng, size_at(step, _SIZES)) for _ in range(self.plan.batch // 2)]

    def figures(self, scenes: Sequence[Scene]) -> BoxFigures:
        """Return figures of the averaged weights on scenes of any size."""
        side = self.plan.check_side
        found = [found_boxes(self.average, s.image, side=side, least=_LOWEST) for s in scenes]
        return box_figures(found, [s.boxes for s in scenes], least=LEAST_SCORE)

    def save(self) -> None:
        """Write the state to go on from and the averaged weights."""
        write_state(self.folder / STATE, self._state, step=self.step, seconds=self.seconds)
        save_hand_network(self.average, self.folder / HANDS)

    def _write(self, line: dict[str, Any]) -> None:
        with (self.folder / LOG).open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")


def stacked(scenes: Sequence[Scene]) -> tuple[Tensor, dict[str, Tensor]]:
    """Return (N, 3, S, S) images 0..1 and the boxes as the loss wants them: centre and size in shares of the side."""
    images = torch.from_numpy(np.stack([s.image for s in scenes])).permute(0, 3, 1, 2).float().div_(255.0)
    corners = np.concatenate([s.boxes for s in scenes]) / images.shape[-1]
    boxes = np.concatenate([(corners[:, :2] + corners[:, 2:]) / 2, corners[:, 2:] - corners[:, :2]], axis=1)
    numbers = np.repeat(np.arange(len(scenes)), [len(s.boxes) for s in scenes])
    wanted = {
        "batch_idx": torch.from_numpy(numbers).float(),
        "cls": torch.zeros(len(numbers)),
        "bboxes": torch.from_numpy(boxes).float().reshape(-1, 4),
    }
    return images.contiguous(memory_format=torch.channels_last), wanted
