"""``main.py communication RUN ... [with channel.key=value]``: do messages mean anything?"""

from __future__ import annotations

import argparse

from acd_plugin.analysis.messages.examination import Examination, write_examination
from acd_plugin.analysis.report.text_table import text_table
from acd_plugin.cli.words import several_runs
from acd_plugin.components.acting import games_as_in_tests
from acd_plugin.configuration.device import split_device
from acd_plugin.configuration.layers import read_overrides
from acd_plugin.errors import UserError
from acd_plugin.running.console import set_up_logging
from acd_plugin.running.examination import Trial, examine, refuse_silent
from acd_plugin.running.stored_run import open_policy


def run(options: argparse.Namespace) -> int:
    """Play games with stored policies, print what their messages did and store it."""
    set_up_logging()
    device, changes = split_device(read_overrides(options.overrides))
    for key, value in changes.items():
        if not key.startswith("channel."):
            raise UserError(
                f"cannot examine with '{key}={value}': a trained policy plays its own game, and "
                "only what happens to messages may change (channel.KEY=VALUE), and device"
            )
    trial = Trial(options.episodes, options.seed, options.probability, device, changes)
    opened = [open_policy(name, options.results) for name in several_runs(options.runs)]
    for stored in opened:  # all, before the first is played
        refuse_silent(stored)
    for stored in opened:
        found = examine(stored, trial, options.plugins)
        name, games = stored.config["name"], games_as_in_tests(stored.config)
        print(f"{stored.path} ({name}), {trial.episodes} {games}, seed {trial.seed}")
        _print(found)
        if stored.folder is None:
            print("not stored: the checkpoint does not lie in a run folder")
        else:
            write_examination(stored.folder, found)
            print(f"stored in {stored.folder.communication}")
    return 0


def _print(found: Examination) -> None:
    print(f"  return {found.return_mean:.3f}, send rate {found.send_rate:.3f}, ", end="")
    print(f"{found.bits_per_episode:.2f} bits per episode")
    allowed = found.send_rate_when_allowed
    if allowed is not None:
        print(f"  send rate when the gate lets an agent speak {allowed:.3f}")
    table = [["message and", "agent", "bits", "by chance", "p"]]
    for number, agent in enumerate(found.agents):
        for name, told in agent.about.items():
            values = [f"{value:.4f}" for value in (told.bits, told.by_chance, told.p_value)]
            table.append([name, str(number), *values])
    print(text_table(table))
    print("a flipped bit changes the receiver's action")
    for name, share in found.influence.items():
        print(f"  {name:<34} {share:.4f}")
    print("how the return changes on the same games when messages are")
    for name, done in found.ablations.items():
        low, high = done.ci95
        print(f"  {name:<34} {done.change:+9.3f}   95% interval [{low:+.3f}, {high:+.3f}]")
    for number, agent in enumerate(found.agents):
        tree = agent.tree
        print(
            f"when agent {number} sends (right in {tree.fidelity:.1%} of other games' steps; "
            f"the more frequent answer alone in {tree.constant:.1%})\n{tree.rules.rstrip()}"
        )
