"""The digit network's training loop: seeded, resumable at any step, with checkpoints and a log of held-out figures."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor

from handanat_studio.vision.digit_network import DigitNetwork, save_network
from handanat_studio.vision.training.checkpoints import RunState, read_state, write_state
from handanat_studio.vision.training.hand_cache import HandCache
from handanat_studio.vision.training.losses import digit_loss
from handanat_studio.vision.training.rates import learning_rate, size_at
from handanat_studio.vision.training.targets import Targets, targets_of
from handanat_studio.vision.training.views import Stock, View, draw_view

STATE, WEIGHTS, LOG = "state.safetensors", "digits.safetensors", "log.jsonl"
_SIZES = ((0, (128,)), (2000, (128, 192, 160, 192)), (12000, (160, 192)))
"""From which step on crops of which sizes are shown, in turn: small ones teach faster, large ones more."""
_CHECK_SIZE = 192


@dataclass(frozen=True)
class TrainingPlan:
    """What a run is. The same plan on the same cache gives the same crops in the same order.

    Attributes:
        seed: of every choice.
        steps: at which the run is to end; over the last three tenths the rate falls to nothing. 0 = it never falls.
        batch: crops a step.
        rate: of learning, at its highest.
        warm_up: steps over which it rises.
        check_every: steps between two checkpoints.
        checks: held-out crops looked at for the log.
    """

    seed: int = 0
    steps: int = 0
    batch: int = 24
    rate: float = 2e-3
    warm_up: int = 300
    check_every: int = 250
    checks: int = 192


class DigitTrainer:
    """A run in a folder: `state.safetensors` (to go on from), `digits.safetensors` (averaged weights), `log.jsonl`.

    Args:
        folder: of the run; a run that is there goes on.
        stock: to train on.
        held_out: drawn hands to measure on, never trained on.
        plan: what the run is.
    """

    def __init__(self, folder: Path, stock: Stock, held_out: HandCache, plan: TrainingPlan) -> None:
        torch.manual_seed(plan.seed)
        self.folder, self.stock, self.plan = folder, stock, plan
        folder.mkdir(parents=True, exist_ok=True)
        self.network = DigitNetwork().to(memory_format=torch.channels_last)
        self.optimiser = torch.optim.AdamW(self.network.parameters(), lr=plan.rate, weight_decay=1e-3)
        self.average = copy.deepcopy(self.network).eval()
        self.step = 0
        self.seconds = 0.0
        rng = np.random.default_rng([plan.seed, 1])
        kept = Stock(held_out, stock.photos)
        self._checks = [draw_view(kept, rng, _CHECK_SIZE) for _ in range(plan.checks)]
        self._state = RunState(self.network, self.average, self.optimiser)
        if (folder / STATE).exists():
            self.step, self.seconds = read_state(folder / STATE, self._state)

    def run(self, until: int, *, on_step: Callable[[int, dict[str, float]], None] = lambda step, parts: None) -> None:
        """Train up to a step, with a checkpoint and a line of figures every `plan.check_every` steps.

        Args:
            until: the step to stop at.
            on_step: is told each step's number and loss parts; may raise to stop.
        """
        sums: dict[str, float] = {}
        begun, since = time.monotonic(), self.step
        while self.step < until:
            for name, value in self._one_step().items():
                sums[name] = sums.get(name, 0.0) + value
            self.step += 1
            on_step(self.step, sums)
            if self.step % self.plan.check_every == 0 or self.step == until:
                done = self.step - since
                self.seconds += time.monotonic() - begun
                losses = {name: round(value / done, 4) for name, value in sums.items()}
                self._write({"step": self.step, "seconds": round(self.seconds), "train": losses, **self.check()})
                self.save()
                sums, begun, since = {}, time.monotonic(), self.step

    def _rate(self) -> float:
        plan = self.plan
        return learning_rate(self.step, plan.rate, warm_up=plan.warm_up, slow=5000.0, steps=plan.steps)

    def _one_step(self) -> dict[str, float]:
        rng = np.random.default_rng([self.plan.seed, 2, self.step])
        size = size_at(self.step, _SIZES)
        views = [draw_view(self.stock, rng, size) for _ in range(self.plan.batch)]
        crops, wanted = stacked(views)
        for group in self.optimiser.param_groups:
            group["lr"] = self._rate()
        self.network.train()
        with torch.autocast("cpu", torch.bfloat16):
            answer = self.network(crops)
        parts = digit_loss(tuple(a.float() for a in answer), wanted)
        self.optimiser.zero_grad(set_to_none=True)
        sum(parts.values(), torch.zeros(())).backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 10.0)
        self.optimiser.step()
        self._state.follow(self.step)
        return {name: float(value.detach()) for name, value in parts.items()}

    def check(self) -> dict[str, Any]:
        """Return figures on the held-out crops: loss parts, and how often the number of visible tips is exact."""
        sums: dict[str, float] = {}
        exact = 0
        for start in range(0, len(self._checks), 32):
            views = self._checks[start : start + 32]
            crops, wanted = stacked(views)
            with torch.inference_mode():
                answer = self.average(crops)
            for name, value in digit_loss(answer, wanted).items():
                sums[name] = sums.get(name, 0.0) + float(value) * len(views)
            peaks = peak_counts(torch.sigmoid(answer[0][:, 0]))
            exact += int((peaks == (wanted["fine"][:, 0] > 0.999).flatten(1).sum(1)).sum())
        count = len(self._checks)
        return {"held_out": {n: round(v / count, 4) for n, v in sums.items()}, "tips_exact": round(exact / count, 4)}

    def save(self) -> None:
        """Write the state to go on from and the averaged weights."""
        write_state(self.folder / STATE, self._state, step=self.step, seconds=self.seconds)
        save_network(self.average, self.folder / WEIGHTS)

    def _write(self, line: dict[str, Any]) -> None:
        with (self.folder / LOG).open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")


def use_threads(count: int) -> None:
    """Let torch and OpenCV use so many processor cores."""
    torch.set_num_threads(count)
    cv2.setNumThreads(count)


def peak_counts(heat: Tensor, threshold: float = 0.4) -> Tensor:
    """Return (N,) how many peaks each (N, H, W) map has."""
    highest = torch.nn.functional.max_pool2d(heat[:, None], 5, 1, 2)[:, 0]
    return ((heat == highest) & (heat > threshold)).flatten(1).sum(1)


def stacked(views: Sequence[View]) -> tuple[Tensor, dict[str, Tensor]]:
    """Return (N, 3, S, S) crops 0..1 and the wanted maps of views."""
    images = np.stack([v.image for v in views])
    crops = torch.from_numpy(images).permute(0, 3, 1, 2).float().div_(255.0)
    targets: list[Targets] = [targets_of(v.digit_map, v.hands, v.wrong) for v in views]
    names = ("fine", "fine_weight", "coarse", "coarse_weight", "answers", "wrong", "flaws")
    wanted = {name: torch.from_numpy(np.stack([getattr(t, name) for t in targets])) for name in names}
    return crops.contiguous(memory_format=torch.channels_last), wanted
