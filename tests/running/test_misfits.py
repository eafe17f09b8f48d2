"""Networks are compared before any memory is taken for them, and soon."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.house.source import ROOT

OUTLINES = """
import sys
from acd_plugin.configuration.layers import load_config
from acd_plugin.envs.blueprint import Interface
from acd_plugin.running.misfits import outline
from acd_plugin.running.run_spec import resolve

for algorithm, *more in (["dial"], ["dial", "agent=set_net"], ["rial"], ["qmix"], ["ippo"]):
    env = "generated" if more else "cyborg_small"
    profile = ["env_args.host_profile=True"] if more else []
    spec = resolve(load_config(algorithm, env, [*more, *profile]))
    mac = outline(spec.config, Interface(spec.sizes, spec.blueprint.comm_layout))
    assert all(one.is_meta for one in mac.agent.parameters()), algorithm
    assert "sympy" not in sys.modules, algorithm
"""


@pytest.mark.slow  # a process of its own, which has not loaded anything
def test_an_outline_takes_no_memory_and_loads_no_compiler() -> None:
    subprocess.run([sys.executable, "-c", OUTLINES], cwd=ROOT, check=True)
