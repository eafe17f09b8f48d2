"""``main.py check environment|scenario|algorithm NAME``: what is missing, and what to do."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from acd_plugin.configuration.findings import Finding
from acd_plugin.configuration.layers import load_environment
from acd_plugin.configuration.plugins import load_plugins
from acd_plugin.envs.checker import check_environment
from acd_plugin.envs.cyborg.checker import check_scenario
from acd_plugin.running.algorithm_check import check_algorithm


def run(options: argparse.Namespace) -> int:
    """Print what is found; returns 2 if any of it is an error."""
    findings = _CHECKS[options.kind](options.name, options.plugins)
    for finding in findings:
        print(f"{'error' if finding.is_error else 'remark'}: {finding.text}", file=sys.stderr)
    errors = sum(finding.is_error for finding in findings)
    remarks = len(findings) - errors
    found = f"{errors} to mend, {remarks} to think about" if findings else "nothing to mend"
    print(f"{options.kind} {options.name}: {found}")
    return 2 if errors else 0


def _environment(name: str, plugins: Sequence[str]) -> list[Finding]:
    config = load_environment(name, plugins)
    load_plugins(config["plugins"])
    return check_environment(config["env"], config["env_args"])


def _scenario(name: str, plugins: Sequence[str]) -> list[Finding]:
    load_plugins(plugins)
    return check_scenario(name)


def _algorithm(name: str, plugins: Sequence[str]) -> list[Finding]:
    return check_algorithm(name, plugins=plugins)


_CHECKS = {"environment": _environment, "scenario": _scenario, "algorithm": _algorithm}
