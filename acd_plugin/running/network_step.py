"""One step of a trained policy as a module of tensors alone, and as a file for other programs.

Shape legend: G games, N agents, A actions, O observation length, M message bits, K states of
networks, E their width.
"""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from acd_plugin.components.contracts import EpisodeBatch
from acd_plugin.configuration.packages import need
from acd_plugin.controllers.basic_controller import BasicController
from acd_plugin.controllers.comm_controller import CommController
from acd_plugin.controllers.conversation import Memory
from acd_plugin.errors import UserError
from acd_plugin.running.trained_policy import TrainedPolicy

INPUTS = ("observations", "masks", "previous_actions", "previous_messages", "hidden")
OUTPUTS = ("actions", "messages", "next_hidden")


class NetworkStep(nn.Module):
    """What `TrainedPolicy.act` does greedily; whoever calls it carries the memory.

    Inputs: observations (G, N, O), masks (G, N, A), what was done (G, N) and said (G, N, M) at the
    step before, and the networks' states (G, K, E). What happens to messages on their way is up to
    whoever carries them. At a game's first step nothing was done, which is action number A, and
    all else is 0. Outputs: actions (G, N), messages (G, N, M), states.
    """

    def __init__(self, policy: TrainedPolicy) -> None:
        """Raises UserError for a controller that is not one of ours, or is told truths."""
        super().__init__()
        mac = policy.mac
        if not isinstance(mac, CommController | BasicController) or policy.truths:
            raise UserError(
                f"{type(mac).__name__} cannot be exported as one step of tensors: it needs more "
                "than what agents see and hear; export it as .safetensors"
            )
        if isinstance(mac, CommController) and mac.channel.bit_limit is not None:
            raise UserError(
                f"{type(mac).__name__} cannot be exported as one step of tensors: it counts the "
                "bits that it sends (bit_limit); export it as .safetensors"
            )
        self.mac = mac
        self.agent = mac.agent
        self.n_actions = policy.sizes.n_actions
        self.message_size = policy.message_size

    def first_hidden(self, games: int) -> Tensor:
        """Return the states (G, K, E) at the beginning, which are 0."""
        return _side_by_side(self._begin(games), games)

    def _begin(self, games: int) -> list[Tensor]:
        memory = self.mac.beginning(games)
        return memory.hidden if isinstance(memory, Memory) else [memory]

    def forward(
        self,
        observations: Tensor,
        masks: Tensor,
        previous_actions: Tensor,
        previous_messages: Tensor,
        hidden: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:
        done = functional.one_hot(previous_actions, self.n_actions + 1)[..., :-1].float()
        two_steps = {
            "obs": torch.stack([observations, observations], 1),
            "avail_actions": torch.stack([masks, masks], 1),
            "actions": torch.stack([previous_actions, previous_actions], 1).unsqueeze(-1),
            "actions_onehot": torch.stack([done, done], 1),
            "messages": torch.stack([previous_messages, previous_messages], 1),
        }
        episodes = cast(EpisodeBatch, two_steps)  # of which only the second step is asked for
        choice = self.mac.greedy(observations)
        if isinstance(self.mac, CommController):
            states = self._taken_apart(hidden)
            received = self.mac.channel.deliver(previous_messages)
            decision = self.mac.respond(episodes, 1, Memory(states, received), choice)
            messages = decision.stored.get("messages", previous_messages)
            return decision.actions, messages, _side_by_side(decision.memory.hidden, masks.shape[0])
        silent = self.mac.decide(episodes, 1, hidden, choice)
        return silent.actions, previous_messages, _side_by_side([silent.memory], masks.shape[0])

    def _taken_apart(self, hidden: Tensor) -> list[Tensor]:
        parts = [len(state) for state in self._begin(1)]
        return [part.flatten(0, 1) for part in hidden.split(parts, dim=1)]


def _side_by_side(states: list[Tensor], games: int) -> Tensor:
    """Return the states of all networks (G, K, E)."""
    return torch.cat([state.reshape(games, -1, state.shape[-1]) for state in states], dim=1)


def write_onnx(policy: TrainedPolicy, path: Path) -> None:
    """Write the step as an ONNX file, for any number of games."""
    for package in ("onnx", "onnxscript"):
        need(package, "onnx", f"{path}:")
    step, sizes, games = NetworkStep(policy), policy.sizes, 2
    agents = (games, sizes.n_agents)
    inputs = (
        torch.zeros(*agents, sizes.observation_size),
        torch.ones(*agents, sizes.n_actions, dtype=torch.bool),
        torch.full(agents, sizes.n_actions),
        torch.zeros(*agents, policy.message_size),
        step.first_hidden(games),
    )
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        program = torch.onnx.export(
            step.eval(),
            inputs,
            input_names=INPUTS,
            output_names=OUTPUTS,
            dynamic_shapes={name: {0: torch.export.Dim("games")} for name in INPUTS},
            dynamo=True,
            verbose=False,
        )
    assert program is not None  # it is None where the file is written by the exporter itself
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        program.save(path)
    except OSError as error:
        raise UserError(f"{path}: cannot be written ({error.strerror})") from None
