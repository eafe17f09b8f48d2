"""A scenario in CybORG's terms: hosts, images, subnets, sessions and teams."""

from __future__ import annotations

import copy
import json
import tempfile
from pathlib import Path

from CybORG.Shared.Scenario import Scenario as CyborgScenario
from CybORG.Simulator.Actions import Monitor
from CybORG.Simulator.Scenarios.FileReaderScenarioGenerator import FileReaderScenarioGenerator

from acd_plugin.envs.cyborg.cyborg_backend.controller import RootDamage
from acd_plugin.envs.cyborg.cyborg_backend.features import CYBORG_IMAGES, OBJECTIVE_SERVICE
from acd_plugin.envs.cyborg.cyborg_backend.sessions import RED, SERVER
from acd_plugin.envs.cyborg.cyborg_backend.shims import RandomNumbers
from acd_plugin.envs.cyborg.cyborg_backend.step_record import Network
from acd_plugin.envs.cyborg.scenario import Host, Scenario

Content = dict[str, object]  # of a YAML file
GREEN, BLUE = "Green", "Blue"  # teams as `RED` is; green has one agent of that name
_DEFENDER = "Defender"  # where the defenders' servers and the innocent user sit, out of reach
_MANAGEMENT = "Management"  # the subnet of that host alone
_ALL = {"all": {"in": "all", "out": "all"}}  # no firewall anywhere


def blue_name(agent: int) -> str:
    return f"{BLUE}{agent}"


class NetworkGenerator(FileReaderScenarioGenerator):  # type: ignore[misc]
    """Draws addresses once: no play depends on them, and drawing them takes longer than a game."""

    _created: CyborgScenario | None = None

    def create_scenario(self, np_random: RandomNumbers) -> CyborgScenario:
        if self._created is None:
            self._created = super().create_scenario(np_random)
        return copy.deepcopy(self._created)


def generator_of(network: Network) -> NetworkGenerator:
    """Return what creates the network in CybORG, again for every episode."""
    scenario, rules = network
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.yaml"
        path.write_text(json.dumps(_as_file(scenario), sort_keys=True))  # JSON is YAML, too
        generator = NetworkGenerator(str(path))
    # Action spaces need not follow what the agents learn: nobody chooses from them.
    generator.update_each_step = False
    created = generator.scenario
    blues = [blue_name(index) for index in range(len(scenario.agents))]
    for name in blues:
        created.agents[name].default_actions = (Monitor, {"session": SERVER, "agent": name})
    names = [host.name for host in scenario.hosts]
    values = dict(zip(names, rules.damage.tolist(), strict=True))
    created.team_agents = {BLUE: blues, RED: [RED], GREEN: [GREEN]}
    created.team_calc = {BLUE: {"damage": RootDamage(BLUE, values)}, RED: {}, GREEN: {}}
    for team, members in created.team_agents.items():
        for name in members:
            created.agents[name].team = team
    return generator


def _as_file(scenario: Scenario) -> Content:
    """Return the content of a scenario file as CybORG reads it."""
    subnets = {subnet.name: [host.name for host in subnet.hosts] for subnet in scenario.subnets}
    subnets[_MANAGEMENT] = [_DEFENDER]
    hosts = {host.name: _host(scenario, host) for host in scenario.hosts}
    hosts[_DEFENDER] = {"image": "Velociraptor_Server"}
    agents = {
        blue_name(index): _agent(_blue_sessions(scenario, index))
        for index in range(len(scenario.agents))
    }
    system = "SYSTEM" if "windows" in _image(scenario, scenario.foothold) else "root"
    agents[RED] = _agent([_session(scenario.foothold, "RedAbstractSession", system)])
    agents[GREEN] = _agent([_session(_DEFENDER, "green_session", "ubuntu")])
    return {
        "Agents": agents,
        "Hosts": hosts,
        "Subnets": {
            # The size decides how many addresses there are to choose from: never too few.
            name: {"Hosts": names, "Size": 2 * (len(names) + 3), "NACLs": _ALL}
            for name, names in subnets.items()
        },
    }


def _image(scenario: Scenario, name: str) -> str:
    return next(host.image for host in scenario.hosts if host.name == name)


def _host(scenario: Scenario, host: Host) -> Content:
    """A host's image, and what root on it tells of the network."""
    told: dict[str, Content] = {host.name: {"Interfaces": "All"}}
    if host.name in scenario.objectives:
        told[host.name]["Services"] = [OBJECTIVE_SERVICE]
    for subnet in scenario.subnets:
        if subnet.name == host.reveals:
            told[subnet.hosts[0].name] = {"Interfaces": "IP Address"}
    return {"image": CYBORG_IMAGES[host.image], "info": told}


def _agent(sessions: list[Content]) -> Content:
    return {
        "agent_type": "SleepAgent",  # all actions come from outside
        "reward_calculator_type": "None",
        "starting_sessions": sessions,
    }


def _session(host: str, kind: str, username: str, **more: object) -> Content:
    return {"hostname": host, "type": kind, "username": username, "name": f"on {host}", **more}


def _blue_sessions(scenario: Scenario, agent: int) -> list[Content]:
    """One server, which its monitor reads, and a client on every host on which the agent acts."""
    artifacts = ["NetworkConnections", "ProcessCreation"]
    server = _session(_DEFENDER, "VelociraptorServer", "ubuntu", artifacts=artifacts)
    own = scenario.agents[agent]
    hosts = scenario.hosts_of(own) if scenario.acts_on_hosts(own) else []
    clients = [
        _session(host.name, "VelociraptorClient", "ubuntu", parent=server["name"]) for host in hosts
    ]
    return [server, *clients]
