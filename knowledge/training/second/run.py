"""Prepare, train, export: the order of a run, and what lies in its folder."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from knowledge.embed import StaticEmbedder
from knowledge.pair import marked
from knowledge.training.errors import TrainingDataError
from knowledge.training.second.config import SecondConfig
from knowledge.training.second.material import Material

MATERIAL = "material.npz"

Log = Callable[[str], None]


def prepared(config: SecondConfig, data: Path, work: Path, say: Log) -> Material:
    """Return the material in a folder, made first where it is missing."""
    path = work / MATERIAL
    if path.is_file():
        return Material.load(path)
    started = time.monotonic()
    work.mkdir(parents=True, exist_ok=True)
    from knowledge.training.second.prepare import prepare  # noqa: PLC0415  # builds an index

    encoder = StaticEmbedder()
    made = prepare(config, data, marked(encoder.tokenizer), encoder, say)
    made.save(path)
    say(f"训练材料已写到 {path}，{time.monotonic() - started:.0f} 秒")
    return made


def trained(
    config: SecondConfig, data: Path, work: Path, say: Log, *, minutes: float, resume: bool, threads: int
) -> bool:
    """Train for some minutes, reading included; return whether all steps are done."""
    import torch  # noqa: PLC0415  # only training needs it

    from knowledge.training.second.fit import CHECKPOINT, READING, Run  # noqa: PLC0415  # torch
    from knowledge.training.second.prepare import running  # noqa: PLC0415

    until = time.monotonic() + 60 * minutes
    if threads:
        torch.set_num_threads(threads)
    if (work / CHECKPOINT).exists() and not resume:
        raise TrainingDataError(f"{work} 里已有检查点：接着训练请加 --resume，重新开始请先删去 {CHECKPOINT}")
    made = prepared(config, data, work, say)
    encoder = StaticEmbedder()
    tokenizer = marked(encoder.tokenizer)
    run = Run(config, tokenizer, encoder.table(), work, say)
    if resume:
        run.resume()
    say(f"{run.device}，参数 {sum(part.numel() for part in run.model.parameters()) / 1e6:.1f} 百万，已完成 {run.done}")
    reads = run.done[READING] < config.read_steps
    text = running(config, data, tokenizer) if reads else None
    run.go(made, text, until - time.monotonic())
    run.write_weights()
    (work / "training.log").write_text("\n".join(run.lines) + "\n", encoding="utf-8")
    return run.is_finished
