"""What CybORG's state says of the attacker's sessions and of the defenders' suspicions."""

from __future__ import annotations

from typing import NamedTuple

from CybORG.Simulator.State import State

RED = "Red"
PROTECTED = "protected hosts"  # where they stand among the state's blocks, which last for a step
SERVER = 0  # number of an agent's first session, from which all of its others are led
_ROOT = ("root", "SYSTEM")


class RedSession(NamedTuple):
    ident: int
    pid: int
    is_root: bool


def red_sessions_on(state: State, host: str) -> list[RedSession]:
    """Return the attacker's sessions on a host."""
    return [
        RedSession(ident, session.pid, session.username in _ROOT)
        for ident, session in state.sessions[RED].items()
        if session.hostname == host
    ]


def suspicions(state: State, agent: str, host: str) -> list[int]:
    """Return the numbers of the processes on ``host`` that ``agent`` suspects; may be changed."""
    pids: list[int] = state.sessions[agent][SERVER].sus_pids.setdefault(host, [])
    return pids


def is_known(state: State, agent: str, host: str) -> bool:
    """Return whether the defender suspects the process of a session on ``host``."""
    pids = suspicions(state, agent, host)
    return any(session.pid in pids for session in red_sessions_on(state, host))
