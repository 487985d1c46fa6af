#!/bin/sh
# PyTorch 2.4 with TorchRec in a Python environment of its own: scripts/install-torchrec.sh FOLDER
set -eu
folder=${1:?"give the folder of the environment"}
python3 -m venv "$folder"
"$folder/bin/pip" install torch==2.4.1 "numpy<2" "pyarrow==17.*"
# Without what they ask for: that is the newest fbgemm-gpu, which is for another PyTorch.
"$folder/bin/pip" install --no-deps torchrec==0.8.0 fbgemm-gpu-cpu==0.8.0
"$folder/bin/pip" install iopath pyre-extensions tensordict==0.5.0 torchmetrics==1.0.3 tqdm
