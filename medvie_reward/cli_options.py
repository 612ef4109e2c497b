"""Kinds of option that several verbs have."""

from __future__ import annotations

import argparse

from medvie_reward.errors import InputError
from medvie_reward.published import known_metrics


def positive(text: str) -> int:
    """Read a whole number of at least 1, as argparse asks of a type."""
    n = int(text)
    if n < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number of at least 1, got {text}")
    return n


def metrics(text: str) -> tuple[str, ...]:
    """Read names of metrics with commas between them, as argparse asks of a type."""
    try:
        return known_metrics(text)
    except InputError as error:
        raise argparse.ArgumentTypeError(error.reason) from None
