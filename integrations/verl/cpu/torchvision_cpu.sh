#!/usr/bin/env bash
# Puts a torchvision into a folder that imports beside a CPU build of torch; put the folder on PYTHONPATH.
#
#     torchvision_cpu.sh FOLDER
#
# Qwen2.5-VL's processor needs torchvision. The wheel on PyPI is linked to CUDA: beside a CPU torch its compiled
# part does not load, and then its Python part fails, since it describes operators (nms) that nobody has defined.
# Two empty definitions cure that. Transforms work, detection operators do not. Where a CPU wheel can be had
# (https://download.pytorch.org/whl/cpu), install that one and leave this script alone: it does nothing where
# torchvision imports already.
set -euo pipefail

folder=${1:?usage: torchvision_cpu.sh FOLDER}
python=${PYTHON:-python}
version=0.28.0 # the one made for torch 2.13.0

if PYTHONPATH="$folder${PYTHONPATH:+:$PYTHONPATH}" "$python" -c 'import torchvision.transforms.v2' 2>/dev/null; then
  exit 0
fi
"$python" -m pip install --quiet --no-deps --upgrade --target "$folder" "torchvision==$version"
file=$folder/torchvision/_meta_registrations.py
{
  echo 'import torch as _torch'
  echo '_undefined = _torch.library.Library("torchvision", "DEF")'
  for operator in nms qnms; do
    echo "_undefined.define(\"$operator(Tensor dets, Tensor scores, float iou_threshold) -> Tensor\")"
  done
  cat "$file"
} >"$file.new"
mv "$file.new" "$file"
PYTHONPATH=$folder "$python" -W ignore -c 'import torchvision.transforms.v2'
