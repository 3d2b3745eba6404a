"""Material -> a trained second stage, in slices: what is learnt lies in a checkpoint after each.

First, where the configuration has ``read_steps``, words hidden in running text are guessed; then questions are read
with passages. A step's rows and its dropout depend on the seed and the step's number alone, so that a run that is cut off
and goes on equals one that was not.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from knowledge.pair import MASK, Pairing, Rows
from knowledge.training.errors import TrainingDataError
from knowledge.training.second import material
from knowledge.training.second.config import SecondConfig
from knowledge.training.second.material import NONE, Group, Material, Running
from knowledge.training.second.model import NOWHERE, PairReader, Shape

CHECKPOINT = "checkpoint.pt"
WEIGHTS = "weights.pt"  # what is exported, in half precision: a sixth of a checkpoint
READING, ASKING = "reading", "asking"
_WARM = 0.04  # of the steps
_PIECES = 5
_LONGEST_GRADIENT = 1.0
_DECAY = 0.01
_LOG_EVERY = 100
_SAVE_SECONDS = 120.0
_MAY_CHANGE = ("read_steps", "steps", "name")

Log = Callable[[str], None]


class Run:
    """A run in one folder: its model, where it stands, and what it told."""

    def __init__(
        self, config: SecondConfig, tokenizer: Tokenizer, vectors: NDArray[np.float32], folder: Path, say: Log
    ) -> None:
        self.config = config
        self.folder = folder
        self.lines: list[str] = []
        self.done = {READING: 0, ASKING: 0}
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        torch.manual_seed(config.seed)
        self.model = PairReader(shape(config, tokenizer), vectors).to(self.device)
        self.optimizer = self._optimizer()
        self._pairing = Pairing(tokenizer, config.length)
        self._mask = int(tokenizer.get_vocab()[MASK])
        self._say = say
        self._losses: list[tuple[float, ...]] = []

    def _optimizer(self) -> torch.optim.AdamW:
        return torch.optim.AdamW(self.model.parameters(), lr=0.0, weight_decay=_DECAY, fused=True)

    @property
    def is_finished(self) -> bool:
        """Whether all steps of the configuration are done."""
        return self.done[READING] >= self.config.read_steps and self.done[ASKING] >= self.config.steps

    def resume(self) -> None:
        """Take up the checkpoint of the folder; raises TrainingDataError where it belongs to another configuration."""
        path = self.folder / CHECKPOINT
        try:
            told = torch.load(path, map_location=self.device, weights_only=True)
        except FileNotFoundError:
            raise TrainingDataError(f"{path}：没有可以接着训练的检查点，请去掉 --resume 重新开始") from None
        changed = [name for name, value in _lasting(self.config).items() if told["config"].get(name) != value]
        if changed:
            raise TrainingDataError(
                f"{path}：检查点的配置不同（{'、'.join(changed)}），请换一个 --work 或去掉 --resume"
            )
        self.model.load_state_dict(told["model"])
        self.optimizer.load_state_dict(told["optimizer"])
        self.done, self.lines = dict(told["done"]), list(told["lines"])
        self._losses = [tuple(row) for row in told["losses"]]

    def save(self) -> None:
        """Write the checkpoint; the one before stays until it is whole."""
        told = {
            "config": _lasting(self.config),
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "done": self.done,
            "lines": self.lines,
            "losses": [list(row) for row in self._losses],
        }
        part = self.folder / f"{CHECKPOINT}.part"
        torch.save(told, part)
        part.replace(self.folder / CHECKPOINT)

    def write_weights(self) -> None:
        """Write the model as it stands, with the log, for the export."""
        halves = {name: value.half().cpu() for name, value in self.model.state_dict().items()}
        torch.save({"model": halves, "lines": self.lines}, self.folder / WEIGHTS)

    def go(self, made: Material, running: Running | None, seconds: float) -> None:
        """Go on until all steps are done or the time is over, then save."""
        until = time.monotonic() + seconds
        if running is not None:
            self._stage(READING, self.config.read_steps, lambda step: self._read_rows(running, step), until)
            if self.done[READING] < self.config.read_steps:
                return
        if self.done[ASKING] == 0:
            self.optimizer = self._optimizer()  # its memory of guessing words is of no use
        self._stage(ASKING, self.config.steps, lambda step: self._asked_rows(made, step), until)

    def _read_rows(self, running: Running, step: int) -> Callable[[], tuple[Tensor, ...]]:
        rows, wanted, hidden = material.hidden_rows(running, self._pairing, self.config, self._mask, step)
        return lambda: self._reading_loss(rows, wanted, hidden)

    def _asked_rows(self, made: Material, step: int) -> Callable[[], tuple[Tensor, ...]]:
        group = material.draw(made, self._pairing, self.config, step)
        return lambda: self._asking_loss(group)

    def _stage(
        self, stage: str, steps: int, prepared: Callable[[int], Callable[[], tuple[Tensor, ...]]], until: float
    ) -> None:
        """Do the steps of one stage; the next step's rows are put together while one is computed."""
        started, first = time.monotonic(), self.done[stage]
        saved = started
        if first >= steps:
            return
        with ThreadPoolExecutor(1) as pool:
            following = pool.submit(prepared, first)
            while self.done[stage] < steps and time.monotonic() < until:
                step, loss = self.done[stage], following.result()
                following = pool.submit(prepared, step + 1)
                self._step(stage, step, steps, loss)
                self.done[stage] = step + 1
                if self.done[stage] % _LOG_EVERY == 0 or self.done[stage] == steps:
                    pace = (self.done[stage] - first) / (time.monotonic() - started)
                    self._log(f"{stage} {self.done[stage]}/{steps}，损失 {_told(self._losses)}，每秒 {pace:.2f} 步")
                    self._losses = []
                if time.monotonic() - saved > _SAVE_SECONDS:
                    self.save()
                    saved = time.monotonic()
        self.save()

    def _step(self, stage: str, step: int, steps: int, loss: Callable[[], tuple[Tensor, ...]]) -> None:
        torch.manual_seed(self.config.seed * 1_000_003 + 2 * step + (stage == READING))
        rate = self.config.read_rate if stage == READING else self.config.learning_rate
        for group in self.optimizer.param_groups:
            group["lr"] = rate * _share(step, steps)
        self.model.train()
        self.optimizer.zero_grad()
        parts = loss()
        torch.stack(parts).sum().backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), _LONGEST_GRADIENT)
        self.optimizer.step()
        self._losses.append(tuple(part.item() for part in parts))

    def _reading_loss(self, rows: Rows, wanted: NDArray[np.int64], hidden: NDArray[np.bool_]) -> tuple[Tensor, ...]:
        places = self._put(hidden)
        with self._half():
            guesses = self.model.guesses(self._put(rows.ids), self._put(rows.parts), places)
        return (functional.cross_entropy(guesses.float(), self._put(wanted)[places]),)

    def _asking_loss(self, group: Group) -> tuple[Tensor, ...]:
        """Return the losses of nearness within a question's passages, of telling, and of the answer's ends."""
        judged, ends = self._judged(group.rows)
        near = judged[:, 0].view(-1, group.size)
        nearness = functional.cross_entropy(near, torch.zeros(len(near), dtype=torch.long, device=self.device))
        told = self._put(group.told)
        known = told != NONE
        weight = torch.where(told == 1, float(group.size - 1), 1.0)  # a question's one against its others
        each = functional.binary_cross_entropy_with_logits(judged[:, 1], told.clamp(0).float(), reduction="none")
        telling = (each * weight * known).sum() / (weight * known).sum().clamp(1)
        span = self._put(group.span)
        placed = span[:, 0] != NONE
        starts = functional.cross_entropy(ends[:, :, 0], span[:, 0].clamp(0), reduction="none")
        stops = functional.cross_entropy(ends[:, :, 1], span[:, 1].clamp(0), reduction="none")
        placing = ((starts + stops) / 2 * placed).sum() / placed.sum().clamp(1)
        return nearness, self.config.told_weight * telling, self.config.span_weight * placing

    def _judged(self, rows: Rows) -> tuple[Tensor, Tensor]:
        """Read rows, on a processor some at a time, the short ones apart, so that little is padding."""
        lengths = (rows.parts > 0).sum(1)
        pieces = np.array_split(np.argsort(lengths, kind="stable"), 1 if self.device.type == "cuda" else _PIECES)
        judged, ends = [], []
        for piece in filter(len, pieces):
            longest = int(lengths[piece].max())
            with self._half():
                near, placed = self.model(self._put(rows.ids[piece, :longest]), self._put(rows.parts[piece, :longest]))
            judged.append(near.float())
            ends.append(functional.pad(placed.float(), (0, 0, 0, rows.ids.shape[1] - longest), value=NOWHERE))
        back = self._put(np.argsort(np.concatenate(pieces)))
        return torch.cat(judged)[back], torch.cat(ends)[back]

    def _put(self, array: NDArray[Any]) -> Tensor:
        return torch.from_numpy(array).to(self.device, non_blocking=True)

    def _half(self) -> torch.autocast:
        return torch.autocast(self.device.type, dtype=torch.bfloat16)

    def _log(self, line: str) -> None:
        self.lines.append(line)
        self._say(line)


def shape(config: SecondConfig, tokenizer: Tokenizer) -> Shape:
    """Return how large a configuration's model is."""
    return Shape(
        tokenizer.get_vocab_size(), config.dimension, config.layers, config.heads, config.inner, config.dropout
    )


def _lasting(config: SecondConfig) -> dict[str, Any]:
    """Return what may not change within a run, as plain values."""
    told = {name: value for name, value in asdict(config).items() if name not in _MAY_CHANGE}
    return told | {part: [list(source.values()) for source in told[part]] for part in ("text", "pairs")}


def _share(step: int, steps: int) -> float:
    """Return the share of the learning rate: up over the first steps, then down in a line."""
    return min((step + 1) / max(1.0, _WARM * steps), max(0.01, 1 - step / steps))


def _told(losses: list[tuple[float, ...]]) -> str:
    return " + ".join(f"{value:.4f}" for value in np.mean(np.array(losses), axis=0)) if losses else "–"
