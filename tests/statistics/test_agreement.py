"""Agreement of two annotators: counted by hand, symmetric, and as a user meets it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from helpers.strategies import disturb, documents
from hypothesis import given
from hypothesis import strategies as st

from medvie_reward import GoldError, InputError, Spec, score
from medvie_reward.cli._main import main
from medvie_reward.statistics._agreement import Agreement, measure_agreement
from medvie_reward.statistics._resampling import Resampling

CAPTURE = pytest.CaptureFixture[str]
ROOT = Path(__file__).parents[2]
STRICT = Spec.preset("strict")
HOW = Resampling(resamples=50)

A: list[Any] = [
    {"Name": "Li", "Gender": "M", "L": [{"n": "K", "r": "4.1"}, {"n": "Na", "r": "140"}]},
    {"Name": "Wu", "Gender": "M", "L": []},
    {"Name": "An", "Gender": "F"},
]
B: list[Any] = [
    {"Name": "Li", "Gender": "M", "L": [{"n": "Na", "r": "140"}, {"n": "K", "r": "4.10"}]},
    {"Name": "Wu", "Gender": "", "Age": "7"},
    {"Name": "An", "Gender": "F"},
]
PAIRS = [(str(n), a, b) for n, (a, b) in enumerate(zip(A, B, strict=True), start=1)]


def test_a_leaf_that_accepts_several_values_is_the_first_of_them() -> None:
    """On both sides, so that it does not matter which is which."""
    several = [(n, {**a, "Name": {"$any": [a["Name"], "x"]}}, b) for n, a, b in PAIRS]
    turned = [(n, b, a) for n, a, b in several]
    expected = measure_agreement(PAIRS, STRICT, HOW)
    found = measure_agreement(several, STRICT, HOW)
    assert (found.n_a, found.n_b, found.equal) == (expected.n_a, expected.n_b, expected.equal)
    assert measure_agreement(turned, STRICT, HOW).micro == found.micro == expected.micro


def test_agreement_by_hand() -> None:
    """Three documents: 6 + 2 + 2 leaves, 6 + 2 + 2 leaves, 5 + 1 + 2 of them equal."""
    found = measure_agreement(PAIRS, STRICT, HOW)
    assert (found.n_a, found.n_b, found.equal) == (10, 10, 8)
    assert found.micro.value == 0.8
    assert found.macro.value == pytest.approx((5 / 6 + 1 / 2 + 1) / 3)
    fields = {f.field: (f.documents, f.a, f.b, f.equal) for f in found.fields}
    assert fields == {
        "Age": (1, 0, 1, 0),
        "L[].r": (1, 2, 2, 1),
        "Gender": (3, 3, 2, 2),
        "Name": (3, 3, 3, 3),
        "L[].n": (1, 2, 2, 2),
    }
    assert [f.field for f in found.fields] == ["Age", "L[].r", "Gender", "L[].n", "Name"]
    assert [(d.id, d.equal, d.fields) for d in found.documents] == [
        ("1", 5, {"L[].r": 2}),
        ("2", 1, {"Age": 1, "Gender": 1}),
        ("3", 2, {}),
    ]
    # Gender: M and M, M and blank, F and F. 6 values: 3 M, 1 blank, 2 F; 1 - 5 * 2 / (36 - 9 - 1 - 4).
    alpha = next(f.alpha for f in found.fields if f.field == "Gender")
    assert alpha is not None
    assert alpha.interval is not None
    assert alpha.interval.value == pytest.approx(1 - 10 / 22)
    assert (alpha.units, alpha.equal, alpha.values) == (3, 2, ("", "F", "M"))
    assert [f.field for f in found.fields if f.alpha] == ["Gender"]


def test_weights_have_no_say() -> None:
    """The clinical preset finds 4.10 equal to 4.1; its weights change no number."""
    found = measure_agreement(PAIRS, Spec.preset("clinical"), HOW)
    assert (found.n_a, found.n_b, found.equal) == (10, 10, 9)


def test_alpha_is_undefined_with_one_value() -> None:
    """Where all gave the same value there is nothing to agree on beyond chance."""
    found = measure_agreement([("1", {"Gender": "M"}, {"Gender": "M"})] * 2, STRICT, HOW)
    assert found.fields[0].alpha is not None
    assert found.fields[0].alpha.interval is None
    assert found.as_dict()["fields"]["Gender"]["alpha"] == {
        "interval": None,
        "units": 2,
        "equal": 2,
        "values": ("M",),
    }


@st.composite
def annotated(draw: st.DrawFn) -> list[tuple[str, Any, Any]]:
    """Draw some documents, each annotated twice, with slips."""
    made = []
    for n in range(draw(st.integers(1, 4))):
        gold = draw(documents)
        made.append((str(n), gold, disturb(gold, draw(st.randoms(use_true_random=False)))))
    return made


def exchanged(pairs: list[tuple[str, Any, Any]]) -> list[tuple[str, Any, Any]]:
    return [(name, b, a) for name, a, b in pairs]


def whole(found: Agreement) -> tuple[Any, ...]:
    return found.n_a, found.n_b, found.equal, found.micro, found.macro


@given(annotated(), st.sampled_from(["align", "bag", "index"]))
def test_agreement_is_symmetric(pairs: list[tuple[str, Any, Any]], lists: str) -> None:
    """A beside B is B beside A: precision of one is recall of the other, F1 is equal."""
    spec = STRICT.replace(lists=lists)
    one, other = measure_agreement(pairs, spec, HOW), measure_agreement(exchanged(pairs), spec, HOW)
    assert whole(one) == (other.n_b, other.n_a, other.equal, other.micro, other.macro)
    for _, a, b in pairs:
        assert score(a, b, spec).precision == score(b, a, spec).recall
    assert {d.id: d.f1 for d in one.documents} == {d.id: d.f1 for d in other.documents}


@given(annotated())
def test_fields_and_documents_add_up(pairs: list[tuple[str, Any, Any]]) -> None:
    """Leaves of fields and of documents are all leaves; an annotator agrees with herself wholly."""
    found = measure_agreement(pairs, STRICT, HOW)
    for name, total in (("a", found.n_a), ("b", found.n_b), ("equal", found.equal)):
        assert total == sum(getattr(field, name) for field in found.fields)
        assert total == sum(getattr(document, name) for document in found.documents)
    same = measure_agreement([(name, b, b) for name, _, b in pairs], STRICT, HOW)
    assert (same.micro, same.macro) == ((1.0, 1.0, 1.0), (1.0, 1.0, 1.0))


def test_what_cannot_be_measured() -> None:
    """Each refusal says what was expected."""
    with pytest.raises(InputError, match="no documents"):
        measure_agreement([], STRICT, HOW)
    with pytest.raises(InputError, match="preset smr-r1 is not symmetric"):
        measure_agreement(PAIRS, Spec.preset("smr-r1"), HOW)
    with pytest.raises(InputError, match="no field 'Sex': expected one that an annotation fills"):
        measure_agreement(PAIRS, STRICT, HOW, closed=["Sex"])
    with pytest.raises(GoldError, match="document x: gold: expected an object or a list, got int"):
        measure_agreement([("x", 3, {})], STRICT, HOW)


# -- the command ---------------------------------------------------------------------------------------


def write(path: Path, golds: list[Any], first: int = 1) -> str:
    rows = [{"id": f"d{n}", "patient": n % 2, "gold": gold} for n, gold in enumerate(golds, start=first)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    return write(tmp_path / "a.jsonl", A), write(tmp_path / "b.jsonl", B)


def test_tables(files: tuple[str, str], capsys: CAPTURE) -> None:
    """The whole, fields worst first, documents, the signature last; strict where nothing is said."""
    assert main(["agreement", *files, "--resamples", "100", "--fields", "4", "--documents", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"3 documents: A is {files[0]}, B is {files[1]}"
    assert lines[2].split()[:6] == ["all", "leaves", "10", "10", "8", "0.8000"]
    at = lines.index("Per field, worst first")
    assert [line.split()[0] for line in lines[at + 2 : at + 6]] == ["Age", "L[].r", "Gender", "L[].n"]
    assert "… and 1 more field" in lines
    assert any(re.match(r"d1 +6 +6 +5 +0.8333 +L\[\].r 2$", line) for line in lines)
    assert "… and 1 more document" in lines
    assert lines[-1].startswith("medvie|name:strict|")
    assert lines[-1].endswith(
        "|agreement:leaves|chance:krippendorff-nominal|bootstrap:expanded|resamples:100|confidence:0.95|seed:20250613"
    )


def test_json(files: tuple[str, str], tmp_path: Path, capsys: CAPTURE) -> None:
    """The file holds what ``--json -`` prints."""
    out = tmp_path / "out.json"
    options = ["--resamples", "100", "--closed", "Name", "--cluster", "patient"]
    assert main(["agreement", *files, *options, "--json", str(out)]) == 0
    capsys.readouterr()
    assert main(["agreement", *files, *options, "--json", "-"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert json.loads(out.read_bytes()) == printed
    assert printed["micro"]["value"] == 0.8
    assert printed["fields"]["Name"]["alpha"]["units"] == 3
    assert printed["signature"].endswith("|clusters:2|closed:Name")


def test_preset(files: tuple[str, str], capsys: CAPTURE) -> None:
    """Another preset forgives spellings."""
    assert main(["agreement", *files, "--preset", "clinical", "--json", "-", "--resamples", "9"]) == 0
    assert json.loads(capsys.readouterr().out)["equal"] == 9


def test_documents_of_one(tmp_path: Path, capsys: CAPTURE) -> None:
    """A document that one lacks is an error, or left out and counted; order does not matter with ids."""
    files = write(tmp_path / "a.jsonl", A), write(tmp_path / "b.jsonl", B[1:], first=2)
    assert main(["agreement", *files]) == 2
    assert "1 document only in " in capsys.readouterr().err
    assert main(["agreement", *files, "--missing", "skip", "--resamples", "9", "--cluster", "patient"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("2 documents")
    assert "Left out: 1 document that only A has, 0 only B." in out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--preset", "smr-r1"], "preset smr-r1 is not symmetric"),
        (["--closed", "Sex"], "no field 'Sex'"),
        (["--confidence", "2"], "confidence: expected a number above 0 and below 1"),
        (["--cluster", "ward"], "b.jsonl:1: has no member 'ward', which --cluster names"),
        (["--gold-key", "truth"], "expected an object with the member 'truth'"),
        (["--json", "none/x.json"], "none/x.json: cannot be written"),
    ],
)
def test_what_is_refused(files: tuple[str, str], options: list[str], message: str, capsys: CAPTURE) -> None:
    """Exit code 2, one line, nothing printed."""
    assert main(["agreement", *files, *options]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert message in printed.err
    assert printed.err.count("\n") == 1


def test_bad_golds(tmp_path: Path, capsys: CAPTURE) -> None:
    """A bad gold in either file is named with its line, and no file is left behind."""
    good = write(tmp_path / "a.jsonl", [{"a": "1"}, {"a": "2"}])
    bad = write(tmp_path / "b.jsonl", [{"a": "1"}, 7])
    for pair, name in (((good, bad), "b"), ((bad, good), "b")):
        assert main(["agreement", *pair, "--json", str(tmp_path / "out.json")]) == 2
        assert f"{name}.jsonl:2: gold: expected an object or a list, got int" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl", "b.jsonl"]


def test_rows_by_line(tmp_path: Path, capsys: CAPTURE) -> None:
    """Without ids rows join by line, and there have to be as many."""
    for name, n in (("a", 2), ("b", 2), ("c", 3)):
        (tmp_path / f"{name}.jsonl").write_text('{"gold": "{\\"x\\": \\"1\\"}"}\n' * n)
    a, b, c = (str(tmp_path / f"{name}.jsonl") for name in "abc")
    assert main(["agreement", a, b, "--resamples", "9"]) == 0
    assert "1.0000" in capsys.readouterr().out
    assert main(["agreement", a, c]) == 2
    assert "expected as many in both, to join by line" in capsys.readouterr().err
    assert main(["agreement", "-", "-"]) == 2
    assert "standard input can be read once only" in capsys.readouterr().err


def test_limited_and_undefined_are_said(tmp_path: Path, capsys: CAPTURE) -> None:
    """Documents past the work bound have a line; so has alpha with one value."""
    a = write(tmp_path / "a.jsonl", [{"Gender": "M", "L": [{"a": [str(i)]} for i in range(1500)]}])
    b = write(tmp_path / "b.jsonl", [{"Gender": "M", "L": [{"a": [str(i + 1), "x"]} for i in range(1500)]}])
    assert main(["agreement", a, b, "--resamples", "9"]) == 0
    out = capsys.readouterr().out
    assert "Limited: 1 document reached the spec's max_work" in out
    assert "undefined" in out
