"""What runners, learners and training loops want of a controller.

Shape legend: B games, N agents, A actions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, TypeVar

import torch
from torch import Tensor, nn

from acd_plugin.components.action_selectors import ActionSelector
from acd_plugin.components.contracts import EpisodeBatch, Index, StateDict

SelfT = TypeVar("SelfT", bound="Controller")


class Controller(Protocol):
    """EPyMARL's contract, and what storing a run bit for bit needs beyond it.

    It is made with ``(scheme, groups, args)``: how episodes are stored, how many agents there are,
    and the run's settings. Learners that copy it (`copy.deepcopy`) get a controller with networks
    of its own. What a controller may offer beyond this contract:

    - ``unroll(ep_batch, steps)``: whole episodes at once, see `unrolling` and `comm_controller`;
    - ``extra_scheme(args)``: what it stores with an episode, asked of the class;
    - ``needed_truths(args)``: the truths among it that the environment must tell, of the class;
    - ``episode_stats(ep_batch)``: statistics of the episodes just played, each (B,);
    - ``begin_episodes(first_episode, purpose)``: is told which episodes are the next to begin.
    """

    @property
    def agent(self) -> nn.Module:
        """All its networks."""
        ...

    @property
    def action_selector(self) -> ActionSelector:
        """What picks the actions."""
        ...

    def init_hidden(self, batch_size: int) -> None:
        """Begin episodes in ``batch_size`` games: forget what was seen and heard."""
        ...

    def select_actions(
        self,
        ep_batch: EpisodeBatch,
        t_ep: int,
        t_env: int,
        bs: Index = ...,
        test_mode: bool = False,
    ) -> Tensor:
        """Return the actions (len(bs), N) of step ``t_ep`` in the games ``bs``; call in order.

        ``ep_batch`` holds what was seen up to this step; ``t_env`` is how many environment steps
        of training there were. ``test_mode`` acts greedily and without noise.
        """
        ...

    def forward(self, ep_batch: EpisodeBatch, t: int, test_mode: bool = False) -> Tensor:
        """Return what the networks say of the actions (B, N, A) at step ``t``; call in order."""
        ...

    def parameters(self) -> Iterator[nn.Parameter]:
        """Return all that is learned."""
        ...

    def load_state(self: SelfT, other: SelfT) -> None:
        """Copy the networks of ``other``, a controller of the same kind."""
        ...

    def generators(self) -> dict[str, torch.Generator]:
        """Return the random generators by the name under which their state is stored."""
        ...

    def cuda(self) -> None:
        """Move to the GPU."""
        ...

    def save_models(self, path: str) -> None:
        """Write the networks alone into the folder ``path``, where EPyMARL expects them."""
        ...

    def load_models(self, path: str) -> None:
        """Read what `save_models` wrote."""
        ...

    def state_dict(self) -> StateDict:
        """Return everything that is needed to go on bit for bit."""
        ...

    def load_state_dict(self, state: StateDict) -> None:
        """Go on from what `state_dict` returned."""
        ...
