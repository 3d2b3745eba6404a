"""``python -m assistant ask | chat | serve | keys | mcp | export | import | notice | wechat-sim``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from assistant.errors import AssistantError
from knowledge.errors import KnowledgeError

EXIT_BAD = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0 fine, 1 failed, 2 bad use or bad input (one line on stderr)."""
    options = _parser().parse_args(arguments)
    try:
        return _run(options)
    except BrokenPipeError:  # the reader of a pipe has left
        sys.stderr.close()
        return 0
    except (AssistantError, KnowledgeError) as error:
        print(f"错误：{error}", file=sys.stderr)
        return EXIT_BAD


def _run(options: argparse.Namespace) -> int:
    if options.command == "serve":
        from assistant.channels import serving  # noqa: PLC0415  # asking must not wait for the web

        return serving.serve(index=options.index, host=options.host, port=options.port, workers=options.workers)
    if options.command == "keys":
        from assistant.channels import key_desk  # noqa: PLC0415

        return key_desk.run(options)
    if options.command == "mcp":
        from assistant.channels import mcp_door  # noqa: PLC0415

        return mcp_door.serve(options.index)
    if options.command == "notice":
        from assistant.channels import webhook  # noqa: PLC0415

        return webhook.notice(options.text, options.file, markdown=options.markdown)
    if options.command == "wechat-sim":
        from assistant.channels import simulator  # noqa: PLC0415

        return simulator.run(options.server, wecom=options.wecom, plain=options.plain, asked=options.ask)
    if options.command in {"export", "import"}:
        from assistant.channels import safekeeping  # noqa: PLC0415

        if options.command == "export":
            return safekeeping.export(options.file, options.index)
        return safekeeping.restore(options.file, options.index, replacing=options.replace)
    from assistant.channels import cli  # noqa: PLC0415

    if options.command == "ask":
        return cli.ask(
            options.question,
            options.index,
            as_json=options.json,
            history=options.history,
            with_account=options.explain,
        )
    return cli.chat(options.index)


class _Parser(argparse.ArgumentParser):
    """Tells bad use in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_BAD, f"错误：{message}（用法见 {self.prog} --help）\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m assistant", description="按政策文件回答问题，附原文依据")
    commands = parser.add_subparsers(required=True, dest="command", metavar="命令")
    part = commands.add_parser("ask", help="问一个问题")
    part.add_argument("question", metavar="问题")
    part.add_argument("--json", action="store_true", help="只输出一个 JSON 对象")
    part.add_argument("--history", type=Path, metavar="FILE", help="之前的问题：JSON 列表")
    part.add_argument("--explain", action="store_true", help="说明回答的由来：检索词、命中和分数、提示词、逐句核对")
    _index(part)
    _index(commands.add_parser("chat", help="在终端里连续提问"))
    part = commands.add_parser("serve", help="提供网页和接口")
    part.add_argument("--host", help="监听地址，默认 HOST 或 127.0.0.1")
    part.add_argument("--port", type=int, help="端口，默认 PORT 或 7860")
    part.add_argument("--workers", type=int, default=1, help="进程数")
    _index(part)
    _keys(commands.add_parser("keys", help="发放、列出、吊销接口的密钥"))
    _index(commands.add_parser("mcp", help="通过标准输入输出提供 MCP 工具"))
    part = commands.add_parser("export", help="把文件、对话和反馈备份成一个文件")
    part.add_argument("file", type=Path, metavar="FILE")
    _index(part)
    part = commands.add_parser("import", help="从备份恢复；请先停下服务")
    part.add_argument("file", type=Path, metavar="FILE")
    part.add_argument("--replace", action="store_true", help="换掉已有的索引和数据库")
    _index(part)
    part = commands.add_parser("notice", help="把一则通知推送到企业微信群")
    part.add_argument("text", metavar="通知", nargs="?", help="通知的文字；不写时从标准输入读")
    part.add_argument("--file", type=Path, metavar="FILE", help="从文件读")
    part.add_argument("--markdown", action="store_true", help="按 Markdown 显示")
    part = commands.add_parser("wechat-sim", help="模拟微信平台，在终端里试用机器人")
    part.add_argument("--server", help="服务的地址，默认按 HOST 和 PORT")
    part.add_argument("--wecom", action="store_true", help="模拟企业微信的应用")
    part.add_argument("--plain", action="store_true", help="明文模式")
    part.add_argument("--ask", metavar="问题", action="append", help="问一句就结束；可以写多个")
    return parser


def _keys(part: argparse.ArgumentParser) -> None:
    actions = part.add_subparsers(required=True, dest="action", metavar="操作")
    add = actions.add_parser("add", help="发放一个密钥，只显示这一次")
    add.add_argument("name", metavar="名称", help="给谁用的")
    add.add_argument("--rate", metavar="N/minute", help="它自己的限流，默认按 POLICY_KEY_RATE_LIMIT")
    listing = actions.add_parser("list", help="列出密钥，不显示内容")
    listing.add_argument("--json", action="store_true", help="只输出一个 JSON 列表")
    actions.add_parser("revoke", help="吊销一个密钥").add_argument("name", metavar="名称或编号")
    actions.add_parser("reset", help="删除全部密钥，接口不再需要密钥")


def _index(part: argparse.ArgumentParser) -> None:
    part.add_argument("--index", type=Path, metavar="DIR", help="索引所在的文件夹，默认用数据目录里的")


if __name__ == "__main__":
    sys.exit(main())
