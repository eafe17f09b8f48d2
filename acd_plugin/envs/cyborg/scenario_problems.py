"""What is wrong with a scenario although every key has a value of its type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from acd_plugin.envs.cyborg.scenario import HOST_ACTIONS, Agent, Scenario, Subnet
from acd_plugin.errors import brief, listing, nearest


def problems_of(scenario: Scenario) -> Iterable[str]:
    """Yield what pydantic cannot see: references between the parts of the file."""
    hosts = {host.name: host for host in scenario.hosts}
    subnets = scenario.subnet_names
    yield from _repeated("host", [host.name for host in scenario.hosts])
    yield from _repeated("subnet", subnets)
    yield from _repeated("agent", [agent.name for agent in scenario.agents])
    yield from _unknown("foothold", scenario.foothold, hosts)
    yield from _objective_problems(scenario)
    for subnet in scenario.subnets:
        for host in subnet.hosts:
            yield from _unknown(f"image of {host.name}", host.image, scenario.images)
            if host.reveals is not None:
                yield from _unknown(f"reveals of {host.name}", host.reveals, subnets)
                if host.reveals == subnet.name:
                    yield f"reveals of {host.name} is its own subnet: must be another one"
    for name, image in scenario.images.items():
        for exploit in image.exploits:
            if (exploit.gives == "fails") != (exploit.detected == "never"):
                yield (
                    f"images.{name}.{exploit.name}: an exploit that fails is never detected, "
                    "and one that opens a session is detected by 'rate' or 'always'"
                )
    yield from _agent_problems(scenario)
    yield from _teamwork_problems(scenario)
    yield from _broadcast_problems(scenario)
    for name in scenario.green.hosts if scenario.green else []:
        yield from _unknown("green.hosts", name, hosts)
        if name == scenario.foothold:
            yield f"green.hosts has the foothold '{name}': green can only scan defended hosts"


def out_of_reach(scenario: Scenario) -> Iterable[str]:
    """Yield objectives that the attacker can never reach, in a scenario without other problems."""
    found = {scenario.home, *scenario.ways_in}
    for subnet in scenario.subnets:
        for host in subnet.hosts:
            if host.name in scenario.objectives and subnet.name not in found:
                yield (
                    f"objective '{brief(host.name)}' is in subnet '{brief(subnet.name)}', which "
                    "the attacker never finds: let a host of one that it does find have 'reveals'"
                )


def _objective_problems(scenario: Scenario) -> Iterable[str]:
    hosts = {host.name: host for host in scenario.hosts}
    if not scenario.objectives:
        yield "objective is []: name a host, or several of which every game draws one"
    yield from _repeated("objective", scenario.objectives)
    for name in scenario.objectives:
        yield from _unknown("objective", name, hosts)
    if scenario.foothold in scenario.objectives:
        yield f"foothold and objective are both '{scenario.foothold}': they must be two hosts"
    if scenario.clues and len(scenario.objectives) < 2:
        yield "clues tell which of several objectives a game has, and there is only one"
    for name in scenario.clues:
        yield from _unknown("clues", name, hosts)
        holders = [
            agent
            for agent in scenario.agents
            if name in [host.name for host in scenario.hosts_for(agent, "analyse")]
        ]
        if name in hosts and not holders:
            yield f"no agent has 'analyse' on '{name}', where there is a clue"


def _agent_problems(scenario: Scenario) -> Iterable[str]:
    places = {*scenario.subnet_names, *(host.name for host in scenario.hosts)}
    for agent in scenario.agents:
        yield from _duty_problems(scenario, agent)
        yield from _repeated(f"in 'actions' of {agent.name}", agent.actions or [])
        if "block" in (agent.actions or []) and not scenario.block:
            yield f"agent '{agent.name}' has 'block', and 'block' of the scenario is false"
        if isinstance(agent.sees, list):
            if not agent.sees:
                yield f"'sees' of {agent.name} is []: write own, team, nothing or names"
            for name in agent.sees:
                yield from _unknown(f"sees of {agent.name}", name, places)
    if not any(scenario.seen_by(agent) for agent in scenario.agents):
        yield "no agent sees a host: give one a 'sees'"
    for subnet in scenario.subnets:
        yield from _defence_problems(scenario, subnet)


def _duty_problems(scenario: Scenario, agent: Agent) -> Iterable[str]:
    """Yield what is wrong with what one agent defends."""
    hosts = {host.name for host in scenario.hosts if host.name != scenario.foothold}
    for name in agent.defends:
        yield from _unknown(f"defends of {agent.name}", name, {*scenario.subnet_names, *hosts})
    yield from _repeated(f"in 'defends' of {agent.name}", agent.defends)
    single = hosts.intersection(agent.defends).difference(scenario.subnet_names)
    for subnet in scenario.subnets:
        twice = single.intersection(host.name for host in subnet.hosts)
        if twice and subnet.name in agent.defends:
            yield (
                f"'defends' of {agent.name} has '{brief(subnet.name)}' and "
                f"{brief(listing(twice))}, which is part of it: leave one out"
            )
    if "block" in (agent.actions or []) and not scenario.subnets_of(agent):
        yield (
            f"agent '{agent.name}' has 'block' and defends no whole subnet: add the one that it is "
            "to guard to its 'defends', or leave 'block' out"
        )
    if not scenario.hosts_of(agent):
        yield f"agent '{agent.name}' has no host to defend"


def _defence_problems(scenario: Scenario, subnet: Subnet) -> Iterable[str]:
    """Yield where a subnet's hosts have no defender, or two for the same action."""
    defenders = scenario.defenders_of(subnet)
    if not defenders:
        yield f"subnet '{brief(subnet.name)}' has no defender: add it to one agent's 'defends'"
        return
    hosts = [host for host in subnet.hosts if host.name != scenario.foothold]
    owners = [[agent for agent in defenders if host in scenario.hosts_of(agent)] for host in hosts]
    pairs = list(zip(hosts, owners, strict=True))
    bare = [host.name for host, own in pairs if not own]
    idle = [host.name for host, own in pairs if own and not any(map(scenario.acts_on_hosts, own))]
    if bare:
        yield f"no agent defends {brief(listing(bare))}: add each to one agent's 'defends'"
    if idle:
        yield (
            f"no agent can act on {brief(listing(idle))}: give one that defends there an action of "
            f"{listing(HOST_ACTIONS)}"
        )
    for action in HOST_ACTIONS:
        shared: dict[str, list[str]] = {}
        for host, own in pairs:
            names = [agent.name for agent in own if action in scenario.actions_of(agent)]
            if len(names) > 1:
                shared.setdefault(listing(names), []).append(host.name)
        for who, where in shared.items():
            yield (
                f"{who} have the same action '{action}' on {brief(listing(where))}: "
                "leave it out of the 'actions' of all but one"
            )
    guards = [
        agent.name
        for agent in defenders
        if subnet.name in agent.defends and "block" in scenario.actions_of(agent)
    ]
    if len(guards) > 1:
        yield (
            f"{listing(guards)} guard subnet '{brief(subnet.name)}' with the same action 'block': "
            "leave it out of the 'actions' of all but one"
        )


def _teamwork_problems(scenario: Scenario) -> Iterable[str]:
    hosts = {host.name: host for host in scenario.hosts}
    yield from _repeated("exclusive action", scenario.exclusive)
    grouped = [name for group in scenario.joint for name in group]
    yield from _repeated("in 'joint' host", grouped)
    if scenario.joint and "restore" in scenario.exclusive:
        yield "'restore' cannot be exclusive where hosts are restored together ('joint')"
    for group in scenario.joint:
        if len(group) < 2:
            yield f"joint has the group {group}: must be two hosts or more"
        for name in group:
            yield from _unknown("joint", name, hosts)
            if name == scenario.foothold:
                yield f"joint has the foothold '{name}', from which nobody can evict"
        yield from _repeated(
            f"joint group {group} has hosts of one agent, which can clean one at a time: agent",
            [
                agent.name
                for agent in scenario.agents
                for host in scenario.hosts_for(agent, "restore")
                if host.name in group
            ],
        )


def _broadcast_problems(scenario: Scenario) -> Iterable[str]:
    agents = [agent.name for agent in scenario.agents]
    for name, bits in scenario.broadcast.items():
        yield from _unknown("agent in 'broadcast'", name, agents)
        if not bits or not all(bits):
            yield (
                f"'broadcast' of {brief(name)} is {brief(str(bits))}: must be a list with, for "
                "each bit, a list of the observations of which any makes it 1"
            )


def _unknown(key: str, name: str, legal: Mapping[str, object] | Iterable[str]) -> Iterable[str]:
    if name not in legal:
        yield f"{key} is '{brief(name)}'{nearest(name, legal)} (legal: {listing(legal)})"


def _repeated(kind: str, names: Sequence[str]) -> Iterable[str]:
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{kind} '{brief(name)}' appears twice"
