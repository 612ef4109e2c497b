"""What `pytest -m smoke` runs: one table of each room, in seconds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

GOLDEN = 5

# A test file, or a function of it, and how many of its cases; None is all.
SMOKE: dict[str, int | None] = {
    "tests/test_smoke.py": None,
    "tests/test_package.py::test_import_is_light": None,
    "tests/test_package.py::test_public_names": None,
    "tests/test_surface.py": None,
    "tests/metrics/test_metrics.py::test_table_6": None,
    "tests/metrics/test_metrics.py::test_figures_by_hand": None,
    "tests/metrics/test_metrics.py::test_empty_sides": None,
    "tests/metrics/test_metrics.py::test_misplaced_by_hand": None,
    "tests/metrics/test_anls.py::test_by_hand": None,
    "tests/metrics/test_edit_distance.py::test_readings": None,
    "tests/metrics/test_edit_distance.py::test_accuracy": None,
    "tests/metrics/test_published.py::test_one_document_by_hand": None,
    "tests/metrics/test_rewards.py::test_parts": None,
    "tests/metrics/test_anls.py::test_recorded": GOLDEN,
    "tests/metrics/test_edit_distance.py::test_recorded": GOLDEN,
    "tests/alignment/test_pool.py::test_donut_f1": GOLDEN,
    "tests/alignment/test_smr_r1.py::test_recorded": GOLDEN,
    "tests/completions/test_completion.py::test_status": None,
    "tests/completions/test_completion.py::test_every_status_is_tested": None,
    "tests/comparators/test_laws.py::test_empty_if_and_only_if_blank": None,
    "tests/comparators/test_age.py::test_same": None,
    "tests/comparators/test_dates.py::test_same": None,
    "tests/comparators/test_guess.py::test_same": None,
    "tests/comparators/test_number.py::test_same": None,
    "tests/comparators/test_quantity.py::test_same": None,
    "tests/comparators/test_results.py::test_same_result": None,
    "tests/comparators/test_results.py::test_same_status": None,
    "tests/comparators/test_sets.py::test_same": None,
    "tests/comparators/test_spans.py::test_same": None,
    "tests/comparators/test_text.py::test_same": None,
    "tests/comparators/test_unit.py::test_same": None,
    "tests/comparators/test_words.py::test_same": None,
    "tests/lab/test_closed_form.py::test_stakes": None,
    "tests/statistics/test_bootstrap.py::test_equal_to_scipy": None,
    "tests/audits/test_attacks.py::test_answers": None,
    "tests/cli/test_cli.py::test_table": None,
    "tests/cli/test_cli.py::test_json_and_errors": None,
    "tests/integrations/test_easyr1.py::test_the_rewards_are_those_of_the_package": 1,
    "tests/integrations/test_ms_swift.py::test_the_rewards_are_those_of_the_package": 1,
    "tests/integrations/test_openrlhf.py::test_the_rewards_are_those_of_the_package": 1,
    "tests/integrations/test_ray.py::test_blocks_add_up_to_the_local_run": 1,
    "tests/integrations/test_trl.py::test_the_rewards_are_those_of_the_package": 1,
    "tests/integrations/test_verl.py::test_the_hook_gives_flat_numbers": 1,
}


def chosen(nodes: Iterable[str]) -> set[str]:
    """Choose the tests that the table names.

    Parameters
    ----------
    nodes
        Ids of tests, in the order of their collection.

    Returns
    -------
    set of str
        Those that belong to the smoke run.
    """
    found = set()
    seen: Counter[str] = Counter()
    for node in nodes:
        function = node.partition("[")[0]
        name = next((name for name in (function, function.partition("::")[0]) if name in SMOKE), None)
        if name is None:
            continue
        seen[name] += 1
        limit = SMOKE[name]
        if limit is None or seen[name] <= limit:
            found.add(node)
    return found
