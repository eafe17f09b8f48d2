"""What CybORG cannot express is named, with what it can."""

from __future__ import annotations

from typing import Any

import pytest

from acd_plugin.configuration.paths import names_in
from acd_plugin.envs.cyborg.cyborg_backend.features import check_expressible
from acd_plugin.envs.cyborg.scenario import Scenario, Subnet
from acd_plugin.envs.cyborg.scenario_file import load_scenario
from acd_plugin.errors import UserError

NAMES = [name for name in names_in("scenarios") if name != "images"]


@pytest.mark.parametrize("name", NAMES)
def test_every_scenario_that_comes_with_the_program_can_be_played(name: str) -> None:
    check_expressible(load_scenario(name))


def changed(**changes: Any) -> Scenario:
    """Return the small network with other values of some fields."""
    return load_scenario("dial_2_subnets").model_copy(update=changes)


def with_host(**changes: Any) -> list[Subnet]:
    """Return the small network's subnets, the first defended host changed."""
    first, *others = load_scenario("dial_2_subnets").subnets
    hosts = first.hosts.copy()
    hosts[1] = hosts[1].model_copy(update=changes)
    return [first.model_copy(update={"hosts": hosts}), *others]


def test_an_image_of_ones_own() -> None:
    images = load_scenario("dial_2_subnets").images
    scenario = changed(
        images=images | {"toaster": images["gateway"]}, subnets=with_host(image="toaster")
    )
    with pytest.raises(UserError, match=r"image 'toaster' is none of CybORG's \(legal: gateway"):
        check_expressible(scenario)


def test_a_changed_image() -> None:
    images = load_scenario("dial_2_subnets").images
    gateway = images["gateway"].model_copy(update={"ports": [22, 23]})
    with pytest.raises(UserError, match="image 'gateway' is changed"):
        check_expressible(changed(images=images | {"gateway": gateway}))


def test_a_host_on_which_two_agents_act() -> None:
    first, second = load_scenario("dial_2_subnets").agents
    analyst = second.model_copy(update={"defends": ["User"], "actions": ["analyse"]})
    healer = first.model_copy(update={"actions": ["restore"]})
    with pytest.raises(UserError, match="Blue0, Blue1 act on 'User1', and in CybORG every agent"):
        check_expressible(changed(agents=[healer, analyst]))


def test_an_objective_without_a_service_and_a_taken_name() -> None:
    scenario = changed(objective="Op_Host0", subnets=with_host(name="Defender"))
    with pytest.raises(UserError) as raised:
        check_expressible(scenario)
    assert "the objective 'Op_Host0' has image 'gateway'" in str(raised.value)
    assert "the name 'Defender' is used by CybORG" in str(raised.value)
