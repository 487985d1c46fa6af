"""What the peers of `mtlc serve` share: the shop's raw columns as arrays, read from an artifact's own files, and an app of FastAPI
that answers TensorFlow Serving's REST form. Written for speed: no model of pydantic walks the rows, the event loop runs the network
itself (it takes less than a change of threads), and orjson, uvloop and httptools are used where they are installed.
"""
import json
from pathlib import Path

import numpy as np
import uvicorn
from fastapi import FastAPI, HTTPException, Request, Response

try:
    import orjson

    loads, dumps = orjson.loads, orjson.dumps
except ImportError:
    loads, dumps = json.loads, lambda value: json.dumps(value).encode()


class Encoder:
    """Rows of raw columns -> ids int32 [B, 3] (user, item, hour) and numbers float32 [B, 1] (price). Id 0 is a value not seen."""

    def __init__(self, artifact: Path):
        fitted = json.loads((artifact / "fitted.json").read_text())["features"]
        self.users, self.items = (
            {value: at + 1 for at, value in enumerate((artifact / "vocab" / f"{name}.txt").read_text().split("\n")[:-1])}
            for name in ("user_id", "item_id")
        )
        self.hours = np.array(fitted["hour"]["boundaries"], np.float64)

    def __call__(self, rows):
        users, items = self.users, self.items
        ids = np.empty((len(rows), 3), np.int32)
        ids[:, 0] = [users.get(row["user_id"], 0) for row in rows]
        ids[:, 1] = [items.get(row["item_id"], 0) for row in rows]
        ids[:, 2] = np.searchsorted(self.hours, [row["hour"] for row in rows], side="right") + 1
        numbers = np.array([[row["price"]] for row in rows], np.float64)
        return ids, np.log1p(numbers).astype(np.float32)


def create_app(artifact: Path, model) -> FastAPI:
    """`model`: ids, numbers -> the heads by name, an array [B] each."""
    app = FastAPI(openapi_url=None)
    encode = Encoder(artifact)

    @app.get("/health")
    async def health():
        return {"ready": True}

    @app.post("/v1/models/shop:predict")
    async def predict(request: Request):
        try:
            ids, numbers = encode(loads(await request.body())["instances"])
        except (KeyError, TypeError, ValueError) as error:
            raise HTTPException(400, f"the rows cannot be read: {error!r}")
        heads = model(ids, numbers)
        rows = zip(*(values.tolist() for values in heads.values()))
        answer = {"predictions": [dict(zip(heads, row)) for row in rows]}
        return Response(dumps(answer), media_type="application/json")

    return app


def serve(app: str, port: int, workers: int):
    uvicorn.run(app, host="127.0.0.1", port=port, workers=workers, log_level="warning", access_log=False)
