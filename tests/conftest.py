"""Settings of all tests: how many examples properties get, and what the smoke run consists of."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.profiles import load_profile
from helpers.smoke import chosen

from medvie_reward.alignment import _engine

NATIVE = Path(__file__).parents[1] / "native"

load_profile()


def pytest_report_header() -> str:
    """Say which engine the tests run on."""
    return f"engine: {_engine.ENGINE}"


def pytest_configure() -> None:
    """Refuse a kernel that was compiled from other sources than those of this checkout.

    Outside a checkout, as in .ci/run, the package is the installed one, and was compiled as a whole.
    """
    if _engine.kernel is None or not NATIVE.is_dir():
        return
    from source_digest import digest

    if getattr(_engine.kernel, "DIGEST", None) != digest():
        pytest.exit(
            f"{_engine.kernel.__file__} was compiled from other sources than this checkout has: "
            "run native/compile, or pip install -e .",
            returncode=4,
        )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what the table of the smoke run names."""
    smoke = chosen(item.nodeid for item in items)
    for item in items:
        if item.nodeid in smoke:
            item.add_marker(pytest.mark.smoke)
