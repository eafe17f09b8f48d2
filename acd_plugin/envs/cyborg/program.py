"""The compiled entry points of the game, with a user's functions in it if there are any."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from acd_plugin.envs.compiled.compilation import cache_of_rules
from acd_plugin.envs.compiled.composition import Recompiler
from acd_plugin.envs.compiled.content import Rule
from acd_plugin.envs.cyborg import device_rules
from acd_plugin.envs.cyborg.game import reward, step
from acd_plugin.envs.cyborg.game.red import mixture
from acd_plugin.envs.cyborg.game.red.choice import paper_attacker
from acd_plugin.envs.cyborg.game.red.legality import corrected_attacker, watched_attacker
from acd_plugin.envs.cyborg.game.types import EpisodeTotals, GameState, Rules


class Attacker(Protocol):
    """Decides for one game: fills its red_kind, red_target and red_source (`Red`)."""

    def __call__(self, state: GameState, rules: Rules, game: int) -> None: ...


class RewardTerm(Protocol):
    """What a step of one game is worth beside the game's own reward.

    Is called when everybody has acted, before the defenders' beliefs are brought up to date;
    ``actions`` (N,) are the defenders'. Must change nothing.
    """

    def __call__(
        self, state: GameState, rules: Rules, game: int, actions: NDArray[np.int64]
    ) -> float: ...


class Plugged(NamedTuple):
    """What of a game can be chosen by name."""

    attackers: tuple[Attacker, ...] = (paper_attacker,)  # each game draws one, all alike
    terms: tuple[RewardTerm, ...] = ()


PAPERS = Plugged()


class Program(NamedTuple):
    """What a batch of games calls; see the functions of these names in `game.step`."""

    reset_games: Callable[[GameState, Rules, EpisodeTotals, int, int, int], None]
    step_games: Callable[[GameState, Rules, EpisodeTotals, NDArray[np.int64], int, int], None]
    decide_games: Callable[[GameState, Rules], None]
    conclude_games: Callable[[GameState, Rules, EpisodeTotals, NDArray[np.int64]], None]
    cache: Path | None  # where the machine code is kept


class DeviceProgram(NamedTuple):
    """What every thread of a GPU calls with its game; see the functions in `device_rules`."""

    begin: Callable[[device_rules.DeviceArrays, int], None]
    advance: Callable[[device_rules.DeviceArrays, int], None]
    sum_up: Callable[[device_rules.DeviceArrays, int], None]
    cache: Path  # where the machine code is kept


class _Parts(NamedTuple):
    """The rules of a step with a user's functions in them."""

    decide: Callable[[GameState, Rules, int], None]
    conclude: Callable[[GameState, Rules, EpisodeTotals, int, NDArray[np.int64]], None]
    roll_and_play: Callable[[GameState, Rules, EpisodeTotals, int, NDArray[np.int64]], None]


def compose(plugged: Plugged = PAPERS) -> Program:
    """Return the game with these attackers, and with these terms added to its reward."""
    if plugged == PAPERS:
        kept = cache_of_rules(step.__file__)
        return Program(
            step.reset_games, step.step_games, step.decide_games, step.conclude_games, kept
        )
    entries = (step.step_games, step.decide_games, step.conclude_games)
    again = _recompiler((*entries, watched_attacker), plugged)
    parts = _compose_step(again, watched_attacker, plugged)
    return Program(
        step.reset_games,
        again(step.step_games, roll_and_play=parts.roll_and_play),
        again(step.decide_games, decide=parts.decide),
        again(step.conclude_games, conclude=parts.conclude),
        again.folder,
    )


@cache
def compose_for_device(plugged: Plugged) -> DeviceProgram:
    """Return the game with these functions for a GPU, on which nothing can be raised."""
    entries = (device_rules.begin, device_rules.advance, device_rules.sum_up)
    again = _recompiler((*entries, corrected_attacker), plugged)
    parts = _compose_step(again, corrected_attacker, plugged)
    advance = again(device_rules.advance, roll_and_play=parts.roll_and_play)
    return DeviceProgram(device_rules.begin, advance, device_rules.sum_up, again.folder)


def _recompiler(rules: Sequence[Rule], plugged: Plugged) -> Recompiler:
    numbered: dict[str, Rule] = {
        **{f"attacker {number}": attacker for number, attacker in enumerate(plugged.attackers)},
        **{f"term {number}": term for number, term in enumerate(plugged.terms)},
    }
    shared = (mixture.drawn_attacker, reward.score_with_term)
    return Recompiler((*rules, *shared), numbered)


def _compose_step(again: Recompiler, watched: Attacker, plugged: Plugged) -> _Parts:
    """Return a step with these functions in it, the attackers' choices ``watched``."""
    decide = step.decide
    if plugged.attackers != PAPERS.attackers:
        attacker = _mixed(again, plugged.attackers)
        decide = again(step.decide, paper_attacker=again(watched, paper_attacker=attacker))
    score = reward.score
    for number, term in enumerate(plugged.terms):
        score = again(reward.score_with_term, score=score, no_term=term, NUMBER_OF_TERM=number)
    conclude = again(step.conclude, score=score)
    play = again(step.play, decide=decide, conclude=conclude)
    return _Parts(decide, conclude, again(step.roll_and_play, play=play))


def _mixed(again: Recompiler, attackers: Sequence[Attacker]) -> Attacker:
    """Return one attacker that is, in every game, the one of these that the game draws."""
    kinds = list(dict.fromkeys(attackers))
    mixed, number = kinds[-1], len(attackers)
    for kind in reversed(kinds[:-1]):
        number -= attackers.count(kinds[kinds.index(kind) + 1])
        mixed = again(
            mixture.drawn_attacker,
            first_attacker=kind,
            other_attackers=mixed,
            ATTACKERS=len(attackers),
            BELOW=number,
        )
    return mixed
