"""The reference of the lookup benchmark: a minimal FastAPI service that gives the same answers from a dict.

One ``async def`` handler, the same pydantic model as its response model, no key, no middleware, no checks.
``PLAIN_ANSWERS`` names a JSON file of postcode key to answer.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from fastapi import FastAPI

from app.lookup.schemas import PostcodeAnswer


def create_app() -> FastAPI:
    """Make the service."""
    read = json.loads(Path(os.environ["PLAIN_ANSWERS"]).read_text(encoding="utf-8"))
    answers = {key: PostcodeAnswer.model_validate(answer) for key, answer in read.items()}
    app = FastAPI()

    @app.get("/v1/postcodes/{postcode}")
    async def one(postcode: str) -> PostcodeAnswer:
        return answers[postcode]

    return app
