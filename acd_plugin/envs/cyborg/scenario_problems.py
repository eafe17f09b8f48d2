"""What is wrong with a scenario although every key has a value of its type.

All of it is told at once, but for what may only follow from something else that is wrong: whether
hosts are defended is not asked where an agent is said to defend what does not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from acd_plugin.envs.cyborg import scenario_names, scenario_sight, scenario_teamwork
from acd_plugin.envs.cyborg.scenario import HOST_ACTIONS, Agent, Scenario, Subnet
from acd_plugin.envs.cyborg.scenario_names import repeated
from acd_plugin.errors import brief, listing


def problems_of(scenario: Scenario, sound: Collection[str] = Scenario.model_fields) -> list[str]:
    """Return what pydantic cannot see: references between the parts of the file.

    ``sound`` are the keys in which pydantic has found nothing; the others are not looked at.
    """
    problems: list[str] = []
    left = set(sound)
    for checks in (_NAMES, _MEANING, _TOGETHER):
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


def _action_problems(scenario: Scenario) -> Iterable[str]:
    for agent in scenario.agents:
        yield from repeated(f"in 'actions' of {agent.name}", agent.actions or [])
        if "block" in (agent.actions or []) and not scenario.block:
            yield f"agent '{agent.name}' has 'block', and 'block' of the scenario is false"


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
_OF_DUTIES = "agents subnets foothold block"
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
    (scenario_sight.clue_problems, "clues objective"),
    (scenario_sight.clue_holder_problems, f"clues {_OF_DUTIES}"),
    (_action_problems, "agents block"),
    (scenario_sight.sight_problems, "agents subnets foothold"),
    (_agent_problems, _OF_DUTIES),
    (scenario_teamwork.exclusive_problems, "exclusive joint"),
    (scenario_teamwork.joint_problems, "joint"),
    (scenario_teamwork.joint_foothold_problems, "joint foothold"),
    (_broadcast_problems, "broadcast"),
    (_green_problems, "green foothold"),
    (_out_of_reach, "objective subnets foothold"),
)
_TOGETHER: _Checks = (
    (scenario_sight.clue_reader_problems, "clues agents subnets foothold"),
    (scenario_teamwork.exclusive_owner_problems, f"exclusive {_OF_DUTIES}"),
    (scenario_teamwork.joint_cleaner_problems, f"joint {_OF_DUTIES} images exclusive"),
    (scenario_teamwork.joint_order_problems, f"joint {_OF_DUTIES} images"),
)
