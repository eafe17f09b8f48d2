"""A game in a network as data that can be drawn: what stays, and how every step left it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable


@dataclass(frozen=True)
class Subnet:
    name: str
    defenders: tuple[int, ...]  # the agents that are responsible for it, or for hosts of it


@dataclass(frozen=True)
class Host:
    name: str
    subnet: int
    importance: str
    reveals: int | None  # root on this host is the way into that subnet


@dataclass(frozen=True)
class Network:
    """What stays the same in all games; hosts, subnets and agents are known by their numbers."""

    defenders: tuple[str, ...]
    duties: tuple[tuple[str, ...], ...]  # of each defender, the subnets and hosts that it defends
    subnets: tuple[Subnet, ...]
    hosts: tuple[Host, ...]
    foothold: int  # the attacker's own host, which nobody sees or defends


@dataclass(frozen=True)
class HostState:
    """The truth about a host beside what its defender sees and believes of it."""

    truth: str  # the attacker's session: none, user, root
    seen: str  # what the monitor saw in this step: none, scan, exploit
    believed: str  # no, user, unknown, privileged
    process_known: bool  # the defender knows the session's process, so that it can be ended


@dataclass(frozen=True)
class Attack:
    """What the attacker did in a step."""

    name: str
    source: int  # the host that it was launched from
    target: int  # a host, or a subnet
    at_subnet: bool
    # success; fail; blocked, protected: it failed because a defender blocked its way, or protected
    # its target; lost: the session that it was to be launched from was gone
    result: str


@dataclass(frozen=True)
class Deed:
    """What came of one defender's action."""

    outcome: str  # success, fail, unknown (of Sleep)
    cost: float  # at least 0
    useless: bool  # it changed nothing and told nothing
    blocks: int | None  # the subnet whose traffic it stopped in this step


@dataclass(frozen=True)
class Scene:
    """How a step left one game; before the first step there are neither attack nor deeds."""

    hosts: tuple[HostState, ...]
    damage: float  # what the attacker's root sessions cost in this step, at least 0
    attack: Attack | None  # None: it slept
    scanned: int | None  # the host that the innocent user scanned
    deeds: tuple[Deed, ...]  # of each defender
    objective: int  # the host that the attacker wants in the end


@runtime_checkable
class Drawable(Protocol):
    """What a `BatchEnv` offers beyond its contract when its games can be drawn."""

    def network(self) -> Network:
        """Return what all games have in common."""
        ...

    def scene(self, game: int) -> Scene:
        """Return how the last step left one game."""
        ...


def attack_text(network: Network, attack: Attack | None) -> str:
    """Return in words what the attacker did."""
    if attack is None:
        return "sleeps"
    among = network.subnets if attack.at_subnet else network.hosts
    source = network.hosts[attack.source].name
    return f"{attack.name} {among[attack.target].name} from {source}: {attack.result}"


def deed_text(deed: Deed) -> str:
    """Return in words what came of an action, to stand behind its name; "" of Sleep."""
    if deed.outcome == "unknown":
        return ""
    is_news = deed.outcome == "fail" or not deed.useless
    outcome = deed.outcome if is_news else "told nothing new"
    return f": {outcome}, cost {amount_text(deed.cost)}"


def amount_text(amount: float, sign: Literal["-", "+"] = "-") -> str:
    """Return a reward or cost with the decimals it needs, so that what is shown adds up: "0.05".

    They are at least one, and no more than four: a reward may come from 32-bit numbers. With
    ``sign="+"`` gains have a sign, too.
    """
    whole, _, decimals = f"{round(amount, 4) + 0.0:{sign}.4f}".partition(".")  # no -0.0
    return f"{whole}.{decimals[0]}{decimals[1:].rstrip('0')}"
