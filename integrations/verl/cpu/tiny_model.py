"""Build a tiny random Qwen3 with all its files, on the spot and without a hub.

    python tiny_model.py --rows train.parquet --out FOLDER [--seed 0]

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


def build_model(tokenizer: Any) -> Any:
    """Make a random Qwen3 for the tokenizer; transformers would give a Qwen2 its own way to split texts."""
    from transformers import Qwen3Config, Qwen3ForCausalLM

    head = SIZES["hidden_size"] // SIZES["num_attention_heads"]
    return Qwen3ForCausalLM(Qwen3Config(**SIZES, **_special_ids(tokenizer), head_dim=head))


def _special_ids(tokenizer: Any) -> dict[str, int]:
    return {
        "vocab_size": len(tokenizer),
        "bos_token_id": tokenizer.pad_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }


def build(rows: list[TrainingRow], folder: Path, seed: int, vocabulary: int) -> str:
    """Write a model with its tokenizer into a folder; returns a line that says what it is."""
    import torch

    torch.manual_seed(seed)
    tokenizer = train_tokenizer(texts_of(rows), vocabulary)
    model = build_model(tokenizer)
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
    parser.add_argument("--seed", type=int, default=0, help="of the weights (default: %(default)s)")
    parser.add_argument(
        "--vocabulary", type=int, default=1000, help="size of the vocabulary (default: %(default)s)"
    )
    options = parser.parse_args()
    print(build(read_rows(options.rows), options.out, options.seed, options.vocabulary))


if __name__ == "__main__":
    main()
