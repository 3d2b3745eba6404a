"""``python -m knowledge.training train | adapt | measure | onnx | second …``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from knowledge.errors import KnowledgeError
from knowledge.training.second import command as second

EXIT_FINE, EXIT_BAD = 0, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0, or 2 for bad use or bad input (one line on stderr)."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], None] = options.command
    try:
        command(options)
    except KnowledgeError as error:
        print(f"错误：{error}", file=sys.stderr)
        return EXIT_BAD
    except OSError as error:
        print(f"错误：{error.filename or ''}：{error.strerror or error}", file=sys.stderr)
        return EXIT_BAD
    return EXIT_FINE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m knowledge.training", description="训练、适配、测量和转换编码器；训练和测量第二级"
    )
    commands = parser.add_subparsers(required=True, metavar="命令")
    part = commands.add_parser("train", help="从语料和问答对训练一个编码器")
    part.add_argument("--data", type=Path, required=True, metavar="DIR", help="训练数据所在的文件夹")
    part.add_argument("--config", type=Path, metavar="FILE", help="配置文件（TOML），默认为随附编码器的配置")
    part.add_argument("--out", type=Path, required=True, metavar="DIR", help="模型写到哪个文件夹")
    part.set_defaults(command=_train)
    part = commands.add_parser("adapt", help="让编码器适应你自己的文件")
    part.add_argument("sources", nargs="+", metavar="SOURCE", help="文件、文件夹或 .jsonl 文件集")
    part.add_argument("--model", metavar="DIR", help="从哪个静态编码器出发，默认为随附的")
    part.add_argument("--steps", type=int, default=200, help="步数，默认 200")
    part.add_argument("--out", type=Path, required=True, metavar="DIR", help="模型写到哪个文件夹")
    part.set_defaults(command=_adapt)
    part = commands.add_parser("measure", help="在有标准文件的问题集上测量检索")
    part.add_argument("--documents", required=True, metavar="FILE", help="文件集（.jsonl 或 .jsonl.xz）")
    part.add_argument("--questions", type=Path, required=True, metavar="FILE", help="问题集（.jsonl）")
    part.add_argument("--encoder", metavar="NAME", help="编码器的名称或路径，默认为随附的")
    part.set_defaults(command=_measure)
    second.add(commands)
    part = commands.add_parser("onnx", help="把公开的编码器或重排模型转换为 ONNX，使用时不再需要 torch")
    part.add_argument("model", metavar="NAME", help="模型名称或本地文件夹")
    part.add_argument("--out", type=Path, required=True, metavar="DIR", help="写到哪个文件夹")
    part.set_defaults(command=_onnx)
    return parser


def _say(line: str) -> None:
    print(line, flush=True)


def _train(options: argparse.Namespace) -> None:
    from knowledge.training.config import Config  # noqa: PLC0415  # each command loads what it needs
    from knowledge.training.export import export  # noqa: PLC0415
    from knowledge.training.train import train  # noqa: PLC0415

    config = Config.read(options.config)
    export(train(config, options.data, _say), options.out)
    _say(f"模型已写到 {options.out}")


def _adapt(options: argparse.Namespace) -> None:
    from knowledge.embed import StaticEmbedder, encoder  # noqa: PLC0415
    from knowledge.training.adapt import adapt  # noqa: PLC0415
    from knowledge.training.corpus import documents  # noqa: PLC0415
    from knowledge.training.errors import TrainingError  # noqa: PLC0415
    from knowledge.training.export import export  # noqa: PLC0415

    start = encoder(options.model)
    if not isinstance(start, StaticEmbedder):
        raise TrainingError(f"{options.model}：只有静态编码器可以适配")
    export(adapt(start.tokenizer, start.table(), documents(options.sources), _say, steps=options.steps), options.out)
    _say(
        f"模型已写到 {options.out}。使用：用 --encoder {options.out} 重新建立索引，再设置 POLICY_ENCODER={options.out}"
    )


def _measure(options: argparse.Namespace) -> None:
    from knowledge.embed import encoder  # noqa: PLC0415
    from knowledge.training.measure import measure  # noqa: PLC0415

    for line in measure(options.documents, options.questions, encoder(options.encoder)):
        _say(line)


def _onnx(options: argparse.Namespace) -> None:
    from knowledge.training.onnx_export import onnx_export  # noqa: PLC0415

    onnx_export(options.model, options.out)
    _say(f"模型已写到 {options.out}。使用：设置 POLICY_BACKEND=onnx，POLICY_ENCODER 或 POLICY_RERANKER 设为这个文件夹")


if __name__ == "__main__":
    sys.exit(main())
