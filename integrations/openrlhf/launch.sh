#!/usr/bin/env bash
# GRPO on Qwen2.5-VL with OpenRLHF and our reward: TRAIN=train.openrlhf.parquet launch.sh [more options of train_ppo_ray]
#
# TRAIN is a parquet file of the columns that `to_row` gives; README.md shows how to write it. The numbers are those
# of arXiv 2506.13363, section 4.3; batch sizes and engines are for 8 GPUs.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
train=${TRAIN:?"TRAIN: expected the parquet file to train on"}
exec "${PYTHON:-python}" -m openrlhf.cli.train_ppo_ray \
  --actor.model_name_or_path "${MODEL:-Qwen/Qwen2.5-VL-7B-Instruct}" --actor.freeze_visual_encoder \
  --reward.remote_url "$here/reward_fn.py" \
  --data.prompt_dataset "$train" --data.input_key prompt --data.label_key label --data.image_key images \
  --data.apply_chat_template --data.max_images_per_prompt 1 \
  --data.max_len 8192 --rollout.max_new_tokens 2048 --rollout.n_samples_per_prompt 8 \
  --rollout.batch_size 32 --train.batch_size 256 --train.micro_batch_size 1 \
  --algo.advantage.estimator group_norm --algo.kl.use_loss --algo.kl.estimator k3 --algo.kl.init_coef 0.04 \
  --actor.eps_clip_low_high 0.2 0.28 --actor.loss_agg_mode token-mean --actor.adam.lr 1e-6 --actor.lr_scheduler linear \
  --vllm.num_engines 8 --train.colocate_all --vllm.enable_sleep --ds.enable_sleep \
  --actor.num_gpus_per_node 8 --ref.num_gpus_per_node 8 --actor.gradient_checkpointing_enable "$@"
