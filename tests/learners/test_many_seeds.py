"""What one seed's code makes of three seeds at once is what three runs make of theirs.

Equal up to the order of sums: relative 1e-5, in 32-bit numbers.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.func import vmap

from acd_plugin.configuration.layers import load_config
from acd_plugin.hosts.builtin.episode_batch import EpisodeBatch
from acd_plugin.hosts.builtin.training import Training
from acd_plugin.learners.base import BaseLearner
from acd_plugin.learners.gradients import clip
from acd_plugin.running.assembly import make_training
from acd_plugin.running.recorder import NullRecorder
from acd_plugin.running.run_spec import resolve
from tests.learners.vmapped import Holder, Seeds

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
GAMES, STEPS, SEEDS = 4, 7, 3
LENGTHS = (5, 1, 3, 4)  # nothing is as long as the batch
SIZES = [f"{name}={GAMES}" for name in ("batch_size", "batch_size_run", "buffer_size")]
BOTH = "standardise_rewards=True standardise_returns=True"
CASES = [
    "dial n_bits=2",
    "dial_nocomm",
    "dial share_parameters=False",
    "dial agent=set_net",
    "rial n_bits=2",
    "rial message_content=self_send",
    "dial n_bits=2 bit_limit=3 bit_price=0.2",
    "rial n_bits=2 bit_limit=3 bit_price=0.2",
    "dial_broadcast env_args.scenario=hidden_target env_args.attacker=direct n_bits=2",
    "dial channel.loss=0.3 channel.flip=0.2 channel.delay=2 channel.liar=1 channel.lie=random",
    "iql double_q=False",
    "iql agent=set_net obs_agent_id=False obs_last_action=True",
    "vdn td_lambda=0.6",
    f"qmix td_lambda=0.3 {BOTH}",
    "qmix mac=non_shared_mac agent=rnn_ns hypernet_layers=1",
    "ippo epochs=3",
    f"mappo epochs=2 q_nstep=2 add_value_last_step=True {BOTH}",
    "mappo epochs=2 critic_type=cv_critic_ns obs_individual_obs=True",
    f"{EXAMPLES / 'commnet' / 'commnet.yaml'}",
    f"{EXAMPLES / 'hysteretic_q.yaml'}",
]

close = partial(torch.testing.assert_close, rtol=1e-5, atol=1e-6)


def build(case: str, seed: int) -> Any:
    """A run whose target networks are not equal to the online ones."""
    algorithm, *overrides = case.split()
    words = [*SIZES, "hidden_dim=12", f"seed={seed}", *overrides]
    spec = resolve(load_config(algorithm, "cyborg_small", words))
    training: Any = make_training(spec, NullRecorder())
    generator = torch.Generator().manual_seed(seed)
    for pair in training.learner.target_networks.pairs.values():
        for parameter in pair.target.parameters():
            parameter.data += torch.randn(parameter.shape, generator=generator) * 0.1
    return training


def episodes(training: Training, seed: int) -> EpisodeBatch:
    """Random but legal content; some games end and some are cut off, in other orders by seed."""
    generator = torch.Generator().manual_seed(seed)
    buffer = training.buffer
    batch = EpisodeBatch(
        buffer.scheme, buffer.groups, GAMES, STEPS + 1, preprocess=buffer.preprocess
    )

    def rand(name: str) -> Tensor:
        return torch.rand(batch[name].shape, generator=generator)

    for name in batch.data.keys() & {"state", "obs", "messages"}:
        batch.data[name] = (rand(name) < 0.4).float()
    for name in batch.data.keys() & {"message_loss", "message_flip", "message_lie"}:
        batch.data[name] = rand(name)
    for name in batch.data.keys() & {"reward", "message_noise"}:
        batch.data[name] = 3 * rand(name) - 1
    available = (rand("avail_actions") < 0.5).int()
    available[..., 0] = 1
    batch.data["avail_actions"] = available
    drawn = torch.multinomial(available.flatten(0, 2).float(), 1, generator=generator)
    batch.update({"actions": drawn.view(batch["actions"].shape)}, mark_filled=False)
    for game, length in enumerate(LENGTHS[seed:] + LENGTHS[:seed]):
        batch.data["filled"][game, : length + 1] = 1
        batch.data["terminated"][game, length - 1] = game % 2
        for tensor in batch.data.values():
            tensor[game, length + 1 :] = 0
    return batch


def gradients(learner: BaseLearner, losses: dict[str, Tensor]) -> dict[str, Tensor]:
    """Clip one run's gradients and follow them; returns them by a `Holder`'s names."""
    names = {id(parameter): name for name, parameter in Holder(learner).named_parameters()}
    found = {}
    for optimiser, parameters in learner.parameters_of().items():
        own = torch.autograd.grad(losses[optimiser], parameters, allow_unused=True)
        used = [(one, two) for one, two in zip(parameters, own, strict=True) if two is not None]
        clip([gradient for _, gradient in used], 0.5)
        for parameter, gradient in used:
            found[names[id(parameter)]] = gradient
            parameter.data -= gradient
    return found


def gradients_of_all(seeds: Seeds, losses: dict[str, Tensor]) -> dict[str, Tensor]:
    """The same of all seeds at once, by one backward pass."""
    total = torch.stack([loss.sum() for loss in losses.values()]).sum()
    own = torch.autograd.grad(total, list(seeds.parameters.values()), allow_unused=True)
    by_name = dict(zip(seeds.parameters, own, strict=True))
    learner = seeds.holders[0].learner
    names = {id(parameter): name for name, parameter in seeds.holders[0].named_parameters()}
    found: dict[str, Tensor] = {}
    for parameters in learner.parameters_of().values():
        mine = [names[id(parameter)] for parameter in parameters]
        used = {name: by_name[name] for name in mine if by_name[name] is not None}
        vmap(clip, (0, None))(list(used.values()), 0.5)
        found |= used
    for name, gradient in found.items():
        seeds.parameters[name].data -= gradient
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: Path(case).name)
def test_three_seeds_at_once_learn_what_each_learns_alone(case: str) -> None:
    runs = [build(case, seed) for seed in range(SEEDS)]
    batches = [episodes(run, seed) for seed, run in enumerate(runs)]
    cut = [batch[:, : batch.max_t_filled()] for batch in batches]
    seeds = Seeds([build(case, seed).learner for seed in range(SEEDS)])
    carried: list[tuple[Tensor, ...]] = [()] * SEEDS
    all_carried: tuple[Tensor, ...] = ()
    for _ in range(runs[0].learner.passes):
        found = [runs[i].learner.losses(cut[i], carried[i]) for i in range(SEEDS)]
        together = seeds.losses(batches, all_carried)
        carried, all_carried = [one.carried for one in found], together.carried
        moved = [gradients(runs[i].learner, found[i].losses) for i in range(SEEDS)]
        all_moved = gradients_of_all(seeds, together.losses)
        for i in range(SEEDS):
            close({name: loss[i] for name, loss in together.losses.items()}, found[i].losses)
            close({name: one[i] for name, one in together.statistics.items()}, found[i].statistics)
            close({name: one[i] for name, one in all_moved.items()}, moved[i])
            for one, two in zip(all_carried, carried[i], strict=True):
                close(one[i][:, : two.shape[1]], two)
    seeds.after_update(batches, all_carried)
    for i, run in enumerate(runs):
        run.learner.after_update(cut[i], carried[i])
        holder = Holder(run.learner)
        close({name: one[i] for name, one in seeds.buffers.items()}, dict(holder.named_buffers()))
        parameters = dict(holder.named_parameters())
        close({name: one[i] for name, one in seeds.parameters.items()}, parameters)
