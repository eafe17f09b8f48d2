"""``main.py communication RUN ...``: do trained policies' messages mean anything, and to whom?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from acd_plugin.analysis.messages.content import (
    events,
    explain,
    influence,
    information,
    rate,
    symbols,
)
from acd_plugin.analysis.messages.examination import (
    Change,
    Examination,
    Sender,
    write_examination,
)
from acd_plugin.analysis.report.text_table import text_table
from acd_plugin.analysis.statistics import mean_interval
from acd_plugin.communication.disturbances import make_disturbances
from acd_plugin.errors import UserError
from acd_plugin.hosts.builtin.policy import Policy
from acd_plugin.running.recording import Record, play, record
from acd_plugin.running.stored_run import StoredRun, load_policy, open_run, spec_of
from acd_plugin.tracking.console import set_up_logging


def communication(
    names: Sequence[str], results: str, episodes: int, seed: int, probability: float
) -> int:
    """Play greedy games with stored policies, print what their messages did and store it."""
    if episodes < 4:
        raise UserError(f"--episodes is {episodes}: must be at least 4")
    if not 0.0 < probability < 1.0:
        raise UserError(f"--probability is {probability}: must be between 0 and 1")
    set_up_logging()
    opened = [open_run(name, results) for name in names]
    for run in opened:  # all, before the first is played
        if not run.config.get("n_bits"):
            raise UserError(
                f"{run.path}: '{run.config['name']}' sends no messages; choose a run of dial or "
                "rial"
            )
    for run in opened:
        _examine(run, episodes, seed, probability)
    return 0


def _examine(run: StoredRun, episodes: int, seed: int, probability: float) -> None:
    policy = load_policy(run, spec_of(run), episodes, seed)
    found = _analyse(run, policy, record(policy), probability, seed)
    print(f"{run.path} ({run.config['name']}), {episodes} greedy games, seed {seed}")
    _print(found)
    if run.folder is None:
        print("not stored: the checkpoint does not lie in a run folder")
        return
    write_examination(run.folder, found)
    print(f"stored in {run.folder.communication}")


def _analyse(
    run: StoredRun, policy: Policy, found: Record, probability: float, seed: int
) -> Examination:
    sent: NDArray[np.bool_] = np.any(found.messages > 0, axis=-1)  # (G, T, N)
    per_game = (found.messages * found.played[:, :, None, None]).sum(axis=(1, 2, 3))
    actual = found.choices.actual
    flips = {
        "in all": found.choices.flipped,
        "through what the message unlocks": found.choices.flipped_in_mask,
        "through the policy": found.choices.flipped_in_policy,
    }
    return Examination(
        checkpoint=run.path.name,
        episodes=len(found.returns),
        seed=seed,
        return_mean=float(found.returns.mean()),
        send_rate=float(sent[found.played].mean()),
        send_rate_when_allowed=rate(sent[found.allowed & found.played[:, :, None]]),
        bits_per_episode=float(per_game.mean()),
        return_per_message=float(found.returns.sum() / per_game.sum()) if per_game.sum() else None,
        agents=[_agent(policy, found, agent) for agent in range(actual.shape[2])],
        influence={
            name: influence(actual, flipped, found.played) for name, flipped in flips.items()
        },
        ablations={
            name: _change(play(policy, disturbance) - found.returns)
            for name, disturbance in make_disturbances(probability, seed).items()
        },
    )


def _agent(policy: Policy, found: Record, agent: int) -> Sender:
    """What one sender's messages have to do with what it sees and with what is true."""
    games, steps = (np.asarray(index, dtype=np.int64) for index in np.nonzero(found.played))
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
        tree=explain(seen[:, known], sent, games, named),
    )


def _names(policy: Policy, seen: NDArray[np.float32], agent: int) -> list[str]:
    names: list[list[str]] | None = getattr(policy.runner.env, "observation_names", None)
    return names[agent] if names else [f"observation {bit}" for bit in range(seen.shape[1])]


def _change(change: NDArray[np.float64]) -> Change:
    """The mean change of the return on the same games, with a 95% bootstrap interval."""
    return Change(change=float(change.mean()), ci95=mean_interval(change))


def _print(found: Examination) -> None:
    print(f"  return {found.return_mean:.3f}, send rate {found.send_rate:.3f}, ", end="")
    print(f"{found.bits_per_episode:.2f} bits per episode")
    if found.send_rate_when_allowed is not None:
        print(f"  send rate when the gate lets an agent speak {found.send_rate_when_allowed:.3f}")
    table = [["message and", "agent", "bits", "by chance", "p"]]
    for number, agent in enumerate(found.agents):
        for name, told in agent.about.items():
            values = [f"{value:.4f}" for value in (told.bits, told.by_chance, told.p_value)]
            table.append([name, str(number), *values])
    print(text_table(table))
    print("a flipped bit changes the receiver's action")
    for name, share in found.influence.items():
        print(f"  {name:<34} {share:.4f}")
    print("the return when messages are")
    for name, done in found.ablations.items():
        low, high = done.ci95
        print(f"  {name:<34} {done.change:+9.3f}   95% interval [{low:+.3f}, {high:+.3f}]")
    for number, agent in enumerate(found.agents):
        tree = agent.tree
        print(
            f"when agent {number} sends (right in {tree.fidelity:.1%} of other games' steps; "
            f"the more frequent answer alone in {tree.constant:.1%})\n{tree.rules.rstrip()}"
        )
