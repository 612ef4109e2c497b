"""Two leaf values -> match: each leaf is written in one normal form, and equal forms match.

A normal form never changes what a value means, and it is empty exactly where the text is empty or white
space only, so that a comparator never decides whether there is a field.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import signature
from typing import Any, Final

from medvie_reward._core.json_values import SCALARS, scalar_text
from medvie_reward.comparators.age import age_text
from medvie_reward.comparators.currencies import parted
from medvie_reward.comparators.dates import date_form, date_range_form, datetime_form, time_text
from medvie_reward.comparators.guess import guess_text
from medvie_reward.comparators.identifier import identifier_text
from medvie_reward.comparators.money import money_form
from medvie_reward.comparators.named_values import measure_text, moment_text, value_text
from medvie_reward.comparators.number import number_form
from medvie_reward.comparators.quantity import quantity_form
from medvie_reward.comparators.reference import reference_text
from medvie_reward.comparators.results import result_text, status_text
from medvie_reward.comparators.sets import set_form
from medvie_reward.comparators.text import folded_text, ion_text, strip_text, unicode_text
from medvie_reward.comparators.unit import unit_text
from medvie_reward.comparators.words import boolean_text, enum_form, flag_text, ordinal_text, sex_text
from medvie_reward.errors import ArgumentError, SpecError

_KNOWN: Final = 16_384
_LONGEST: Final = 200

Form = Callable[[str], str]

FORMS: Final[dict[str, Form]] = {
    "unicode": unicode_text,
    "strip": strip_text,
    "text": ion_text,
    "guess": guess_text,
    "unit": unit_text,
    "range": reference_text,
    "result": result_text,
    "status": status_text,
    "flag": flag_text,
    "ordinal": ordinal_text,
    "sex": sex_text,
    "boolean": boolean_text,
    "time": time_text,
    "age": age_text,
    "narrative": folded_text,
    "identifier": identifier_text,
    "value": value_text,
    "measure": measure_text,
    "moment": moment_text,
}

# Comparators that have no options have a form; the others make one of their options.
_MAKERS: Final[dict[str, Callable[..., Form]]] = {
    "number": number_form,
    "money": money_form,
    "quantity": quantity_form,
    "enum": enum_form,
    "date": date_form,
    "datetime": datetime_form,
    "date_range": date_range_form,
    "set": set_form,
}

COMPARATORS: Final = (*FORMS, *_MAKERS)


def form_of(name: str, options: Mapping[str, Any]) -> Form:
    """Return the normal form of a comparator.

    Raises
    ------
    SpecError
        If there is no such comparator, or it has no such option or value.
    """
    if name in FORMS and not options:
        return FORMS[name]
    if name in _MAKERS:
        try:
            return _MAKERS[name](**options)
        except TypeError:
            known = ", ".join(signature(_MAKERS[name]).parameters)
            got = ", ".join(map(repr, options)) or "none"
            raise SpecError(f"comparator {name!r}: expected the option {known}, got {got}") from None
    if name in FORMS:
        raise SpecError(f"comparator {name!r} has no option {next(iter(options))!r}: expected none")
    raise SpecError(f"no comparator {name!r}: expected one of {', '.join(COMPARATORS)}")


def check_comparator(name: str | None, options: Mapping[str, Any]) -> None:
    """Raise a `SpecError` where `form_of` would; no name is fine where there are no options."""
    if name is not None:
        form_of(name, options)
    elif options:
        raise SpecError(f"option {next(iter(options))!r}: expected a comparator that has it, got none")


def normalize(value: Any, comparator: str, **options: Any) -> str:
    r"""Write one value in a comparator's normal form, which is made to be compared and not to be shown.

    What was read as a number, a date and so on begins with a mark of its type, so that it equals no text.

    Parameters
    ----------
    value
        A JSON scalar: text, a number, true, false or null, which is written as empty text.
    comparator
        Name of the comparator, one of `COMPARATORS`.
    **options
        Options of the comparator, as a rule has them.

    Raises
    ------
    SpecError
        If there is no such comparator, or it has no such option or value.
    ArgumentError
        If the value is no JSON scalar.

    Examples
    --------
    >>> normalize(" Ｌｉ  WEI ", "text"), normalize("5.60", "number")
    ('li wei', '\x00n:5.6')
    """
    if type(value) not in SCALARS:
        raise ArgumentError(
            f"value: expected text, a number, true, false or null, got {type(value).__name__}"
        )
    return form_of(comparator, options)(scalar_text(value))


def equal(a: Any, b: Any, comparator: str, **options: Any) -> bool:
    """Check whether a comparator takes two values for the same: whether their normal forms are equal.

    Parameters and errors are those of `normalize`. Empty values equal each other and nothing else. A spec may
    be more lenient: with ``lone_currency``, as ``clinical`` has it, a currency on one side alone is no
    difference, and a ``graded`` narrative earns a part.

    Examples
    --------
    >>> equal("5.60", 5.6, "number"), equal("5.60", "56", "number")
    (True, False)
    >>> equal("03/04/2024", "2024-04-03", "date", order="dmy")
    True
    """
    return normalize(a, comparator, **options) == normalize(b, comparator, **options)


class KnownForms(dict[str, str]):
    """The normal forms of texts met before; a look-up at C speed where a text comes again.

    Predictions feed it, so it is bounded: long texts are written anew each time, and when it is full it
    starts afresh, so that what a run meets later is remembered as well as what it met first.
    """

    __slots__ = ("_form",)

    def __init__(self, form: Form) -> None:
        super().__init__()
        self._form = form

    def __missing__(self, text: str) -> str:
        if len(self) >= _KNOWN:
            self.clear()
        form = self._written(text)
        if len(text) <= _LONGEST:
            self[text] = form
        return form

    def _written(self, text: str) -> str:
        return self._form(text)


class OpenForms(KnownForms):
    """The normal forms of texts without the currencies of amounts.

    Attributes
    ----------
    whole
        The forms with their currencies.
    named, before
        The texts met here that name a currency, since it last started afresh and before that.
    met
        How many such texts were written.
    cleared
        How often it started afresh.
    """

    __slots__ = ("before", "cleared", "met", "named", "whole")

    def __init__(self, form: Form) -> None:
        super().__init__(form)
        self.whole = KnownForms(form)
        self.named: set[str] = set()
        self.before: set[str] = set()
        self.met = 0
        self.cleared = 0

    def clear(self) -> None:
        """Start afresh; what names a currency is kept once more, for a gold that is being read."""
        super().clear()
        self.cleared += 1
        self.before, self.named = self.named, set()

    def _written(self, text: str) -> str:
        amount, currency = parted(self.whole[text])
        if currency:
            self.named.add(text)
            self.met += 1
        return amount


class SettledForms(KnownForms):
    """The normal forms of texts, given the amounts of a gold document; see `currencies`.

    Parameters
    ----------
    forms
        The forms without currencies.
    settle
        What makes one form of an amount and its currency.
    """

    __slots__ = ("_settle",)

    def __init__(self, forms: OpenForms, settle: Callable[[str, str], str]) -> None:
        super().__init__(forms.whole.__getitem__)
        self._settle = settle

    def _written(self, text: str) -> str:
        return self._settle(*parted(self._form(text)))
