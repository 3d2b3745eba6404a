"""A trained table -> a model folder that ``SentenceTransformer(folder)`` loads as it is.

The words' weights are in the rows, so that the plain mean of a StaticEmbedding model is the weighted one; a text's
vector is then scaled to unit length, which makes mean and sum the same.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from knowledge.embed import TOKENIZER, WEIGHTS
from knowledge.training.train import Trained

LOG = "training.log"
_LENGTH = 1.0  # of the longest rows; float16 has its best precision near 1

_MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"},
    {"idx": 1, "name": "1", "path": "1_Normalize", "type": "sentence_transformers.models.Normalize"},
]
_SETTINGS = {"model_type": "SentenceTransformer", "prompts": {}, "similarity_fn_name": "cosine"}


def export(trained: Trained, folder: Path) -> None:
    """Write table, tokenizer, module list and log."""
    from safetensors.numpy import save  # noqa: PLC0415

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "1_Normalize").mkdir(exist_ok=True)
    (folder / "1_Normalize" / "config.json").write_text("{}\n", encoding="utf-8")
    scale = np.percentile(np.linalg.norm(trained.table, axis=1), 99) / _LENGTH
    rows = (trained.table / max(float(scale), 1e-9)).astype(np.float16)
    (folder / WEIGHTS).write_bytes(save({"embedding.weight": rows}))
    (folder / TOKENIZER).write_text(trained.tokenizer.to_str(pretty=False), encoding="utf-8")
    (folder / "modules.json").write_text(json.dumps(_MODULES, indent=1) + "\n", encoding="utf-8")
    (folder / "config_sentence_transformers.json").write_text(json.dumps(_SETTINGS, indent=1) + "\n", encoding="utf-8")
    (folder / LOG).write_text("\n".join(trained.log) + "\n", encoding="utf-8")
