"""Normal forms that users write in Python: found by name, called with care, named in the signature.

A function is given by a user's own code or rules file. Data never names one: see `Rule.from_dict`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from importlib import import_module
from types import CodeType
from typing import Any

from medvie_reward.errors import SpecError

Function = Callable[[str], str]


def find_function(name: str) -> Function:
    """Import the function that ``package.module:function`` names.

    Raises
    ------
    SpecError
        If it is not so written, or there is no such module or function.
    """
    module, colon, path = name.partition(":")
    if not (colon and module and path):
        raise SpecError(f"normal_form: expected 'package.module:function', got {name!r}")
    try:
        found: Any = import_module(module)
        for step in path.split("."):
            found = getattr(found, step)
    except Exception as error:  # noqa: BLE001  # a user's module may fail in any way as it is imported
        raise SpecError(f"normal_form {name!r}: {type(error).__name__}: {error}") from None
    if not callable(found):
        raise SpecError(f"normal_form {name!r}: expected a function, got {type(found).__name__}")
    function: Function = found
    return function


def name_of(function: Function) -> str:
    """Return the name of a function for the signature; one without a name of its own is told by its code."""
    module = getattr(function, "__module__", None) or type(function).__module__
    name = getattr(function, "__qualname__", None) or type(function).__qualname__
    code = getattr(function, "__code__", None)
    if "<" in name and isinstance(code, CodeType):
        name += "#" + hashlib.sha256(repr(_content(code)).encode()).hexdigest()[:12]
    return f"{module}:{name}"


def _content(code: CodeType) -> list[Any]:
    consts = [_content(x) if isinstance(x, CodeType) else repr(x) for x in code.co_consts]
    return [code.co_code.hex(), consts, code.co_names]


def careful(function: Function, path: str) -> Function:
    """Return a function that says which rule is wrong where a user's function fails.

    A text that it turns into nothing stays as it is, so that it does not decide whether there is a field.
    """
    where = f"rule {path!r}: normal_form {name_of(function)}"

    def form(text: str) -> str:
        if not text or text.isspace():
            return ""
        try:
            made = function(text)
        except Exception as error:  # whatever it is, it is the function's fault
            raise SpecError(f"{where} of {text!r:.80}: {type(error).__name__}: {error}") from error
        if type(made) is not str:
            raise SpecError(f"{where} of {text!r:.80}: expected a str, got {type(made).__name__}")
        return made if made and not made.isspace() else text.strip()

    return form
