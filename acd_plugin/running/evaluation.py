"""Use case: play greedy games with a stored policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from acd_plugin.analysis.replay.record import Replay
from acd_plugin.analysis.statistics import mean_interval
from acd_plugin.configuration.ranges import check_games
from acd_plugin.errors import UserError
from acd_plugin.running.replay import record_games
from acd_plugin.running.run_spec import RunSpec
from acd_plugin.running.stored_policy import StoredPolicy
from acd_plugin.running.stored_run import load_policy, refuse_unplayable
from acd_plugin.running.to_play import spec_to_play
from acd_plugin.running.variants import (
    Variant,
    find_played,
    refuse_changes_of_the_policy,
    variant,
)
from acd_plugin.tracking.evaluations import Evaluation, append_evaluations, read_evaluations

_BACKEND = "env_args.backend"
_MOST_AT_ONCE = 2048  # games on a GPU
Outcome = dict[str, NDArray[np.float64]]  # "return" and every statistic, each (games,)


@dataclass(frozen=True)
class Games:
    """What is to be played; ``changes`` are settings of the environment, with dots in their keys.

    With a ``backend`` other than the policy's own, the same games are played on both. ``device`` is
    the networks', wherever they were trained.
    """

    episodes: int = 128
    seed: int = 0
    changes: Mapping[str, object] = field(default_factory=dict)
    backend: str | None = None
    device: str = "cpu"

    def __post_init__(self) -> None:
        """Raises UserError for what cannot be played."""
        check_games(self.episodes, self.seed, at_least=2)
        refuse_changes_of_the_policy(self.changes, "evaluate")
        if self.backend is not None and _BACKEND in self.changes:
            raise UserError(
                f"--backend={self.backend} and '{_BACKEND}={self.changes[_BACKEND]}': "
                "give only one of them"
            )


class Played(NamedTuple):
    """Games that were played on one backend, and what is kept of them."""

    backend: str
    outcome: Outcome
    evaluation: Evaluation
    replay: Replay | None  # of the first game


def evaluate(
    run: StoredPolicy, games: Games, plugins: Sequence[str] = (), render: bool = False
) -> list[Played]:
    """Play the games on one backend or on two; `store` keeps the outcomes with the run.

    ``render`` asks for a replay of the first game, which is played once more for it.
    """
    own = str(games.changes.get(_BACKEND, run.config["env_args"].get("backend", "")))
    plays = {own: games.changes}
    if games.backend is not None:
        plays.setdefault(games.backend, {**games.changes, _BACKEND: games.backend})
    played = []
    for backend, changes in plays.items():
        spec = spec_to_play(run, changes, games.device, plugins)
        refuse_unplayable(run, [spec], plugins)
        outcome = _play(run, spec, games)
        replay = record_games(run, spec, 1, games.seed) if render else None
        found = _evaluation(run, games, variant(run.config, changes, spec), outcome)
        played.append(Played(backend, outcome, found, replay))
    return played


def evaluate_on(
    run: StoredPolicy, variants: Sequence[Variant], games: Games
) -> Iterator[tuple[Variant, Evaluation]]:
    """Play as many games in each variant, whose changes count and not those of ``games``.

    Each is stored at once, and what is stored already is not played again. Yields each variant with
    its evaluation.
    """
    for one, found in zip(variants, stored_evaluations(run, variants, games), strict=True):
        if found is not None:
            yield one, found
            continue
        played = _evaluation(run, games, one, _play(run, one.spec, games))
        store(run, [played])
        yield one, played


def stored_evaluations(
    run: StoredPolicy, variants: Sequence[Variant], games: Games
) -> list[Evaluation | None]:
    """Return for each variant the evaluation that is stored with a policy, None if none is."""
    known = read_evaluations(run.folder) if run.folder else []
    return [find_played(known, run.t_env, one, games.episodes, games.seed) for one in variants]


def store(run: StoredPolicy, evaluations: Sequence[Evaluation]) -> Path | None:
    """Append to the run's evaluations; None if the checkpoint lies in no run."""
    if run.folder is None:
        return None
    path = run.folder.evaluations
    try:
        append_evaluations(run.folder, evaluations)
    except OSError as error:
        raise UserError(f"{path}: cannot be written ({error.strerror})") from None
    return path


def _play(run: StoredPolicy, spec: RunSpec, games: Games) -> Outcome:
    # Games do not depend on how many are played at once, but a GPU wants many.
    at_once = spec.settings.batch_size_run
    if spec.settings.device == "cuda":
        at_once = min(max(at_once, games.episodes), _MOST_AT_ONCE)
    policy = load_policy(run, spec, at_once, games.seed)
    outcome = policy.evaluate(games.episodes)
    policy.close()
    return outcome


def _evaluation(run: StoredPolicy, games: Games, played: Variant, outcome: Outcome) -> Evaluation:
    returns = outcome["return"]
    return Evaluation(
        time=datetime.now(timezone.utc).isoformat(),
        checkpoint=run.path.name,
        t_env=run.t_env,
        episodes=games.episodes,
        seed=games.seed,
        overrides=played.overrides,
        game=played.game,
        return_mean=float(returns.mean()),
        return_std=float(returns.std(ddof=1)),
        return_ci95=mean_interval(returns),
        statistics={
            name: float(values.mean()) for name, values in outcome.items() if name != "return"
        },
        returns=tuple(returns.tolist()),
    )
