"""Settings of all tests: how many examples properties get, and what the smoke run consists of."""

from __future__ import annotations

import pytest
from helpers.profiles import load_profile
from helpers.smoke import chosen

load_profile()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what the table of the smoke run names."""
    smoke = chosen(item.nodeid for item in items)
    for item in items:
        if item.nodeid in smoke:
            item.add_marker(pytest.mark.smoke)
