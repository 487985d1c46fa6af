"""The body of a request to TensorFlow Serving: python request.py ARTIFACT ROWS.jsonl > request.json

Needs NumPy only.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "python"))

from encoding import Encoder


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    artifact, path = sys.argv[1:]
    with open(path, encoding="utf-8") as lines:
        feeds = Encoder(artifact)([json.loads(line) for line in lines if line.strip()])
    manifest = json.loads((Path(artifact) / "manifest.json").read_text("utf-8"))
    names = [tensor["name"] for tensor in manifest["signatures"]["predict"]["inputs"]]
    json.dump(
        {"signature_name": "serving_default", "inputs": {name: feeds[name].tolist() for name in names}}, sys.stdout
    )
    print()


if __name__ == "__main__":
    main()
