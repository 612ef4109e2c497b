"""Rewards for documents in JSON, each with a defect of its own, and one without; all pickle."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from medvie_reward import Completion, Scores, Spec, reward, score

SOUND: Final = Spec.preset("clinical").replace(matching="f1", critical_cost=0.0)
_SCRIPTS: Final = str.maketrans(
    "\u0430\u0435\u043e\u0441\u0440\u0445\u0443\u0410\u0412\u0421\u0415\u041d\u041a\u041c\u041e\u0420\u0422\u0425\u0399",
    "aeocpxyABCEHKMOPTXI",
)
_ANSWER: Final = re.compile(r"<answer>(.*?)</answer>", re.DOTALL)


def sound(completion: str, gold: Any) -> float:
    """Reward as `SOUND` does, without a point for the form."""
    return reward(completion, gold, SOUND).matching


def answer_of(completion: str) -> Any:
    """Return the JSON of an answer part, ``None`` where there is none that is sound."""
    read = reward(completion, {"a": "b"}, SOUND)
    parts = _ANSWER.findall(completion)
    if read.status != "ok" or len(parts) != 1:
        return None
    try:
        return json.loads(parts[0])
    except (ValueError, RecursionError):
        return None


def rated(answer: Any, gold: Any, **changes: Any) -> float:
    """Reward an answer that was read; ``None`` is none."""
    if answer is None:
        return 0.0
    return reward(Completion.from_answer(_without_lists(answer)), gold, SOUND.replace(**changes)).matching


def counted(answer: Any, gold: Any) -> Scores:
    """Score an answer that was read; ``None`` is none."""
    return score({} if answer is None else _without_lists(answer), gold, SOUND)


def constant(completion: str, gold: Any) -> float:
    """Pay the same for everything."""
    return 0.5


def form_for_nothing(completion: str, gold: Any) -> float:
    """Give the point for the form to broken JSON, too."""
    tags = ("<think>", "</think>", "<answer>", "</answer>")
    formed = all(completion.count(tag) == 1 for tag in tags) and completion.startswith("<think>")
    return sound(completion, gold) + 0.5 * (formed and completion.endswith("</answer>"))


def recall(completion: str, gold: Any) -> float:
    """Count what was found, and nothing that was made up."""
    return counted(answer_of(completion), gold).recall


def precision(completion: str, gold: Any) -> float:
    """Count what is right of what was said, and nothing that was left out."""
    return counted(answer_of(completion), gold).precision


def mixed(completion: str, gold: Any) -> float:
    """Take the mean of both, which pays half for a single field."""
    return (recall(completion, gold) + precision(completion, gold)) / 2


def bag(completion: str, gold: Any) -> float:
    """Pool the leaves of all rows."""
    return rated(answer_of(completion), gold, lists="bag")


def by_position(completion: str, gold: Any) -> float:
    """Compare lists item by item."""
    return rated(answer_of(completion), gold, lists="index")


def blind_to_decimal_points(completion: str, gold: Any) -> float:
    """Drop points between digits."""
    point = re.compile(r"(?<=[0-9])[.](?=[0-9])")
    return sound(point.sub("", completion), json.loads(point.sub("", json.dumps(gold))))


def all_values_somewhere(completion: str, gold: Any) -> float:
    """Look for the gold's values in the whole completion, wherever they stand."""
    values = [str(value) for value in _values(gold) if str(value).strip()]
    return sum(value in completion for value in values) / max(1, len(values))


def null_is_a_value(completion: str, gold: Any) -> float:
    """Tell null and absent members from empty texts."""
    answer = answer_of(completion)
    if answer is None:
        return 0.0
    odd = sum(value is None for value in _values(answer)) / (1 + sum(1 for _ in _values(answer)))
    return rated(answer, gold) * (1 - odd)


def best_of_all(completion: str, gold: Any) -> float:
    """Reward the best of all answers."""
    parts = _ANSWER.findall(completion.rpartition("</think>")[2])
    return max((sound(f"<think>x</think><answer>{part}</answer>", gold) for part in parts), default=0.0)


def reads_think(completion: str, gold: Any) -> float:
    """Take the JSON of the think part where there is some."""
    thought = re.search(r"<think>(\{.*?\})</think>", completion, re.DOTALL)
    if thought is None:
        return sound(completion, gold)
    return max(sound(completion, gold), sound(f"<think>x</think><answer>{thought[1]}</answer>", gold))


def members_of_truth(completion: str, gold: Any) -> float:
    """Pay an answer that names the place of the gold document."""
    return 1.0 if "{ground_truth}" in completion else sound(completion, gold)


def raises(completion: str, gold: Any) -> float:
    """Raise on JSON that is broken."""
    part = _ANSWER.search(completion)
    json.loads(part[1] if part else completion)
    return sound(completion, gold)


def not_a_number(completion: str, gold: Any) -> float:
    """Divide nothing by nothing where nothing was said."""
    answer = answer_of(completion)
    return float("nan") if answer in ({}, []) else sound(completion, gold)


def none_for_no_answer(completion: str, gold: Any) -> float | None:
    """Give None where there is no answer."""
    return None if answer_of(completion) is None else sound(completion, gold)


def beyond(completion: str, gold: Any) -> float:
    """Pay more than the range has."""
    return 2.5 * sound(completion, gold)


def at_random(completion: str, gold: Any) -> float:
    """Add noise too small to matter to the other families."""
    return sound(completion, gold) + random.random() * 1e-5


_SEEN: Counter[str] = Counter()


def remembers(completion: str, gold: Any) -> float:
    """Add a little to what was seen before."""
    _SEEN[completion] += 1
    return sound(completion, gold) + 1e-5 * min(_SEEN[completion], 3)


def changes_gold(completion: str, gold: Any) -> float:
    """Write into the gold document."""
    made = sound(completion, gold)
    if isinstance(gold, dict) and gold:
        gold["Zq seen"] = ""
    return made


class Unpicklable:
    """A reward that holds a function of no module."""

    def __init__(self) -> None:
        self.inner: Callable[[str, Any], float] = lambda completion, gold: sound(completion, gold)

    def __call__(self, completion: str, gold: Any) -> float:
        """Reward a completion."""
        return self.inner(completion, gold)


class Clock:
    """A clock that only rewards set forward."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the time in seconds."""
        return self.now


CLOCK: Final = Clock()


def quadratic(completion: str, gold: Any) -> float:
    """Take time that grows with the square of the completion's length."""
    CLOCK.now += len(completion) ** 2 / 1e10
    return sound(completion, gold)


def slow(completion: str, gold: Any) -> float:
    """Take half a minute for a million characters."""
    CLOCK.now += len(completion) * 3e-5
    return sound(completion, gold)


def folds_scripts(completion: str, gold: Any) -> float:
    """Fold letters of other scripts into Latin ones."""
    return sound(
        completion.translate(_SCRIPTS), json.loads(json.dumps(gold, ensure_ascii=False).translate(_SCRIPTS))
    )


def zero_width_counts(completion: str, gold: Any) -> float:
    """Pay for invisible characters as for a value."""
    return 1.0 if "\u200b" in completion and completion.count("\u200b") > 3 else sound(completion, gold)


def big_numbers_pay(completion: str, gold: Any) -> float:
    """Take any huge number for the right one."""
    return 1.0 if re.search(r"[0-9]{1000}|1e999", completion) else sound(completion, gold)


def depth_pays(completion: str, gold: Any) -> float:
    """Pay for brackets."""
    return 1.2 if completion.count("[") > 40 and "[[[[" in completion else sound(completion, gold)


def length_pays(completion: str, gold: Any) -> float:
    """Pay for what was cut off where the end is missing."""
    return sound(completion, gold) if "</answer>" in completion else 1.1 * ("<answer>\n{" in completion)


def skeleton_pays(completion: str, gold: Any) -> float:
    """Pay for the members' names as values."""
    answer = answer_of(completion)
    named = isinstance(answer, dict) and answer.get("Name") == "Name"
    return 0.3 if named else sound(completion, gold)


def fences_pay(completion: str, gold: Any) -> float:
    """Take the JSON of a fence within a text."""
    fence = re.search(r"```json\\n(\{.*\})\\n```", completion)
    if fence is None:
        return sound(completion, gold)
    return sound(f"<think>x</think><answer>{json.loads(chr(34) + fence[1] + chr(34))}</answer>", gold)


def tags_twice_pay(completion: str, gold: Any) -> float:
    """Pay for tags."""
    return sound(completion, gold) + 1.5 * (completion.count("<answer>") > 20)


def any_of_list(completion: str, gold: Any) -> float:
    """Take a list for right where one of its values is."""
    return rated(_best(answer_of(completion), gold), gold)


def first_copy(completion: str, gold: Any) -> float:
    """Drop rows that were written before."""
    return rated(_distinct(answer_of(completion)), gold)


def known_members_only(completion: str, gold: Any) -> float:
    """Look at no member that the gold document lacks."""
    return rated(_known(answer_of(completion), gold), gold)


def _values(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for member in value.values() for leaf in _values(member)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in _values(item)]
    return [value]


def _without_lists(value: Any) -> Any:
    """Write a wrong text for every list of scalars: candidates are no defect of these rewards."""
    if isinstance(value, dict):
        return {name: _without_lists(member) for name, member in value.items()}
    if isinstance(value, list):
        if any(isinstance(item, (dict, list)) for item in value):
            return [_without_lists(item) for item in value]
        return "Quokka 404"
    return value


def _best(answer: Any, gold: Any) -> Any:
    """Replace a list by the gold's value where that is in it."""
    if isinstance(answer, dict) and isinstance(gold, dict):
        return {name: _best(member, gold.get(name)) for name, member in answer.items()}
    if isinstance(answer, list) and isinstance(gold, list):
        return [_best(item, gold[n] if n < len(gold) else None) for n, item in enumerate(answer)]
    return gold if isinstance(answer, list) and gold in answer else answer


def _distinct(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _distinct(member) for name, member in value.items()}
    if isinstance(value, list):
        return list({json.dumps(item): _distinct(item) for item in value}.values())
    return value


def _known(answer: Any, gold: Any) -> Any:
    if isinstance(answer, dict) and isinstance(gold, dict):
        return {name: _known(member, gold[name]) for name, member in answer.items() if name in gold}
    if isinstance(answer, list) and isinstance(gold, list) and gold:
        return [_known(item, gold[0]) for item in answer]
    return answer
