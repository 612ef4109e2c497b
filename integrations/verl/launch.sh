#!/usr/bin/env bash
# GRPO on Qwen2.5-VL with our reward: launch.sh CONFIG [Hydra overrides]
#
#   TRAIN=data/train.parquet VALIDATION=data/validation.parquet integrations/verl/launch.sh paper_8gpu
#   … integrations/verl/launch.sh paper_1gpu_lora actor_rollout_ref.model.path=/models/qwen trainer.total_epochs=3
#
# CONFIG is a file of config/ beside this script. TRAIN and VALIDATION are what `medvie prepare` writes. OVERRIDES names
# a file with one Hydra override per line (# starts a comment), which come before those of the command line.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
config=${1:?"usage: launch.sh CONFIG [overrides]; CONFIG is one of: $(cd "$here/config" && echo *.yaml)"}
shift
train=${TRAIN:?"TRAIN: expected the parquet file to train on"}
validation=${VALIDATION:?"VALIDATION: expected the parquet file to validate on"}

# The linear decay and the frozen vision tower, which verl 0.9.1 cannot be told in its configuration.
modules=medvie_reward.integrations.verl_recipe
export VERL_USE_EXTERNAL_MODULES=${VERL_USE_EXTERNAL_MODULES:+$VERL_USE_EXTERNAL_MODULES,}$modules

overrides=()
if [ -n "${OVERRIDES:-}" ]; then
  while read -r line; do
    line=${line%%#*}
    line=${line%"${line##*[![:space:]]}"}
    [ -z "$line" ] || overrides+=("$line")
  done <"$OVERRIDES"
fi
exec "${PYTHON:-python}" -m verl.trainer.main_ppo --config-path="$here/config" --config-name="$config" \
  data.train_files="$train" data.val_files="$validation" "${overrides[@]}" "$@"
