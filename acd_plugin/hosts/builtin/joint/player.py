"""Play one episode in every game of several runs.

Shape legend: S seeds, B games of each, T steps, N agents, A actions, C columns of chance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from acd_plugin.components.chance import Draws, at_step, draw
from acd_plugin.components.contracts import EpisodeBatch, Preprocess
from acd_plugin.controllers.base import BaseController, Choice, Decision
from acd_plugin.envs.batch_env import Purpose
from acd_plugin.hosts.builtin.joint.batched import Episodes, Networks
from acd_plugin.hosts.builtin.joint.games import JointGames
from acd_plugin.hosts.builtin.joint.stacking import Tensors
from acd_plugin.runners.controller_extras import episode_stats

RETURN, LENGTH, WRONG = "return", "ep_length", "wrong"


class JointPlayer:
    """The controllers of S runs at their games, for one purpose.

    `set_up` writes what changes from episode to episode into tensors; `play` works on those and on
    ``episodes`` alone, always in the same way, and leaves what there is to say in ``told``.
    """

    def __init__(
        self,
        games: JointGames,
        macs: Sequence[BaseController[object]],
        networks: Networks,
        seeds: Tensor,
        episodes: Episodes,
        preprocess: Preprocess,
        purpose: Purpose,
    ) -> None:
        self._games = games
        self._macs = macs
        self._networks = networks
        self._seeds = seeds
        self.episodes = episodes
        self._preprocess = preprocess
        self._purpose = purpose
        device = seeds.device
        self._episode_numbers = torch.zeros(
            len(seeds), episodes.n_games, dtype=torch.int64, device=device
        )
        self._exploration = torch.zeros(len(seeds), device=device)
        is_test = purpose is not Purpose.TRAIN
        self._explores = not is_test or macs[0].action_selector.exploration(0, is_test) > 0
        self.told: Tensors = {}  # (S, B) each, of float64

    def set_up(self, first_episodes: Sequence[int], t_env: Sequence[int]) -> None:
        """Say which episodes are each run's next, and how many steps of training it had."""
        selector = self._macs[0].action_selector
        is_test = self._purpose is not Purpose.TRAIN
        shares = [selector.exploration(steps, is_test) for steps in t_env]
        self._exploration.copy_(torch.tensor(shares), non_blocking=True)
        self._games.reset(first_episodes, self._purpose)
        each = torch.arange(self.episodes.n_games)
        numbers = torch.tensor(first_episodes).unsqueeze(1) + each
        self._episode_numbers.copy_(numbers, non_blocking=True)

    def steps_played(self) -> list[int]:
        """Return how many steps each run's last games had, all together."""
        if self._games.has_fixed_length:
            return [self.episodes.n_games * (self.episodes.slots - 1)] * len(self._seeds)
        return [int(steps) for steps in self.told[LENGTH].sum(dim=1).tolist()]

    @torch.no_grad()
    def play(self) -> None:
        episodes = self.episodes
        seeds, games, slots = len(self._seeds), episodes.n_games, episodes.slots
        draws = self._draw()
        live = torch.ones(seeds, games, dtype=torch.bool, device=self._seeds.device)
        returns = torch.zeros(seeds, games, dtype=torch.float64, device=self._seeds.device)
        lengths = torch.full_like(returns, slots - 1 if self._games.has_fixed_length else 0)
        self._clear()
        self._games.begin()
        self._store(0, self._seen(live), live)
        memory = self._beginning()
        for t in range(slots - 1):
            decision = self._decide(t, memory, at_step(draws, t))
            memory = decision.memory
            outcome = self._games.step(decision.actions)
            returns += outcome.rewards
            acted = {
                **decision.stored,
                "actions": decision.actions.unsqueeze(-1),
                "reward": outcome.rewards.unsqueeze(-1),
            }
            if t == slots - 2 or not self._games.has_fixed_length:
                acted["terminated"] = outcome.terminated.unsqueeze(-1)
            self._store(t, acted, live)
            self._store(t + 1, self._seen(live), live)
            if not self._games.has_fixed_length:
                lengths += live
                live = live & ~(outcome.terminated | outcome.truncated)
                if not live.any():
                    break
        played = {RETURN: returns, LENGTH: lengths, WRONG: self._games.wrong()}
        self.told.update({**played, **self._statistics()})

    @torch.no_grad()
    def decide_once(self) -> None:
        """Let the networks decide, without playing, to see whether they can."""
        self._decide(0, self._beginning(), at_step(self._draw(), 0))

    def _draw(self) -> Draws:
        mac = self._macs[0]
        return draw(
            mac.streams(),
            self._seeds,
            self._purpose,
            self._episode_numbers,
            steps=self.episodes.slots - 1,
            agents=mac.n_agents,
        )

    def _beginning(self) -> object:
        mac, games = self._macs[0], self.episodes.n_games
        return self._networks.call(lambda _: mac.beginning(games), self._seeds)

    def _decide(self, t: int, memory: object, draws: Tensors) -> Decision[object]:
        is_test = self._purpose is not Purpose.TRAIN
        mac, episodes = self._macs[0], self.episodes

        def decide(
            data: Tensors, memory: object, draws: Tensors, exploration: Tensor
        ) -> Decision[object]:
            choice = Choice(draws, exploration if self._explores else 0.0, is_test)
            return mac.decide(episodes.of_one_run(data), t, memory, choice)

        return self._networks.call(decide, episodes.data, memory, draws, self._exploration)

    def _clear(self) -> None:
        """Empty what is left of the last episodes, where it is not written anew at every step."""
        if self._games.has_fixed_length:
            self.episodes.data["filled"].fill_(1)
            self.episodes.data["terminated"].zero_()
            return
        for tensor in self.episodes.data.values():
            tensor.zero_()

    def _seen(self, live: Tensor) -> Mapping[str, Tensor]:
        """Return what the agents are handed now, with which slots are filled if not all are."""
        seen = self._games.seen()
        return seen if self._games.has_fixed_length else {**seen, "filled": live.unsqueeze(-1)}

    def _store(self, t: int, entries: Mapping[str, Tensor], live: Tensor) -> None:
        """Write entries (S, B, ...) of step ``t`` where games are ``live`` (S, B)."""
        for name, values in entries.items():
            self._write(name, t, values, live)
            if name in self._preprocess:
                made, transforms = self._preprocess[name]
                transformed = values
                for transform in transforms:
                    transformed = transform.transform(transformed)
                self._write(made, t, transformed, live)

    def _write(self, name: str, t: int, values: Tensor, live: Tensor) -> None:
        place = self.episodes.data[name][:, :, t]
        values = values.reshape(place.shape)
        if not self._games.has_fixed_length:
            alive = live.reshape(*live.shape, *[1] * (place.dim() - live.dim()))
            values = torch.where(alive, values.to(place.dtype), place)
        place.copy_(values)

    def _statistics(self) -> Tensors:
        mac, episodes = self._macs[0], self.episodes

        def of_controller(data: Tensors) -> dict[str, Tensor]:
            batch: EpisodeBatch = episodes.of_one_run(data)
            return episode_stats(mac, batch)

        own = self._networks.call(of_controller, episodes.data)
        return {name: value.double() for name, value in {**self._games.statistics(), **own}.items()}
