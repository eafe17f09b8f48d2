"""What is wrong with a scenario although every key has a value of its type.

All of it is told at once, but for what may only follow from something else that is wrong: whether
hosts are defended is not asked where an agent is said to defend what does not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from acd_plugin.envs.cyborg import scenario_names
from acd_plugin.envs.cyborg.scenario import HOST_ACTIONS, Agent, Scenario, Subnet
from acd_plugin.envs.cyborg.scenario_names import host_names, repeated, unknown
from acd_plugin.errors import brief, listing


def problems_of(scenario: Scenario, sound: Collection[str] = Scenario.model_fields) -> list[str]:
    """Return what pydantic cannot see: references between the parts of the file.

    ``sound`` are the keys in which pydantic has found nothing; the others are not looked at.
    """
    problems: list[str] = []
    left = set(sound)
    for checks in (_NAMES, _MEANING):
        doubtful = set()
        for check, needed in checks:
            key, *others = needed.split()
            found = list(check(scenario)) if left.issuperset([key, *others]) else []
            if found:
                doubtful.add(key)
            problems += found
        left -= doubtful
    return problems


def _exploit_problems(scenario: Scenario) -> Iterable[str]:
    for name, image in scenario.images.items():
        for exploit in image.exploits:
            if (exploit.gives == "fails") != (exploit.detected == "never"):
                yield (
                    f"images.{name}.{exploit.name}: an exploit that fails is never detected, "
                    "and one that opens a session is detected by 'rate' or 'always'"
                )


def _route_problems(scenario: Scenario) -> Iterable[str]:
    for subnet in scenario.subnets:
        for host in subnet.hosts:
            if host.reveals == subnet.name:
                yield f"reveals of {host.name} is its own subnet: must be another one"


def _out_of_reach(scenario: Scenario) -> Iterable[str]:
    """Yield objectives that the attacker can never reach."""
    found = {scenario.home, *scenario.ways_in}
    for subnet in scenario.subnets:
        for host in subnet.hosts:
            if host.name in scenario.objectives and subnet.name not in found:
                yield (
                    f"objective '{brief(host.name)}' is in subnet '{brief(subnet.name)}', which "
                    "the attacker never finds: let a host of one that it does find have 'reveals'"
                )


def _objective_problems(scenario: Scenario) -> Iterable[str]:
    if not scenario.objectives:
        yield "objective is []: name a host, or several of which every game draws one"
    if scenario.foothold in scenario.objectives:
        yield f"foothold and objective are both '{scenario.foothold}': they must be two hosts"


def _clue_problems(scenario: Scenario) -> Iterable[str]:
    if scenario.clues and len(scenario.objectives) < 2:
        yield "clues tell which of several objectives a game has, and there is only one"


def _clue_holder_problems(scenario: Scenario) -> Iterable[str]:
    for name in scenario.clues:
        holders = [
            agent
            for agent in scenario.agents
            if name in [host.name for host in scenario.hosts_for(agent, "analyse")]
        ]
        if not holders:
            yield f"no agent has 'analyse' on '{name}', where there is a clue"


def _action_problems(scenario: Scenario) -> Iterable[str]:
    for agent in scenario.agents:
        yield from repeated(f"in 'actions' of {agent.name}", agent.actions or [])
        if "block" in (agent.actions or []) and not scenario.block:
            yield f"agent '{agent.name}' has 'block', and 'block' of the scenario is false"


def _sight_problems(scenario: Scenario) -> Iterable[str]:
    places = {*scenario.subnet_names, *host_names(scenario)}
    is_known = True
    for agent in scenario.agents:
        if isinstance(agent.sees, list):
            if not agent.sees:
                yield f"'sees' of {agent.name} is []: write own, team, nothing or names"
            for name in agent.sees:
                yield from unknown(f"sees of {agent.name}", name, places)
            is_known = is_known and places.issuperset(agent.sees) and bool(agent.sees)
    if is_known and not any(scenario.seen_by(agent) for agent in scenario.agents):
        yield "no agent sees a host: give one a 'sees'"


def _agent_problems(scenario: Scenario) -> Iterable[str]:
    for agent in scenario.agents:
        yield from _duty_problems(scenario, agent)
    for subnet in scenario.subnets:
        yield from _defence_problems(scenario, subnet)


def _duty_problems(scenario: Scenario, agent: Agent) -> Iterable[str]:
    """Yield what is wrong with what one agent defends."""
    single = set(agent.defends).difference(scenario.subnet_names)
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


def _exclusive_problems(scenario: Scenario) -> Iterable[str]:
    yield from repeated("exclusive action", scenario.exclusive)
    if scenario.joint and "restore" in scenario.exclusive:
        yield "'restore' cannot be exclusive where hosts are restored together ('joint')"


def _joint_problems(scenario: Scenario) -> Iterable[str]:
    for group in scenario.joint:
        if len(group) < 2:
            yield f"joint has the group {group}: must be two hosts or more"


def _joint_foothold_problems(scenario: Scenario) -> Iterable[str]:
    if any(scenario.foothold in group for group in scenario.joint):
        yield f"joint has the foothold '{scenario.foothold}', from which nobody can evict"


def _joint_agent_problems(scenario: Scenario) -> Iterable[str]:
    for group in scenario.joint:
        yield from repeated(
            f"joint group {group} has hosts of one agent, which can clean one at a time: agent",
            [
                agent.name
                for agent in scenario.agents
                for host in scenario.hosts_for(agent, "restore")
                if host.name in group
            ],
        )


def _broadcast_problems(scenario: Scenario) -> Iterable[str]:
    for name, bits in scenario.broadcast.items():
        if not bits or not all(bits):
            yield (
                f"'broadcast' of {brief(name)} is {brief(str(bits))}: must be a list with, for "
                "each bit, a list of the observations of which any makes it 1"
            )


def _green_problems(scenario: Scenario) -> Iterable[str]:
    if scenario.green and scenario.foothold in scenario.green.hosts:
        yield (
            f"green.hosts has the foothold '{scenario.foothold}': green can only scan defended "
            "hosts"
        )


# Each check with the keys that must be right for it; where it finds something, it is the first of
# them that is wrong, and what is looked at later does without it.
_Checks = Sequence[tuple[Callable[[Scenario], Iterable[str]], str]]
_NAMES: _Checks = (
    (scenario_names.in_subnets, "subnets"),
    (scenario_names.of_agents, "agents"),
    (scenario_names.of_the_foothold, "foothold subnets"),
    (scenario_names.of_objectives, "objective subnets"),
    (scenario_names.of_images, "images subnets"),
    (scenario_names.in_clues, "clues subnets"),
    (scenario_names.in_defends, "agents subnets foothold"),
    (scenario_names.in_joint, "joint subnets"),
    (scenario_names.in_broadcast, "broadcast agents"),
    (scenario_names.in_green, "green subnets"),
)
_MEANING: _Checks = (
    (_exploit_problems, "images"),
    (_route_problems, "subnets"),
    (_objective_problems, "objective foothold"),
    (_clue_problems, "clues objective"),
    (_clue_holder_problems, "clues agents subnets foothold block"),
    (_action_problems, "agents block"),
    (_sight_problems, "agents subnets foothold"),
    (_agent_problems, "agents subnets foothold block"),
    (_exclusive_problems, "exclusive joint"),
    (_joint_problems, "joint"),
    (_joint_foothold_problems, "joint foothold"),
    (_joint_agent_problems, "joint agents subnets foothold block"),
    (_broadcast_problems, "broadcast"),
    (_green_problems, "green foothold"),
    (_out_of_reach, "objective subnets foothold"),
)
