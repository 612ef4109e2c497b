"""``python -m medvie_reward``: the command ``medvie``."""

from __future__ import annotations

import sys

from medvie_reward.cli import main

if __name__ == "__main__":
    sys.exit(main())
