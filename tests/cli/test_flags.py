"""One command line: help, versions, old spellings, what was probably meant, fields of the spec, numbers."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from helpers.live import environment

from medvie_reward import Spec, __version__
from medvie_reward.alignment import ENGINE
from medvie_reward.cli import main, main_score
from medvie_reward.cli._spec import _PRESETS
from medvie_reward.cli._verbs import OLD_VERBS, VERBS, verb_parser
from medvie_reward.spec import PRESETS

CAPTURE = pytest.CaptureFixture[str]
ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "lab_reports"
GOLD, ROWS, PLAIN = (str(EXAMPLES / f"{name}.jsonl") for name in ("gold", "ocr_rows", "ocr_plain"))


def exits(*arguments: str) -> int:
    with pytest.raises(SystemExit) as caught:
        main(list(arguments))
    assert isinstance(caught.value.code, int)
    return caught.value.code


def test_nothing_prints_the_help(capsys: CAPTURE) -> None:
    """So does help, with a verb its own; all of them exit with 0."""
    assert exits() == exits("--help") == exits("-h") == exits("help") == 0
    first, *others = capsys.readouterr().out.split("usage: ")[1:]
    assert others == [first] * 3
    assert all(f"\n    {verb} " in first for verb in VERBS)
    assert exits("help", "convert") == exits("convert", "-h") == 0
    first, second = capsys.readouterr().out.split("usage: ")[1:]
    assert first == second
    assert first.startswith("medvie convert ")


@pytest.mark.parametrize(("old", "new"), OLD_VERBS.items())
def test_old_names_of_verbs(old: str, new: str, capsys: CAPTURE) -> None:
    """They mean the new ones, and no help and no error names them."""
    assert exits("help", new) == exits("help", old) == exits(old, "-h") == exits("help") == 0
    first, second, third, whole = capsys.readouterr().out.split("usage: ")[1:]
    assert first == second == third
    assert f"\n    {old} " not in whole
    assert exits("nothing") == 2
    assert f" {old}," not in capsys.readouterr().err


def test_an_old_name_gives_the_same_and_a_note(capsys: CAPTURE) -> None:
    """The note comes last, on standard error, unless the program is to be quiet."""
    how = [GOLD, GOLD, "--resamples", "9"]
    assert main(["agreement", *how]) == 0
    expected = capsys.readouterr()
    assert main(["agree", *how]) == 0
    found = capsys.readouterr()
    note = "medvie: note: medvie agree is now called medvie agreement\n"
    assert (found.out, found.err) == (expected.out, expected.err + note)
    assert main(["agree", *how, "--quiet"]) == 0
    assert capsys.readouterr() == (expected.out, "")


def test_version(capsys: CAPTURE) -> None:
    """In every verb, long and short, with what does the alignment."""
    for arguments in (["-V"], ["--version"], ["score", "-V"], ["convert", "--version"]):
        assert exits(*arguments) == 0
        assert capsys.readouterr().out == f"medvie-reward {__version__} ({ENGINE})\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["scroe"], "no verb 'scroe': expected one of score, explain"),
        (["scroe"], "; did you mean score?"),
        (["Compare", "x"], "; did you mean compare?"),
        (["explian"], "; did you mean explain?"),
        (["--quiet"], "unrecognized arguments: --quiet"),
        (
            ["score", "p", "g", "--presett", "x"],
            "unrecognized arguments: --presett x; did you mean --preset?",
        ),
        (["score", "p", "g", "--wrokers=2"], "; did you mean --workers?"),
        (["select", "g", "--out", "o", "--jsn", "x"], "; did you mean --json?"),
        (["score", "p", "g", "--preset", "clincal"], "got 'clincal'; did you mean clinical?"),
        (
            ["score", "p", "g", "--join", "lines"],
            "argument --join: expected one of auto, id, line, got 'lines'",
        ),
        (["score", "p", "g", "--format", "jsno"], "; did you mean json?"),
        (["agreement", "a", "b", "--interval-method", "percentil"], "; did you mean percentile?"),
        (["gold", "crod", "x"], "; did you mean cord?"),
        (["completion", "bsah"], "; did you mean bash?"),
        (["completion", "powershell"], "expected one of bash, zsh, fish, got 'powershell'\n"),
        (["score", "p", "g", "--conf", "0.9"], "ambiguous option: --conf"),
    ],
)
def test_did_you_mean(arguments: list[str], said: str, capsys: CAPTURE) -> None:
    """A word that is nearly one we know is shown with it; what is like nothing is not."""
    assert exits(*arguments) == 2
    assert said in capsys.readouterr().err


OLD: list[tuple[list[str], list[str], str | None]] = [
    (["compare", ROWS, PLAIN, "--gold", GOLD, "--slice", "rows", "--slice", "language"],
     ["compare", ROWS, PLAIN, "--gold", GOLD, "--by", "rows", "--by", "language"],
     "--slice is now called --by"),
    (["agreement", GOLD, GOLD, "--method", "percentile", "--resamples", "10"],
     ["agreement", GOLD, GOLD, "--interval-method", "percentile", "--resamples", "10"],
     "--method is now called --interval-method"),
    (["score", ROWS, GOLD, "--intervals", "--method=percentile", "--resamples", "10"],
     ["score", ROWS, GOLD, "--intervals", "--interval-method=percentile", "--resamples", "10"],
     "--method is now called --interval-method"),
    (["select", GOLD, "-k", "3", "--out", os.devnull, "--json", "-", "--random", "2"],
     ["select", GOLD, "-k", "3", "--out", os.devnull, "--json", "-", "--baselines", "2"],
     "--random is now called --baselines"),
    (["explain", GOLD, "--json"], ["explain", GOLD, "--json", "-"], None),
    (["explain", "--json", GOLD], ["explain", GOLD, "--json", "-"], None),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "note"), OLD, ids=range(len(OLD)))
def test_old_spellings(old: list[str], new: list[str], note: str | None, capsys: CAPTURE) -> None:
    """They do the same, with a note on standard error unless --quiet is given."""
    assert main(new) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert main(old) == 0
    lines = {f"medvie: note: {note}"} if note else set()
    again = capsys.readouterr()
    assert (again.out, set(again.err.splitlines())) == (printed.out, lines)
    assert main([*old, "--quiet"]) == 0
    assert capsys.readouterr() == printed


def test_old_spellings_of_outputs(tmp_path: Path, capsys: CAPTURE) -> None:
    """The files are the same."""
    select = ["select", GOLD, "-k", "3", "--out", str(tmp_path / "o")]
    old = ["--ids", str(tmp_path / "i1"), "--report", str(tmp_path / "r1")]
    assert main([*select, *old]) == 0
    assert capsys.readouterr().err.splitlines() == [
        "medvie: note: --ids is now called --ids-out", "medvie: note: --report is now called --json"
    ]  # fmt: skip
    assert main([*select, "--ids-out", str(tmp_path / "i2"), "--json", str(tmp_path / "r2")]) == 0
    assert (tmp_path / "i1").read_bytes() == (tmp_path / "i2").read_bytes()
    assert (tmp_path / "r1").read_bytes() == (tmp_path / "r2").read_bytes()
    capsys.readouterr()
    assert main([*select, "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads((tmp_path / "r2").read_bytes())


def test_explain_without_gold(capsys: CAPTURE) -> None:
    """It is a usage error, whatever --json says."""
    for arguments in ([], ["--json"], ["--json", "-"]):
        assert exits("explain", *arguments) == 2
        assert "the following arguments are required: GOLD" in capsys.readouterr().err


# Flags that mean one thing; a verb that has one takes it as the others do.
SAME = {
    "--by": ("score", "compare", "select"),
    "--json": ("score", "explain", "compare", "sensitivity", "agreement", "audit", "lab", "select"),
    "--out": (
        "score",
        "explain",
        "compare",
        "sensitivity",
        "agreement",
        "audit",
        "lab",
        "prepare",
        "convert",
        "select",
    ),
    "--missing": ("score", "compare", "sensitivity", "agreement"),
    "--seed": ("score", "compare", "sensitivity", "agreement", "lab", "prepare", "select"),
    "--workers": ("score", "compare", "sensitivity", "lab"),
    "--set": ("score", "explain", "compare", "sensitivity", "agreement", "audit"),
    **{flag: tuple(VERBS) for flag in ("--quiet", "--progress", "--verbose", "--config", "--version")},
}
SHORT = {"--out": "-o", "--quiet": "-q", "--verbose": "-v", "--version": "-V", "--help": "-h"}


@pytest.mark.parametrize("flag", SAME)
def test_one_meaning(flag: str) -> None:
    """The verbs that have a flag, its short form, and where its value goes."""
    found = {
        verb: action
        for verb in VERBS
        for action in verb_parser(verb, verb).actions
        if flag in action.option_strings
    }
    assert tuple(found) == SAME[flag]
    assert {SHORT.get(flag) in (None, *action.option_strings) for action in found.values()} == {True}
    assert len({action.metavar for action in found.values()} - {"FOLDER"}) == 1


def test_presets_are_those_that_there_are() -> None:
    """The parser writes out their names."""
    assert _PRESETS == PRESETS


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("matching=f1", "matching", "f1"), ("alpha=.25", "alpha", 0.25), ("alpha=1", "alpha", 1.0),
        ("max_chars=1000", "max_chars", 1000), ("repair_cost=1e-1", "repair_cost", 0.1),
        (" floor = -1 ", "floor", -1.0), ("lists=key:Item Name", "lists", "key:Item Name"),
        ("repair=false", "repair", False), ("repair=No", "repair", False), ("text=strip", "text", "strip"),
    ],
)  # fmt: skip
def test_any_field(text: str, field: str, value: Any, capsys: CAPTURE) -> None:
    """``--set`` changes a field of the spec as Python does."""
    assert main(["score", ROWS, GOLD, "--limit", "1", "--json", "-", "--set", text]) == 0
    wanted = Spec.preset("clinical").replace(**{field: value}).signature
    assert json.loads(capsys.readouterr().out)["signature"] == wanted


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--set", "alhpa=1"], "--set: no spec field 'alhpa': expected one of "),
        (["--set", "alhpa=1"], "; did you mean alpha?"),
        (["--set", "alpha"], "--set: expected FIELD=VALUE, got 'alpha'"),
        (["--set", "=1"], "--set: no spec field ''"),
        (["--set", "alpha=x"], "spec field 'alpha': expected a finite number from 0 to 1, got 'x'"),
        (["--set", "alpha=nan"], "spec field 'alpha': expected a finite number from 0 to 1, got 'nan'"),
        (["--set", "repair=maybe"], "spec field 'repair': expected True or False, got 'maybe'"),
        (["--set", "max_depth=1.5"], "spec field 'max_depth': expected an integer 1 to 128, got '1.5'"),
        (["--set", "matching=f2"], "spec field 'matching': expected one of"),
        (["--set", "name=x"], "--set name: a spec is named by --preset"),
        (["--set", "rules=[]"], "--set rules: expected --rules FILE"),
        (
            ["--set", "alpha=1", "--alpha", "0.1"],
            "--set alpha and --alpha say the same: expected one of them",
        ),
    ],
)
def test_bad_fields(arguments: list[str], said: str, capsys: CAPTURE) -> None:
    """One line, exit code 2."""
    assert main_score([ROWS, GOLD, *arguments]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1


NUMBERS = [
    *((verb, flag, bad) for verb, flag in (
        ("score p g", "--workers"), ("score p g", "--limit"), ("score p g", "--resamples"),
        ("compare p q --gold g", "--documents"), ("sensitivity p q --gold g", "--draws"),
        ("prepare g --out o", "--queries"), ("select g --out o", "-k"),
    ) for bad in ("0", "-1", "1.5", "x", "1_0", "２", "nan")),
    *((verb, "--seed", bad) for verb in ("score p g", "sensitivity p q --gold g", "prepare g --out o",
      "select g --out o") for bad in ("-1", "1.5", "x", "9" * 30)),
    *((verb, flag, bad) for verb, flag in (("prepare g --out o", "--validation"),
      ("prepare g --out o", "--keep-blank"), ("score p g", "--fail-under"))
      for bad in ("-0.1", "1.1", "nan", "inf", "x", "0,5")),
    *(("score p g", flag, bad) for flag in ("--alpha", "--confidence")
      for bad in ("nan", "inf", "x", "1_0.")),
]  # fmt: skip


@pytest.mark.parametrize(("verb", "flag", "bad"), NUMBERS)
def test_numbers(verb: str, flag: str, bad: str, capsys: CAPTURE) -> None:
    """A number that a flag does not take is a usage error that says what it takes."""
    assert exits(*verb.split(), f"{flag}={bad}" if flag.startswith("--") else f"{flag}{bad}") == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert f"argument {flag}: expected a" in said


def test_progress(tmp_path: Path) -> None:
    """``--progress`` says how far the work is where there is no terminal, unless --quiet is given."""
    ablate = ["sensitivity", ROWS, PLAIN, "--gold", GOLD, "--draws", "10", "--rates", "1"]
    select = ["select", GOLD, "-k", "2", "--out", str(tmp_path / "o")]
    for verb in (ablate, ["score", ROWS, GOLD], ["compare", ROWS, PLAIN, "--gold", GOLD],
                 ["agreement", GOLD, GOLD], ["explain", GOLD], select):  # fmt: skip
        lines = {}
        for flag in ("--progress", "--no-progress", "--progress --quiet"):
            done = subprocess.run(
                [sys.executable, "-m", "medvie_reward", *verb, *flag.split()],
                capture_output=True, text=True, env=environment(), check=True,
            )  # fmt: skip
            lines[flag] = done.stderr.splitlines()
        assert len(lines["--progress"]) == 1
        assert lines["--progress"][0].startswith("medvie: ")
        assert lines["--progress"][0].endswith(", done")
        assert lines["--no-progress"] == lines["--progress --quiet"] == []


def test_start_imports_no_numbers() -> None:
    """Help and usage errors answer at once: nothing is read that computes."""
    program = (
        "import sys; from medvie_reward.cli import main\n"
        "try: main(sys.argv[1:])\nexcept SystemExit: pass\n"
        "heavy = {'numpy', 'rich', 'orjson', 'rapidfuzz', 'jsonschema', 'medvie_reward.spec'}\n"
        "print(*(heavy & set(sys.modules)))"
    )
    for arguments in (["score", "--help"], ["compare", "--help"], [], ["score"], ["completion", "fish"]):
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments],
            capture_output=True, text=True, env=environment(), check=True,
        )  # fmt: skip
        assert done.stdout.splitlines()[-1] == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script(shell: str, capsys: CAPTURE) -> None:
    """It names every verb and every long option, and the shell can read it, where it is installed."""
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    for verb in VERBS:
        assert verb in script
        for action in verb_parser(verb, verb).actions:
            for flag in action.option_strings:
                long = flag.startswith("--")
                spelled = flag if shell != "fish" else f"-l {flag[2:]}" if long else f"-s {flag[1:]}"
                assert f"{spelled} " in re.sub(r"[\\[)\"]", " ", script)
    if found := shutil.which(shell):
        done = subprocess.run([found, "-n"], input=script, text=True, capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["medvie", "sc"], ["score"]),
        (["medvie", "score", "--prese"], ["--preset"]),
        (["medvie", "score", "--preset", "s"], ["strict", "smr-r1"]),
        (["medvie-score", "--fail-"], ["--fail-under", "--fail-metric"]),
        (["medvie", "convert", "x"], ["xfund"]),
        (["medvie", "completion", ""], ["bash", "zsh", "fish"]),
        (["medvie-score", "a b"], ["a b.jsonl"]),
        (["medvie", "score", "--json", "a"], ["a b.jsonl"]),
        (["medvie", "score", "--workers", "a"], []),
    ],
)
@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
def test_completion_in_bash(words: list[str], expected: list[str], tmp_path: Path, capsys: CAPTURE) -> None:
    """Verbs, options, choices of options, files with blanks in their names."""
    assert main(["completion", "bash"]) == 0
    (tmp_path / "a b.jsonl").write_text("")
    quoted = " ".join(f"'{word}'" for word in words)
    script = (
        f"{capsys.readouterr().out}\nCOMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}\n"
        '_medvie; [ ${#COMPREPLY[@]} -eq 0 ] || printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stdout.splitlines(), done.stderr) == (expected, "")
