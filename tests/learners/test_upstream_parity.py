"""From the same weights and episodes, the same losses and gradients as EPyMARL's own learners.

Needs a checkout: ``EPYMARL_HOME=/path/to/epymarl python -m pytest tests/learners``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from acd_plugin.components.returns import lambda_returns
from acd_plugin.configuration.layers import load_config
from acd_plugin.hosts.builtin.episode_batch import EpisodeBatch
from acd_plugin.hosts.builtin.training import Training
from acd_plugin.running.assembly import make_training
from acd_plugin.running.run_spec import resolve
from tests.hosts.test_every_algorithm import Log

HOME = os.environ.get("EPYMARL_HOME")
pytestmark = pytest.mark.skipif(not HOME, reason="EPYMARL_HOME names no checkout of EPyMARL")

ENV = "cyborg_large"
GAMES, STEPS, N_AGENTS = 6, 9, 3
# Without a limit on the gradient, so that it can be compared.
COMMON = ["hidden_dim=16", "grad_norm_clip=1e9", "learner_log_interval=1"]
COMMON += [f"{name}={GAMES}" for name in ("batch_size", "batch_size_run", "buffer_size")]
NON_SHARED = "mac=non_shared_mac agent=rnn_ns obs_agent_id=False"
CASES = [
    "iql",
    "iql double_q=False",
    "iql standardise_rewards=True standardise_returns=True",
    f"iql {NON_SHARED}",
    "vdn",
    "vdn use_rnn=False obs_last_action=False",
    "qmix",
    "qmix double_q=False hypernet_layers=1",
    "qmix standardise_rewards=True standardise_returns=True",
    f"qmix {NON_SHARED}",
    "qmix target_update_interval_or_tau=0.01",
    "ippo",
    "ippo standardise_rewards=False",
    f"ippo {NON_SHARED} critic_type=ac_critic_ns",
    "mappo",
    "mappo standardise_rewards=False add_value_last_step=True q_nstep=3",
    "mappo standardise_returns=True obs_individual_obs=True use_rnn=False",
    f"mappo {NON_SHARED} critic_type=cv_critic_ns obs_last_action=False",
]


def build(case: str) -> Any:
    """A run in this host, whose target networks are not equal to the online ones."""
    algorithm, *overrides = case.split()
    training = make_training(resolve(load_config(algorithm, ENV, [*COMMON, *overrides])), Log())
    torch.manual_seed(7)
    for module in networks(training).values():
        for parameter in module.parameters():
            parameter.data += torch.randn_like(parameter) * 0.1
    return training


def networks(training: Training) -> dict[str, Any]:
    """All networks by the names that they have in EPyMARL's learners."""
    names = ("mac", "target_mac", "mixer", "target_mixer", "critic", "target_critic")
    found = {name: getattr(training.learner, name, None) for name in names}
    return {name: module for name, module in found.items() if module is not None}


def episodes(training: Training) -> dict[str, Tensor]:
    """Random but legal content; games end after different numbers of steps.

    Not where rewards or returns are standardised: there EPyMARL counts what was never played. Nor
    does its PPO know of games that are cut off and would go on, as the first one here would.
    """
    args = training.args
    all_whole = args.standardise_rewards or args.standardise_returns
    generator = torch.Generator().manual_seed(11)
    size = {name: tensor.shape[2:] for name, tensor in training.buffer.data.items()}
    shape = {name: (GAMES, STEPS + 1, *rest) for name, rest in size.items()}

    def rand(name: str) -> Tensor:
        return torch.rand(shape[name], generator=generator)

    available = (rand("avail_actions") < 0.5).int()
    available[..., 0] = 1
    drawn = torch.multinomial(available.flatten(0, 2).float(), 1, generator=generator)
    data = {
        "state": (rand("state") < 0.4).float(),
        "obs": (rand("obs") < 0.4).float(),
        "avail_actions": available,
        "actions": drawn.view(shape["actions"]),
        "reward": -3 * rand("reward"),
        "terminated": torch.zeros(shape["terminated"], dtype=torch.uint8),
        "filled": torch.ones(shape["filled"], dtype=torch.long),
    }
    for game in range(GAMES):
        length = STEPS if all_whole else STEPS - game
        if game > 0 or args.learner == "ppo_learner":
            data["terminated"][game, length - 1] = 1
        for tensor in data.values():
            tensor[game, length + 1 :] = 0
    for name in ("actions", "reward"):
        data[name][:, -1] = 0
    return data


def as_batch(training: Training, data: dict[str, Tensor]) -> EpisodeBatch:
    buffer = training.buffer
    batch = EpisodeBatch(
        buffer.scheme, buffer.groups, GAMES, STEPS + 1, preprocess=buffer.preprocess
    )
    batch.data["actions_onehot"].zero_()
    batch.update({name: value for name, value in data.items() if name != "filled"})
    batch.data["filled"] = data["filled"].clone()
    return batch


def question(case: str) -> dict[str, Any]:
    """Everything that EPyMARL needs to make the same update."""
    training = build(case)
    modules = networks(training)
    args = {**vars(training.args), "name": case.split(maxsplit=1)[0]}
    plain = {key: value for key, value in args.items() if not isinstance(value, dict)}
    del plain["blueprint"]
    # It draws actions by names that need more settings; no actions are drawn here.
    plain |= {"action_selector": "soft_policies"}
    scheme = {
        key: entry
        for key, entry in training.buffer.scheme.items()
        if key not in {"filled", "actions_onehot"}
    }
    return {
        "args": plain,
        "scheme": scheme,
        "data": episodes(training),
        "weights": {
            name: [p.detach() for p in module.parameters()] for name, module in modules.items()
        },
    }


LAMBDA: dict[str, Any] = {
    "rewards": torch.randn(4, 7, 1, generator=torch.Generator().manual_seed(1)),
    "terminated": torch.zeros(4, 7, 1).index_fill(1, torch.tensor([6]), 1.0),
    "mask": torch.ones(4, 7, 1),
    "target_qs": torch.randn(4, 8, 3, generator=torch.Generator().manual_seed(2)),
    "n_agents": 3,
    "gamma": 0.9,
    "td_lambda": 0.6,
}


@pytest.fixture(scope="module")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """EPyMARL's answers to all cases."""
    folder = tmp_path_factory.mktemp("upstream")
    torch.save(
        {"updates": {case: question(case) for case in CASES}, "lambda": LAMBDA}, folder / "cases"
    )
    program = Path(__file__).with_name("upstream_update.py")
    command = [sys.executable, program, HOME, folder / "cases", folder / "results"]
    subprocess.run([str(word) for word in command], check=True)
    answers: dict[str, Any] = torch.load(folder / "results", weights_only=True)
    return answers


# EPyMARL divides these by the number of agents once more, or once too seldom, with a mixer.
SCALED = {"q_taken_mean", "target_mean"}


@pytest.mark.parametrize("case", CASES)
def test_an_update_is_epymarls(upstream: dict[str, Any], case: str) -> None:
    answer = upstream[case]
    training = build(case)
    training.learner.train(as_batch(training, episodes(training)), 1, 0)
    log: Any = training.recorder
    logged = {name: points[-1][1] for name, points in log.logged.items()}
    compared = answer["logged"].keys() - (SCALED if "loss" in logged else set())
    assert {"loss", "grad_norm"} <= compared or {"critic_loss", "pg_loss"} <= compared
    assert {name: logged[name] for name in compared} == pytest.approx(
        {name: answer["logged"][name] for name in compared}, rel=2e-4, abs=1e-6
    )
    for name, module in networks(training).items():
        if name.startswith("target_"):
            continue
        ours = list(module.parameters())
        for one, two in zip(ours, answer["gradients"][name], strict=True):
            assert one.grad is not None
            torch.testing.assert_close(one.grad, two, rtol=1e-3, atol=1e-5)
        for one, two in zip(ours, answer["weights"][name], strict=True):
            torch.testing.assert_close(one.detach(), two, rtol=0, atol=1e-4)


def test_lambda_returns_are_epymarls(upstream: dict[str, Any]) -> None:
    following = LAMBDA["target_qs"][:, 1:]
    ours = lambda_returns(
        LAMBDA["rewards"], LAMBDA["terminated"], following, LAMBDA["mask"], 0.9, 0.6
    )
    torch.testing.assert_close(ours, upstream["lambda"])
