"""Use case: find out what a stored policy's messages mean, who listens and what they are worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from acd_plugin.analysis.messages.content import (
    Explanation,
    events,
    explain,
    influence,
    information,
    rate,
    symbols,
)
from acd_plugin.analysis.messages.examination import Change, Examination, Sender
from acd_plugin.analysis.statistics import mean_interval
from acd_plugin.configuration.layers import Config, change
from acd_plugin.configuration.ranges import check_games
from acd_plugin.errors import UserError
from acd_plugin.hosts.builtin.policy import Policy
from acd_plugin.running.ablations import ablations
from acd_plugin.running.recording import Record, play, record
from acd_plugin.running.stored_policy import StoredPolicy
from acd_plugin.running.stored_run import load_policy, refuse_another_game, spec_of


@dataclass(frozen=True)
class Trial:
    """The games in which messages are examined."""

    episodes: int = 256
    seed: int = 0
    probability: float = 0.1  # of a flipped bit, or a lost message
    device: str = "cpu"  # of the networks, wherever they were trained
    changes: Config = field(default_factory=dict)  # of what happens to messages, to be tried too

    def __post_init__(self) -> None:
        """Raises UserError for what cannot be played."""
        check_games(self.episodes, self.seed, at_least=4)
        if not 0.0 < self.probability < 1.0:
            raise UserError(f"--probability is {self.probability}: must be between 0 and 1")


def refuse_silent(run: StoredPolicy) -> None:
    """Raise UserError when the run's policy has no bits to send."""
    if not run.config.get("n_bits"):
        raise UserError(
            f"{run.path}: '{run.config['name']}' sends no messages; choose a run of dial or rial"
        )


def examine(run: StoredPolicy, trial: Trial, plugins: Sequence[str] = ()) -> Examination:
    """Play greedy games, as they are and with messages tampered with."""
    refuse_silent(run)
    spec = spec_of(run, {"device": trial.device}, plugins)
    refuse_another_game(run, spec, "undo the change")
    policy = load_policy(run, spec, trial.episodes, trial.seed)
    done = ablations(spec.config, spec.sizes.n_agents, trial.probability)
    if trial.changes:
        name = " ".join(f"{key}={value}" for key, value in trial.changes.items())
        done = {name: {"channel": change(spec.config, trial.changes)["channel"]}, **done}
    returns = {name: play(policy, changes) for name, changes in done.items()}
    found = record(policy)
    sent: NDArray[np.bool_] = np.any(found.messages > 0, axis=-1)  # (G, T, N)
    per_game = (found.messages * found.played[:, :, None, None]).sum(axis=(1, 2, 3))
    actual = found.choices.actual
    layout = spec.blueprint.comm_layout
    has_gate = layout is not None and layout.gate_on_host_bits
    flips = {
        "in all": found.choices.flipped,
        "through what the message unlocks": found.choices.flipped_in_mask,
        "through the policy": found.choices.flipped_in_policy,
    }
    return Examination(
        checkpoint=run.path.name,
        episodes=trial.episodes,
        seed=trial.seed,
        return_mean=float(found.returns.mean()),
        send_rate=float(sent[found.there & found.played[:, :, None]].mean()),
        send_rate_when_allowed=(
            rate(sent[found.allowed & found.played[:, :, None]]) if has_gate else None
        ),
        bits_per_episode=float(per_game.mean()),
        return_per_message=float(found.returns.sum() / per_game.sum()) if per_game.sum() else None,
        agents=[_sender(policy, found, agent) for agent in range(actual.shape[2])],
        influence={
            name: influence(actual, flipped, found.played, found.choices.arrives)
            for name, flipped in flips.items()
        },
        ablations={name: _change(disturbed - found.returns) for name, disturbed in returns.items()},
    )


def _sender(policy: Policy, found: Record, agent: int) -> Sender:
    """What one sender's messages have to do with what it sees and with what is true.

    Games that do not have it do not count; where none or one does, nothing can be told.
    """
    counted = found.played & found.there[:, :, agent]
    games, steps = (np.asarray(index, dtype=np.int64) for index in np.nonzero(counted))
    own = np.unique(games, return_inverse=True)[1]  # numbered anew, so that half are even
    if own.max(initial=0) == 0:
        return Sender(about={}, events=[], tree=Explanation("is hardly ever there\n", 1.0, 1.0))
    seen = found.observations[games, steps, agent]
    words = symbols(found.messages[games, steps, agent])
    sent: NDArray[np.bool_] = np.any(found.messages[games, steps, agent] > 0, axis=-1)
    names = _names(policy, seen, agent)
    known = [column for column, name in enumerate(names) if name]
    named = [names[column] for column in known]
    subjects = {"own observation": symbols(seen)}
    if found.threats is not None:
        elsewhere = np.any(np.delete(found.threats, agent, axis=2)[games, steps], axis=1)
        subjects["own threat"] = found.threats[games, steps, agent].astype(np.int64)
        subjects["threat elsewhere"] = elsewhere.astype(np.int64)
    return Sender(
        about={name: information(words, facts, steps) for name, facts in subjects.items()},
        events=events(seen[:, known], sent, named),
        tree=explain(seen[:, known], sent, own, named),
    )


def _names(policy: Policy, seen: NDArray[np.float32], agent: int) -> list[str]:
    names: list[list[str]] | None = getattr(policy.runner.env, "observation_names", None)
    return names[agent] if names else [f"observation {bit}" for bit in range(seen.shape[1])]


def _change(change: NDArray[np.float64]) -> Change:
    """The mean change of the return on the same games, with a 95% bootstrap interval."""
    return Change(change=float(change.mean()), ci95=mean_interval(change))
