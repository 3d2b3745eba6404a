"""The encoder, taught the words of a person's own documents.

Training goes on from the finished table over the documents alone; what is learnt is a correction of each row, kept
small by a penalty on its length, so that what the encoder knows of other texts stays.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from knowledge import words
from knowledge.training.corpus import Text
from knowledge.training.errors import TrainingDataError
from knowledge.training.material import Bags, RunningText
from knowledge.training.train import Log, Trained, keep_memory

FEWEST_WORDS = 2_000
_TEMPERATURE = 0.06
_LOG_EVERY = 50


def adapt(
    tokenizer: Tokenizer,
    table: NDArray[np.float32],
    texts: Sequence[Text],
    say: Log,
    *,
    steps: int = 200,
    batch: int = 512,
    learning_rate: float = 0.003,
    pull: float = 3.0,
    seed: int = 20,
) -> Trained:
    """Go on training a table over texts; raises TrainingDataError where they hold too little."""
    import torch  # noqa: PLC0415  # only training needs it
    from torch.nn import functional  # noqa: PLC0415

    from knowledge.training.model import embedded  # noqa: PLC0415

    bodies = Bags.of(tokenizer, [words.simplified(text.text) for text in texts])
    titles = Bags.of(tokenizer, [words.simplified(text.title) for text in texts])
    if len(bodies.tokens) < FEWEST_WORDS:
        raise TrainingDataError(f"文件太少：只有 {len(bodies.tokens)} 个词，至少要 {FEWEST_WORDS} 个")
    keep_memory()
    random = np.random.default_rng(seed)
    source = RunningText(bodies, titles, run=1)
    first = torch.from_numpy(table)
    scale = float(first.norm(dim=1).mean())
    change = torch.nn.Parameter(torch.zeros_like(first))
    optimizer = torch.optim.Adam([change], lr=learning_rate * scale)
    lines, losses = [], []
    for step in range(1, steps + 1):
        drawn = source.draw(batch, random)
        rows = first + change
        similarity = embedded(rows, drawn.queries) @ embedded(rows, drawn.positives).T / _TEMPERATURE
        own = torch.arange(len(similarity))
        loss = (functional.cross_entropy(similarity, own) + functional.cross_entropy(similarity.T, own)) / 2
        kept = pull * (change / scale).square().sum() / len(bodies)
        optimizer.zero_grad()
        (loss + kept).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses.append(loss.item())
        if step % _LOG_EVERY == 0 or step == steps:
            lines.append(f"第 {step} 步，损失 {np.mean(losses):.4f}")
            say(lines[-1])
            losses = []
    return Trained(tokenizer, (first + change).detach().numpy(), tuple(lines))
