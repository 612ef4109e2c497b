"""The signature of a spec: every choice behind a number in one line, or only what differs from the preset."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import TYPE_CHECKING, Any, Final

import orjson

from medvie_reward._version import __version__
from medvie_reward.spec._rules import Rule

if TYPE_CHECKING:
    from medvie_reward.spec._spec import Spec

_LATER: Final = frozenset(
    {
        "absent",
        "field_names",
        "format_needs_answer",
        "key_aliases",
        "keys",
        "lone_currency",
        "prefilled",
        "think_tags",
    }
)
"""Later spec fields: a signature names them only if they are not at their defaults, and stays what it was."""


@dataclasses.dataclass(frozen=True)
class Signature:
    """What a number hangs on.

    Attributes
    ----------
    name
        The preset, or the spec's own name.
    choices
        Every choice, as pairs of a spec field and a word; later fields only where they say something.
    changes
        The choices that differ from the preset, or from the defaults where the name is no preset's.
    version
        Version of this package.
    """

    name: str
    choices: tuple[tuple[str, str], ...]
    changes: tuple[tuple[str, str], ...]
    version: str = __version__

    @classmethod
    def of(cls, spec: Spec, base: Spec) -> Signature:
        """Return the signature of a spec that began as another one."""
        said = [(x.name, getattr(spec, x.name), x.default) for x in dataclasses.fields(spec)]
        choices = [(name, _word(x)) for name, x, usual in said if name not in _LATER or x != usual]
        changes = [(name, _word(x)) for name, x, _ in said if name != "name" and x != getattr(base, name)]
        return cls(spec.name, tuple(choices), tuple(changes))

    @property
    def long(self) -> str:
        """One line that names every choice and the version, to be printed with every number."""
        parts = [f"{name}:{word}" for name, word in self.choices]
        return "|".join(["medvie", *parts, f"version:{self.version}"])

    @property
    def short(self) -> str:
        """One line with what differs from the preset: ``medvie:clinical@0.1.0+lists=bag,alpha=0.3``."""
        parts = [f"{name}={_plain(word)}" for name, word in self.changes]
        return f"medvie:{_plain(_word(self.name))}@{self.version}" + ("+" + ",".join(parts) if parts else "")

    def __str__(self) -> str:
        return self.long


def _word(value: Any) -> str:
    """Write a spec value so that two values never share a word and none breaks the line's syntax."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        if not value:
            return "none"
        if isinstance(value[0], str):
            return ",".join(_word(text).replace(",", "%2C") for text in value)
        if not all(isinstance(x, Rule) for x in value):
            return _escaped(orjson.dumps(value).decode())
        digest = hashlib.sha256(orjson.dumps([rule.as_list() for rule in value]))
        return f"{len(value)}#{digest.hexdigest()[:12]}"
    return _escaped(str(value))


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("|", "%7C").replace("\n", "%0A").replace("\r", "%0D")


def _plain(word: str) -> str:
    """Write a word without the signs that the short line parts choices with."""
    for sign in ",+=@":
        word = word.replace(sign, f"%{ord(sign):02X}")
    return word
