"""The compiled game on a GPU: see `DeviceGames`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.compiled.compilation import announce_compilation
from acd_plugin.envs.compiled.gpu import refusal
from acd_plugin.envs.compiled.kernels import BLOCK, Kernel, all_on_device
from acd_plugin.envs.compiled.messages import in_one_line
from acd_plugin.envs.cyborg.arrays import new_state, new_totals
from acd_plugin.envs.cyborg.definition import GameDefinition
from acd_plugin.envs.cyborg.device_rules import DeviceArrays, SeedGames
from acd_plugin.envs.cyborg.episode_stats import named_stats
from acd_plugin.envs.cyborg.game.types import EpisodeTotals, GameState, Rules
from acd_plugin.envs.cyborg.plugged_errors import LEGAL
from acd_plugin.envs.cyborg.program import compose_for_device
from acd_plugin.envs.device_games import Array, host_array, write
from acd_plugin.errors import UserError

TRUTHS = ("threatened",)
_SEEN = ("observation", "available")  # what networks read lies in their order, not the game's


class DeviceBatch:
    """Games of several seeds, every game in a thread of its own.

    ``order`` is how the games' arrays lie in memory, ``block`` how many threads are a block: they
    change how fast games are played, never what happens in them. ``order`` "F" puts the same entry
    of all games side by side, which a GPU reads in one go.
    """

    def __init__(
        self,
        definition: GameDefinition,
        n_games: int,
        seeds: Sequence[int],
        truths: Sequence[str] = (),
        order: Literal["C", "F"] = "F",
        block: int = BLOCK,
    ) -> None:
        """Compiles the game; UserError where that, or playing it, fails."""
        unknown = set(truths) - set(TRUTHS)
        if n_games < 1 or not seeds or unknown:
            raise ValueError(
                f"{n_games} games, {len(seeds)} seeds, truths {sorted(unknown)}: must be at least "
                f"one game and one seed, and truths of {TRUTHS}"
            )
        self._settings, self._plugged = definition.settings, definition.plugged
        self.n_seeds, self.n_games = len(seeds), n_games
        self.n_agents, self.n_actions = definition.rules.action_kind.shape
        self.episode_limit = self._settings.time_limit
        self.terminates = not self._settings.bootstrap_at_time_limit
        self._arrays = _allocate(definition.rules, n_games, seeds, bool(truths), order)
        state, _, totals, own = self._arrays
        self.first_episode: Array = own.first_episode
        self.purpose: Array = own.purpose
        self.actions: Array = own.actions
        self.observations: Array = state.observation
        self.available_actions: Array = state.available
        self.rewards: Array = state.reward
        self.illegal: Array = own.illegal
        self.truths: Mapping[str, Array] = dict.fromkeys(truths, own.threatened)
        terms = {name: own.term_totals[i] for i, name in enumerate(self._settings.reward_terms)}
        self.statistics: Mapping[str, Array] = dict(named_stats(own.held, totals, terms))
        self._compile(block)

    @property
    def state(self) -> GameState:
        """All games, on the device."""
        return self._arrays.state

    @property
    def totals(self) -> EpisodeTotals:
        """Their sums over the episode, on the device."""
        return self._arrays.totals

    def reset(self, stream: int = 0) -> None:
        self._begin(stream)

    def step(self, stream: int = 0) -> None:
        self._advance(stream)

    def summarise(self, stream: int = 0) -> None:
        self._sum_up(stream)

    def complaints(self) -> Mapping[int, UserError]:
        illegal = host_array(self.illegal).reshape(self.n_seeds, self.n_games).sum(axis=1)
        return {
            seed: UserError(
                f"attacker '{self._settings.attacker}' or a policy chose what is not legal in "
                f"{count} of {self.n_games} games; {LEGAL}"
            )
            for seed, count in enumerate(illegal.tolist())
            if count
        }

    def close(self) -> None:
        """The arrays are freed with the last who holds them."""

    def _compile(self, block: int) -> None:
        """Compile the kernels, and let each run once: a graph can hold only what was loaded."""
        program = compose_for_device(self._plugged)
        announce_compilation(program.cache)
        games = self.n_seeds * self.n_games
        try:
            self._begin, self._advance, self._sum_up = (
                Kernel(rule, self._arrays, games, program.cache, block) for rule in program[:3]
            )
            self.reset()
            self.step()
            self.summarise()
            for left in (self.illegal, self.state.dice):
                write(left, 0)  # as if nobody had played
        except Exception as error:
            raise self._explain(error) from error

    def _explain(self, error: Exception) -> UserError:
        settings = self._settings
        names = [*settings.reward_terms, *({settings.attacker} - {"paper"})]
        if not names:
            return refusal(error)
        listed = ", ".join(f"'{name}'" for name in names)
        blamed = f"one of {listed}" if len(names) > 1 else listed
        hint = " (as an index, write Dice.EXPLOIT.value)" if "IntEnum" in str(error) else ""
        told = f"{in_one_line(error)}{hint}"
        return UserError(f"{blamed} cannot be played on a GPU: {told}")


def _allocate(
    rules: Rules, n_games: int, seeds: Sequence[int], with_truths: bool, order: Literal["C", "F"]
) -> DeviceArrays:
    """Return all arrays on the device, with every game asleep."""
    games = len(seeds) * n_games
    agents = len(rules.action_kind)
    of_seeds = SeedGames(
        seeds=np.array([seed % 2**64 for seed in seeds], dtype=np.uint64),
        first_episode=np.zeros(len(seeds), dtype=np.int64),
        purpose=np.array([Purpose.TRAIN], dtype=np.int64),
        actions=np.zeros((games, agents), dtype=np.int64),
        term_totals=np.zeros((len(rules.reward_weights), games)),
        held=np.zeros(games),
        threatened=np.zeros((games, agents if with_truths else 0), dtype=np.bool_),
        illegal=np.zeros(games, dtype=np.bool_),
    )
    fields = new_state(rules, games)._asdict()
    state = GameState(
        **{
            name: np.asarray(field, order="C" if name in _SEEN else order)
            for name, field in fields.items()
        }
    )
    return DeviceArrays(
        all_on_device(state),
        all_on_device(rules),
        all_on_device(new_totals(games)),
        all_on_device(of_seeds),
    )
