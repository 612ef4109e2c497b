"""Call a reward function, whichever trainer it was written for.

Which one is seen from the names of its parameters. A caller takes completions with their gold documents, and
gives what the function gave, as it is.
"""

from __future__ import annotations

import importlib
import inspect
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, NamedTuple, TypeAlias

import orjson

from medvie_reward.errors import ArgumentError
from medvie_reward.metrics import Gold
from medvie_reward.spec import Spec

Signature: TypeAlias = Literal["verl", "verl-batch", "trl", "plain", "spec"]
GoldAs: TypeAlias = Literal["text", "object"]

_GOLD_COLUMNS: Final = (
    "ground_truth", "gold", "answer", "solution", "label", "reference", "target", "ground_truths", "golds",
    "answers", "solutions", "labels", "references", "targets",
)  # fmt: skip
_SOURCE: Final = "medvie/audit"
_PROMPT: Final = "Read the page into JSON."
_KEPT: Final = 512


class Asked(NamedTuple):
    """A completion to reward.

    Attributes
    ----------
    text
        The completion.
    gold
        The gold document as JSON text.
    extra
        What else its row holds.
    """

    text: str
    gold: str
    extra: Any = None


class SpecReward:
    """The reward of a spec as a plain function; it pickles.

    Parameters
    ----------
    spec
        The spec.
    """

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self._golds: dict[str, Gold] = {}

    def __call__(self, completion: str, gold: str) -> float:
        """Return the reward of a completion."""
        prepared = self._golds.get(gold)
        if prepared is None:
            prepared = Gold(gold, self.spec)
            if len(self._golds) < _KEPT:
                self._golds[gold] = prepared
        return prepared.reward(completion).score

    def __reduce__(self) -> tuple[type[SpecReward], tuple[Spec]]:
        return type(self), (self.spec,)


@dataclass(frozen=True)
class Caller:
    """A reward function and how it is called.

    Attributes
    ----------
    function
        The function.
    name
        What it is called in the result.
    signature
        Whose signature it has.
    gold_as
        Whether it gets gold documents as JSON text or as objects.
    column
        The parameter that takes the gold documents, where the signature is TRL's; empty for all names.
    extras
        Whether it takes what else a row holds.
    """

    function: Callable[..., Any]
    name: str
    signature: Signature
    gold_as: GoldAs
    column: str = ""
    extras: bool = False

    @property
    def in_batches(self) -> bool:
        """Whether one call takes several completions."""
        return self.signature in ("trl", "verl-batch")

    def one(self, text: str, gold: str, extra: Any = None) -> Any:
        """Return what the function gives for one completion, as it is."""
        return self.batch([Asked(text, gold, extra)])[0]

    def batch(self, asked: Sequence[Asked]) -> list[Any]:
        """Return what the function gives for some completions, in one call where it takes several."""
        # Objects are read anew for each call: what a function does to them is its own affair.
        golds = [x.gold if self.gold_as == "text" else orjson.loads(x.gold) for x in asked]
        extras: list[dict[str, Any]] = [
            {"index": n, "split": "train", **(x.extra or {})} for n, x in enumerate(asked)
        ]
        if self.signature == "trl":
            return self._trl(asked, golds, extras)
        if self.signature == "verl-batch":
            given = {
                "data_sources": [_SOURCE] * len(asked), "solution_strs": [x.text for x in asked],
                "ground_truths": golds, "extra_infos": extras,
            }  # fmt: skip
            return self._as_list(self.function(**self._taken(given)), len(asked))
        if self.signature == "verl":
            rows = [
                {"data_source": _SOURCE, "solution_str": x.text, "ground_truth": gold, "extra_info": extra}
                for x, gold, extra in zip(asked, golds, extras, strict=True)
            ]
            return [self.function(**self._taken(row)) for row in rows]
        return [self.function(x.text, gold) for x, gold in zip(asked, golds, strict=True)]

    def with_object(self, text: str, gold: Any) -> None:
        """Call the function with a gold document as an object, this very one."""
        replace(self, gold_as="text").batch([Asked(text, gold)])

    def _trl(self, asked: Sequence[Asked], golds: list[Any], extras: list[dict[str, Any]]) -> list[Any]:
        names = (self.column,) if self.column else _GOLD_COLUMNS[:7]
        given = {
            "completions": [x.text for x in asked], "prompts": [_PROMPT] * len(asked), "extra_info": extras,
            **dict.fromkeys(names, golds),
        }  # fmt: skip
        return self._as_list(self.function(**self._taken(given)), len(asked))

    def _taken(self, given: dict[str, Any]) -> dict[str, Any]:
        """Keep the arguments that the function has parameters for."""
        parameters = inspect.signature(self.function).parameters
        if any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
            return given
        return {name: value for name, value in given.items() if name in parameters}

    def _as_list(self, made: Any, n: int) -> list[Any]:
        found = list(made)
        if len(found) != n:
            raise ValueError(f"the reward gave {len(found)} numbers for {n} completions")
        return found


def number_of(made: Any) -> float:
    """Return the number in what a reward function gave: a number, or verl's dict with ``score``.

    Raises
    ------
    TypeError, ValueError, KeyError
        If there is none.
    """
    if isinstance(made, Mapping):
        made = made["score"]
    if made is None or isinstance(made, (str, bytes)):
        raise TypeError(f"gave {type(made).__name__}, no number")
    return float(made)


def load_function(name: str) -> Callable[..., Any]:
    """Import a function that is named ``module:function``; modules in the working directory are found.

    Raises
    ------
    ArgumentError
        If it cannot be imported or is no function.
    """
    module, _, attribute = name.partition(":")
    if not module or not attribute:
        raise ArgumentError(f"reward: expected module:function, got {name!r}")
    here = os.getcwd()
    if here not in sys.path:
        sys.path.append(here)
    try:
        found: Any = importlib.import_module(module)
    except Exception as error:  # noqa: BLE001  # whatever a user's module raises
        raise ArgumentError(
            f"reward: {module!r} cannot be imported ({type(error).__name__}: {error}): "
            "expected module:function"
        ) from None
    for part in attribute.split("."):
        if not hasattr(found, part):
            raise ArgumentError(f"reward: {module} has no {attribute!r}: expected module:function")
        found = getattr(found, part)
    return _checked(found, name)


def _checked(found: Any, name: str) -> Callable[..., Any]:
    if not callable(found) or isinstance(found, type):
        kind = "a class" if isinstance(found, type) else f"a {type(found).__name__}"
        raise ArgumentError(f"reward: expected a function, {name} is {kind}")
    if inspect.iscoroutinefunction(found) or inspect.iscoroutinefunction(type(found).__call__):
        raise ArgumentError(f"reward: {name} is asynchronous: expected a function that returns its numbers")
    function: Callable[..., Any] = found
    return function


def caller_of(reward: Callable[..., Any] | Spec | str, gold_as: GoldAs | None = None) -> Caller:
    """Find out how a reward function is called.

    Parameters
    ----------
    reward
        A function, its name ``module:function``, a spec, or the name of a preset.
    gold_as
        How it gets gold documents; by default as text where its signature is a trainer's, else as objects.

    Raises
    ------
    ArgumentError
        If it is no function, or its parameters are none that is known.
    SpecError
        If there is no such preset.
    """
    if isinstance(reward, str) and ":" not in reward:
        reward = Spec.preset(reward)
    if isinstance(reward, Spec):
        return Caller(SpecReward(_readable(reward)), f"spec {reward.name}", "spec", "text")
    if isinstance(reward, str):
        name = reward
        function = load_function(reward)
    else:
        name = getattr(reward, "__name__", None) or type(reward).__name__
        function = _checked(reward, name)
    signature, column, extras = _signature(function, name)
    usual: GoldAs = "object" if signature == "plain" else "text"
    return Caller(function, name, signature, gold_as or usual, column, extras)


def _readable(spec: Spec) -> Spec:
    """Return the spec that reads the completions of an audit: these begin with their own think tag."""
    if spec.answer == "tool_call":
        raise ArgumentError(
            "reward: an audit writes answers in answer tags: expected a spec without tool calls"
        )
    openings = [opening for opening, _ in spec.think_pairs]
    if "<think>" not in openings:
        raise ArgumentError(
            "reward: an audit writes <think>: expected a spec with it among its tags, "
            f"got {', '.join(openings)}"
        )
    return spec.replace(prefilled=False) if spec.prefilled else spec


def _signature(function: Callable[..., Any], name: str) -> tuple[Signature, str, bool]:
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        raise ArgumentError(
            f"reward: {name} does not tell its parameters: expected a Python function"
        ) from None
    kinds = {p.kind for p in parameters.values()}
    open_ended = inspect.Parameter.VAR_KEYWORD in kinds
    names = [n for n, p in parameters.items() if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
    if {"solution_str", "ground_truth"} <= set(names):
        return "verl", "", "extra_info" in names or open_ended
    if {"solution_strs", "ground_truths"} <= set(names):
        return "verl-batch", "", "extra_infos" in names or open_ended
    if "completions" in names:
        columns = [n for n in names if n in _GOLD_COLUMNS]
        if columns or open_ended:
            return "trl", columns[0] if columns else "", open_ended or "extra_info" in names
    required = [
        n for n, p in parameters.items()
        if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]  # fmt: skip
    positional = [
        p for p in parameters.values()
        if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD, p.VAR_POSITIONAL)
    ]  # fmt: skip
    keyword_only = [n for n, p in parameters.items() if p.kind is p.KEYWORD_ONLY and p.default is p.empty]
    takes_two = len(positional) >= 2 or inspect.Parameter.VAR_POSITIONAL in kinds
    if "completions" not in names and len(required) <= 2 and takes_two and not keyword_only:
        return "plain", "", False
    raise ArgumentError(
        f"reward: {name} has the parameters ({', '.join(parameters)}): expected verl's (data_source, "
        "solution_str, ground_truth, extra_info), TRL's (completions, a column such as ground_truth, or "
        "**kwargs), or (completion, gold)"
    )
