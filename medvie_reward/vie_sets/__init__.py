"""Readers of public sets for visual information extraction, each as it is distributed: annotations -> golds.

CORD, FUNSD, SROIE, the Chinese train tickets of EATEN, and XFUND: the sets of Table 3 of arXiv 2506.13363.
`docs/reproducing.md` says where each comes from and how its gold tree is made.
"""

from medvie_reward.vie_sets.annotated import SPLITS, Annotated
from medvie_reward.vie_sets.reader import SETS, read_set

__all__ = ["SETS", "SPLITS", "Annotated", "read_set"]
