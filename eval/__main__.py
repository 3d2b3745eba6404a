"""python -m eval run | report | compare | gate | sweep | mine | judge.

Exit 0: fine. 1: a finding (a case failed with an error, a requirement is not met). 2: bad use or bad input, said in
one line on standard error.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from assistant.errors import AssistantError
from eval import compare_page, dataset, gold, grid, judge, labelling, log, markdown, mine, sweep_page
from eval.compare import compare
from eval.errors import EvaluationError, MiningError, RequirementError
from eval.folder import RunFolder, replace
from eval.gate import parse, read, verdicts
from eval.progress import shown
from eval.report import FILES, scored, write_metrics, write_pages
from eval.run import Options, run
from eval.shipped import Shipped
from eval.sweep import run_sweep
from knowledge.errors import KnowledgeError
from knowledge.progress import shown as progress

if TYPE_CHECKING:
    from collections.abc import Sequence

FINE, FINDING, BAD_USE, INTERRUPTED = 0, 1, 2, 130


class _Parser(argparse.ArgumentParser):
    """Says in one line what is wrong with the arguments."""

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_USE, f"参数有误：{message}。用法见 {self.prog} --help\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    chosen = _parser().parse_args(arguments)
    try:
        code: int = chosen.command(chosen)
        sys.stdout.flush()
    except (EvaluationError, AssistantError, KnowledgeError) as error:
        print(error, file=sys.stderr)
        return BAD_USE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    except OSError as error:
        print(f"读写失败：{error.filename or ''} {error.strerror or error}。请检查磁盘空间和权限", file=sys.stderr)
        return BAD_USE
    except KeyboardInterrupt:
        print("已中断。评测批次可以加 --resume 继续", file=sys.stderr)
        return INTERRUPTED
    return code


def _run(chosen: argparse.Namespace) -> int:
    questions = dataset.read(chosen.dataset)
    if chosen.where:
        questions = questions.only(*chosen.where)
    if questions.hint:
        print(questions.hint, file=sys.stderr)
    folder = RunFolder(chosen.out)
    options = Options(chosen.jobs, chosen.limit, chosen.resume, chosen.seed)
    subject = Shipped(chosen.index)
    for warning in gold.warnings(questions.cases, subject.documents()):
        print(warning, file=sys.stderr)
    run(questions, subject, folder, options, shown)
    report = scored(folder)
    write_metrics(report)
    print(report.summary())
    print(f"\n已写入 {folder.answers} 和 {folder.path / 'metrics.json'}")
    return FINDING if report.failed else FINE


def _sweep(chosen: argparse.Namespace) -> int:
    plan = grid.read(chosen.file)
    options = Options(chosen.jobs, resume=chosen.resume, seed=chosen.seed)
    swept = run_sweep(plan, dataset.read(plan.dataset), chosen.out, options, shown)
    page = chosen.out / "sweep.html"
    replace(page, (part.encode("utf-8", "backslashreplace") for part in sweep_page.html(swept)))
    print(swept.summary())
    print(f"\n已写入 {page} 和 {chosen.out / 'sweep.json'}；每组设置的评测批次在 {chosen.out / 'points'}")
    return FINE


def _mine(chosen: argparse.Namespace) -> int:
    if chosen.labelled is not None:
        found = mine.labelled(chosen.labelled)
        if found.cases:
            replace(chosen.out, found.lines())
            dataset.read(chosen.out)
        print(f"采用 {len(found.cases)} 个，不采用 {found.rejected} 个，还没标注 {found.open} 个")
        print(f"已写入 {chosen.out}" if found.cases else "没有采用的用例，什么都没有写")
        return FINE
    if not chosen.logs:
        raise MiningError("请给出对话记录，或用 --labelled 给出标注好的表")
    known = [case for path in chosen.known for case in dataset.read(path).cases]
    turns = (turn for path in chosen.logs for turn in log.read(path))
    proposals = mine.propose(turns, known)[: chosen.limit]
    labelling.write(chosen.out, proposals)
    reasons = sum((Counter(dict.fromkeys(proposal.reasons, 1)) for proposal in proposals), Counter[str]())
    print(
        f"提出 {len(proposals)} 个用例："
        + ("，".join(f"{reason} {count}" for reason, count in reasons.most_common()) or "无")
    )
    print(f"已写入 {chosen.out}，标注后用 --labelled 读回")
    return FINE


def _judge(chosen: argparse.Namespace) -> int:
    from assistant.settings import load_settings  # noqa: PLC0415  heavy

    report = scored(RunFolder(chosen.run))
    model = judge.chat_model(load_settings())
    total = sum(1 for _ in judge.wanted(report))
    with progress("大模型评审", "题", total) as advance:
        judge.judge(report, model, advance, chosen.limit)
    write_metrics(report)
    write_pages(report)
    print(markdown.judged(judge.verdicts(report)))
    return FINE


def _report(chosen: argparse.Namespace) -> int:
    report = scored(RunFolder(chosen.run))
    write_metrics(report)
    write_pages(report)
    print(report.summary())
    print(f"\n已写入 {chosen.run} 里的 {'、'.join(FILES)}")
    return FINE


def _compare(chosen: argparse.Namespace) -> int:
    comparison = compare(RunFolder(chosen.before), RunFolder(chosen.after))
    print(comparison.summary())
    target = chosen.html or chosen.after / "compare.html"
    target.parent.mkdir(parents=True, exist_ok=True)
    replace(target, (part.encode("utf-8", "backslashreplace") for part in compare_page.html(comparison)))
    as_json = json.dumps(comparison.to_json(), ensure_ascii=False, indent=2) + "\n"
    replace(target.with_suffix(".json"), [as_json.encode()])
    print(f"\n已写入 {target} 和 {target.with_suffix('.json')}")
    return FINE


def _gate(chosen: argparse.Namespace) -> int:
    requirements = [parse(text) for text in chosen.require]
    requirements += (requirement for path in chosen.file for requirement in read(path))
    if not requirements:
        raise RequirementError("没有任何要求，请用 --require 或 --file 给出")
    judged = verdicts(scored(RunFolder(chosen.run)), requirements)
    for verdict in judged:
        print(verdict)
    return FINE if all(verdict.met for verdict in judged) else FINDING


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m eval", description="用有标准答案的题集评测问答助手")
    commands = parser.add_subparsers(required=True, metavar="命令", title="命令")
    command = commands.add_parser("run", help="用题集评测，写出每题的回答和各项指标")
    command.add_argument("dataset", type=Path, metavar="题集", help="JSONL、JSON、CSV 或 XLSX 文件")
    command.add_argument("--out", type=Path, required=True, metavar="文件夹", help="评测批次写到哪里")
    command.add_argument("--index", type=Path, metavar="索引", help="不写则用默认索引")
    command.add_argument("--jobs", type=_positive, default=1, metavar="N", help="进程数，默认 1")
    command.add_argument("--limit", type=_positive, metavar="N", help="只评测前 N 个用例")
    command.add_argument("--where", type=_field, metavar="字段=值", help="只评测这一组用例，例如 split=dev")
    command.add_argument("--resume", action="store_true", help="接着跑没有跑完的批次")
    command.add_argument("--seed", type=_natural, default=0, metavar="N", help="置信区间的随机种子，默认 0")
    command.set_defaults(command=_run)
    command = commands.add_parser("report", help="写出 report.html、report.md、metrics.json 和 junit.xml")
    command.add_argument("run", type=Path, metavar="批次", help="评测批次的文件夹")
    command.set_defaults(command=_report)
    command = commands.add_parser("compare", help="比较同一题集的两个批次")
    command.add_argument("before", type=Path, metavar="批次A")
    command.add_argument("after", type=Path, metavar="批次B")
    command.add_argument("--html", type=Path, metavar="文件", help="网页写到哪里，默认批次B 里的 compare.html")
    command.set_defaults(command=_compare)
    command = commands.add_parser("sweep", help="用一组组设置评测同一题集，找出最好的")
    command.add_argument("file", type=Path, metavar="扫描文件", help="TOML 文件，写法见 docs/evaluation.md")
    command.add_argument("--out", type=Path, required=True, metavar="文件夹", help="结果写到哪里")
    command.add_argument("--jobs", type=_positive, default=1, metavar="N", help="进程数，默认 1；大于 1 时延迟会偏大")
    command.add_argument("--resume", action="store_true", help="接着跑没有跑完的扫描")
    command.add_argument("--seed", type=_natural, default=0, metavar="N", help="区间和分折的随机种子，默认 0")
    command.set_defaults(command=_sweep)
    command = commands.add_parser("mine", help="从对话记录里提出新用例，供人标注；或把标注好的表变成题集")
    command.add_argument("logs", nargs="*", type=Path, metavar="对话记录", help="每行一个 JSON 对象")
    command.add_argument(
        "--out", type=Path, required=True, metavar="文件", help=".xlsx 或 .csv；配 --labelled 时是 .jsonl"
    )
    command.add_argument("--known", type=Path, action="append", default=[], metavar="题集", help="已有的题不再提出")
    command.add_argument("--limit", type=_positive, metavar="N", help="最多提出 N 个")
    command.add_argument("--labelled", type=Path, metavar="表", help="标注好的 .xlsx 或 .csv")
    command.set_defaults(command=_mine)
    command = commands.add_parser("judge", help="（可选）请配置好的大模型评回答；单列，不混入其他指标")
    command.add_argument("run", type=Path, metavar="批次", help="评测批次的文件夹")
    command.add_argument("--limit", type=_positive, metavar="N", help="最多评 N 题")
    command.set_defaults(command=_judge)
    command = commands.add_parser("gate", help="检查指标是否达标：达标退出码 0，不达标 1")
    command.add_argument("run", type=Path, metavar="批次", help="评测批次的文件夹")
    command.add_argument(
        "--require", nargs="+", action="extend", default=[], metavar="要求", help="例如 answer_accuracy>=0.9"
    )
    command.add_argument("--file", type=Path, action="append", default=[], metavar="文件", help="每行一项要求")
    command.set_defaults(command=_gate)
    return parser


def _field(text: str) -> tuple[str, str]:
    field, _, value = text.partition("=")
    if not field or not value:
        raise argparse.ArgumentTypeError(f"{text} 应写成 字段=值")
    return field, value


def _positive(text: str) -> int:
    return _at_least(text, 1)


def _natural(text: str) -> int:
    return _at_least(text, 0)


def _at_least(text: str, least: int) -> int:
    if not text.isdecimal() or int(text) < least:
        raise argparse.ArgumentTypeError(f"{text} 应为不小于 {least} 的整数")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
