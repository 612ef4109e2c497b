"""What the names of fields say of their values."""

from __future__ import annotations

from itertools import chain

import pytest

from medvie_reward import Spec, score
from medvie_reward.comparators import COMPARATORS
from medvie_reward.comparators.field_names import name_table, named_field

NAMES = {
    "unit": "measure",
    "units": "measure",
    "Unit of Measure": "measure",
    "单位": "measure",
    "送检单位": None,
    "value": "value",
    "testResult": "value",
    "检验结果": "value",
    "ref_range": "range",
    "refrange": "range",
    "ReferenceInterval": "range",
    "参考范围": "range",
    "flag": "flag",
    "claim_status": "status",
    "status_code": "identifier",
    "age": "age",
    "page": None,
    "age_group": None,
    "性别": "sex",
    "collectedAt": "moment",
    "collected_at": "moment",
    "at_home": None,
    "date_of_birth": "moment",
    "dates": "moment",
    "visit_day": "moment",
    "payment_days": None,
    "采样时间": "moment",
    "policy_period": "date_range",
    "TotalAmount": "money",
    "total": "money",
    "total_cholesterol": None,
    "unit_price": "money",
    "interest_due": "money",
    "税额": "money",
    "税率": None,
    "tax_id": "identifier",
    "税号": "identifier",
    "invoice_no": "identifier",
    "invoiceno": "identifier",
    "INVOICE-NO": "identifier",
    "发票号码": "identifier",
    "phone2": "identifier",
    "account": "identifier",
    "account_name": None,
    "number_of_pages": None,
    "version": "identifier",
    "flight": "identifier",
    "flight_date": "moment",
    "section_heading": "identifier",
    "房间": "identifier",
    "状态码": "identifier",
    "性别比": None,
    "totalParticipants": None,
    "price_currency": None,
    "sexuality": None,
    "statement": None,
    "update": None,
    "average": None,
    "row": None,
    "section": "identifier",
    "seat": "identifier",
    "is_critical": "boolean",
    "this": None,
    "是否危急": "boolean",
    "diagnosis": "set",
    "company": None,
    "": None,
    "123": None,
    "x" * 1_000: None,
}


@pytest.mark.parametrize(("name", "comparator"), NAMES.items())
def test_names(name: str, comparator: str | None) -> None:
    """The last words of a name that are in the table decide; some words take the meaning away."""
    found = named_field(name)
    assert (None if found is None else found.comparator) == comparator


def test_table() -> None:
    """Every row of the table has a comparator there is, and a place there is."""
    latin, chinese = name_table()
    for words, (where, comparator) in chain(latin.items(), chinese.items()):
        assert comparator in COMPARATORS, words
        assert where in ("", "start", "end"), words
        assert words == words.casefold().strip()


# Key, two values, whether they are equal.
VALUES = [
    ("version", "1.10", "1.1", False),
    ("section", "4.10", "4.1", False),
    ("invoice_no", "100.10", "100.1", False),
    ("invoice_no", "3.0", "3", False),
    ("invoice_no", "inv-00123", "INV-00123", True),
    ("invoice_no", 123, "123", True),
    ("start_time", "8.30", "8.3", False),
    ("start_time", "8:30 AM", "08:30", True),
    ("visit_day", "12.30", "12.3", False),
    ("seat", "12A", "12 a", True),
    ("seat", "12 34", "1234", False),
    ("total", "Rp 50.000", "Rp 50", False),
    ("total", "€1.000", "€1", False),
    ("total", "45.50", "45.5", True),
    ("total", "45.500", "45.5", False),
    ("unit", "mU/L", "MU/L", False),
    ("unit", "G/L", "g/L", False),
    ("unit", "mmol/l", "mmol/L", True),
    ("uom", "PCS", "pcs", True),
    ("uom", "EA", "ea", True),
    ("unit", "KG", "kg", True),
    ("unit", "mg", "Mg", False),
    ("unit", "G", "g", False),
    ("unit", "MM", "Mm", False),
    ("unit", "NM", "nm", False),
    ("value", "阴性", "Negative", True),
    ("value", "00123", "123", False),
    ("value", "5.60", "5.6", True),
    ("date", "20240305", "2024-03-05", True),
    ("date", "03/05/2024", "3/5/2024", True),
    ("date", "03/05/2024", "5/3/2024", False),
    ("is_paid", True, 1, True),
    ("is_paid", True, "0", False),
    ("period", "2024-03-05 - 2024-03-08", "2024/3/5 to 2024/3/8", True),
]


@pytest.mark.parametrize(("key", "a", "b", "equal"), VALUES)
def test_values_in_documents(key: str, a: object, b: object, equal: bool) -> None:
    """Both ways round, at the top and in rows; without the table zeros at the end mean nothing again."""
    for x, y in ((a, b), (b, a)):
        assert (score({key: x, "n": "z"}, {key: y, "n": "z"}).f1 == 1.0) == equal
        assert (score({"l": [{key: x}, {key: 7}]}, {"l": [{key: 7}, {key: y}]}).f1 == 1.0) == equal


def test_switched_off() -> None:
    """One spec field switches the table off, and the signature says so."""
    spec = Spec.preset("clinical")
    off = spec.replace(field_names=False)
    assert "|field_names:yes|" in spec.signature
    assert "field_names" not in off.signature
    assert score({"version": "1.10"}, {"version": "1.1"}, spec).f1 == 0.0
    assert score({"version": "1.10"}, {"version": "1.1"}, off).f1 == 1.0
