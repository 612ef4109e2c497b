"""A gold, answers to it and garbage, for the tests of every trainer's hook."""

from __future__ import annotations

import json
from typing import Any

GOLD = {"Name": "Li Wei", "Indicators": [{"Item Name": "K", "Result": "5.60"}]}
RIGHT = json.dumps(GOLD)
WRONG = json.dumps({"Name": "Li Wei", "Indicators": [{"Item Name": "K", "Result": "56"}], "Age": "9Y"})
GARBAGE: list[Any] = ["", "[" * 1_000_000, "\ud800 {", '<answer>{"a": "\udfff"}</answer>', "<answer>"]


def wrapped(answer: str) -> str:
    """Write an answer as a well-formed completion."""
    return f"<think>rows</think><answer>{answer}</answer>"
