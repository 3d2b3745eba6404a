"""``python -m knowledge.training second prepare | train | export | measure``."""

from __future__ import annotations

import argparse
import math
from pathlib import Path

from knowledge.training.errors import TrainingError


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of the second stage to a parser."""
    own = commands.add_parser("second", help="第二级：把问题和段落放在一起读的小模型")
    parts = own.add_subparsers(required=True, metavar="命令")
    part = parts.add_parser("prepare", help="切段、用本项目的检索找难负例，写成训练材料")
    _common(part, data=True)
    part.set_defaults(command=_prepare)
    part = parts.add_parser("train", help="训练若干分钟；未完成时可用 --resume 接着训练")
    _common(part, data=True)
    part.add_argument("--minutes", type=_minutes, default=math.inf, metavar="N", help="这一次最多训练几分钟，默认不限")
    part.add_argument("--resume", action="store_true", help="从 --work 里的检查点接着训练")
    part.add_argument("--threads", type=int, default=0, metavar="N", help="处理器线程数，默认由 torch 决定")
    part.set_defaults(command=_train)
    part = parts.add_parser("export", help="写成 onnxruntime 可用的模型文件夹")
    _common(part, data=False)
    part.add_argument("--out", type=Path, required=True, metavar="DIR", help="模型写到哪个文件夹")
    part.add_argument("--share", type=_share, default=0.5, metavar="S", help="第二级在融合分数里占多少")
    part.add_argument(
        "--least", type=_share, default=0.0, metavar="P", help="把握低于它的段落不作依据，默认 0：不据此拒答"
    )
    part.add_argument("--float", action="store_true", help="不量化，用来对比")
    part.set_defaults(command=_export)
    part = parts.add_parser("measure", help="在有标准文件的问题集上测量：不用、只用、融合")
    part.add_argument("--documents", required=True, metavar="FILE", help="文件集（.jsonl 或 .jsonl.xz）")
    part.add_argument("--questions", type=Path, required=True, metavar="FILE", help="问题集（.jsonl）")
    part.add_argument("--model", type=Path, required=True, metavar="DIR", help="export 写出的模型文件夹")
    part.add_argument("--index", type=Path, metavar="DIR", help="把索引留在这里，下次不必重建")
    part.set_defaults(command=_measure)


def _common(part: argparse.ArgumentParser, *, data: bool) -> None:
    if data:
        part.add_argument("--data", type=Path, required=True, metavar="DIR", help="训练数据所在的文件夹")
    part.add_argument("--config", type=Path, metavar="FILE", help="配置文件（TOML），默认为随附的")
    part.add_argument("--work", type=Path, required=True, metavar="DIR", help="训练材料和检查点所在的文件夹")


def _minutes(text: str) -> float:
    value = float(text)
    if not value > 0:
        raise argparse.ArgumentTypeError("应大于 0")
    return value


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value < 1:
        raise argparse.ArgumentTypeError("应不小于 0、小于 1")
    return value


def _say(line: str) -> None:
    print(line, flush=True)


def _prepare(options: argparse.Namespace) -> None:
    from knowledge.training.second.config import SecondConfig  # noqa: PLC0415  # each command loads what it needs
    from knowledge.training.second.run import prepared  # noqa: PLC0415

    prepared(SecondConfig.read(options.config), options.data, options.work, _say)


def _train(options: argparse.Namespace) -> None:
    from knowledge.training.second.config import SecondConfig  # noqa: PLC0415
    from knowledge.training.second.run import trained  # noqa: PLC0415

    finished = trained(
        SecondConfig.read(options.config),
        options.data,
        options.work,
        _say,
        minutes=options.minutes,
        resume=options.resume,
        threads=options.threads,
    )
    _say("训练完成" if finished else "时间到，检查点已写好：用同样的命令加 --resume 接着训练")


def _export(options: argparse.Namespace) -> None:
    from knowledge.training.second.config import SecondConfig  # noqa: PLC0415
    from knowledge.training.second.export import LARGEST, export  # noqa: PLC0415

    config = SecondConfig.read(options.config)
    size = export(
        config, options.work, options.out, share=options.share, least=options.least, whole_numbers=not options.float
    )
    _say(f"模型已写到 {options.out}，{size / 1e6:.1f} MB。使用：POLICY_RERANKER={options.out}")
    if size > LARGEST and not options.float:
        raise TrainingError(f"模型有 {size / 1e6:.1f} MB，随包分发的最多 {LARGEST / 1e6:.0f} MB")


def _measure(options: argparse.Namespace) -> None:
    from knowledge.embed import encoder  # noqa: PLC0415
    from knowledge.rerank import SecondStage  # noqa: PLC0415
    from knowledge.training.second.measure import measure  # noqa: PLC0415

    for line in measure(options.documents, options.questions, encoder(None), SecondStage(options.model), options.index):
        _say(line)
