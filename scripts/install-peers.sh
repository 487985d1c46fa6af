#!/bin/sh
# The peers of `npm run bench -- all` in a Python environment of their own: scripts/install-peers.sh FOLDER
# PYTHON names the Python that makes it (python3; 3.11 to 3.13). TORCH_INDEX names a package index with PyTorch for CPUs only,
# which is a tenth of the download; the benchmarks use no other part. torch.compile needs a C++ compiler.
set -eu
folder=${1:?"give the folder of the environment"}
needs=$(dirname "$0")/../bench/peers/requirements.txt
"${PYTHON:-python3}" -m venv "$folder"
if [ -n "${TORCH_INDEX:-}" ]; then
  "$folder/bin/pip" install --index-url "$TORCH_INDEX" "$(grep '^torch==' "$needs")"
fi
"$folder/bin/pip" install --requirement "$needs"
"$folder/bin/python" - <<'PYTHON'
from importlib.metadata import version
print("installed:", ", ".join(f"{name} {version(name)}" for name in
      ("torch", "tensorflow-cpu", "jax", "deepctr-torch", "torch-rechub", "pyarrow", "pandas", "lightgbm", "onnxruntime")))
PYTHON
echo "now: MTLC_PYTHON=$folder/bin/python npm run bench -- all"
