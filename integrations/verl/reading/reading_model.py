"""Build a small random Qwen2.5-VL that can learn to read, with tokenizer and processor, without a hub.

    python reading_model.py --rows train.parquet --out FOLDER [--seed 0]

The model is transformers' Qwen2.5-VL with Qwen's own patch sizes and 1.6 million weights. Its tokenizer has one
token for each piece of the JSON form, each label, each digit, and each long run of the query's prose; then a query is
some 40 tokens, an answer 35 to 60, and a value is written digit by digit. The weights are random;
`reading_warm_start.py` teaches them.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from reading_pages import LABELS
from tiny_model import CHAT_TEMPLATE, END, IMAGE, PAD, SPECIALS, VIDEO, VISION_END, VISION_START
from training_rows import PLACEHOLDER, TrainingRow, completion_of, read_rows

PIECES: Final = r'[^\n"<>]{24,}|</?(?:think|answer)>|\{"Indicators": \[|\{"Item Name": "|", "Result": "|"\}|\]\}|, | rows|[0-9]|\.'
"""What is cut out of a text as one token; what lies between two of these is one, too."""

UNKNOWN: Final = "<|unknown|>"
HIDDEN: Final = 128
HEADS: Final = 4
TEXT_LAYERS: Final = 3
VISION_LAYERS: Final = 3


def build_tokenizer(rows: Iterable[TrainingRow]) -> Any:
    """Make a tokenizer of the pieces in queries and completions of these rows.

    A label or a digit that none of them has is in it all the same.
    """
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    cut = pre_tokenizers.Split(Regex(PIECES), "isolated")
    words = ["user\n", "assistant\n", "\n", *LABELS, *"0123456789."]
    for row in rows:
        for text in (row.prompt[-1]["content"], completion_of(json.loads(row.ground_truth))):
            for part in text.split(PLACEHOLDER):
                words += [piece for piece, _ in cut.pre_tokenize_str(part)]
    pieces = dict.fromkeys([*SPECIALS, UNKNOWN, *words])
    made = Tokenizer(models.WordLevel({piece: n for n, piece in enumerate(pieces)}, unk_token=UNKNOWN))
    made.pre_tokenizer = cut
    made.decoder = decoders.Fuse()
    return PreTrainedTokenizerFast(
        tokenizer_object=made,
        eos_token=END,
        pad_token=PAD,
        unk_token=UNKNOWN,
        additional_special_tokens=list(SPECIALS[1:]),
        chat_template=CHAT_TEMPLATE,
        model_max_length=2048,
    )


def build_model(tokenizer: Any) -> Any:
    """Make a random Qwen2.5-VL for the tokenizer."""
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

    head = HIDDEN // HEADS // 2
    sections = [head - 2 * (head * 3 // 8), head * 3 // 8, head * 3 // 8]
    text = {
        "model_type": "qwen2_5_vl_text", "hidden_size": HIDDEN, "intermediate_size": 3 * HIDDEN,
        "num_hidden_layers": TEXT_LAYERS, "num_attention_heads": HEADS, "num_key_value_heads": HEADS,
        "max_position_embeddings": 2048, "tie_word_embeddings": False, "use_sliding_window": False,
        "vocab_size": len(tokenizer), "bos_token_id": tokenizer.pad_token_id,
        "eos_token_id": tokenizer.eos_token_id, "pad_token_id": tokenizer.pad_token_id,
        "rope_parameters": {
            "type": "default", "rope_type": "default", "mrope_section": sections, "rope_theta": 1e4,
        },
    }  # fmt: skip
    vision = {
        "depth": VISION_LAYERS, "hidden_size": HIDDEN, "intermediate_size": 2 * HIDDEN, "num_heads": HEADS,
        "out_hidden_size": HIDDEN, "patch_size": 14, "spatial_merge_size": 2, "temporal_patch_size": 2,
        "window_size": 112, "fullatt_block_indexes": [VISION_LAYERS - 1], "in_channels": 3,
    }  # fmt: skip
    token = tokenizer.convert_tokens_to_ids
    model = Qwen2_5_VLForConditionalGeneration(
        Qwen2_5_VLConfig(
            text_config=text,
            vision_config=vision,
            image_token_id=token(IMAGE),
            video_token_id=token(VIDEO),
            vision_start_token_id=token(VISION_START),
            vision_end_token_id=token(VISION_END),
            tie_word_embeddings=False,
        )
    )
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    return model


def build_processor(tokenizer: Any) -> Any:
    """Make Qwen2.5-VL's processor; a page of 112 x 112 pixels is 16 tokens."""
    from transformers import Qwen2_5_VLProcessor, Qwen2VLImageProcessor, Qwen2VLVideoProcessor

    # Blank paper is 0, so that a random encoder shows the ink alone.
    page = {"image_mean": [1.0] * 3, "image_std": [0.25] * 3, "min_pixels": 56 * 56, "max_pixels": 112 * 112}
    return Qwen2_5_VLProcessor(
        image_processor=Qwen2VLImageProcessor(**page),
        tokenizer=tokenizer,
        video_processor=Qwen2VLVideoProcessor(),
        chat_template=CHAT_TEMPLATE,
    )


def load(folder: Path) -> tuple[Any, Any]:
    """Load model and processor, which has the tokenizer."""
    import torch
    from transformers import AutoModelForImageTextToText, AutoProcessor

    model = AutoModelForImageTextToText.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="sdpa"
    )
    return model, AutoProcessor.from_pretrained(folder)


def chat(row: TrainingRow, tokenizer: Any) -> str:
    """Write a row's prompt in the model's chat form, as verl's agent loop does."""
    parts: list[dict[str, str]] = []
    for n, text in enumerate(row.prompt[-1]["content"].split(PLACEHOLDER)):
        parts += [{"type": "image"}] if n else []
        parts += [{"type": "text", "text": text}] if text else []
    made: str = tokenizer.apply_chat_template(
        [{"role": "user", "content": parts}], add_generation_prompt=True, tokenize=False
    )
    return made


def build(rows: list[TrainingRow], folder: Path, seed: int) -> str:
    """Write a model with its tokenizer and processor into a folder; returns a line that says what it is."""
    import torch

    torch.manual_seed(seed)
    tokenizer = build_tokenizer(rows)
    model = build_model(tokenizer)
    build_processor(tokenizer).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    model.save_pretrained(folder)
    tokens = {len(tokenizer(row.prompt[-1]["content"])["input_ids"]) for row in rows}
    weights = sum(x.numel() for x in model.parameters())
    return (
        f"{type(model).__name__}: {weights:,} weights, {len(tokenizer)} tokens; "
        f"queries of at most {max(tokens)} tokens without the image"
    )


def main() -> None:
    """Write the model."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=Path, required=True, help="parquet whose texts make the tokenizer")
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    parser.add_argument("--seed", type=int, default=0, help="of the weights (default: %(default)s)")
    options = parser.parse_args()
    print(build(read_rows(options.rows), options.out, options.seed))


if __name__ == "__main__":
    main()
