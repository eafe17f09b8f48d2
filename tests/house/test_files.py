"""Files are short, typed, free of hidden state, and know nothing of any machine."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from statistics import median

from tests.house.source import ROOT, Module, modules

LONGEST, MEDIAN = 300, 100  # lines of a file
ANY_LINES = 150
# `Any` stands where somebody else hands over what has no type, and nowhere else.
ANY_IN = (
    "acd_plugin/components/contracts.py",  # EPyMARL's entries of an episode
    "acd_plugin/components/args.py",  # EPyMARL's settings
    "acd_plugin/learners/model_files.py",  # EPyMARL's files
    "acd_plugin/hosts/epymarl/",  # EPyMARL itself
    "acd_plugin/envs/env_loop.py",  # environments made for EPyMARL
    "acd_plugin/envs/pettingzoo_env.py",  # environments made for PettingZoo
    "acd_plugin/envs/cyborg/cyborg_backend/",  # CybORG
    "acd_plugin/configuration/",  # YAML, and what earlier releases recorded
    "acd_plugin/experiments/plan_file.py",  # YAML
    "acd_plugin/experiments/sweep.py",  # YAML
    "acd_plugin/experiments/cluster.py",  # Ray
    "acd_plugin/experiments/search.py",  # Optuna
    "acd_plugin/experiments/trial.py",  # Optuna
    "acd_plugin/cli/search.py",  # Optuna
    "acd_plugin/tracking/",  # Sacred, JSON, PyTorch's files, MongoDB, TensorBoard
    "acd_plugin/hosts/builtin/global_generators.py",  # the generators' states
    "acd_plugin/running/evaluation.py",  # JSON
    "acd_plugin/running/stop_signal.py",  # handlers of signals
    "acd_plugin/analysis/messages/examination.py",  # JSON
    "acd_plugin/analysis/curves/",  # Matplotlib
)
# Functions that may change a list or dictionary of a module: what a user's file registers.
REGISTERING = re.compile(r"(un)?register(_\w+)?$")
CHANGING: set[str] = {
    # Stands in for a package whose interface is global.
    "acd_plugin/hosts/epymarl/stand_ins/tensorboard_logger.py configure changes _writers",
}
MUTATORS = {
    *("append", "extend", "insert", "add", "update", "setdefault"),
    *("remove", "discard", "pop", "popitem", "clear"),
    "set",  # of context variables
}
A_MACHINES_PATH = re.compile(
    r"(?<![\w.~{}<)])/(home|root|tmp|var|opt|mnt|work|Users)/\w"  # not the end of a relative one
    r"|\b[A-Z]:\\\w"
)


def lines_of(module: Module) -> list[str]:
    return module.path.read_text(encoding="utf-8").splitlines()


def test_files_are_short() -> None:
    lengths = {module.file: len(lines_of(module)) for module in modules().values()}
    assert {file: length for file, length in lengths.items() if length > LONGEST} == {}
    assert median(length for length in lengths.values() if length) <= MEDIAN


def test_any_stands_at_the_edge_alone() -> None:
    counts = {
        module.file: sum(bool(re.search(r"\bAny\b", line)) for line in lines_of(module))
        for module in modules().values()
    }
    assert [file for file, count in counts.items() if count and not file.startswith(ANY_IN)] == []
    most = sorted(counts.items(), key=lambda item: -item[1])[:10]
    assert sum(counts.values()) < ANY_LINES, f"lines with Any, the most in {dict(most)}"


def test_no_module_keeps_state_that_functions_change() -> None:
    """Above all none that says which host, run or environment is the current one."""
    changes = {
        f"{module.file} {function.name} changes {name}"
        for module in modules().values()
        for function in ast.walk(module.tree)
        if isinstance(function, ast.FunctionDef) and not REGISTERING.match(function.name)
        for name in changed_globals(module, function)
    }
    assert not changes - CHANGING


def changed_globals(module: Module, function: ast.FunctionDef) -> Iterator[str]:
    """The names of the module's own that a function assigns, or whose content it changes."""
    own = module_level_names(module.tree)
    local = {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
    local |= {
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    for node in ast.walk(function):
        if isinstance(node, ast.Global):
            yield from node.names
        changed = changed_object(node)
        if changed in own - local:
            yield changed


def module_level_names(tree: ast.Module) -> set[str]:
    """What a module assigns or imports at its top level, constants of other modules included."""
    names = set()
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
        for target in ast.walk(node) if isinstance(node, ast.Assign | ast.AnnAssign) else ():
            if isinstance(target, ast.Name) and isinstance(target.ctx, ast.Store):
                names.add(target.id)
    return names


def changed_object(node: ast.AST) -> str:
    """``x`` in ``x[...] = ...``, ``del x[...]`` and ``x.append(...)``; "" otherwise."""
    if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
        return name_of(node.value)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return name_of(node.func.value) if node.func.attr in MUTATORS else ""
    return ""


def name_of(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def test_nothing_names_a_path_of_a_machine() -> None:
    texts = {module.file: lines_of(module) for module in modules().values()}
    for path in sorted((ROOT / "config").rglob("*.yaml")):
        texts[path.relative_to(ROOT).as_posix()] = path.read_text(encoding="utf-8").splitlines()
    named = [
        f"{file}:{number}: {line.strip()}"
        for file, lines in texts.items()
        for number, line in enumerate(lines, 1)
        if A_MACHINES_PATH.search(line)
    ]
    assert named == []
