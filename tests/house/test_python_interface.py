"""What editors are told of `import acd_plugin` is what it offers; importing it loads nothing."""

from __future__ import annotations

import ast
import subprocess
import sys

import acd_plugin
from tests.house.source import PACKAGE, ROOT


def test_the_stub_names_what_there_is() -> None:
    tree = ast.parse((PACKAGE / "__init__.pyi").read_text(encoding="utf-8"))
    told = {
        alias.name: node.module
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    homes: dict[str, str] = vars(acd_plugin)["_HOME"]
    assert told == homes
    for name in homes:
        assert getattr(acd_plugin, name) is not None
    assert set(homes) < set(dir(acd_plugin))


def test_importing_the_package_loads_no_part_of_it() -> None:
    code = "import sys, acd_plugin; print([n for n in sys.modules if n.startswith('acd_plugin.')])"
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert result.stdout.strip() == "[]"
