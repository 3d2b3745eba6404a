"""A trained second stage -> a folder that ``knowledge.rerank.SecondStage`` runs: ONNX, tokenizer, settings, log.

Weights and word vectors become 8-bit numbers (one scale a row of weights), activations are scaled as they come: the
dynamic quantisation of onnxruntime. ``--float`` leaves them as they are, to compare.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import warnings
from pathlib import Path

import torch

from knowledge.embed import StaticEmbedder
from knowledge.pair import marked
from knowledge.rerank import KIND, MODEL, SETTINGS, TOKENIZER
from knowledge.training.errors import TrainingDataError, TrainingError
from knowledge.training.second.config import SecondConfig
from knowledge.training.second.fit import WEIGHTS, shape
from knowledge.training.second.model import PairReader

LOG = "training.log"
LARGEST = 30_000_000  # bytes
_OPSET = 17
_AXES = {0: "rows", 1: "length"}


def export(
    config: SecondConfig, work: Path, folder: Path, *, share: float, least: float = 0.0, whole_numbers: bool = True
) -> int:
    """Write the model folder; return the model's size in bytes. ``share`` is the second stage's in the fused score.

    ``least``: the chance of being told from which on a passage counts as an answer; 0: nothing is refused by it.
    """
    model, lines = trained(config, work)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        plain = Path(temporary) / "float.onnx"
        write_onnx(model, plain)
        if whole_numbers:
            quantised(plain, folder / MODEL)
        else:
            shutil.copy(plain, folder / MODEL)
    told = {"kind": KIND, "length": config.length, "share": share, "least": least}
    (folder / SETTINGS).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    marked_tokenizer = marked(StaticEmbedder().tokenizer)
    (folder / TOKENIZER).write_text(marked_tokenizer.to_str(pretty=False), encoding="utf-8")
    (folder / LOG).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return (folder / MODEL).stat().st_size


def trained(config: SecondConfig, work: Path) -> tuple[PairReader, list[str]]:
    """Return the model of a run as it stands, and the run's log; raises TrainingDataError."""
    path = work / WEIGHTS
    try:
        told = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise TrainingDataError(f"{path}：没有训练好的权重，请先运行 second train") from None
    encoder = StaticEmbedder()
    model = PairReader(shape(config, marked(encoder.tokenizer)), encoder.table())
    try:
        model.load_state_dict(told["model"])
    except RuntimeError as error:
        raise TrainingDataError(f"{path}：权重与配置的大小不同") from error
    return model.eval(), list(told["lines"])


def write_onnx(model: PairReader, path: Path) -> None:
    """Write a model as ONNX; rows and their length may be any number."""
    ids = torch.ones((2, 12), dtype=torch.long)
    parts = torch.tensor([[1] * 4 + [2] * 3 + [3] * 5, [1] * 4 + [2] * 3 + [3] * 3 + [0] * 2])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # this exporter is said to be on its way out; the other takes 14 s
            torch.onnx.export(
                model.eval(),
                (ids, parts),
                str(path),
                input_names=["ids", "parts"],
                output_names=["judged", "ends"],
                dynamic_axes={"ids": _AXES, "parts": _AXES, "judged": {0: "rows"}, "ends": _AXES},
                opset_version=_OPSET,
                dynamo=False,
            )
    except ImportError as error:
        raise TrainingError("导出需要 onnx：pip install 'policy-assistant[onnx]'") from error


def quantised(plain: Path, path: Path) -> None:
    """Write an ONNX model with weights of 8 bits."""
    from onnxruntime.quantization import QuantType, quantize_dynamic  # noqa: PLC0415  # only to export

    quantize_dynamic(plain, path, weight_type=QuantType.QInt8, per_channel=True)
