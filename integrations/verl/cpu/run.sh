#!/usr/bin/env bash
# GRPO by verl's own main_ppo on a CPU, from nothing to a checked run: draws reports, builds and warms up tiny models,
# trains them with our reward, checks what came out. Uses ../launch.sh, as a run on GPUs does.
#
#   WORK=/tmp/grpo SEED=0 run.sh [text] [image]      both where none is named
#
#   WORK         folder for everything that is made (default: a new one under /tmp); what is there is used again
#   SEED         of reports, weights, warm start, order of the data and samples (default 0)
#   STEPS        GRPO steps of the text run (default 20), IMAGE_STEPS of the image run (default 5)
#   WARM_STEPS   steps of the text model's warm start (default 1000), half as many for images; 0: the policy stays
#                random, and no lift is asked for
#   MARGIN       by how much the text run's last third must beat its first third in mean reward (default 0.1)
#
# Python is that of the active virtual environment.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
seed=${SEED:-0}
warm=${WARM_STEPS:-1000}
work=${WORK:-$(mktemp -d /tmp/medvie_verl_cpu.XXXXXX)}
kinds=("$@")
[ ${#kinds[@]} -gt 0 ] || kinds=(text image)
mkdir -p "$work"
work=$(cd "$work" && pwd)

# One thread per process: several run side by side, and on shared cores threads wait for each other.
export OMP_NUM_THREADS=1 TOKENIZERS_PARALLELISM=false HF_HUB_OFFLINE=1 HF_HUB_DISABLE_PROGRESS_BARS=1
export PYTHONPATH="$here:$work/torchvision${PYTHONPATH:+:$PYTHONPATH}"

say() { echo "$(date +%T) $*"; }

prepare() {
  local reports=$work/reports-$seed
  "$here/torchvision_cpu.sh" "$work/torchvision"
  [ ! -e "$reports/validation_text.parquet" ] || return 0
  python "$here/small_reports.py" --out "$reports" --seed "$seed"
  medvie prepare "$reports/reports.jsonl" --schema "$reports/report.schema.json" --out "$reports" --seed "$seed"
  for split in train validation; do
    python "$here/training_rows.py" "$reports/$split.parquet" "$reports/${split}_text.parquet"
  done
}

rows_for() { # KIND SPLIT
  if [ "$1" = text ]; then echo "$work/reports-$seed/$2_text.parquet"; else echo "$work/reports-$seed/$2.parquet"; fi
}

model() { # KIND
  local folder=$work/model-$1-$seed-$warm steps=$warm rows
  rows=$(rows_for "$1" train)
  [ "$1" = text ] || steps=$((warm / 2))
  [ ! -e "$folder/done" ] || return 0
  python "$here/tiny_model.py" --kind "$1" --rows "$rows" --out "$folder" --seed "$seed"
  [ "$warm" -eq 0 ] ||
    python "$here/warm_start.py" --model "$folder" --rows "$rows" --steps "$steps" --seed "$seed"
  touch "$folder/done"
}

train() { # KIND STEPS
  local out=$work/run-$1-$seed
  [ "$warm" -ne 0 ] || out=$work/random-$1-$seed
  rm -rf "$out"
  mkdir -p "$out"
  say "$1: $2 steps of GRPO, log in $out/log.txt"
  local status=0 start=$SECONDS keep=-1
  [ "$1" = text ] || keep=$2 # check_frozen.py reads the last weights
  (
    cd "$out"
    export VERL_USE_EXTERNAL_MODULES=cpu_platform VERL_PLATFORM=cpu VERL_ENGINE_DEVICE=cuda
    export VERL_FILE_LOGGER_PATH=$out/metrics.jsonl RAY_DEDUP_LOGS=0
    TRAIN=$(rows_for "$1" train) VALIDATION=$(rows_for "$1" validation) OVERRIDES=$here/overrides.txt \
      "$here/../launch.sh" paper \
      actor_rollout_ref.model.path="$work/model-$1-$seed-$warm" \
      actor_rollout_ref.rollout.seed="$seed" actor_rollout_ref.actor.data_loader_seed="$seed" data.seed="$seed" \
      trainer.total_training_steps="$2" trainer.test_freq="$2" trainer.save_freq="$keep" \
      trainer.default_local_dir="$out/checkpoints" trainer.experiment_name="cpu_$1" \
      trainer.rollout_data_dir="$out/rollouts" trainer.validation_data_dir="$out/validation" hydra.run.dir="$out/hydra"
  ) >"$out/log.txt" 2>&1 || status=$?
  say "$1: main_ppo ended with $status after $((SECONDS - start)) s"
  [ "$status" -eq 0 ] || { tail -n 60 "$out/log.txt" && return "$status"; }
  local margin=()
  [ "$1" = image ] || [ "$warm" -eq 0 ] || margin=(--margin "${MARGIN:-0.1}")
  python "$here/check_run.py" "$out" "${margin[@]}"
  [ "$1" = text ] ||
    python "$here/check_frozen.py" "$work/model-$1-$seed-$warm" "$out/checkpoints/global_step_$2" visual
}

say "work folder: $work"
prepare
jobs=()
for kind in "${kinds[@]}"; do
  model "$kind" &
  jobs+=($!)
done
for job in "${jobs[@]}"; do wait "$job"; done
for kind in "${kinds[@]}"; do
  if [ "$kind" = text ]; then train text "${STEPS:-20}"; else train image "${IMAGE_STEPS:-5}"; fi
done
say "done"
