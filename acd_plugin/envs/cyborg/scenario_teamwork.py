"""What is wrong with actions that one of the team can have in a step, or that work only together.

The agents act in the order of the file, and whether an eviction works together with the others of
its group is looked at when it is its turn (`game.joint`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from acd_plugin.envs.cyborg.scenario import Agent, AgentAction, Host, Scenario
from acd_plugin.envs.cyborg.scenario_names import repeated
from acd_plugin.errors import brief, listing

_EVICTIONS: tuple[AgentAction, ...] = ("remove", "restore")


class _Duty(NamedTuple):
    """What an agent can do on a host."""

    turn: int  # of the agent, among all
    host: Host
    action: AgentAction


def exclusive_problems(scenario: Scenario) -> Iterable[str]:
    yield from repeated("exclusive action", scenario.exclusive)
    if scenario.joint and "restore" in scenario.exclusive:
        yield "'restore' cannot be exclusive where hosts are restored together ('joint')"


def exclusive_owner_problems(scenario: Scenario) -> Iterable[str]:
    """Yield exclusive actions that no two agents can have in one step."""
    for action in scenario.exclusive:
        owners = [agent.name for agent in scenario.agents if _has(scenario, agent, action)]
        if len(owners) < 2:
            who = f"only {brief(owners[0])}" if owners else "no agent"
            yield (
                f"'exclusive' has '{action}', which {who} has, so that it changes nothing: give it "
                "to two agents, or leave it out"
            )


def _has(scenario: Scenario, agent: Agent, action: AgentAction) -> bool:
    if action == "block":
        return bool(scenario.blockable_by(agent))
    return bool(scenario.hosts_for(agent, action))


def joint_problems(scenario: Scenario) -> Iterable[str]:
    for group in scenario.joint:
        if len(group) < 2:
            yield f"joint has the group {group}: must be two hosts or more"


def joint_foothold_problems(scenario: Scenario) -> Iterable[str]:
    if any(scenario.foothold in group for group in scenario.joint):
        yield f"joint has the foothold '{scenario.foothold}', from which nobody can evict"


def joint_cleaner_problems(scenario: Scenario) -> Iterable[str]:
    """Yield groups that can never be cleaned in one step."""
    for group in scenario.joint:
        evictions = _evictions(scenario, group)
        bare = set(group).difference(duty.host.name for duty in evictions)
        if bare:
            yield (
                f"joint group {brief(str(group))} can never be cleaned: no agent evicts from "
                f"{brief(listing(bare))}: give one that defends there 'restore' ('remove' evicts "
                "no root, and does only where an exploit gives user)"
            )
        elif not _cleaned_at_once(evictions, group, "remove" in scenario.exclusive):
            names = dict.fromkeys(scenario.agents[duty.turn].name for duty in evictions)
            one = " and of 'remove' one in a step ('exclusive')"
            yield (
                f"joint group {brief(str(group))} can never be cleaned: that takes another agent "
                f"for every host in one step, and there is only {brief(listing(names))}"
                f"{one if 'remove' in scenario.exclusive else ''}: let others clean there, too, or "
                "leave hosts out"
            )


def joint_order_problems(scenario: Scenario) -> Iterable[str]:
    """Yield who can tear an eviction apart by what it finds while it is under way.

    Who cleans before it fails, because the process of a root session is not known yet. Who cleans
    after it then finds that the first one's action would work, and evicts alone. Nothing of the
    kind is found by who acts before both or after both, or where all exploits are seen.
    """
    for group in scenario.joint:
        evictions = _evictions(scenario, group)
        told = set()
        for search in _duties(scenario, group, ("analyse",)):
            pairs = (
                sorted((duty.turn, other.turn))
                for duty in evictions
                if duty.host is search.host and duty.action == "restore"
                for other in evictions
                if min(duty.turn, other.turn) < search.turn < max(duty.turn, other.turn)
                if other.host is not search.host
            )
            torn = next(pairs, None)
            if torn is None or search.turn in told or not _may_hide(scenario, search.host):
                continue
            told.add(search.turn)
            who, one, other = (brief(scenario.agents[n].name) for n in (search.turn, *torn))
            yield (
                f"joint group {brief(str(group))}: {who} acts after {one} and before {other}, and "
                f"what it finds on {brief(search.host.name)} lets {other} evict alone, when {one} "
                f"has failed already: list {who} before {one} in 'agents', or after {other}"
            )


def _evictions(scenario: Scenario, group: Sequence[str]) -> list[_Duty]:
    """Return who can drive the attacker from which host of a group: Remove only a user's session.

    So it does nothing where every exploit gives root.
    """
    return [
        duty
        for duty in _duties(scenario, group, _EVICTIONS)
        if duty.action == "restore" or _gives_user(scenario, duty.host)
    ]


def _duties(
    scenario: Scenario, group: Sequence[str], actions: Sequence[AgentAction]
) -> list[_Duty]:
    return [
        _Duty(turn, host, action)
        for turn, agent in enumerate(scenario.agents)
        for action in actions
        for host in scenario.hosts_for(agent, action)
        if host.name in group
    ]


def _may_hide(scenario: Scenario, host: Host) -> bool:
    """Whether the attacker may get into a host unseen, so that its process is not known."""
    return any(exploit.detected == "rate" for exploit in scenario.images[host.image].exploits)


def _gives_user(scenario: Scenario, host: Host) -> bool:
    return any(exploit.gives == "user" for exploit in scenario.images[host.image].exploits)


def _cleaned_at_once(evictions: Sequence[_Duty], group: Sequence[str], remove_once: bool) -> bool:
    """Whether every host of a group can have an agent of its own that cleans it in one step."""
    restoring = [duty for duty in evictions if duty.action == "restore"]
    removing = [duty for duty in evictions if duty.action == "remove"]
    together = [[duty] for duty in removing] if remove_once else [removing]
    return any(_are_enough([*restoring, *some], group) for some in together or [[]])


def _are_enough(evictions: Sequence[_Duty], group: Sequence[str]) -> bool:
    from scipy.sparse import csr_array  # noqa: PLC0415 - takes a while, and few have groups
    from scipy.sparse.csgraph import maximum_bipartite_matching  # noqa: PLC0415

    hosts = [group.index(duty.host.name) for duty in evictions]
    agents = [duty.turn for duty in evictions]
    shape = len(group), max(agents, default=0) + 1
    possible = csr_array((np.ones(len(hosts), dtype=np.bool_), (hosts, agents)), shape=shape)
    return bool((maximum_bipartite_matching(possible, perm_type="column") >= 0).all())
