"""The public surface: the names of the package and of each room, and the old paths that docs named."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import medvie_reward
from medvie_reward._core.lazy import lazy_names
from medvie_reward._core.moved import MOVED

PACKAGE = Path(medvie_reward.__file__).parent
ROOMS = sorted(
    file.parent.name
    for file in PACKAGE.glob("*/__init__.py")
    if file.parent.name not in ("_core", "comparators", "integrations")
)

DOCUMENTED = {
    "bootstrap": "Interval intervals",
    "comparison": "Comparison Contest Difference System Versus compare_systems",
    "completion": "Completion",
    "coverage": "cover",
    "dataset": "Summary write_dataset",
    "explain": "explain",
    "exports": "document_records to_frame write_csv",
    "features": "profile",
    "figures": "FIGURES FieldRows asked_figures document_rows",
    "form_reader": "form_of_schema",
    "forms": "Field cut_gold form_of_gold",
    "paired": "PairedTest adjust_holm compare_many compare_paired",
    "plan": "Plan",
    "prompts": "query_of skeleton",
    "report_html": "render_html",
    "report_pages": "page_of",
    "resampling": "Resampling",
    "rules": "Rule",
    "sampling": "draw_keys field_weights",
    "schema": "load_schema rules_of",
    "totals": "Totals",
    "tracking": "flat_metrics",
    "uncertainty": "Uncertainty measure_uncertainty",
    "vie_sets": "SETS read_set",
}


def test_names_of_the_package() -> None:
    """These names are imported by users; a name that goes needs a release with a warning."""
    assert medvie_reward.__all__ == [
        "ABSENT", "STATUSES", "Alignment", "ArgumentError", "Audit", "ClusterError", "Comparison",
        "Completion", "Counts", "Evaluation", "Gold", "GoldError", "InputError", "InputWarning", "Leaf",
        "MedvieError", "PredictionError", "Resampling", "Reward", "Rule", "Scores", "Spec", "SpecError",
        "WorkerError",
        "__version__", "align", "anls_star", "audit", "compare", "evaluate", "evaluate_files", "explain",
        "parse_completion", "reward", "reward_group", "score", "ted_accuracy", "tree_edit_distance",
    ]  # fmt: skip


def test_rooms() -> None:
    """The rooms, and nothing loose beside them."""
    assert ROOMS == [
        "alignment", "audits", "cli", "completions", "corpus", "datasets", "lab", "metrics", "reports",
        "selection", "spec", "statistics", "training",
    ]  # fmt: skip
    assert sorted(file.name for file in PACKAGE.glob("*.py")) == [
        "__init__.py", "__main__.py", "_version.py", "errors.py",
    ]  # fmt: skip


@pytest.mark.parametrize("room", ["", *ROOMS])
def test_every_name_is_listed_once_for_python_and_once_for_type_checkers(room: str) -> None:
    """A room's ``__all__``, its lazy names and its imports for type checkers are the same names."""
    module = importlib.import_module(f"medvie_reward.{room}".rstrip("."))
    tree = ast.parse((PACKAGE / room / "__init__.py").read_text(encoding="utf-8"))
    checked = next(node for node in tree.body if isinstance(node, ast.If))
    typed = [name.name for node in checked.body if isinstance(node, ast.ImportFrom) for name in node.names]
    call = next(node for node in ast.walk(checked) if isinstance(node, ast.Call))
    lazy = [name for word in call.keywords for name in ast.literal_eval(word.value).split()]
    public = [name for name in module.__all__ if name != "__version__"]
    assert sorted(typed) == sorted(lazy) == sorted(public)
    for name in public:
        assert getattr(module, name) is not None
        assert name in dir(module)


def test_lazy_names_know_no_other() -> None:
    """A name that is not listed is an AttributeError that names it."""
    get, _ = lazy_names("medvie_reward.spec", _spec="Spec")
    with pytest.raises(AttributeError, match=r"module 'medvie_reward\.spec' has no attribute 'Speck'"):
        get("Speck")


def test_every_old_path_is_tested() -> None:
    """No old path without its documented names."""
    assert sorted(DOCUMENTED) == sorted(MOVED)


@pytest.mark.parametrize("old", sorted(DOCUMENTED))
def test_old_paths_still_import(old: str) -> None:
    """A module path that docs of 0.1.0 named gives the same objects, and a warning that names the room."""
    sys.modules.pop(f"medvie_reward.{old}", None)
    with pytest.warns(DeprecationWarning, match=rf"medvie_reward\.{old} has moved: import from "):
        module = importlib.import_module(f"medvie_reward.{old}")
    room = importlib.import_module(f"medvie_reward.{MOVED[old]}")
    assert module is room
    for name in DOCUMENTED[old].split():
        assert getattr(module, name) is getattr(room, name)
    assert room.__spec__ is not None
    assert room.__spec__.name == f"medvie_reward.{MOVED[old]}"


def test_python_m() -> None:
    """``python -m medvie_reward`` is the command ``medvie``."""
    program = [sys.executable, "-m", "medvie_reward", "--version"]
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    assert medvie_reward.__version__ in done.stdout
