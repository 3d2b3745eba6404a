"""What the pages say, in both languages."""

from __future__ import annotations

from eval.bilingual import Both

WORDS = {
    "title": Both("评测报告", "Evaluation report"),
    "headline": Both("主要指标", "Headline figures"),
    "interval": Both(
        "括号和细线是 95% 区间（自助法，以用例为单位重抽样）。", "Ranges are 95 % intervals (bootstrap over cases)."
    ),
    "faults": Both("问题出在哪一步", "Where it went wrong"),
    "faults_note": Both(
        "答错的用例，以及没有要点可判、但误拒或没有引到依据的用例，各算到最先出错的一步；「引用」一项里的用例要点都对。点名称看用例。",
        "Wrong cases, and those without facts that were refused or do not cite the evidence, each counted at the first "
        "step that failed; those under Citation have their facts right. Click a name to see its cases.",
    ),
    "no_faults": Both("没有发现问题。", "Nothing found wrong."),
    "slices": Both("分组", "Slices"),
    "plots": Both("曲线", "Curves"),
    "coverage": Both("作答比例（先答最有把握的）", "Share answered (surest first)"),
    "coverage_accuracy": Both("作答比例与正确率", "Coverage and accuracy"),
    "coverage_note": Both(
        "把握按首位与次位段落的得分差排序；圆点是现在的做法。",
        "Certainty is the gap of the first two retrieval scores; the dot is today's.",
    ),
    "latency": Both("多大比例的用例在多少毫秒内答完", "Share of cases answered within so many milliseconds"),
    "milliseconds": Both("毫秒（对数）", "milliseconds (log scale)"),
    "cases": Both("用例", "Cases"),
    "more": Both("显示更多", "Show more"),
    "noscript": Both("浏览器没有启用脚本，用例请看 report.md。", "Scripts are off: see report.md for the cases."),
    "search": Both("搜索问题、回答、编号", "Search questions, answers, ids"),
    "any_fault": Both("问题：全部", "fault: all"),
    "measures": Both("全部指标", "All measures"),
    "measure": Both("指标", "Measure"),
    "value": Both("值", "Value"),
    "range": Both("95% 区间", "95 % interval"),
    "applies": Both("适用用例", "Cases"),
    "throughput": Both("吞吐", "Throughput"),
    "judge": Both("大模型评审（参考）", "Language-model judge (an opinion)"),
    "judge_note": Both(
        "这是配置的大模型的意见，不计入其他任何指标，也不能用作门槛。",
        "What the configured language model thinks. It is in none of the other figures and cannot be gated on.",
    ),
    "made_with": Both("这次评测是怎么做的", "How this run was made"),
    "dataset": Both("题集", "Question set"),
    "index": Both("索引", "Index"),
    "revision": Both("代码版本", "Revision"),
    "seed": Both("随机种子", "Seed"),
    "sessions": Both("运行时段（用例数）", "Sessions (cases)"),
    "index_manifest": Both("索引清单", "Index manifest"),
    "settings": Both("设置", "Settings"),
    "parameters": Both("扫描的参数", "Swept parameters"),
    "packages": Both("软件包", "Packages"),
    "is_evidence": Both("标准依据", "gold evidence"),
    "is_cited": Both("被引用", "cited"),
    "is_fact": Both("答对的要点", "fact told"),
}
VERDICTS = {
    "problem": Both("有问题的", "with a fault"),
    "wrong": Both("答错的", "wrong"),
    "right": Both("答对的", "right"),
    "unjudged": Both("无从判断的", "not judged"),
    "all": Both("全部用例", "all cases"),
}
CASE_WORDS = {
    "question": Both("问题", "Question"),
    "answer": Both("回答", "Answer"),
    "empty": Both("（空）", "(empty)"),
    "wanted": Both("应当", "Wanted"),
    "expected_status": Both("状态应为 ", "status "),
    "absent": Both("不应出现：", "must not say: "),
    "unanswerable": Both("文件没有说明，应当拒答", "The documents do not tell: refuse"),
    "reference": Both("参考答案：", "Reference: "),
    "evidence": Both("标准依据", "Gold evidence"),
    "not_retrieved": Both("未检索到", "not retrieved"),
    "is_cited": Both("已引用", "cited"),
    "not_cited": Both("未引用", "not cited"),
    "citations": Both("引用", "Citations"),
    "retrieved": Both("检索到的段落", "Retrieved passages"),
}
