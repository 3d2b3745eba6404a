"""A public encoder or cross-encoder -> a folder that ``knowledge.onnx_model`` runs without torch."""

from __future__ import annotations

import contextlib
import warnings
from pathlib import Path
from typing import Any

from knowledge.errors import EncoderError
from knowledge.onnx_model import MODEL
from knowledge.training.errors import TrainingError
from knowledge.transformer import loaded

_INSTALL = "转换需要 onnx 和 onnxscript，请安装：pip install 'policy-assistant[onnx]'"
_CROSS_ENCODER = "ForSequenceClassification"
_SAMPLE = (2, 7)  # texts and tokens of the input that the model is traced with; both may then be any number
_WEIGHTS = ("*.safetensors", "*.bin")


def onnx_export(name: str, folder: Path) -> None:
    """Write a model of a name or path as ONNX, with its tokenizer and settings.

    Raises EncoderError where it cannot be loaded, TrainingError where it cannot be exported.
    """
    try:
        import onnxscript  # noqa: F401, PLC0415  # what torch exports with
    except ImportError as error:
        raise TrainingError(_INSTALL) from error
    whole = loaded(_kind(name), name)
    whole.save(str(folder))
    for weights in (file for pattern in _WEIGHTS for file in folder.glob(pattern)):
        weights.unlink()
    (folder / MODEL).parent.mkdir(exist_ok=True)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(None):
            warnings.simplefilter("ignore")  # of the exporter about itself
            _trace(whole[0].model, folder / MODEL)
    except Exception as error:  # torch and onnxscript raise many kinds
        reason = str(error).strip().split("\n", 1)[0][:200]
        raise TrainingError(f"{name}：无法转换为 ONNX（{reason}）") from error


def _kind(name: str) -> str:
    from transformers import AutoConfig  # noqa: PLC0415  # 2 s

    try:
        architectures = AutoConfig.from_pretrained(name).architectures or [""]
    except Exception as error:  # each of the libraries below raises its own kinds
        raise EncoderError(name, "模型无法加载。应为模型名称或本地文件夹") from error
    return "CrossEncoder" if architectures[0].endswith(_CROSS_ENCODER) else "SentenceTransformer"


def _trace(model: Any, file: Path) -> None:
    import torch  # noqa: PLC0415  # only training needs it

    class Traced(torch.nn.Module):
        """The model from numbers and mask to its first output."""

        def __init__(self) -> None:
            super().__init__()
            self.inner = model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            found = self.inner(input_ids=input_ids, attention_mask=attention_mask, return_dict=True)
            first: torch.Tensor = found[0]
            return first

    model.config.use_cache = False
    ids = torch.ones(_SAMPLE, dtype=torch.int64)
    sizes = {0: torch.export.Dim("texts"), 1: torch.export.Dim("tokens")}
    is_encoder = not type(model).__name__.endswith(_CROSS_ENCODER)
    torch.onnx.export(
        Traced().eval(),
        (ids, torch.ones_like(ids)),
        str(file),
        input_names=["input_ids", "attention_mask"],
        output_names=["last_hidden_state" if is_encoder else "logits"],
        dynamic_shapes=(sizes, sizes),
        dynamo=True,
        external_data=True,
        verbose=False,
    )
