"""The reward for ms-swift: ``orms["medvie"] = MedvieReward`` in a file given to ``--external_plugins``.

ms-swift makes one object of the class and calls it with the completions of a batch and every further column
of the dataset as a list. It takes any class that behaves like its ``ORM``, so swift is never imported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from medvie_reward.errors import SpecError
from medvie_reward.integrations._columns import measure_columns
from medvie_reward.integrations.samples import KEYS, Scorer


class MedvieReward:
    """An outcome reward (``ORM``) of ms-swift.

    It reads the column ``ground_truth`` (JSON text), or ``reward_model`` with such a member, and where they
    are there ``extra_info``, ``schema``, ``source_text`` and ``spec``.

    Parameters
    ----------
    args
        ms-swift's own arguments; not looked at.
    """

    key: ClassVar[str] = "score"
    settings: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, args: Any = None, **_: Any) -> None:
        self.args = args
        self._scorer = Scorer(**self.settings)

    def __reduce__(self) -> tuple[Any, ...]:
        kind = type(self)
        # A class that `make_orm` made has no module to be found in, so another process makes it again.
        made = (kind.__name__, self.key, dict(self.settings)) if "_made" in vars(kind) else None
        return _restored, (made or kind, vars(self))

    def __call__(self, completions: Sequence[Any], **columns: Any) -> list[float]:
        """Return one finite number per completion.

        Raises
        ------
        InputError
            If no column holds the ground truth; no completion and no single row raises.
        """
        made = measure_columns(self._scorer, completions, columns)
        return [float(x[self.key]) for x in made]


def make_orm(name: str = "MedvieReward", *, key: str = "score", **settings: Any) -> type[MedvieReward]:
    """Build a reward class with other settings, or one that gives a component.

    Parameters
    ----------
    name
        Name of the class, which is what ms-swift calls it in its logs.
    key
        Which of `samples.KEYS` it gives. With a weight of 0 in ``--reward_weights`` a component is logged and
        not trained on.
    **settings
        Settings of the run, see `samples.Scorer`.

    Raises
    ------
    SpecError
        If there is no such key, or a setting is not usable.
    """
    if key not in KEYS:
        raise SpecError(f"key: expected one of {', '.join(KEYS)}, got {key!r}")
    Scorer(**settings)
    return _made_class(name, key, settings)


def _made_class(name: str, key: str, settings: Mapping[str, Any]) -> type[MedvieReward]:
    return type(name, (MedvieReward,), {"key": key, "settings": settings, "_made": True})


def _restored(kind: type[MedvieReward] | tuple[str, str, Any], state: Mapping[str, Any]) -> MedvieReward:
    found = _made_class(*kind) if isinstance(kind, tuple) else kind
    made = found.__new__(found)
    vars(made).update(state)
    return made
