"""A trained policy that is asked step by step, whoever plays the games.

It acts as in evaluation: by the same controller, which reads the same episodes.

Shape legend: G games, N agents, A actions, O observation length, M message bits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, overload

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from acd_plugin.components.contracts import Scheme, entry_size
from acd_plugin.configuration.ranges import integer
from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.blueprint import Interface
from acd_plugin.envs.checked import LAST_EPISODE
from acd_plugin.errors import UserError, listing
from acd_plugin.runners.controller_extras import begin_episodes
from acd_plugin.running.assembly import Acting, new_episodes
from acd_plugin.running.memory import check_playing, free_memory

_ABSENT = -1.0  # where there is nothing to see
Truths = Mapping[str, ArrayLike]  # (G, N) each


class Acted(NamedTuple):
    """What the agents of all games did and said at one step."""

    actions: NDArray[np.int64]  # (G, N)
    messages: NDArray[np.float32]  # (G, N, M) sent now; they arrive at the next step


class ActedByName(NamedTuple):
    """The same of a single game, by the agents' names."""

    actions: dict[str, int]
    messages: dict[str, NDArray[np.float32]]  # (M,) each


class TrainedPolicy:
    """Networks with a memory: begin with `reset`, then ask `act` for one step after the other.

    The same games give the same actions and messages as evaluation does; bit for bit where as many
    of them are played at once.
    """

    def __init__(
        self,
        acting: Acting,
        interface: Interface,
        t_env: int,
        device: str = "cpu",
        name: str = "unnamed",
    ) -> None:
        """``t_env`` is for how many steps it was trained, by which exploration has faded.

        ``name`` is that of its run.
        """
        self.name = name
        self.sizes = interface.sizes
        self._layout = interface.comm_layout
        self._agents = interface.comm_layout.agents if interface.comm_layout else ()
        self.t_env = t_env
        self.message_size = _message_size(acting.scheme)  # M; 0: agents do not talk
        self.truths = acting.truths  # that `act` must be told
        self.mac = acting.mac
        self._scheme = acting.scheme
        self._device = device
        self._next_episode = 0
        self.reset()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.name}, trained for {self.t_env:,} steps>"

    def reset(self, games: int = 1, first_episode: int | None = None) -> None:
        """Begin ``games`` new games: nothing was seen or heard yet.

        Where actions are drawn, the number of the first episode decides the chances; without it
        the episodes are counted on. Raises UserError for numbers that cannot be.
        """
        games = integer("games", games, 1)
        wanted = self._next_episode if first_episode is None else first_episode
        first = integer("first_episode", wanted, 0, LAST_EPISODE)
        longest = self.sizes._replace(  # messages, and the noise on them, are kept as well
            observation_size=self.sizes.observation_size + 2 * self.message_size
        )
        check_playing(longest, games, free_memory(self._device))
        self._next_episode = first + games
        self.episodes = new_episodes(self._scheme, self.sizes, games, self._device)
        self.step = 0
        self._order = self._agents  # of dictionaries; without names the first one tells it
        begin_episodes(self.mac, first, Purpose.EVALUATE)
        self.mac.init_hidden(batch_size=games)

    @overload
    def act(
        self,
        observations: Mapping[str, ArrayLike],
        masks: Mapping[str, ArrayLike],
        greedy: bool = ...,
        truths: Truths | None = ...,
    ) -> ActedByName: ...

    @overload
    def act(
        self,
        observations: ArrayLike,
        masks: ArrayLike,
        greedy: bool = ...,
        truths: Truths | None = ...,
    ) -> Acted: ...

    def act(
        self,
        observations: ArrayLike | Mapping[str, ArrayLike],
        masks: ArrayLike | Mapping[str, ArrayLike],
        greedy: bool = True,
        truths: Truths | None = None,
    ) -> Acted | ActedByName:
        """Return what all agents do and say now, and remember it.

        ``observations`` (G, N, O) and ``masks`` (G, N, A), not 0 where an action is available; of a
        single game also (N, O) and (N, A), or a dictionary of them by the agents' names, in any
        order (where the environment gives no names, in that of the first step). Not ``greedy`` is
        as in training at its end: what was left of exploration, and noise on DIAL's messages, which
        then lie between 0 and 1. ``truths`` are facts that nobody sees and a control's messages
        tell (`BatchEnv.truths`). Raises UserError for other shapes.
        """
        if isinstance(observations, Mapping) or isinstance(masks, Mapping):
            self._order = names = _names(observations, masks, self._order)
            views = _in_order("observations", observations, names)
            allowed = _in_order("masks", masks, names)
            return _by_name(names, self.act(views, allowed, greedy, truths))
        is_single = self.see(observations, masks, truths)
        now = slice(self.step, self.step + 1)
        with torch.no_grad():
            actions = self.mac.select_actions(
                self.episodes, self.step, self.t_env, test_mode=greedy
            )
        self.episodes.update({"actions": actions.unsqueeze(1)}, ts=now, mark_filled=False)
        messages = self._said(actions)
        self.step += 1
        acted = Acted(actions.cpu().numpy(), messages.cpu().numpy())
        return Acted(*(part[0] for part in acted)) if is_single else acted

    def see(
        self,
        observations: ArrayLike,
        masks: ArrayLike,
        truths: Truths | None = None,
    ) -> bool:
        """Take in what is seen at this step; returns whether it is of a single game, by its shape.

        `act` does it, too: whoever wants to know something else of the step first, calls it before.
        """
        if self.step == self.sizes.episode_limit:
            raise UserError(
                f"a game of this policy has at most {self.step} steps, and it is asked for one "
                "more: call reset() when a game begins, or load it with a larger episode_limit"
            )
        sizes, games = self.sizes, self.episodes.batch_size
        views = _numbers("observations", observations)
        is_single = views.ndim == 2
        seen = self._checked("observations", views, sizes.observation_size, is_single)
        if self._layout is not None:
            _check_bits_and_profile(seen.numpy(), self._layout.profile_size)
        allowed = _numbers("masks", masks)
        available = self._checked("masks", allowed, sizes.n_actions, is_single) != 0
        if not available.any(dim=-1).all():
            raise UserError("masks: an agent has no available action; each must have one at least")
        entries = {"obs": seen, "avail_actions": available}
        for name in self.truths:
            if truths is None or name not in truths:
                raise UserError(
                    f"the messages of this policy tell who is {name}: give truths={{'{name}': "
                    f"array of (games, agents)}} (given: {listing(truths or {}) or 'none'})"
                )
            told = _numbers(f"truths of {name}", truths[name])
            if told.size != games * sizes.n_agents:
                raise UserError(
                    f"truths of {name} have the shape {told.shape}: must be (games, agents) = "
                    f"{games, sizes.n_agents}"
                )
            entries[name] = torch.as_tensor(told).reshape(games, sizes.n_agents, 1)
        now = slice(self.step, self.step + 1)
        self.episodes.update({name: part.unsqueeze(1) for name, part in entries.items()}, ts=now)
        return is_single

    def _checked(self, what: str, array: NDArray[np.float32], size: int, is_single: bool) -> Tensor:
        games = self.episodes.batch_size
        shape = (games, self.sizes.n_agents, size)
        if array.shape != (shape[1:] if is_single and games == 1 else shape):
            raise UserError(
                f"{what} have the shape {array.shape}: must be (games, agents, numbers) = {shape}, "
                "as many games as reset(games) began; of a single one also without that axis"
            )
        return torch.from_numpy(array.reshape(shape))

    def _said(self, actions: Tensor) -> Tensor:
        if not self.message_size:
            return torch.zeros(*actions.shape, 0)
        return self.episodes["messages"][:, self.step]


def _numbers(what: str, values: object) -> NDArray[np.float32]:
    try:
        found = np.asarray(values)
        array = found.astype(np.float32, copy=False) if found.dtype.kind in "biuf" else None
    except (TypeError, ValueError):
        array = None
    if array is None:
        raise UserError(f"{what}: must be arrays of numbers, as long for every agent")
    if not np.isfinite(array).all():
        raise UserError(f"{what}: a number is NaN or infinite; all must be finite")
    return array


def _check_bits_and_profile(seen: NDArray[np.float32], profile_size: int) -> None:
    """Raise UserError unless observations (G, N, O) are bits, and shares in the profile at the end.

    Both are -1 for what an agent does not have.
    """
    bits, profile = np.split(seen, [seen.shape[-1] - profile_size], axis=-1)
    is_share = (profile >= 0) & (profile <= 1)
    for part, is_legal, legal in (
        (bits, np.isin(bits, (0, 1)), "each is 0 or 1"),
        (profile, is_share, "each of the profile at the end is from 0 to 1"),
    ):
        odd = part[~(is_legal | (part == _ABSENT))]
        if odd.size:
            raise UserError(
                f"observations: a number is {odd[0]:g}; in this policy's game {legal}, or -1 for "
                "what an agent does not have"
            )


def _names(observations: object, masks: object, order: tuple[str, ...]) -> tuple[str, ...]:
    """Return the agents' names in the policy's ``order``, or in theirs if it is empty.

    Raises UserError unless both are of just these agents.
    """
    if not (isinstance(observations, Mapping) and isinstance(masks, Mapping)):
        raise UserError("give both observations and masks by agent, or both as arrays")
    if observations.keys() != masks.keys():
        raise UserError(
            f"observations are of {listing(observations)} and masks of {listing(masks)}: give both "
            "of all agents"
        )
    if any(isinstance(mask, Mapping) for mask in masks.values()):
        raise UserError(
            "masks: got a dictionary for an agent, perhaps its info; give masks: "
            "info['action_mask'] of each agent"
        )
    if order and observations.keys() != set(order):
        raise UserError(
            f"observations are of {listing(observations) or 'nobody'}, and this policy's agents "
            f"are {', '.join(order)}: name them so, or give arrays in this order"
        )
    return order or tuple(observations)


def _in_order(
    what: str, values: ArrayLike | Mapping[str, ArrayLike], names: tuple[str, ...]
) -> list[NDArray[np.float32]]:
    assert isinstance(values, Mapping)
    return [_numbers(what, values[name]) for name in names]


def _by_name(names: tuple[str, ...], acted: Acted) -> ActedByName:
    return ActedByName(
        {name: int(action) for name, action in zip(names, acted.actions, strict=True)},
        dict(zip(names, acted.messages, strict=True)),
    )


def _message_size(scheme: Scheme) -> int:
    return entry_size(scheme, "messages") if "messages" in scheme else 0
