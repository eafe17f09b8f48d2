"""What every algorithm in ``config/algs`` must do; a new file there is covered unasked."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
import torch

from acd_plugin.configuration.layers import load_config
from acd_plugin.configuration.paths import names_in
from acd_plugin.hosts.builtin.training import Training
from acd_plugin.running.assembly import make_training
from acd_plugin.running.recorder import NullRecorder
from acd_plugin.running.run_spec import resolve
from tests.slow import slow_but
from tests.tracking.test_checkpoint import same

TINY = ["hidden_dim=16", "batch_size=8", "test_nepisode=8", "learner_log_interval=1"]
GAMES = {"dial_broadcast": ["env_args.scenario=hidden_target"]}  # which others do not have
VARIANTS = [
    *([name, *GAMES.get(name, [])] for name in names_in("algs")),
    ["iql", "mac=non_shared_mac", "agent=rnn_ns", "obs_agent_id=False"],
    ["iql", "standardise_rewards=True", "standardise_returns=True"],
    ["qmix", "mac=non_shared_mac", "agent=rnn_ns", "use_rnn=False", "hypernet_layers=1"],
    ["qmix", "td_lambda=0.6", "double_q=False", "target_update_interval_or_tau=0.1"],
    ["vdn", "standardise_rewards=True", "standardise_returns=True"],
    ["ippo", "mac=non_shared_mac", "agent=rnn_ns", "critic_type=ac_critic_ns"],
    ["ippo", "standardise_returns=True", "action_selector=soft_policies"],
    ["mappo", "critic_type=cv_critic_ns", "obs_individual_obs=True", "add_value_last_step=True"],
    ["rial", "n_bits=2", "share_parameters=False"],
]

FAMILIES = [["dial"], ["rial"], ["qmix"], ["mappo"]]  # one algorithm of each always runs

every_algorithm = pytest.mark.parametrize(
    "variant", slow_but(lambda variant: variant in FAMILIES, VARIANTS), ids=" ".join
)


class Log(NullRecorder):
    """Keeps what is logged."""

    def __init__(self) -> None:
        self.logged: dict[str, list[tuple[int, float]]] = defaultdict(list)

    def log_stat(self, key: str, value: float, t: int) -> None:
        self.logged[key].append((t, value))


def build(variant: list[str], *overrides: str, env: str = "cyborg_small") -> Any:
    """A tiny run; who learns from a buffer of old episodes also does so here."""
    algorithm, *rest = variant
    config = load_config(algorithm, env, [])
    replays = config["buffer_size"] > config["batch_size"]
    sizes = ["batch_size_run=4", f"buffer_size={20 if replays else 8}"]
    return make_training(
        resolve(load_config(algorithm, env, [*TINY, *sizes, *rest, *overrides])), Log()
    )


def play(training: Training, rounds: int) -> dict[str, Any]:
    for _ in range(rounds):
        training.train_once()
    training.test()
    return training.state_dict()


@every_algorithm
def test_bootstrapping_at_the_time_limit_is_not_ignored(variant: list[str]) -> None:
    """The first update is made from the same games, whose last targets are others."""
    targets = []
    for bootstrap in (False, True):
        training = build(variant, f"env_args.bootstrap_at_time_limit={bootstrap}")
        while not training.recorder.logged["target_mean"]:
            training.train_once()
        targets.append(training.recorder.logged["target_mean"][0])
    (step, without), (same_step, with_it) = targets
    assert step == same_step
    counts_anyway = "add_value_last_step=True" in variant
    assert (without == with_it) == counts_anyway


@pytest.mark.parametrize(
    "variant", slow_but(lambda variant: len(variant) == 1, VARIANTS), ids=" ".join
)
def test_it_trains_and_logs_the_same_metrics(variant: list[str]) -> None:
    training = build(variant, env="cyborg_large")
    before = [parameter.detach().clone() for parameter in training.mac.parameters()]
    play(training, 6)
    after = list(training.mac.parameters())
    assert any(not torch.equal(one, two) for one, two in zip(before, after, strict=True))
    log: Any = training.recorder
    expected = {"return_mean", "test_return_mean", "td_error_abs", "q_taken_mean", "target_mean"}
    assert expected <= log.logged.keys()
    points = [point for series in log.logged.values() for point in series]
    assert all(abs(value) < 1e6 for _, value in points)  # in particular finite
    assert {step % (4 * 60) for step, _ in points} == {0}  # in game steps, whole games


@every_algorithm
def test_the_seed_decides_everything(variant: list[str]) -> None:
    one, two = play(build(variant), 6), play(build(variant), 6)
    assert same(one, two)
    other = play(build(variant, "seed=1"), 6)
    assert not same(one["mac"]["agent"], other["mac"]["agent"])


@every_algorithm
def test_it_goes_on_bit_for_bit_from_its_state(variant: list[str]) -> None:
    interval = [] if "0.1" in variant[-1] else ["target_update_interval_or_tau=3"]
    whole, first, second = (build(variant, *interval) for _ in range(3))
    play(whole, 5)
    play(first, 5)
    torch.rand(17)
    second.load_state_dict(first.state_dict())
    assert same(play(whole, 7), play(second, 7))


@every_algorithm
def test_it_is_evaluated_greedily_and_repeatably(variant: list[str]) -> None:
    training = build(variant)
    play(training, 3)
    one, two = (training.evaluate(8) for _ in range(2))
    assert one["return"].shape == (8,)
    if "action_selector=soft_policies" not in variant:  # which draws in tests too, as it should
        assert all((one[key] == two[key]).all() for key in one)


@every_algorithm
def test_only_what_the_mask_allows_is_done(variant: list[str]) -> None:
    """Under SAU too, where only who communicates is allowed more than the environment says."""
    training = build(variant)
    allowed = training.runner.run(test_mode=False)
    done = allowed["avail_actions"][:, :-1].gather(3, allowed["actions"][:, :-1])
    assert done.all() or hasattr(training.mac, "channel")
