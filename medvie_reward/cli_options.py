"""Kinds of option that several verbs have."""

from __future__ import annotations

import argparse


def positive(text: str) -> int:
    """Read a whole number of at least 1, as argparse asks of a type."""
    n = int(text)
    if n < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number of at least 1, got {text}")
    return n
