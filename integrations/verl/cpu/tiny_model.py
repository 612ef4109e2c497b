"""Build a tiny random Qwen2.5-VL, or Qwen3 for text alone, with all its files, on the spot and without a hub.

    python tiny_model.py --rows train.parquet --out FOLDER [--kind image|text] [--seed 0]

The tokenizer is trained on the queries of these rows and on completions for them, so that a query of a thousand
characters takes about a hundred tokens. The weights are random; `warm_start.py` teaches them something.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from training_rows import TrainingRow, completion_of, read_rows

END: Final = "<|im_end|>"
PAD: Final = "<|endoftext|>"
IMAGE: Final = "<|image_pad|>"
VIDEO: Final = "<|video_pad|>"
VISION_START: Final = "<|vision_start|>"
VISION_END: Final = "<|vision_end|>"
SPECIALS: Final = (PAD, "<|im_start|>", END, VISION_START, VISION_END, IMAGE, VIDEO)

# Punctuation with the spaces around it is one piece, what lies between is another: then a value is the same
# tokens on the page and in the JSON, and the sentences of the instruction merge into few tokens.
PIECES: Final = r'\s*[":,{}\[\]<>\n]+\s*'

SIZES: Final = {
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 2,
    "max_position_embeddings": 2048,
    "tie_word_embeddings": False,
}

CHAT_TEMPLATE: Final = """\
{%- for message in messages -%}
{{ '<|im_start|>' + message['role'] + '\\n' }}
{%- if message['content'] is string -%}
{{ message['content'] }}
{%- else -%}
{%- for part in message['content'] -%}
{%- if part['type'] == 'image' -%}
{{ '<|vision_start|><|image_pad|><|vision_end|>' }}
{%- elif part['type'] == 'text' -%}
{{ part['text'] }}
{%- endif -%}
{%- endfor -%}
{%- endif -%}
{{ '<|im_end|>\\n' }}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{ '<|im_start|>assistant\\n' }}
{%- endif -%}
"""


def train_tokenizer(texts: Iterable[str], vocabulary: int) -> Any:
    """Train a byte-level BPE on texts and give it Qwen's special tokens and chat template."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PIECES), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=list(SPECIALS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=made,
        eos_token=END,
        pad_token=PAD,
        additional_special_tokens=list(SPECIALS[1:]),
        chat_template=CHAT_TEMPLATE,
        model_max_length=SIZES["max_position_embeddings"],
    )


def texts_of(rows: Iterable[TrainingRow]) -> Iterable[str]:
    """Give the texts that a model of these rows reads and writes."""
    for row in rows:
        yield from (message["content"] for message in row.prompt)
        yield completion_of(json.loads(row.ground_truth))


def build_text_model(tokenizer: Any) -> Any:
    """Make a random Qwen3 for the tokenizer; transformers would give a Qwen2 its own way to split texts."""
    from transformers import Qwen3Config, Qwen3ForCausalLM

    head = SIZES["hidden_size"] // SIZES["num_attention_heads"]
    return Qwen3ForCausalLM(Qwen3Config(**SIZES, **_special_ids(tokenizer), head_dim=head))


def build_image_model(tokenizer: Any) -> Any:
    """Make a random Qwen2.5-VL for the tokenizer, with Qwen's own patch sizes."""
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

    head = SIZES["hidden_size"] // SIZES["num_attention_heads"] // 2
    sections = [head - 2 * (head * 3 // 8), head * 3 // 8, head * 3 // 8]
    text = {
        **SIZES,
        **_special_ids(tokenizer),
        "model_type": "qwen2_5_vl_text",
        "use_sliding_window": False,
        "rope_parameters": {
            "type": "default", "rope_type": "default", "mrope_section": sections, "rope_theta": 1e6,
        },
    }  # fmt: skip
    vision = {
        "depth": 2, "hidden_size": 64, "intermediate_size": 128, "num_heads": 2,
        "out_hidden_size": SIZES["hidden_size"], "patch_size": 14, "spatial_merge_size": 2,
        "temporal_patch_size": 2, "window_size": 112, "fullatt_block_indexes": [1], "in_channels": 3,
    }  # fmt: skip
    found = tokenizer.convert_tokens_to_ids
    return Qwen2_5_VLForConditionalGeneration(
        Qwen2_5_VLConfig(
            text_config=text,
            vision_config=vision,
            image_token_id=found(IMAGE),
            video_token_id=found(VIDEO),
            vision_start_token_id=found(VISION_START),
            vision_end_token_id=found(VISION_END),
            tie_word_embeddings=False,
        )
    )


def build_processor(tokenizer: Any) -> Any:
    """Make Qwen2.5-VL's processor; a page of 112 x 84 pixels is 12 tokens."""
    from transformers import Qwen2_5_VLProcessor, Qwen2VLImageProcessor, Qwen2VLVideoProcessor

    # Blank paper is 0, so that a random encoder shows the ink alone.
    page = {"image_mean": [1.0] * 3, "image_std": [0.25] * 3, "min_pixels": 56 * 56, "max_pixels": 112 * 112}
    return Qwen2_5_VLProcessor(
        image_processor=Qwen2VLImageProcessor(**page),
        tokenizer=tokenizer,
        video_processor=Qwen2VLVideoProcessor(),
        chat_template=CHAT_TEMPLATE,
    )


def _special_ids(tokenizer: Any) -> dict[str, int]:
    return {
        "vocab_size": len(tokenizer),
        "bos_token_id": tokenizer.pad_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }


def build(rows: list[TrainingRow], folder: Path, kind: str, seed: int, vocabulary: int) -> str:
    """Write a model with its tokenizer and processor into a folder; returns a line that says what it is."""
    import torch

    torch.manual_seed(seed)
    tokenizer = train_tokenizer(texts_of(rows), vocabulary)
    if kind == "image":
        model = build_image_model(tokenizer)
        build_processor(tokenizer).save_pretrained(folder)
    else:
        model = build_text_model(tokenizer)
    tokenizer.save_pretrained(folder)
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    model.save_pretrained(folder)
    tokens = [len(tokenizer(row.prompt[-1]["content"])["input_ids"]) for row in rows]
    characters = [len(row.prompt[-1]["content"]) for row in rows]
    return (
        f"{type(model).__name__}: {sum(x.numel() for x in model.parameters()):,} parameters, "
        f"{len(tokenizer)} tokens; queries of at most {max(characters)} characters, {max(tokens)} tokens"
    )


def main() -> None:
    """Write the model."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=Path, required=True, help="parquet whose texts train the tokenizer")
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    parser.add_argument(
        "--kind",
        choices=("image", "text"),
        default="image",
        help="Qwen2.5-VL or Qwen3 (default: %(default)s)",
    )
    parser.add_argument("--seed", type=int, default=0, help="of the weights (default: %(default)s)")
    parser.add_argument(
        "--vocabulary", type=int, default=1000, help="size of the vocabulary (default: %(default)s)"
    )
    options = parser.parse_args()
    print(build(read_rows(options.rows), options.out, options.kind, options.seed, options.vocabulary))


if __name__ == "__main__":
    main()
