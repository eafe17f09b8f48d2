"""What a scenario may contain to be played on CybORG."""

from __future__ import annotations

from collections.abc import Iterable

from acd_plugin.envs.cyborg.scenario import Image, Scenario
from acd_plugin.envs.cyborg.scenario_file import load_scenario
from acd_plugin.errors import UserError, listing

# Our names of the images, and CybORG's.
CYBORG_IMAGES = {
    "windows_user_1": "windows_user_host1",
    "windows_user_2": "windows_user_host2",
    "linux_user_1": "linux_user_host1",
    "linux_user_2": "linux_user_host2",
    "gateway": "Gateway",
    "op_server": "OP_Server",
    "internal": "Internal",
}
OBJECTIVE_SERVICE = "OTService"  # what Impact stops
_OBJECTIVE_IMAGE = "op_server"  # the only image that has it
_TAKEN = ("Defender", "Management")  # a host and a subnet that are added


def check_expressible(scenario: Scenario) -> None:
    """Raise UserError, naming every feature, when CybORG cannot play ``scenario``."""
    problems = list(_problems(scenario))
    if problems:
        raise UserError(
            "backend=cyborg cannot express this scenario (backend=native can): "
            + "; ".join(problems)
        )


def _problems(scenario: Scenario) -> Iterable[str]:
    shipped = load_scenario("dial_3_subnets").images
    for name in sorted({host.image for host in scenario.hosts}):
        if name not in CYBORG_IMAGES:
            yield f"image '{name}' is none of CybORG's (legal: {listing(CYBORG_IMAGES)})"
        elif not _is_same(scenario.images[name], shipped[name]):
            yield f"image '{name}' is changed, and CybORG's has the ports and exploits it has"
    for host in scenario.hosts:
        if host.name in scenario.objectives and host.image != _OBJECTIVE_IMAGE:
            yield (
                f"the objective '{host.name}' has image '{host.image}', on which CybORG has no "
                f"service to stop (legal: {_OBJECTIVE_IMAGE})"
            )
    for host in scenario.hosts:
        owners = [
            agent.name
            for agent in scenario.agents
            if host in scenario.hosts_of(agent) and scenario.acts_on_hosts(agent)
        ]
        if len(owners) > 1:
            yield (
                f"{listing(owners)} act on '{host.name}', and in CybORG every agent has suspicions "
                "of its own (legal: all actions on a host for one agent)"
            )
    for name in (*scenario.subnet_names, *(host.name for host in scenario.hosts)):
        if name in _TAKEN or name.endswith("_router"):
            yield f"the name '{name}' is used by CybORG: choose another"


def _is_same(image: Image, shipped: Image) -> bool:
    return set(image.ports) == set(shipped.ports) and image.exploits == shipped.exploits
