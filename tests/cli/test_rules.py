"""``medvie explain``, and what chooses the rules of a run: --schema, --rules, --lists, --source-key."""

from __future__ import annotations

import json
import re
from collections import Counter
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest

from medvie_reward import Rule, Spec, evaluate
from medvie_reward.cli._main import main, main_score
from medvie_reward.reports._evaluation_report import print_evaluation, print_rules
from medvie_reward.spec._explain import explain
from medvie_reward.spec._schema_rules import load_schema

GOLD = [
    {
        "id": "a",
        "gold": {
            "Name": "Li",
            "Indicators": [{"Item Name": "K", "Result": "4.10"}, {"Item Name": "Na", "Result": "140"}],
            "Total": "31.00",
        },
        "page": ["Name: LI", "K 4.10", "Na 140", "TOTAL 31.00"],
    },
    {"id": "b", "gold": {"Name": "", "Indicators": [], "Total": 5}, "page": "Total 5"},
]
PRED = [
    {
        "id": "a",
        "pred": {
            "Name": "li",
            "Indicators": [{"Item Name": "K", "Result": "140"}, {"Item Name": "Na", "Result": "14.0"}],
            "Total": "31",
        },
    },
    {"id": "b", "pred": {"Name": "Wu", "Indicators": [], "Total": "5.0"}},
]
SCHEMA = {
    "type": "object",
    "properties": {
        "Name": {"type": "string", "x-medvie-comparator": "text"},
        "Total": {"type": "number", "x-medvie-options": {"digits": "kept"}, "x-medvie-weight": 2},
        "Indicators": {
            "type": "array",
            "x-medvie-key": "Item Name",
            "items": {
                "type": "object",
                "properties": {
                    "Item Name": {"type": "string", "x-medvie-comparator": "text"},
                    "Result": {"type": "string", "x-medvie-comparator": "result", "x-medvie-critical": True},
                },
            },
        },
    },
}
HEADS = ["field", "comparator", "weight", "critical", "rows", "leaves", "example", "why"]
CAPTURE = pytest.CaptureFixture[str]


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    monkeypatch.chdir(tmp_path)
    return write_rows("pred.jsonl", PRED), write_rows("gold.jsonl", GOLD)


def write_rows(name: str, rows: list[Any]) -> str:
    Path(name).write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return name


def write(name: str, value: Any) -> str:
    Path(name).write_text(value if isinstance(value, str) else json.dumps(value), "utf-8")
    return name


def printed(capsys: CAPTURE, *arguments: str) -> str:
    assert main([*arguments]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out


def scored(capsys: CAPTURE, *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(printed(capsys, "score", *arguments, "--json", "-"))
    return found


def explained(capsys: CAPTURE, *arguments: str) -> dict[str, dict[str, Any]]:
    found = json.loads(printed(capsys, "explain", *arguments, "--json"))
    return {field["field"]: field for field in found["fields"]}


def cells(line: str) -> list[str]:
    return re.split(r" {2,}", line.strip())


# -- explain -------------------------------------------------------------------------------------------


def test_explain_table(files: tuple[str, str], capsys: CAPTURE) -> None:
    """One line per field in the gold's order, under one head; the signature comes last."""
    lines = printed(capsys, "explain", files[1]).splitlines()
    assert lines[0].split() == HEADS
    assert [cells(line) for line in lines[1:5]] == [
        ["Name", "text", "1", "1", "Li", "schema: x-medvie-comparator"],
        ["Indicators[].Item Name", "text", "2.5", "align", "2", "K", "schema: x-medvie-comparator"],
        ["Indicators[].Result", "result", "2", "yes", "align", "2", "4.10", "schema: x-medvie-comparator"],
        ["Total", "money", "1", "2", "31.00", "by its name: total"],
    ]
    assert lines[5] == ""
    assert lines[6:] == [Spec.preset("clinical").signature]
    assert all(line == line.rstrip() for line in lines)


def test_explain_json(files: tuple[str, str], capsys: CAPTURE) -> None:
    """--json prints the same as JSON, and nothing else."""
    spec = Spec.preset("clinical")
    found = json.loads(printed(capsys, "explain", files[1], "--json"))
    assert found.keys() == {"signature", "fields"}
    assert found["signature"] == spec.signature
    assert found["fields"] == [rule._asdict() for rule in explain([row["gold"] for row in GOLD], spec)]
    assert found["fields"][2] == {
        "field": "Indicators[].Result",
        "comparator": "result",
        "options": {},
        "weight": 2.0,
        "critical": True,
        "lists": "align",
        "why": "schema: x-medvie-comparator",
        "n": 2,
        "example": "4.10",
    }


def test_explain_shows_options(files: tuple[str, str], capsys: CAPTURE) -> None:
    """Options stand behind the comparator, synonyms by their names; as JSON they are whole."""
    rules = [
        {"path": "Name", "comparator": "enum", "options": {"synonyms": {"Li": ["Lee"], "Wu": []}}},
        {"path": "Total", "comparator": "number", "options": {"digits": "kept"}},
    ]
    arguments = ("explain", files[1], "--rules", write("r.json", rules))
    lines = printed(capsys, *arguments).splitlines()
    assert cells(lines[1])[1] == "enum(synonyms=Li|Wu)"
    assert cells(lines[4])[1] == "number(digits=kept)"
    assert explained(capsys, *arguments[1:])["Name"]["options"] == {"synonyms": [["Li", ["Lee"]], ["Wu", []]]}


ROWS: list[tuple[list[Any], list[str]]] = [
    ([{"Total": 1}, {"Total": 2}], []),
    ([{"id": 1, "Total": 1}, {"id": 2, "Total": 2}], []),
    ([{"ground_truth": '{"Total": 1}'}, {"ground_truth": '{"Total": 2}'}], []),
    ([{"mine": {"Total": 1}, "gold": {}}, {"mine": {"Total": 2}, "gold": {}}], ["--gold-key", "mine"]),
    ([{"uid": "x", "Total": 1}, {"uid": "y", "Total": 2}], ["--id-key", "uid"]),
]


@pytest.mark.parametrize(("rows", "options"), ROWS, ids=range(len(ROWS)))
def test_explain_reads_golds_like_score(
    rows: list[Any], options: list[str], files: tuple[str, str], capsys: CAPTURE
) -> None:
    """Golds may be wrapped as for a score; what joins or wraps them is no field."""
    found = explained(capsys, write_rows("g.jsonl", rows), *options)
    assert {name: field["n"] for name, field in found.items()} == {"Total": 2}


def test_explain_and_score_have_one_spec(files: tuple[str, str], capsys: CAPTURE) -> None:
    """With the same options the signature printed is the same."""
    for options in (
        [],
        ["--preset", "strict"],
        ["--lists", "bag"],
        ["--schema", write("s.json", SCHEMA), "--lists", "index"],
        ["--rules", write("r.json", [{"path": "Total", "weight": 3}])],
    ):
        found = json.loads(printed(capsys, "explain", files[1], "--json", *options))
        assert found["signature"] == scored(capsys, *files, *options)["signature"]


def test_verbs(capsys: CAPTURE) -> None:
    """With too little or a wrong word, the usage is shown and the exit code is 2."""
    for arguments in (["explain"], ["explains", "x"], ["explain", "x", "--preset", "best"]):
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        assert caught.value.code == 2
        assert "usage: medvie" in capsys.readouterr().err
    with pytest.raises(SystemExit) as caught:
        main(["explain", "--help"])
    assert caught.value.code == 0
    assert {"--schema", "--rules", "--lists", "--preset", "--json"} <= set(
        re.findall(r"--[a-z]+", capsys.readouterr().out)
    )


# -- what chooses the rules ----------------------------------------------------------------------------


def test_schema(files: tuple[str, str], capsys: CAPTURE) -> None:
    """A schema's rules take the place of the preset's; all else stays the preset's."""
    options = ("--schema", write("s.json", SCHEMA))
    fields = explained(capsys, files[1], *options)
    assert {name: (x["comparator"], x["weight"], x["lists"]) for name, x in fields.items()} == {
        "Name": ("text", 1.0, ""),
        "Indicators[].Item Name": ("text", 1.0, "key:Item Name"),
        "Indicators[].Result": ("result", 1.0, "key:Item Name"),
        "Total": ("number", 2.0, ""),
    }
    found = scored(capsys, *files, *options)
    assert found["signature"] == Spec.from_json_schema(SCHEMA).signature
    # 31.00 is not 31 where digits are kept, and nobody reads 5 in 5.0.
    assert found["fields"]["Total"]["wrong"] == 2
    assert (found["micro"]["critical"], found["micro"]["wrong_critical"]) == (2, 2)
    strict = scored(capsys, *files, *options, "--preset", "strict")
    assert strict["signature"] == Spec.from_json_schema(SCHEMA, "strict").signature


@pytest.mark.parametrize("name", ["medical_report.en", "medical_report.zh"])
def test_shipped_schema_as_a_file(name: str, files: tuple[str, str], capsys: CAPTURE) -> None:
    """A schema that comes with the package can be written out, changed and given back."""
    schema = load_schema(name)
    keys = list(schema["properties"])
    write_rows("g.jsonl", [{keys[0]: "x", "other": "5 mg"}])
    found = explained(capsys, "g.jsonl", "--schema", write("s.json", schema))
    assert found[keys[0]]["comparator"] == "text"
    assert found["other"]["why"] == "no rule: guessed, the only one looks like quantity"


def test_rules_come_first(files: tuple[str, str], capsys: CAPTURE) -> None:
    """Rules from a file come before the schema's and the preset's, and change what is counted."""
    rules = [
        {"path": "**.Result", "comparator": "strip", "weight": 3, "why": "ours"},
        {"path": "Indicators[].Result", "comparator": "number"},
    ]
    options = ("--rules", write("r.json", rules))
    for schema in ((), ("--schema", write("s.json", SCHEMA))):
        field = explained(capsys, files[1], *options, *schema)["Indicators[].Result"]
        assert (field["comparator"], field["weight"], field["critical"]) == ("strip", 3.0, False)
        assert field["why"] == "ours"
    found = scored(capsys, *files, *options)
    assert found["micro"]["critical"] == 0
    assert found["signature"] == Spec.preset("clinical").with_rules(map(Rule.from_dict, rules)).signature
    plain = scored(capsys, *files)
    assert (plain["micro"]["critical"], plain["micro"]["wrong_critical"]) == (2, 2)
    assert plain["micro"]["f1"] != found["micro"]["f1"]


def test_no_rules(files: tuple[str, str], capsys: CAPTURE) -> None:
    """An empty list of rules changes nothing."""
    assert scored(capsys, *files, "--rules", write("r.json", [])) == scored(capsys, *files)


@pytest.mark.parametrize(
    ("lists", "wrong"),
    [
        ("align", {"Result"}),
        ("index", {"Result"}),
        ("bag", {"Result"}),
        ("key:Item Name", {"Result"}),
        ("key:Result", {"Item Name", "Result"}),
    ],
)
def test_lists(lists: str, wrong: set[str], files: tuple[str, str], capsys: CAPTURE) -> None:
    """--lists takes effect together with the default preset and with a schema, and shows in both verbs."""
    found = scored(capsys, *files, "--lists", lists)
    assert found["signature"] == Spec.preset("clinical").replace(lists=lists).signature
    rows = {"Item Name", "Result"}
    assert {name for name in rows if found["fields"][f"Indicators[].{name}"]["wrong"]} == wrong
    shown = explained(capsys, files[1], "--lists", lists)
    assert {shown[f"Indicators[].{name}"]["lists"] for name in rows} == {lists}
    assert shown["Name"]["lists"] == ""
    own = explained(capsys, files[1], "--lists", lists, "--schema", write("s.json", SCHEMA))
    assert own["Indicators[].Result"]["lists"] == ("bag" if lists == "bag" else "key:Item Name")


def test_lists_change_the_score(files: tuple[str, str], capsys: CAPTURE) -> None:
    """Rows in another order: right by name, wrong by position, and a swapped value is right in a bag only."""
    gold = {"Indicators": [{"Item Name": "K", "Result": "4.1"}, {"Item Name": "Na", "Result": "140"}]}
    turned = {"Indicators": gold["Indicators"][::-1]}
    swapped = {"Indicators": [{"Item Name": "K", "Result": "140"}, {"Item Name": "Na", "Result": "4.1"}]}
    write_rows("g.jsonl", [gold])
    for pred, correct in ((turned, [4, 0, 4, 4]), (swapped, [2, 2, 2, 4])):
        write_rows("p.jsonl", [pred])
        modes = ["align", "index", "key:Item Name", "bag"]
        found = [scored(capsys, "p.jsonl", "g.jsonl", "--lists", mode)["micro"]["correct"] for mode in modes]
        assert found == correct


# -- what can be wrong ---------------------------------------------------------------------------------


BAD_RULES: list[tuple[Any, str]] = [
    ({"path": "a"}, "expected a list of rules - at $"),
    ("[1, 2", "expected one JSON value: "),
    ("", "expected one JSON value: "),
    ("[NaN]", "expected one JSON value: "),
    ([3], "expected an object with path, comparator, options, weight, critical, lists, why, absent"),
    ([{"comparator": "text"}], "expected a member 'path' - at $[0]"),
    ([{"path": "a"}, {"path": "b", "wieght": 2}], "no member 'wieght': expected some of path, comparator"),
    ([{"path": "a"}, {"path": "b", "wieght": 2}], "- at $[1]"),
    ([{"path": "a..b"}], "rule path 'a..b': expected names joined by dots"),
    ([{"path": 3}], "path: expected a string, got 3 - at $[0]"),
    (
        [{"path": "a", "comparator": "numbr"}],
        "rule 'a': no comparator 'numbr': expected one of unicode, strip",
    ),
    ([{"path": "a", "comparator": 3}], "comparator: expected a name or None, got 3"),
    ([{"path": "a", "comparator": "text", "options": {"digits": "kept"}}], "comparator 'text' has no option"),
    (
        [{"path": "a", "comparator": "number", "options": {"digits": "x"}}],
        "expected 'free' or 'kept', got 'x'",
    ),
    ([{"path": "a", "comparator": "number", "options": ["digits"]}], "options: expected an object - at $[0]"),
    ([{"path": "a", "options": {"digits": "kept"}}], "expected a comparator that has it, got none"),
    ([{"path": "a", "weight": 11}], "weight: expected 0 to 10 in steps of 0.25, got 11 - at $[0]"),
    ([{"path": "a", "weight": "2"}], "weight: expected 0 to 10 in steps of 0.25, got '2' - at $[0]"),
    ([{"path": "a", "critical": "yes"}], "critical: expected True or False, got 'yes' - at $[0]"),
    ([{"path": "a", "critical": True, "weight": 0}], "critical: expected a weight above 0 beside it"),
    ([{"path": "a", "lists": "bag"}], "lists: expected 'align', 'index', 'key:<member>' or None, got 'bag'"),
]
BAD_SCHEMAS: list[tuple[Any, str]] = [
    ([1], "schema: expected an object, got [1] - at $"),
    ("{", "expected one JSON value: "),
    ({"type": "strin"}, "got 'strin' - at $.type"),
    ({"properties": {"a": {"type": 3}}}, "got 3 - at $.properties.a.type"),
    ({"properties": {"a": 3}}, "- at $.properties.a"),
    ({"properties": {"a": {"$ref": "#/$defs/b"}}}, "got '#/$defs/b' - at $.properties.a.$ref"),
    ({"properties": {"a": {"$ref": "b.json"}}}, "expected a reference inside this schema"),
    ({"items": {"x-medvie-wieght": 2}}, "got 'x-medvie-wieght' - at $.items.x-medvie-wieght"),
    ({"$defs": {"a": {"x-medvie-weight": 0.3}}}, "in steps of 0.25, got 0.3 - at $.$defs.a.x-medvie-weight"),
    ({"items": {"x-medvie-comparator": "nmber"}}, "got 'nmber' - at $.items.x-medvie-comparator"),
    ({"$schema": "http://json-schema.org/draft-04/schema#"}, "- at $.$schema"),
]  # fmt: skip


def failed(capsys: CAPTURE, *arguments: str) -> str:
    """Give the one line that a command complains with."""
    before = sorted(Path().iterdir())
    assert main([*arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith("medvie: error: ")
    assert sorted(Path().iterdir()) == before
    return err.removeprefix("medvie: error: ").rstrip("\n")


def verbs(files: tuple[str, str]) -> list[list[str]]:
    return [["explain", files[1]], ["explain", files[1], "--json"], ["score", *files, "--json", "out.json"]]


@pytest.mark.parametrize(("rules", "message"), BAD_RULES)
def test_bad_rules(rules: Any, message: str, files: tuple[str, str], capsys: CAPTURE) -> None:
    """A rule that cannot be used: exit code 2, the file, where in it, and what was expected."""
    write("r.json", rules)
    for verb in verbs(files):
        error = failed(capsys, *verb, "--rules", "r.json", "--schema", write("s.json", SCHEMA))
        assert error.startswith("r.json: ")
        assert message in error


@pytest.mark.parametrize(("schema", "message"), BAD_SCHEMAS)
def test_bad_schemas(schema: Any, message: str, files: tuple[str, str], capsys: CAPTURE) -> None:
    """A schema that is not valid: exit code 2, the file, the JSON path, and what was expected."""
    write("s.json", schema)
    for verb in verbs(files):
        error = failed(capsys, *verb, "--schema", "s.json", "--rules", write("r.json", []))
        assert error.startswith("s.json: ")
        assert message in error


@pytest.mark.parametrize(
    "rule",
    [
        {"path": "Total", "comparator": ["number"]},
        {"path": "Total", "comparator": {"number": {}}},
        {"path": "Total", "comparator": "number", "why": 3},
    ],
)
def test_rules_of_wrong_types(rule: Any, files: tuple[str, str], capsys: CAPTURE) -> None:
    """Members that should be strings and are not: an error like others, without a traceback."""
    assert failed(capsys, "explain", files[1], "--rules", write("r.json", [rule])).startswith("r.json: ")


@pytest.mark.parametrize("option", ["--schema", "--rules"])
def test_files_that_are_none(option: str, files: tuple[str, str], capsys: CAPTURE) -> None:
    """A missing file and a folder are named."""
    Path("folder").mkdir()
    for verb in verbs(files):
        assert failed(capsys, *verb, option, "none.json") == "none.json: No such file or directory"
        assert failed(capsys, *verb, option, "folder") == "folder: Is a directory"


def test_bytes_that_are_no_text(files: tuple[str, str], capsys: CAPTURE) -> None:
    """A file that is not UTF-8 is an error that names it."""
    Path("r.json").write_bytes('[{"path": "总"}]'.encode("gb18030"))
    assert failed(capsys, "explain", files[1], "--rules", "r.json").startswith(
        "r.json: expected one JSON value"
    )


OTHERS: list[tuple[list[str], str]] = [
    (["--lists", "sorted"], "spec field 'lists': expected 'align', 'bag', 'index' or 'key:<member>'"),
    (["--lists", "key:"], "spec field 'lists': expected 'align'"),
    (["--preset", "donut", "--lists", "align"], "expected 'bag' with reading 'donut', got 'align'"),
    (["--preset", "paper", "--rules", "none.json"], "none.json: No such file or directory"),
    (["--preset", "donut", "--rules", "r.json"], "r.json: spec field 'rules': expected no rules with"),
    (["--preset", "smr-r1", "--schema", "s.json"], "s.json: spec field 'rules': expected no rules with"),
    (["--gold-key", "answer"], "gold.jsonl:1: expected an object with the member 'answer'"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "message"), OTHERS, ids=range(len(OTHERS)))
def test_other_errors(options: list[str], message: str, files: tuple[str, str], capsys: CAPTURE) -> None:
    """What cannot go together is an error of one line, also where it takes a file to show it."""
    write("r.json", [{"path": "a", "comparator": "text"}])
    write("s.json", SCHEMA)
    for verb in verbs(files):
        assert message in failed(capsys, *verb, *options)


GOLDS: list[tuple[str, str]] = [
    ('{"gold": {"a": 1}}\n{"gold": 3}\n', "g.jsonl:2: gold: expected an object or a list, got int - at $"),
    ('{"gold": {"a": 1}}\n{"gold": "{"}\n', "g.jsonl:2: gold: expected JSON text"),
    ('{"gold": {"a": 1}}\n{"golds": {}}\n', "g.jsonl:2: expected an object with the member 'gold'"),
    ('{"a": 1}\n{"a": \n', "g.jsonl:2: the line ends inside its JSON value"),
    ("", "g.jsonl: the file is empty"),
    (f'{{"gold": {{"a": {"[" * 128}{"]" * 128}}}}}\n', "g.jsonl:1: gold: nests deeper than 128 containers"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), GOLDS, ids=range(len(GOLDS)))
def test_explain_names_the_line(text: str, message: str, files: tuple[str, str], capsys: CAPTURE) -> None:
    """A gold that cannot be used is an error with file and line, and no table."""
    for options in ([], ["--json"]):
        assert failed(capsys, "explain", write("g.jsonl", text), *options).startswith(message)
    assert failed(capsys, "explain", "none.jsonl").startswith("none.jsonl: ")


# -- source texts --------------------------------------------------------------------------------------


def test_source_key(files: tuple[str, str], capsys: CAPTURE) -> None:
    """With the page's text, what stands nowhere on the page is counted, said and listed."""
    found = scored(capsys, *files, "--source-key", "page", "--errors", "errors.jsonl")
    assert found["sources"] == 2
    assert {name: field["ungrounded"] for name, field in found["fields"].items()} == {
        "Name": 1, "Indicators[].Item Name": 0, "Indicators[].Result": 1, "Total": 0,
    }  # fmt: skip
    leaves = map(json.loads, Path("errors.jsonl").read_text("utf-8").splitlines())
    assert {(leaf["id"], leaf["pred"], leaf["ungrounded"]) for leaf in leaves} == {
        ("a", "140", False), ("a", "14.0", True), ("b", "Wu", True),
    }  # fmt: skip
    plain = scored(capsys, *files)
    assert plain["sources"] == plain["micro"]["ungrounded"] == 0
    assert (plain["micro"]["f1"], plain["signature"]) == (found["micro"]["f1"], found["signature"])
    shown = printed(capsys, "score", *files, "--source-key", "page")
    assert "Ungrounded 2 of them hold a value that is nowhere in the source text" in shown.splitlines()
    assert "ungrounded" not in printed(capsys, "score", *files).lower()


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize(
    ("page", "got"),
    [({}, "nothing"), ({"page": None}, "nothing"), ({"page": 3}, "int"), ({"page": ["a", 3]}, "list")],
)
def test_bad_source(
    page: dict[str, Any], got: str, workers: str, files: tuple[str, str], capsys: CAPTURE
) -> None:
    """A row without a usable source text is an error with file, line and path, and no file is written."""
    write_rows("g.jsonl", [{"gold": {"a": "x"}, "page": ""}, {"gold": {"a": "x"}, **page}])
    write_rows("p.jsonl", [{"pred": {"a": "y"}}, {"pred": {"a": "y"}}])
    arguments = ("score", "p.jsonl", "g.jsonl", "--source-key", "page", "--json", "o", "--workers", workers)
    assert failed(capsys, *arguments) == (
        f"g.jsonl:2: --source-key: expected a text or a list of texts - at $.page, got {got}"
    )


def test_source_of_the_gold_row_only(files: tuple[str, str], capsys: CAPTURE) -> None:
    """The source text is the gold row's, and workers see it too."""
    write_rows("p.jsonl", [{**row, "page": "Wu 14.0"} for row in PRED])
    for workers in ("1", "2"):
        found = scored(capsys, "p.jsonl", files[1], "--source-key", "page", "--workers", workers)
        assert found["micro"]["ungrounded"] == 2


# -- tables --------------------------------------------------------------------------------------------


class Screen(TextIOWrapper):
    """A file that says it is a terminal."""

    def __init__(self, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setenv("TERM", "xterm")
        self.bytes = BytesIO()
        super().__init__(self.bytes, "utf-8", write_through=True)

    def isatty(self) -> bool:
        return True

    @property
    def shown(self) -> list[str]:
        """The lines on it, without colours and padding."""
        text = re.sub(r"\x1b\[[0-9;]*m", "", self.bytes.getvalue().decode())
        return [line.rstrip() for line in text.splitlines()]


def on_screen(columns: int, monkeypatch: pytest.MonkeyPatch, source: bool) -> list[str]:
    screen = Screen(columns, monkeypatch)
    preds, golds = [row["pred"] for row in PRED], [row["gold"] for row in GOLD]
    pages: list[Any] | None = [row["page"] for row in GOLD] if source else None
    print_evaluation(evaluate(preds, golds, source_texts=pages), screen)
    return screen.shown


def head(lines: list[str]) -> list[str]:
    return lines[lines.index("Per field, worst first") + 1 :][0].split()


COUNTS = ["gold", "pred", "correct", "wrong", "missing", "halluc."]
KINDS = ["filled", "inv.field", "inv.item", "misplaced"]


@pytest.mark.parametrize(
    ("columns", "source", "expected"),
    [
        (80, False, ["gold", "wrong", "miss.", "hall.", "P", "R", "F1"]),
        (80, True, ["gold", "wrong", "miss.", "hall.", "P", "R", "F1"]),
        (120, False, [*COUNTS, "precision", "recall", "F1"]),
        (120, True, [*COUNTS, "precision", "recall", "F1"]),
        (170, False, [*COUNTS, *KINDS, "precision", "recall", "F1"]),
        (170, True, [*COUNTS, *KINDS, "ungrounded", "precision", "recall", "F1"]),
    ],
)
def test_columns(columns: int, source: bool, expected: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A wide screen has the kinds per field, and what is ungrounded only where there were source texts."""
    shown = on_screen(columns, monkeypatch, source)
    assert head(shown) == ["field", *expected]
    assert any(line.startswith("Ungrounded 2 of them") for line in shown) == source
    table = shown[: shown.index("", shown.index("Per field, worst first"))]
    assert all(len(line) <= columns for line in table)
    assert shown.count("Per field, worst first") == 1


def test_figures_of_a_wide_table(files: tuple[str, str], capsys: CAPTURE) -> None:
    """A file is as wide as can be, and each figure stands under its head."""
    lines = printed(capsys, "score", *files, "--source-key", "page").splitlines()
    assert head(lines) == ["field", *COUNTS, *KINDS, "ungrounded", "precision", "recall", "F1"]
    by_name = {
        cells(line)[0]: cells(line)[1:] for line in lines[lines.index("Per field, worst first") + 2 :][:4]
    }
    assert by_name == {
        "Indicators[].Result": ["2", "2", "0", "2", "0", "0", "0", "0", "0", "1", "1", *["0.0000"] * 3],
        "Name": ["1", "2", "1", "0", "0", "1", "1", "0", "0", "0", "1", "0.5000", "1.0000", "0.6667"],
        "Indicators[].Item Name": ["2", "2", "2", *["0"] * 8, *["1.0000"] * 3],
        "Total": ["2", "2", "2", *["0"] * 8, *["1.0000"] * 3],
    }
    assert "Critical  2 of 2 critical gold leaves wrong" in lines


def test_some_have_a_source() -> None:
    """Where only some documents had a source text, their number is said."""
    file = StringIO()
    print_evaluation(evaluate([{"a": "y"}] * 3, [{"a": "x"}] * 3, source_texts=["x", None, "y"]), file)
    assert "Ungrounded 1 of them hold a value that is nowhere in the 2 source texts given" in file.getvalue()


@pytest.mark.parametrize("columns", [60, 80, 240])
def test_explain_on_a_screen(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A narrow screen has fewer columns and folds what is too long; it loses nothing of a name."""
    screen, spec = Screen(columns, monkeypatch), Spec.preset("clinical")
    rules = explain([row["gold"] for row in GOLD], spec)
    print_rules(rules, spec.signature, screen)
    *table, empty, signature = screen.shown
    assert (empty, signature) == ("", spec.signature)
    assert all(len(line) <= columns for line in table)
    # Each letter of the names and the reasons is there, whatever line it stands on.
    told = Counter(
        "".join("".join((rule.field, rule.comparator, rule.why if columns > 100 else "")).split())
        for rule in rules
    )
    letters = Counter("".join("".join(table).split()))
    assert sum(map(Counter, told), Counter()) <= letters


ODD = ["[red]x[/red]", "\\[b]", "[/]", "[link=x]"]


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_are_printed_as_they_are(text: str) -> None:
    """What looks like markup is none, in names, in values and in groups."""
    file = StringIO()
    print_rules(explain([{"x": text}], Spec()), "signature", file)
    assert text in cells(file.getvalue().splitlines()[1])
    file = StringIO()
    print_evaluation(evaluate([{"x": 1}], [{"x": 1}], by=[text]), file, by=text)
    assert f"Per {text}, worst first" in file.getvalue().splitlines()


@pytest.mark.parametrize("text", ["ABO:A:RhD+", "ward:100:", ":b:", "x:warning:", "a\\"])
def test_texts_are_no_pictures(text: str) -> None:
    """A word between colons is no picture, and a backslash is one backslash."""
    file = StringIO()
    print_rules(explain([{"x": text}], Spec()), "signature", file)
    assert text in cells(file.getvalue().splitlines()[1])


def test_main_score_takes_them_too(files: tuple[str, str], capsys: CAPTURE) -> None:
    """``medvie-score`` has the same options."""
    options = ["--rules", write("r.json", [{"path": "Total", "comparator": "strip"}]), "--lists", "bag"]
    assert main_score([*files, *options]) == main(["score", *files, *options]) == 0
    out = capsys.readouterr().out
    assert out[: len(out) // 2] == out[len(out) // 2 :]
    assert main_score([*files, "--rules", "none.json"]) == 2
    assert capsys.readouterr().err == "medvie-score: error: none.json: No such file or directory\n"
