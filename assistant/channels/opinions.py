"""``POST /api/feedback``: what a person says of an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from assistant.channels.answer_page import MAX_ID
from assistant.channels.api import Text
from assistant.channels.problems import problem
from assistant.state.answers import Opinion

if TYPE_CHECKING:
    from assistant.state.answers import Answers, Feedback

MAX_COMMENT = 2_000
"""Characters."""
_UNKNOWN = "没有这个回答，或已超过保存期限。"


class FeedbackRequest(BaseModel):
    """The body of ``POST /api/feedback``."""

    model_config = ConfigDict(
        strict=True, json_schema_extra={"examples": [{"answer_id": "G3d_ngJt2DYJ", "rating": "up"}]}
    )

    answer_id: Text = Field(description="the id of an answer")
    rating: Literal["up", "down"]
    comment: Text | None = Field(None, max_length=MAX_COMMENT, description="at most 2,000 characters")


def routes(answers: Answers, feedback: Feedback) -> APIRouter:
    """Return the route; an opinion is kept only of an answer that was given."""
    router = APIRouter()

    @router.post("/api/feedback", summary="Say whether an answer was of use")
    def rate(body: FeedbackRequest) -> Response:
        if len(body.answer_id) > MAX_ID or answers.find(body.answer_id) is None:
            return problem(404, _UNKNOWN)
        comment = (body.comment or "").strip() or None
        feedback.add(Opinion(body.answer_id, body.rating, comment))
        return JSONResponse({"answer_id": body.answer_id, "rating": body.rating}, headers={"Cache-Control": "no-store"})

    return router
