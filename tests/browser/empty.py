"""An empty page of the engine, to measure the chat page by: ``python empty.py``, with HOST and PORT."""

from __future__ import annotations

import os

import gradio as gr
import uvicorn
from fastapi import FastAPI


def main() -> None:
    """Serve until stopped."""
    with gr.Blocks(analytics_enabled=False) as empty:
        pass
    app = FastAPI()
    app.get("/healthz")(lambda: {"status": "ok"})
    gr.mount_gradio_app(app, empty, path="/", ssr_mode=False)
    uvicorn.run(app, host=os.environ["HOST"], port=int(os.environ["PORT"]), log_level="warning")


if __name__ == "__main__":
    main()
