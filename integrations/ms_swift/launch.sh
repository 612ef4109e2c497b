#!/usr/bin/env bash
# GRPO on Qwen2.5-VL with ms-swift and our reward: TRAIN=train.parquet launch.sh [more options of swift rlhf]
#
# TRAIN is what `medvie prepare` writes, as it is. The numbers are those of arXiv 2506.13363, section 4.3; the paper
# does not say how long a completion may be. The F1 and others are logged with a weight of 0.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
train=${TRAIN:?"TRAIN: expected the parquet file to train on"}
exec swift rlhf --rlhf_type grpo \
  --model "${MODEL:-Qwen/Qwen2.5-VL-7B-Instruct}" --tuner_type full --freeze_vit true --freeze_aligner true \
  --dataset "$train" --columns '{"prompt": "messages"}' --split_dataset_ratio 0 \
  --external_plugins "$here/plugin.py" \
  --reward_funcs medvie medvie_f1 medvie_format medvie_hallucination_rate medvie_bad_gold --reward_weights 1 0 0 0 0 \
  --num_generations 8 --per_device_train_batch_size 8 --max_completion_length 2048 \
  --beta 0.04 --epsilon 0.2 --epsilon_high 0.28 --loss_type dapo \
  --learning_rate 1e-6 --lr_scheduler_type linear --warmup_ratio 0 --num_train_epochs 3 \
  --logging_steps 1 --log_completions true "$@"
