"""What was seen, said and done in games of one policy, as plain data.

Steps count from 1. What an agent says in one step is heard in the next. Agents choose by what the
step before has left; the `Scene` of a step is how that step leaves the game.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from acd_plugin.envs.scene import Network, Scene


@dataclass(frozen=True)
class HeardMessage:
    """One message, as one agent hears it.

    What it did is found by letting the agent choose once more with this message replaced by
    silence, all else being equal: what it sees and remembers, and what it hears from others.
    """

    sender: int
    bits: str  # as "10"
    unlocked: tuple[str, ...]  # names of the actions that it alone made available
    without: str  # the action that would have been chosen


@dataclass(frozen=True)
class AgentStep:
    """What one agent heard, did and said in one step."""

    action: str
    heard: tuple[HeardMessage, ...]  # the messages; silence is none
    unlocked: tuple[str, ...]  # what all that was heard made available
    without: str  # the action that would have been chosen had everybody been silent
    said: str  # bits that the others hear in the next step; "" is silence
    saw: tuple[float, ...]  # its observation; () where there is a scene, which shows it


@dataclass(frozen=True)
class GameStep:
    reward: float
    agents: tuple[AgentStep, ...]
    scene: Scene | None  # None: the environment cannot be drawn


@dataclass(frozen=True)
class GameRecord:
    start: Scene | None  # before the first step
    steps: tuple[GameStep, ...]


@dataclass(frozen=True)
class Replay:
    """Games of one policy, the evaluation's first ones."""

    agents: tuple[str, ...]  # their names
    talks: bool  # agents can send messages
    network: Network | None  # None: the environment cannot be drawn
    games: tuple[GameRecord, ...]


@dataclass(frozen=True)
class Caption:
    """Where the games of a replay come from, for those who watch them."""

    title: str  # algorithm and environment
    run: str
    t_env: int  # for how many environment steps the policy was trained
    games: str  # what kind they are: "greedy games"
    seed: int
    settings: Mapping[str, str]
