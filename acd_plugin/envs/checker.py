"""Check an environment of somebody's own: what is missing, and what to do about it.

The environment is played as runners play it, and as EPyMARL's own runners do. What is found is
told in plain words; no finding means that nothing is known to be wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from acd_plugin.configuration.findings import Finding
from acd_plugin.envs.batch_checks import batch_findings
from acd_plugin.envs.blueprint import Blueprint
from acd_plugin.envs.class_checks import class_findings
from acd_plugin.envs.registry import REGISTRY, blueprint_of
from acd_plugin.errors import UserError, find

Check = Callable[[], Iterator[Finding]]


def check_environment(name: str, env_args: Mapping[str, object]) -> list[Finding]:
    """Return what is wrong with the environment called ``name``, made with ``env_args``."""
    try:
        env_class = find(REGISTRY, "environment", name)
        blueprint = blueprint_of(name, env_args)
    except UserError as error:
        return [Finding(True, problem) for problem in error.problems]
    except Exception as error:
        return [_failure("making it", error)]
    findings = check_blueprint(blueprint)
    findings += collect("EPyMARL's interface", lambda: class_findings(env_class, env_args))
    findings += collect("its own checks", lambda: env_class.checks(**env_args))
    return findings


def check_blueprint(blueprint: Blueprint) -> list[Finding]:
    """Return what is wrong with the games that a blueprint makes."""
    return collect("playing it", lambda: batch_findings(blueprint))


def collect(what: str, check: Check) -> list[Finding]:
    """Return what a check finds, each once; if the check itself fails, that is a finding too."""
    findings: dict[str, Finding] = {}
    try:
        for finding in check():
            findings.setdefault(finding.text, finding)
    except UserError as error:
        findings |= {problem: Finding(True, problem) for problem in error.problems}
    except Exception as error:
        failure = _failure(what, error)
        findings[failure.text] = failure
    return list(findings.values())


def _failure(what: str, error: Exception) -> Finding:
    words = " ".join(str(error).split())
    return Finding(True, f"{what} fails: {type(error).__name__}: {words}")
