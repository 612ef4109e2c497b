#!/usr/bin/env bash
# GRPO by verl's own main_ppo on a CPU, from nothing to a checked run: draws reports, builds and warms up a tiny model,
# trains it with our reward, checks what came out. Uses ../launch.sh, as a run on GPUs does. ../reading has the run on
# images.
#
#   WORK=/tmp/grpo SEED=0 run.sh
#
#   WORK         folder for everything that is made (default: a new one under /tmp); what is there is used again
#   SEED         of reports, weights, warm start, order of the data and samples (default 0)
#   STEPS        GRPO steps (default 20)
#   WARM_STEPS   steps of the warm start (default 1000); 0: the policy stays random, and no lift is asked for
#   ARM          reward of arms.py to train with (default: the recipe's own); the run's folder has its name
#   SLIP         share of the warm start's tables whose results stand one row too high (default 0)
#   SAMPLES      answers per held-out page in each validation (default 1)
#   MARGIN       by how much the last third of the steps must beat the first in mean reward (default 0.1)
#
# Python is that of the active virtual environment.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
seed=${SEED:-0}
warm=${WARM_STEPS:-1000}
work=${WORK:-$(mktemp -d /tmp/medvie_verl_cpu.XXXXXX)}
mkdir -p "$work"
work=$(cd "$work" && pwd)

# One thread per process: several run side by side, and on shared cores threads wait for each other.
export OMP_NUM_THREADS=1 TOKENIZERS_PARALLELISM=false HF_HUB_OFFLINE=1 HF_HUB_DISABLE_PROGRESS_BARS=1
export PYTHONPATH="$here${PYTHONPATH:+:$PYTHONPATH}"

say() { echo "$(date +%T) $*"; }

prepare() {
  local reports=$work/reports-$seed
  [ ! -e "$reports/validation_text.parquet" ] || return 0
  python "$here/small_reports.py" --out "$reports" --seed "$seed"
  medvie prepare "$reports/reports.jsonl" --schema "$reports/report.schema.json" --out "$reports" --seed "$seed"
  for split in train validation; do
    python "$here/training_rows.py" "$reports/$split.parquet" "$reports/${split}_text.parquet"
  done
}

folder=$work/model-text-$seed-$warm${SLIP:+-slip}

model() {
  local rows=$work/reports-$seed/train_text.parquet
  [ ! -e "$folder/done" ] || return 0
  python "$here/tiny_model.py" --rows "$rows" --out "$folder" --seed "$seed"
  [ "$warm" -eq 0 ] ||
    python "$here/warm_start.py" --model "$folder" --rows "$rows" --steps "$warm" --seed "$seed" --slip "${SLIP:-0}"
  touch "$folder/done"
}

train() { # STEPS
  local out=$work/run-text-$seed
  [ "$warm" -ne 0 ] || out=$work/random-text-$seed
  local arm=()
  if [ -n "${ARM:-}" ]; then
    out=$work/arm-$ARM-$seed
    mapfile -t arm < <(python "$here/arms.py" "$ARM")
    [ "${#arm[@]}" -gt 0 ] || return 1
  fi
  rm -rf "$out"
  mkdir -p "$out"
  say "$1 steps of GRPO, log in $out/log.txt"
  local status=0 start=$SECONDS
  (
    cd "$out"
    export VERL_USE_EXTERNAL_MODULES=cpu_platform VERL_PLATFORM=cpu VERL_ENGINE_DEVICE=cuda
    export VERL_FILE_LOGGER_PATH=$out/metrics.jsonl RAY_DEDUP_LOGS=0
    TRAIN=$work/reports-$seed/train_text.parquet VALIDATION=$work/reports-$seed/validation_text.parquet \
      OVERRIDES=$here/overrides.txt \
      "$here/../launch.sh" paper \
      actor_rollout_ref.model.path="$folder" "${arm[@]}" \
      actor_rollout_ref.rollout.val_kwargs.n="${SAMPLES:-1}" \
      actor_rollout_ref.rollout.seed="$seed" actor_rollout_ref.actor.data_loader_seed="$seed" data.seed="$seed" \
      trainer.total_training_steps="$1" trainer.test_freq="$1" trainer.experiment_name=cpu_text \
      trainer.rollout_data_dir="$out/rollouts" trainer.validation_data_dir="$out/validation" hydra.run.dir="$out/hydra"
  ) >"$out/log.txt" 2>&1 || status=$?
  say "main_ppo ended with $status after $((SECONDS - start)) s"
  [ "$status" -eq 0 ] || { tail -n 60 "$out/log.txt" && return "$status"; }
  local margin=()
  [ "$warm" -eq 0 ] || [ -n "${ARM:-}" ] || margin=(--margin "${MARGIN:-0.1}")
  python "$here/check_run.py" "$out" "${margin[@]}"
}

say "work folder: $work"
prepare
model
train "${STEPS:-20}"
say "done"
