"""Components of a real EPyMARL checkout run unchanged in the built-in host.

Set EPYMARL_HOME to a checkout to run these; each runs in a process of its own because EPyMARL's
modules have bare names.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
HOME = os.environ.get("EPYMARL_HOME", "")

pytestmark = pytest.mark.skipif(not HOME, reason="EPYMARL_HOME names no EPyMARL checkout")

SCRIPT = """
import sys
import yaml
from pathlib import Path
home, algorithm = Path(sys.argv[1]), sys.argv[2]
sys.path.insert(0, str(home / "src"))
from controllers.basic_controller import BasicMAC
from learners.q_learner import QLearner
from acd_plugin.configuration.layers import load_config, merge
from acd_plugin.hosts.host import Host
from acd_plugin.hosts.builtin import BUILTIN
from acd_plugin.running.assembly import make_training
from acd_plugin.running.run_spec import resolve
from acd_plugin.running.recorder import NullRecorder
host = Host(
    name="test", reason="test", runners=BUILTIN.runners,
    controllers={"basic_mac": BasicMAC}, learners={"q_learner": QLearner},
)
config = load_config("dial", "cyborg_small", [])
for path in ("default.yaml", f"algs/{algorithm}.yaml"):
    upstream = yaml.safe_load((home / "src" / "config" / path).read_text())
    config = merge(config, {k: v for k, v in upstream.items() if k not in ("env", "env_args")})
config |= {"runner": "batch", "batch_size_run": 8, "batch_size": 16, "buffer_size": 32,
           "use_cuda": False, "test_nepisode": 8}
training = make_training(resolve(config), NullRecorder(), host)
before = [p.detach().clone() for p in training.mac.parameters()]
for _ in range(4):
    training.train_once()
training.test()
moved = any((a != b).any() for a, b in zip(before, training.mac.parameters()))
print("moved" if moved else "did not move", training.runner.t_env)
"""


@pytest.mark.parametrize("algorithm", ["iql", "vdn", "qmix"])
def test_its_controller_and_learner_train_on_our_games(algorithm: str) -> None:
    result = subprocess.run(
        [sys.executable, "-c", SCRIPT, HOME, algorithm],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == ["moved", str(4 * 8 * 30)]
