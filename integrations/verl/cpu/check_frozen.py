"""Check that a part of a model is bit for bit what it was before training, and the rest is not; exit 1 if otherwise.

    python check_frozen.py MODEL CHECKPOINT PART

MODEL is the folder that training began with, CHECKPOINT a ``global_step_N`` folder of verl's with the weights of one
process in it, PART a name within a weight's dotted name (``visual``: Qwen2.5-VL's vision tower).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def compare(before: Mapping[str, Any], after: Mapping[str, Any], part: str) -> list[str]:
    """Say what is not as it has to be: weights that are missing, frozen ones that moved, a rest that did not.

    Parameters
    ----------
    before, after
        Weights by name: anything with ``equal`` as torch's tensors have it.
    part
        A component of the dotted names whose weights have to be equal.
    """
    faults = [f"{name}: only on one side" for name in sorted(before.keys() ^ after.keys())]
    frozen = {name for name in before.keys() & after.keys() if part in name.split(".")}
    if not frozen:
        faults.append(f"expected weights with {part!r} in their names, got none")
    moved = {name for name in before.keys() & after.keys() if not before[name].equal(after[name])}
    faults += [f"{name}: frozen, and it changed" for name in sorted(frozen & moved)]
    if not moved - frozen:
        faults.append(f"expected weights outside {part!r} to change, none did")
    return faults


def read_weights(model: Path, checkpoint: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read a model's weights before and after; names as the model's class has them.

    Raises
    ------
    FileNotFoundError
        If the checkpoint does not hold the weights of exactly one process.
    """
    import torch
    from transformers import AutoModelForImageTextToText

    file = checkpoint / "actor" / "model_world_size_1_rank_0.pt"
    if not file.exists():
        raise FileNotFoundError(f"{file}: expected the weights of one process")
    # A file of the run just made; its weights are distributed tensors, which the safe reader refuses.
    saved = torch.load(file, map_location="cpu", weights_only=False)
    after = {name: getattr(value, "_local_tensor", value) for name, value in saved.items()}
    before = AutoModelForImageTextToText.from_pretrained(model, dtype=torch.float32).state_dict()
    return dict(before), after


def main() -> int:
    """Run the check; returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", type=Path, help="folder of the model before training")
    parser.add_argument("checkpoint", type=Path, help="verl's folder global_step_N")
    parser.add_argument("part", help="component of the names of the weights that are frozen")
    options = parser.parse_args()
    try:
        before, after = read_weights(options.model, options.checkpoint)
    except FileNotFoundError as error:
        print(f"FAILED {error}", file=sys.stderr)
        return 1
    faults = compare(before, after, options.part)
    for fault in faults[:20]:
        print(f"FAILED {fault}", file=sys.stderr)
    if not faults:
        frozen = sum(options.part in name.split(".") for name in before)
        print(f"{frozen} weights of {options.part!r} are what they were; others of {len(before)} changed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
