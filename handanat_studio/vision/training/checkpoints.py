"""A training run's state on disk as safetensors: weights, their average, what the optimiser remembers, the step."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

_AVERAGING = 0.998


@dataclass(frozen=True, eq=False)
class RunState:
    """What a run must keep to go on as if it had not stopped. The three parts are changed in place when read."""

    network: nn.Module
    average: nn.Module
    optimiser: torch.optim.Optimizer

    def follow(self, step: int) -> None:
        """Let the averaged weights follow the trained ones after a step."""
        keep = min(_AVERAGING, (1.0 + step) / (10.0 + step))
        with torch.no_grad():
            for mean, value in zip(self.average.state_dict().values(), self.network.state_dict().values(), strict=True):
                if mean.is_floating_point():
                    mean.lerp_(value, 1.0 - keep)
                else:
                    mean.copy_(value)


def write_state(path: Path, state: RunState, *, step: int, seconds: float) -> None:
    """Write a state, whole or not at all."""
    tensors = {f"network.{k}": v for k, v in state.network.state_dict().items()}
    tensors |= {f"average.{k}": v for k, v in state.average.state_dict().items()}
    for number, kept in state.optimiser.state_dict()["state"].items():
        tensors |= {f"optimiser.{number}.{name}": value for name, value in kept.items()}
    part = path.with_suffix(".part")
    plain = {name: value.detach().cpu().contiguous().clone() for name, value in tensors.items()}
    save_file(plain, part, {"step": str(step), "seconds": str(seconds)})
    part.replace(path)


def read_state(path: Path, state: RunState) -> tuple[int, float]:
    """Put a written state into the parts of `state` and return its step and seconds."""
    with safe_open(path, "pt") as file:
        about = file.metadata()
        tensors: dict[str, Tensor] = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    for part, module in (("network", state.network), ("average", state.average)):
        module.load_state_dict({k.split(".", 1)[1]: v for k, v in tensors.items() if k.startswith(part + ".")})
    kept: dict[int, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        if name.startswith("optimiser."):
            _, number, field = name.split(".")
            kept.setdefault(int(number), {})[field] = value
    groups = state.optimiser.state_dict()["param_groups"]
    state.optimiser.load_state_dict({"state": kept, "param_groups": groups})
    return int(about["step"]), float(about["seconds"])
