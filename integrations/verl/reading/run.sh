#!/usr/bin/env bash
# GRPO by verl's own main_ppo on pages that a small Qwen2.5-VL reads: draws pages, warms the model up until it reads
# them half, trains it with our reward, and measures it on held-out pages before and after, also with their images
# exchanged. One warm start, then one run of GRPO for each seed.
#
#   WORK=/tmp/reading run.sh                                            what README.md reports
#   SEEDS=4 STEPS=8 SAMPLES=1 MARGIN=-0.05 WORK=/tmp/reading run.sh     one short run: what CI makes
#
#   WORK     folder for everything that is made (default: a new one under /tmp); what is there is used again
#   SEEDS    of GRPO: order of the data, samples (default "4 5 6")
#   STEPS    of GRPO (default 25)
#   SAMPLES  sampled answers a held-out row (default 4)
#   MARGIN   by how much the held-out F1 must rise (default 0.05)
#
# Python is that of the active virtual environment; see ../cpu/README.md for what has to be in it.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cpu=$here/../cpu
seeds=${SEEDS:-4 5 6}
steps=${STEPS:-25}
work=${WORK:-$(mktemp -d /tmp/medvie_reading.XXXXXX)}
mkdir -p "$work"
work=$(cd "$work" && pwd)

# One thread per process: several run side by side, and on shared cores threads wait for each other.
export OMP_NUM_THREADS=1 TOKENIZERS_PARALLELISM=false HF_HUB_OFFLINE=1 HF_HUB_DISABLE_PROGRESS_BARS=1
export PYTHONPATH="$here:$cpu:$work/torchvision${PYTHONPATH:+:$PYTHONPATH}"
pages=$work/pages-full
model=$work/model

say() { echo "$(date +%T) $*"; }

draw() { # SIZE COUNT
  local made=$work/pages-$1
  [ ! -e "$made/validation.parquet" ] || return 0
  python "$here/reading_pages.py" --out "$made" --size "$1" --count "$2"
  medvie prepare "$made/pages.jsonl" --schema "$made/page.schema.json" --sample all --validation 0.25 --out "$made"
}

teach() { # SIZE STEPS: goes on with what the model knows
  python -W ignore "$here/reading_warm_start.py" --model "$model" --size "$1" --steps "$2" \
    --rows "$work/pages-$1/train.parquet" "$work/pages-$1/validation.parquet"
}

prepare() {
  "$cpu/torchvision_cpu.sh" "$work/torchvision"
  draw short 320
  draw full 640
  [ ! -e "$model/ready" ] || return 0
  rm -rf "$model"
  python -W ignore "$here/reading_model.py" --rows "$work/pages-short/train.parquet" --out "$model"
  # Who reads short pages learns to read full ones within a few steps; without them it takes many times as long.
  teach short 800
  teach full 1000
  touch "$model/ready"
}

train() { # SEED
  local out=$work/run-$1 status=0 start=$SECONDS
  rm -rf "$out"
  mkdir -p "$out"
  say "seed $1: $steps steps of GRPO, log in $out/log.txt"
  (
    cd "$out"
    export VERL_USE_EXTERNAL_MODULES=cpu_platform VERL_PLATFORM=cpu VERL_ENGINE_DEVICE=cuda
    export VERL_FILE_LOGGER_PATH=$out/metrics.jsonl RAY_DEDUP_LOGS=0
    TRAIN=$pages/train.parquet VALIDATION=$pages/validation.parquet OVERRIDES=$cpu/overrides.txt \
      "$here/../launch.sh" paper \
      ++reward.custom_reward_function.reward_kwargs.matching=f1 \
      ++reward.custom_reward_function.reward_kwargs.critical_cost=0 \
      ++reward.custom_reward_function.reward_kwargs.format_needs_answer=true \
      actor_rollout_ref.actor.optim.lr=3e-4 \
      actor_rollout_ref.model.path="$model" data.max_response_length=64 data.filter_overlong_prompts=false \
      actor_rollout_ref.rollout.seed="$1" actor_rollout_ref.actor.data_loader_seed="$1" data.seed="$1" \
      trainer.total_training_steps="$steps" trainer.test_freq="$steps" trainer.save_freq="$steps" \
      trainer.default_local_dir="$out/checkpoints" trainer.experiment_name="reading_$1" \
      trainer.rollout_data_dir="$out/rollouts" trainer.validation_data_dir="$out/validation" hydra.run.dir="$out/hydra"
  ) >"$out/log.txt" 2>&1 || status=$?
  say "seed $1: main_ppo ended with $status after $((SECONDS - start)) s"
  [ "$status" -eq 0 ] || { tail -n 60 "$out/log.txt" && return "$status"; }
  python "$cpu/check_run.py" "$out"
  python -W ignore "$cpu/check_frozen.py" "$model" "$out/checkpoints/global_step_$steps" visual
}

answer() { # ANSWERS [CHECKPOINT]: held-out rows, on their own pages and on exchanged ones
  python -W ignore "$here/reading_held_out.py" --model "$model" --rows "$pages/validation.parquet" \
    --samples "${SAMPLES:-4}" --out "$1" ${2:+--checkpoint "$2"}
}

say "work folder: $work"
prepare
answer "$model/held_out.jsonl"
for seed in $seeds; do
  train "$seed"
  answer "$work/run-$seed/held_out.jsonl" "$work/run-$seed/checkpoints/global_step_$steps"
done
python "$here/reading_results.py" "$work" --numbers "$work/results.json" --check --margin "${MARGIN:-0.05}"
say "done"
