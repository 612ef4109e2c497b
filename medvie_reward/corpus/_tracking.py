"""An evaluation -> flat metrics by names that experiment trackers take."""

from __future__ import annotations

import hashlib
import math
import posixpath
import re
from collections.abc import Iterable
from typing import Final

from medvie_reward.corpus._evaluation import Evaluation
from medvie_reward.errors import ArgumentError
from medvie_reward.metrics import Scores

# MLflow takes [/\w.\- :] and at most 250 characters; versions before the colon was let in refuse it.
_UNSAFE: Final = re.compile(r"[^\w.\- ]")
_LONGEST_PART: Final = 100
_LONGEST_PREFIX: Final = 100
_DIGEST: Final = 8
# Of fields and groups: all there is of fifty fields would be over the 1,000 that MLflow takes at once.
_LEADING: Final = ("precision", "recall", "f1", "n_gold")


def flat_metrics(evaluation: Evaluation, prefix: str = "") -> dict[str, float]:
    """Return all figures of an evaluation as finite floats under flat names, as MLflow and W&B take them.

    Names are ``documents``, ``parse_rate``, ``format_rate`` (where some answer came as a text), ``limited``,
    ``missing``, ``extra``, ``status/ok``, ``micro/f1``, ``macro/f1``, ``ted``, ``anls``,
    ``field/Indicators.Result/f1``, ``group/blood test/micro/f1``.

    The name of a field or group loses its list marks, and each character that MLflow refuses becomes ``_``.
    Where that changed a character, or the name is over 100 characters long (it is cut then), ``-`` and eight
    hexadecimal digits of its SHA-256 are added, so that it is the same in every run and unlike all others. If
    two names still meet (``a.b`` and ``a[].b``), the first in alphabetical order keeps its name, and the
    other gets the digits.

    Of the whole there are all figures; of fields and groups precision, recall, F1 and the number of gold
    leaves. W&B takes these names too, and slashes group its panels; by names with slashes, dots or spaces its
    interface neither sorts nor filters.

    Parameters
    ----------
    evaluation
        The evaluation.
    prefix
        Put before every name, with a slash between.

    Raises
    ------
    ArgumentError
        If the prefix cannot begin a name in MLflow.
    """
    made: dict[str, float] = {
        "documents": evaluation.n,
        "parse_rate": evaluation.parse_rate,
        "limited": evaluation.limited,
        "missing": evaluation.missing,
        "extra": evaluation.extra,
    }
    if evaluation.format_rate is not None:
        made["format_rate"] = evaluation.format_rate
    made |= {f"status/{status}": n for status, n in evaluation.statuses.items()}
    made |= {f"micro/{name}": x for name, x in evaluation.micro.to_dict().items()}
    made |= _means(evaluation, "")
    safe = safe_names(evaluation.micro.fields)
    for name, scores in evaluation.micro.fields.items():
        made |= _leading(scores, f"field/{safe[name]}")
    safe = safe_names(evaluation.groups)
    for name, group in evaluation.groups.items():
        made[f"group/{safe[name]}/documents"] = group.n
        made |= _leading(group.micro, f"group/{safe[name]}/micro")
        made |= _means(group, f"group/{safe[name]}/")
    start = _prefix(prefix)
    return {f"{start}{name}": float(x) for name, x in made.items() if math.isfinite(x)}


def _means(evaluation: Evaluation, start: str) -> dict[str, float]:
    return {
        **{f"{start}macro/{name}": x for name, x in evaluation.macro.to_dict().items()},
        **{f"{start}{name}": x for name, x in evaluation.published.to_dict().items()},
    }


def _leading(scores: Scores, start: str) -> dict[str, float]:
    return {f"{start}/{name}": getattr(scores, name) for name in _LEADING}


def _prefix(prefix: str) -> str:
    parts = prefix.split("/")
    ok = not any(_UNSAFE.search(part) for part in parts) and posixpath.normpath(prefix) == prefix
    if prefix and not (ok and len(prefix) <= _LONGEST_PREFIX and parts[0] not in ("", ".", "..")):
        raise ArgumentError(
            f"prefix: expected at most {_LONGEST_PREFIX} letters, digits, '_', '-', '.' and spaces, with "
            f"single slashes between, got {prefix!r}"
        )
    return f"{prefix}/" if prefix else ""


def safe_names(names: Iterable[str]) -> dict[str, str]:
    """Return each name in a form that can be one part of a metric's name; see `flat_metrics`."""
    made: dict[str, str] = {}
    taken: set[str] = set()
    for name in sorted(names):
        readable = name.replace("[]", "")
        safe = _UNSAFE.sub("_", readable)
        exact = safe == readable and safe not in ("", ".", "..") and len(safe) <= _LONGEST_PART
        digits = 0 if exact else _DIGEST
        while (found := _with_digits(safe, name, digits)) in taken:
            digits += _DIGEST
        taken.add(found)
        made[name] = found
    return made


def _with_digits(safe: str, name: str, digits: int) -> str:
    if not digits:
        return safe
    end = "-" + hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:digits]
    return safe[: _LONGEST_PART - len(end)] + end
