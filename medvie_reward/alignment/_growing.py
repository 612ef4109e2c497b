"""A lock for what a prepared gold document works out when it is first needed, since threads may share one."""

from __future__ import annotations

import threading
from typing import Final

GROWING: Final = threading.RLock()
"""Held while such a table grows, a few times per gold document. One for all, so that documents pickle."""
