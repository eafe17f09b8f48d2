"""Vocabulary and arrays of the game.

Shape legend: G games, N agents, H hosts (the foothold included), S subnets, A actions per agent,
K hosts that an agent sees, B blocks per agent, E exploits per image, D dice per step,
Q objectives, F numbers of a profile, O observation length (4 K + B + F, and Q where there are
clues), R reward terms that were added to the game's own reward.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

NOBODY = -1  # stands wherever the index of a host, subnet or agent is stored and there is none
FREE, NEVER = -1, -2  # an action that is always, or never, available
PADDING = -1  # fills rows of tables and of observations, at their end, up to the longest's length


class Level(IntEnum):
    """The attacker's session on a host."""

    NONE = 0
    USER = 1
    ROOT = 2


class Activity(IntEnum):
    """What the monitor saw on a host in this step."""

    NONE = 0
    SCAN = 1
    EXPLOIT = 2


class Compromise(IntEnum):
    """What the defender believes of a host; the value is the two-bit code of the observation."""

    NO = 0
    USER = 1
    UNKNOWN = 2
    PRIVILEGED = 3


class Blue(IntEnum):
    """Kinds of defender action; ABSENT fills the columns of hosts that an agent does not have."""

    ABSENT = -1
    SLEEP = 0
    REMOVE = 1
    RESTORE = 2
    ANALYSE = 3
    BLOCK = 4
    PROTECT = 5


class Red(IntEnum):
    """Kinds of attacker action."""

    SLEEP = 0
    SWEEP = 1  # DiscoverRemoteSystems: which hosts are in a subnet
    SCAN = 2  # DiscoverNetworkServices: which ports a host has
    EXPLOIT = 3
    ESCALATE = 4
    IMPACT = 5


class Result(IntEnum):
    """How the attacker's action ended."""

    NOTHING = 0  # it slept: there is nothing to digest
    SUCCESS = 1
    LOST = 2  # the session it was to be launched from is gone
    FAIL = 3


class Outcome(IntEnum):
    """Success flag of a defender's action."""

    UNKNOWN = -1  # Sleep
    FAIL = 0
    SUCCESS = 1


class Detection(IntEnum):
    NEVER = 0
    RATE = 1
    ALWAYS = 2


class Block(IntEnum):
    """Blocks of dice; see `compiled.rng`. A new mechanism takes the next number."""

    GAME = 0  # `Dice`
    ATTACKER = 1  # what a user's attacker draws beside them
    EPISODE = 2  # `EpisodeDice`, rolled once
    WHIM = 3  # what our other attackers draw beside them: see their files


class Dice(IntEnum):
    """Columns of the game's dice: one uniform number in [0, 1) per random decision of a step.

    There are never more or fewer: see `Block`. From HOSTS on there are two times H columns: the
    order in which the attacker goes through its hosts, and the delay it waits before it escalates
    on each.
    """

    RED_TARGET = 0
    EXPLOIT = 1
    DETECTION = 2
    GREEN_ACTS = 3
    GREEN_HOST = 4
    HOSTS = 5


class EpisodeDice(IntEnum):
    """Columns of the dice of a whole episode, which lie at step 0 of their block."""

    ATTACKER = 0  # which of several attackers plays
    OBJECTIVE = 1  # which of several objectives it is after
    WAITING = 2  # how long the patient one waits


class Rules(NamedTuple):
    """A scenario and its settings as arrays: constant during play."""

    # network
    host_subnet: NDArray[np.int64]  # (H,)
    host_ports: NDArray[np.int64]  # (H,) number of listening ports
    exploit_count: NDArray[np.int64]  # (H,)
    exploit_gives: NDArray[np.int64]  # (H, E) Level; NONE is a failing exploit
    exploit_detection: NDArray[np.int64]  # (H, E) Detection
    reveals: NDArray[np.int64]  # (H,) subnet or NOBODY
    way_in: NDArray[np.int64]  # (S,) host on the shortest way from the foothold, NOBODY: none
    foothold: int
    objectives: NDArray[np.int64]  # (Q,) hosts, of which every game draws one
    clues: NDArray[np.bool_]  # (H,) root found on the host tells which one
    # defenders
    subnet_guard: NDArray[np.int64]  # (S,) agent that can block what comes into it, or NOBODY
    host_owner: NDArray[np.int64]  # (H,) agent that acts on it first; NOBODY for the foothold
    agent_host: NDArray[np.int64]  # (N, K) host that the agent sees, or PADDING
    block_slots: int  # B: the last columns of actions are BLOCK
    column_kind: NDArray[np.int64]  # (A,) Blue of those who have the action
    action_kind: NDArray[np.int64]  # (N, A) Blue
    action_target: NDArray[np.int64]  # (N, A) host for host actions, subnet for BLOCK
    action_watch: NDArray[np.int64]  # (N, A) host that must show a threat before; FREE; NEVER
    own_actions: NDArray[np.int64]  # (N, A) columns of the actions that the agent has, or PADDING
    profile: NDArray[np.float32]  # (N, F) end of its observation: what its hosts are
    has_teamwork: bool  # whether there is anything exclusive, or joint
    exclusive: int  # bit k: of the actions of kind k (Blue) the team has one in a step
    joint_group: NDArray[np.int64]  # (H,) number of the group that is cleaned together, or NOBODY
    # green
    green_hosts: NDArray[np.int64]  # (number of green hosts,) empty without green
    green_sleep_probability: float
    # settings
    detection_rate: float
    damage: NDArray[np.float64]  # (H,) per step as root
    restore_cost: NDArray[np.float64]  # (H,)
    remove_cost: float
    analyse_cost: float
    block_cost: float
    protect_cost: float
    reward_weights: NDArray[np.float64]  # (R,)


class GameState(NamedTuple):
    """All games as a struct of arrays; every row is one game and is touched by no other."""

    # randomness
    key: NDArray[np.uint64]  # (G,) names the game's own random stream
    dice: NDArray[np.float64]  # (G, D) this step's random numbers
    # truth
    step: NDArray[np.int64]  # (G,) steps played
    objective: NDArray[np.int64]  # (G,) host that the attacker is after in this game
    level: NDArray[np.int8]  # (G, H) Level
    # defenders' knowledge
    clue: NDArray[np.int64]  # (G, N) the objective, for those who were told; else NOBODY
    pid_known: NDArray[np.bool_]  # (G, H) the owner knows the process of the attacker's session
    activity: NDArray[np.int8]  # (G, H) Activity
    compromise: NDArray[np.int8]  # (G, H) Compromise
    # attacker's beliefs
    swept: NDArray[np.bool_]  # (G, S)
    discovered: NDArray[np.bool_]  # (G, H)
    ports_known: NDArray[np.bool_]  # (G, H)
    owned_since: NDArray[np.int64]  # (G, H) decision of the successful exploit; NOBODY: not owned
    admin: NDArray[np.bool_]  # (G, H)
    pivot: NDArray[np.int64]  # (G, S) host from which the attacker works on a subnet, or NOBODY
    pivot_since: NDArray[np.int64]  # (G, S) decision at which the pivot was entered
    decisions: NDArray[np.int64]  # (G,)
    # attacker's current action, digested in the next step
    red_kind: NDArray[np.int64]  # (G,) Red
    red_target: NDArray[np.int64]  # (G,) subnet for SWEEP, host otherwise
    red_source: NDArray[np.int64]  # (G,) host it is launched from
    red_refused: NDArray[np.bool_]  # (G,) it chose what is not legal in this episode
    red_result: NDArray[np.int64]  # (G,) Result
    red_detected: NDArray[np.bool_]  # (G,) the monitor sees the exploit of this step
    green_host: NDArray[np.int64]  # (G,) host that green scanned in this step, or NOBODY
    # defenders' last actions
    outcome: NDArray[np.int8]  # (G, N) Outcome
    cost: NDArray[np.float64]  # (G, N) what the action cost, >= 0
    useless: NDArray[np.bool_]  # (G, N) the action changed nothing and told nothing
    found_root: NDArray[np.bool_]  # (G, N) an Analyse found a root session
    # what the players are handed
    reward: NDArray[np.float64]  # (G,) team reward of the step
    reward_terms: NDArray[np.float64]  # (G, R) what each added term, times its weight, is of it
    observation: NDArray[np.float32]  # (G, N, O) bits; PADDING where an agent has no such host
    available: NDArray[np.bool_]  # (G, N, A) action mask


class EpisodeTotals(NamedTuple):
    """Sums over the episode so far; each (G,)."""

    damage: NDArray[np.float64]
    restore_cost: NDArray[np.float64]
    clean_cost: NDArray[np.float64]  # Remove and Analyse
    block_cost: NDArray[np.float64]  # Block and Protect
    blocks: NDArray[np.float64]
    useless_actions: NDArray[np.float64]
    objective_steps: NDArray[np.float64]  # steps with the attacker on the objective
    objective_safe: NDArray[np.float64]  # steps before the attacker first stood on the objective
