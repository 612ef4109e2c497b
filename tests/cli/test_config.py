"""Defaults from ``medvie.toml`` and ``pyproject.toml``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from medvie_reward.cli import main, main_score

CAPTURE = pytest.CaptureFixture[str]
ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "lab_reports"
GOLD, ROWS, PLAIN = (str(EXAMPLES / f"{name}.jsonl") for name in ("gold", "ocr_rows", "ocr_plain"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work two levels under a folder that gets files of defaults."""
    made = tmp_path / "project" / "a" / "b"
    made.mkdir(parents=True)
    monkeypatch.chdir(made)
    return tmp_path / "project"


def signature(capsys: CAPTURE, *arguments: str) -> dict[str, str]:
    assert main_score([ROWS, GOLD, "--limit", "2", "--json", "-", *arguments]) == 0
    found: str = json.loads(capsys.readouterr().out)["signature"]
    return dict(part.split(":", 1) for part in found.split("|")[1:])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("medvie.toml", 'preset = "strict"\nalpha = 0.25\n'),
        ("pyproject.toml", '[tool.medvie]\npreset = "strict"\nalpha = 0.25\n'),
        ("pyproject.toml", 'tool.medvie.preset = "strict"\ntool.medvie.alpha = 0.25\n'),
        ("pyproject.toml", '[tool]\nmedvie = {preset = "strict", alpha = 0.25}\n'),
        ("medvie.toml", '\ufeffpreset = "paper"\n[score]\npreset = "strict"\nalpha = 0.25\n'),
        ("medvie.toml", '[set]\nalpha = 0.25\n[score]\npreset = "strict"\n[compare]\npreset = "donut"\n'),
        ("medvie.toml", 'set = ["alpha=0.25"]\npreset = "strict"\n'),
    ],
)
def test_they_hold_in_the_folders_below(folder: Path, name: str, text: str, capsys: CAPTURE) -> None:
    """A file is found upwards, and the command line comes before it."""
    (folder / name).write_text(text, encoding="utf-8")
    found = signature(capsys)
    assert (found["name"], found["alpha"]) == ("strict", "0.25")
    assert signature(capsys, "--preset", "paper")["name"] == "paper"
    assert signature(capsys, "--alpha", "0.75")["alpha"] == "0.75"
    assert signature(capsys, "--set", "alpha=0.75")["alpha"] == "0.75"
    found = signature(capsys, "--config", "none")
    assert (found["name"], found["alpha"]) == ("clinical", "0.5")


def test_the_nearest_holds(folder: Path, capsys: CAPTURE) -> None:
    """One file alone, as with other tools; a project without a table for us is passed over."""
    (folder / "medvie.toml").write_text('preset = "strict"\nalpha = 0.25\n')
    (folder / "a" / "pyproject.toml").write_text('[tool.other]\nx = "[tool.medvie]"\n')
    assert signature(capsys)["name"] == "strict"
    (folder / "a" / "medvie.toml").write_text('preset = "paper"\n')
    (folder / "a" / "pyproject.toml").write_text('[tool.medvie]\npreset = "donut"\n')
    found = signature(capsys)
    assert (found["name"], found["alpha"]) == ("paper", "0.5")


def test_a_file_by_name(folder: Path, capsys: CAPTURE) -> None:
    """Any TOML file, and the table in a pyproject.toml."""
    (folder / "mine.toml").write_text('preset = "paper"\n')
    (folder / "pyproject.toml").write_text('[tool.medvie]\npreset = "strict"\n')
    assert signature(capsys, "--config", str(folder / "mine.toml"))["name"] == "paper"
    assert signature(capsys, f"--config={folder / 'pyproject.toml'}")["name"] == "strict"


def test_files_are_named_from_the_file_s_folder(folder: Path, capsys: CAPTURE) -> None:
    """Inputs and outputs alike, wherever the command is called."""
    (folder / "rules.json").write_text('[{"path": "**.Result", "comparator": "number"}]')
    (folder / "medvie.toml").write_text('rules = "rules.json"\n[score]\ncsv = "scores.csv"\n')
    assert signature(capsys)["rules"].startswith("43#")
    assert (folder / "scores.csv").read_text().startswith("id,group,")


def test_options_of_every_kind(folder: Path, capsys: CAPTURE) -> None:
    """Numbers, lists, true and false; underscores for dashes; a verb's name that is an option's too."""
    (folder / "medvie.toml").write_text(
        f'gold = "{GOLD}"\nby = ["rows", "language"]\nworkers = 2\nid_key = "id"\nquiet = true\n'
        'repair = false\nprogress = false\n[compare]\nconfidence = 0.9\nresamples = 100\nmetrics = "f1,ted"\n'
    )
    assert main(["compare", ROWS, PLAIN]) == 0
    printed = capsys.readouterr().out
    assert "|resamples:100|confidence:0.9|" in printed
    assert printed.rstrip().endswith("|slices:rows,language")
    assert main(["compare", ROWS, PLAIN, "--by", "length"]) == 0
    assert capsys.readouterr().out.rstrip().endswith("|slices:length")


def test_verbose_says_where_defaults_are_from(folder: Path, capsys: CAPTURE) -> None:
    """On standard error, with the keys that hold for the verb."""
    file = folder / "medvie.toml"
    file.write_text('preset = "strict"\nseed = 3\n[score]\nfields = 5\n')
    for verb, used in (
        (["explain", GOLD], 'preset = "strict"'),
        (["score", ROWS, GOLD], 'preset = "strict", seed = 3, fields = 5'),
        (["convert", "funsd", "none"], "nothing for medvie convert"),
    ):
        main([*verb, "-v", *(["--intervals", "--resamples", "10"] if verb[0] == "score" else [])])
        assert capsys.readouterr().err.splitlines()[0] == f"medvie: defaults from {file}: {used}"
    main(["explain", GOLD, "-v", "--config", "none"])
    assert capsys.readouterr().err == "medvie: defaults from no file\n"


def test_gold_documents_of_all_verbs(folder: Path, capsys: CAPTURE) -> None:
    """A file names them once; what the command line says comes first."""
    (folder / "other.jsonl").write_text('{"gold": {"a": 1}}\n')
    (folder / "medvie.toml").write_text('gold = "other.jsonl"\n')
    (folder / "p.jsonl").write_text('{"pred": {"a": 1}}\n')
    assert main(["score", str(folder / "p.jsonl"), "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["micro"]["f1"] == 1
    assert main(["score", ROWS, GOLD]) == main(["score", ROWS, "--gold", GOLD]) == 0
    first, second = capsys.readouterr().out.split("40 documents\n")[1:]
    assert first.split() == second.split()
    with pytest.raises(SystemExit, match="2"):
        main(["score", ROWS, GOLD, "--gold", str(folder / "other.jsonl.gz")])
    assert "argument --gold: not allowed with the argument GOLD" in capsys.readouterr().err


def test_a_table_with_the_old_name_of_a_verb(folder: Path, capsys: CAPTURE) -> None:
    """It holds for the verb; one with the new name comes after it."""
    (folder / "medvie.toml").write_text("[agree]\nresamples = 10\nseed = 3\n[agreement]\nseed = 4\n")
    assert main(["agreement", GOLD, GOLD, "--json", "-"]) == 0
    assert "|resamples:10|confidence:0.95|seed:4" in capsys.readouterr().out
    (folder / "medvie.toml").write_text("[agree]\nsed = 3\n")
    assert main(["agreement", GOLD, GOLD]) == 2
    message = "agree.sed: medvie agreement has no option --sed; did you mean seed?"
    assert message in capsys.readouterr().err


BAD: list[tuple[str, str]] = [
    ('presett = "strict"', "presett: no verb has the option --presett; did you mean preset?"),
    ("[scor]", "scor: no verb has the option --scor; did you mean score?"),
    ("[score]\nworker = 2", "score.worker: medvie score has no option --worker; did you mean workers?"),
    ('[score]\nslice = "x"', "score.slice: medvie score has no option --slice"),
    ("nothing = 1", "nothing: no verb has the option --nothing"),
    ("version = true", "version: no verb has the option --version"),
    ('config = "x"', "config: no verb has the option --config"),
    ("q = true", "q: no verb has the option --q"),
    ('preset = "clinicall"', "got 'clinicall'; did you mean clinical?"),
    ("preset = true", "preset: expected one of clinical, strict, paper, donut, smr-r1, got 'true'"),
    ("workers = 0", "workers: expected an integer of at least 1, got '0'"),
    ("workers = 1.5", "workers: expected an integer of at least 1, got '1.5'"),
    ("workers = [1, 2]", "workers: expected a value, got [1, 2]"),
    ("preset = {a = 1}", "preset: expected a value, got {a = 1}"),
    ('quiet = "yes"', 'quiet: expected true or false, got "yes"'),
    ("progress = 1", "progress: expected true or false, got 1"),
    ('csv = ""', "csv: expected the name of a file"),
    ('errors = "-"', "errors: cannot be printed: expected the name of a file, got -"),
    ("fail-under = 90", "fail-under: expected a number from 0 to 1, got '90'"),
    ("[set]\nalhpa = 1", "set: no spec field 'alhpa': expected one of "),
    ("set = [1]", "expected FIELD=VALUE, got '1'"),
    ("x =", "no TOML: "),
    ('x = "\udcff"', "not UTF-8: "),
]


@pytest.mark.parametrize(("text", "message"), BAD, ids=range(len(BAD)))
@pytest.mark.parametrize("project", [False, True])
def test_what_is_refused(folder: Path, text: str, message: str, project: bool, capsys: CAPTURE) -> None:
    """One line that names the file, the key and what was expected; no work is done."""
    file = folder / ("pyproject.toml" if project else "medvie.toml")
    if project:
        text = "[tool.medvie]\n" + text.replace("\n[", "\n[tool.medvie.").replace("[s", "[tool.medvie.s", 1)
        text = text.replace("= [tool.medvie.", "= [")
    file.write_text(text, encoding="utf-8", errors="surrogateescape")
    assert main(["score", ROWS, GOLD]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"medvie: error: {file}: ")
    assert message in said.err
    assert said.err.count("\n") == 1


def test_a_file_that_is_not_there(folder: Path, capsys: CAPTURE) -> None:
    """A file that is asked for has to be there, and to have a table for us."""
    assert main(["score", ROWS, GOLD, "--config", "none.toml"]) == 2
    assert "none.toml: cannot be read: No such file or directory" in capsys.readouterr().err
    (folder / "pyproject.toml").write_text("[project]\n")
    assert main(["score", ROWS, GOLD, "--config", str(folder / "pyproject.toml")]) == 2
    assert "pyproject.toml: has no table [tool.medvie]: expected one" in capsys.readouterr().err


def test_a_broken_project_of_others_is_theirs(folder: Path, capsys: CAPTURE) -> None:
    """A file that does not mention us is not read further; help needs no file at all."""
    (folder / "pyproject.toml").write_text("[broken\n")
    assert signature(capsys)["name"] == "clinical"
    (folder / "medvie.toml").write_text("[broken\n")
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    assert main(["completion", "bash"]) == 0


def test_required_options(folder: Path, capsys: CAPTURE) -> None:
    """An option that a verb requires may come from the file."""
    (folder / "medvie.toml").write_text('[select]\nout = "chosen.jsonl"\n')
    assert main(["select", GOLD, "-k", "2"]) == 0
    assert len((folder / "chosen.jsonl").read_text(encoding="utf-8").splitlines()) == 2
