"""Attackers by name, alone and mixed, in whole games."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.cyborg.attackers import ATTACKERS, register_attacker
from acd_plugin.envs.cyborg.blueprint import CyborgBlueprint
from acd_plugin.envs.cyborg.checker import attacker_findings
from acd_plugin.envs.cyborg.definition import define_game
from acd_plugin.envs.cyborg.game.red.mixture import drawn_number
from acd_plugin.errors import UserError
from tests.envs.cyborg import plugged
from tests.envs.cyborg.games import env_args, make_batch
from tests.slow import slow

GAMES = 200
OTHERS = [name for name in ATTACKERS if name != "paper"]


def rewards(attacker: str) -> NDArray[np.float64]:
    """Return the rewards (T, G) of games that the defenders sleep through."""
    batch = make_batch(f"attacker={attacker}", games=GAMES)
    batch.reset(0, Purpose.TRAIN)
    asleep = np.zeros((GAMES, batch.n_agents), dtype=np.int64)
    return np.array([batch.step(asleep).rewards.copy() for _ in range(batch.episode_limit)])


@pytest.mark.parametrize("name", slow(OTHERS))
def test_every_attacker_keeps_to_the_rules_and_differs_from_the_papers(name: str) -> None:
    assert list(attacker_findings(define_game(env_args(f"attacker={name}")))) == []
    assert (rewards(name) != rewards("paper")).any()


@pytest.mark.slow
def test_every_game_of_a_mixture_is_one_attackers_game() -> None:
    mixed, papers, directs = (rewards(name) for name in ("paper+direct+paper", "paper", "direct"))
    batch = make_batch(games=GAMES)
    batch.reset(0, Purpose.TRAIN)
    numbers = np.array([drawn_number(batch.state, game, 3) for game in range(GAMES)])
    is_direct = numbers == 2  # the same names share the first numbers
    assert 40 < is_direct.sum() < 95
    assert (mixed == np.where(is_direct, directs, papers)).all()


@pytest.mark.parametrize(
    ("attacker", "message"),
    [
        ("drect", "unknown attacker 'drect'; did you mean 'direct'"),
        ("paper+drect", "unknown attacker 'drect'; did you mean 'direct'"),
        ("paper+", "unknown attacker ''"),
    ],
)
def test_unknown_names_are_refused(attacker: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        define_game(env_args(f"attacker={attacker}"))


def test_an_attacker_that_returns_its_order_is_refused_by_name() -> None:
    with pytest.raises(UserError, match="attacker 'x' returns a value, which nobody reads"):
        register_attacker("x", plugged.returns_its_order)  # type: ignore[arg-type]
    with pytest.raises(UserError, match=r"attacker 'a\+b': '\+' makes mixtures"):
        register_attacker("a+b", plugged.sleeper)


@pytest.mark.slow
def test_a_users_attacker_is_tried_out_before_anything_is_built() -> None:
    register_attacker("out_of_range", plugged.out_of_range)
    try:
        with pytest.raises(UserError, match="attacker 'out_of_range' chose Scan of target 5"):
            CyborgBlueprint(env_args("attacker=out_of_range"))
    finally:
        del ATTACKERS["out_of_range"]
