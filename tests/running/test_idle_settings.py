"""A setting does something, or is refused: what is called idle is, bit for bit, and nothing else.

Each row can train twice, with the settings and without them.
"""

from __future__ import annotations

from typing import Any

import pytest
import torch

from acd_plugin.components.contracts import StateDict
from acd_plugin.configuration.layers import change, chosen_keys, configure, read_overrides
from acd_plugin.errors import UserError
from acd_plugin.running.assembly import make_training
from acd_plugin.running.recorder import NullRecorder
from acd_plugin.running.run_spec import resolve
from tests.slow import slow_but

SMALL = ["hidden_dim=8", "batch_size=4", "batch_size_run=4", "buffer_size=4"]
SMALL += ["learner_log_interval=1", "runner_log_interval=1", "test_nepisode=4"]
SMALL += ["env_args.time_limit=8"]
DIAL = ["rnn_layers=1"]
SILENT = [*DIAL, "message_content=always_0"]
LOUD = [*DIAL, "message_content=always_1"]
RIAL_SILENT = [*SILENT, "n_bits=3", "seed=2"]  # of which message 0 is not the best from the start

IDLE = [
    ("dial", [*DIAL, "channel.loss=1"], "channel.flip=0.5"),
    ("dial", [*DIAL, "channel.loss=1"], "channel.delay=2"),
    ("dial", [*DIAL, "channel.loss=1"], "channel.liar=Blue1"),
    ("rial", [*DIAL, "channel.loss=1"], "channel.flip=0.5"),
    ("dial", [*DIAL, "channel.delay=8"], "channel.loss=0.5"),
    ("rial", [*DIAL, "channel.delay=8"], "channel.flip=0.5"),
    ("dial", [*SILENT], "channel.loss=0.5"),
    ("dial", [*SILENT], "channel.delay=2"),
    ("dial", [*SILENT], "channel.lie=always_0 channel.liar=0"),
    ("dial", [*LOUD], "channel.liar=0 channel.lie=always_1"),
    ("dial", [*SILENT], "bit_price=0.1"),
    ("rial", [*SILENT], "bit_price=0.1"),
    ("dial", [*SILENT], "bit_limit=1"),
    ("rial", [*RIAL_SILENT], "bit_limit=3"),
    ("dial", [*SILENT], "dru_sigma=0.5"),
    ("dial", [*LOUD], "dru_sigma=0.5"),
    ("dial_alarm", [*DIAL], "dru_sigma=0.5"),
    ("dial_oracle", [*DIAL], "dru_sigma=0.5"),
    ("dial", [*DIAL, "bit_limit=0"], "dru_sigma=0.5"),
    ("dial", [*DIAL, "bit_limit=0"], "bit_price=0.1"),
    ("dial", [*DIAL, "bit_limit=0"], "message_content=always_1"),
    ("rial", [*DIAL, "bit_limit=0"], "channel.loss=0.5"),
    ("rial", [*DIAL, "bit_limit=0"], "env_args.comm_gate=False"),
    ("dial", [*LOUD], "env_args.comm_gate=False"),
    ("dial_nocomm", [*DIAL], "env_args.comm_gate=False"),
    ("iql", [], "env_args.comm_gate=False"),
    ("mappo", [], "env_args.comm_gate=False"),
    ("iql", ["epsilon_start=0.3", "epsilon_finish=0.3"], "epsilon_anneal_time=20"),
    ("iql", ["epsilon_anneal_time=0"], "epsilon_start=0.5"),
    ("iql", ["gamma=0"], "double_q=False"),
    ("iql", ["gamma=0"], "td_lambda=0.5"),
    ("qmix", ["gamma=0"], "target_update_interval_or_tau=1"),
    ("dial", [*DIAL, "gamma=0"], "target_update_interval_or_tau=1"),
    ("qmix", ["hypernet_layers=1"], "hypernet_embed=8"),
    ("ippo", [], "obs_individual_obs=True"),
    ("ippo", ["epochs=1"], "eps_clip=0.001"),
    ("ippo", ["gamma=0"], "q_nstep=1"),
    ("mappo", ["gamma=0"], "add_value_last_step=True"),
    ("mappo", ["gamma=0"], "target_update_interval_or_tau=1"),
]
AT_WORK = [
    ("dial", [*DIAL, "channel.loss=0.9"], "channel.flip=0.5"),
    ("rial", [*DIAL, "channel.delay=6"], "channel.flip=0.5"),
    ("dial", [*SILENT, "channel.flip=0.5"], "channel.loss=0.5"),
    ("dial", [*SILENT], "channel.liar=0"),
    ("dial", [*LOUD], "channel.liar=0 channel.lie=always_0"),
    ("dial", [*LOUD], "channel.loss=0.5"),
    ("dial", [*LOUD], "channel.delay=2"),
    ("dial", [*LOUD], "bit_price=0.1"),
    ("dial", [*LOUD], "bit_limit=3"),
    ("dial_alarm", [*DIAL], "bit_price=0.1"),
    ("dial_oracle", [*DIAL], "bit_limit=1"),
    ("rial", [*RIAL_SILENT], "bit_limit=1"),
    ("rial", [*RIAL_SILENT], "env_args.comm_gate=False"),
    ("dial_self_send", [*DIAL], "dru_sigma=0.5"),
    ("dial_shuffled", [*DIAL], "dru_sigma=0.5"),
    ("dial", [*DIAL, "channel.loss=1"], "bit_price=0.1"),
    ("dial", [*DIAL], "env_args.comm_gate=False"),
    ("iql", ["epsilon_finish=0.3"], "epsilon_anneal_time=20"),
    ("iql", [], "td_lambda=0.5"),
    ("qmix", [], "hypernet_embed=8"),
    ("mappo", [], "obs_individual_obs=True"),
    ("ippo", ["epochs=3"], "eps_clip=0.001"),
    ("mappo", [], "q_nstep=1"),
]


_SHOWN = {"channel.flip=0.5", "bit_price=0.1"}  # of which the long proof always runs


def _always(row: tuple[str, list[str], str]) -> bool:
    return row[0] == "dial" and row[2] in _SHOWN


class _Numbers(NullRecorder):
    def __init__(self) -> None:
        self.told: list[tuple[str, float]] = []

    def log_stat(self, key: str, value: float, t: int) -> None:
        del t
        self.told.append((key, float(value)))


def _trained(config: dict[str, Any]) -> tuple[StateDict, list[tuple[str, float]]]:
    """Return the networks after a little training and a test, and all that was told."""
    recorder = _Numbers()
    training = make_training(resolve(config), recorder)
    for _ in range(3):
        training.train_once()
    training.test()
    return training.mac.state_dict()["agent"], recorder.told


def _is_idle(config: str, base: list[str], settings: str) -> bool:
    overrides = read_overrides([*SMALL, *base])
    without = configure(config, "cyborg_small", overrides)
    one, told = _trained(without)
    other, told_then = _trained(change(without, read_overrides(settings.split())))
    same = one.keys() == other.keys() and all(
        one[name].shape == other[name].shape and torch.equal(one[name], other[name]) for name in one
    )
    return same and told == told_then


def _refused(config: str, base: list[str], settings: str) -> str:
    changes = read_overrides([*SMALL, *base, *settings.split()])
    merged = configure(config, "cyborg_small", changes)
    chosen = chosen_keys(config, "cyborg_small", read_overrides(settings.split()))
    try:
        make_training(resolve(merged, chosen=chosen), NullRecorder())
    except UserError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(("config", "base", "settings"), IDLE)
def test_what_would_change_nothing_is_refused(config: str, base: list[str], settings: str) -> None:
    told = _refused(config, base, settings)
    keys = [setting.partition("=")[0] for setting in settings.split()]
    assert told.startswith(tuple(f"'{key}' would change nothing: " for key in keys)), told
    assert "\n" not in told


@pytest.mark.parametrize(("config", "base", "settings"), AT_WORK)
def test_what_changes_something_is_not(config: str, base: list[str], settings: str) -> None:
    assert not _refused(config, base, settings)


@pytest.mark.parametrize(("config", "base", "settings"), slow_but(_always, [*IDLE, *AT_WORK]))
def test_what_is_refused_is_what_changes_nothing(
    config: str, base: list[str], settings: str
) -> None:
    assert _is_idle(config, base, settings) == ((config, base, settings) in IDLE)
