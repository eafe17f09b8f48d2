"""Teamwork that means nothing in a scenario, or would not keep its promise, is refused."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest

from acd_plugin.configuration.validation import parse
from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.cyborg.definition import define
from acd_plugin.envs.cyborg.game.types import Level
from acd_plugin.envs.cyborg.native_batch import NativeBatchEnv
from acd_plugin.envs.cyborg.scenario import Agent, Scenario
from acd_plugin.envs.cyborg.scenario_file import load_scenario
from acd_plugin.envs.cyborg.scenario_problems import problems_of
from acd_plugin.envs.cyborg.settings import EnvSettings
from acd_plugin.errors import UserError
from tests.envs.cyborg.games import env_args

SHOP = """
images: images.yaml
block: true
foothold: Laptop
objective: [Db, Web]
subnets:
  - name: Shop
    hosts:
      - {name: Laptop, image: windows_user_1, importance: none}
      - {name: Till, image: IMAGE, importance: low}
      - {name: Db, image: IMAGE, importance: high}
      - {name: Web, image: IMAGE, importance: low}
  - name: Street
    hosts: [{name: Lamp, image: gateway, importance: low}]
agents:
  - {name: Rest, defends: [Till, Db, Web, Street], actions: [protect]}
"""
UNSEEN = "linux_user_2"  # it gives user or root, and need not be detected
ALWAYS_SEEN = "gateway"  # it gives root, and is always detected
FULL = "remove+restore+analyse"


def shop(folder: Path, agents: str, image: str = UNSEEN, **keys: object) -> Scenario:
    """Return the shop with agents of the form "NAME HOSTS ACTIONS", which come before the rest."""
    file = folder / "shop.yaml"
    file.write_text(SHOP.replace("IMAGE", image))
    scenario = load_scenario(str(file))
    added = [
        Agent.model_validate(
            {"name": name, "defends": hosts.split("+"), "actions": acts.split("+")}
        )
        for name, hosts, acts in (agent.split() for agent in agents.split(",") if agent)
    ]
    return scenario.model_copy(update={"agents": [*added, *scenario.agents], **keys})


def is_torn(scenario: Scenario) -> bool:
    """Whether the attacker can be evicted from Till or Db alone, where it holds both.

    Everything that the agents can do is tried, however it holds them.
    """
    settings = parse(EnvSettings, env_args("action_mask=False"), "env_args")
    game = define(settings, scenario)
    ways = [(Level.USER, True), (Level.USER, False), (Level.ROOT, True), (Level.ROOT, False)]
    if UNSEEN not in {host.image for host in scenario.hosts}:
        ways = [(Level.ROOT, True)]
    deeds = [np.flatnonzero([bool(name) for name in names]) for names in game.action_names[:-1]]
    tries = list(product(ways, ways, *deeds, [0]))
    batch = NativeBatchEnv(game, len(tries), seed=0, threads=1)
    batch.reset(0, Purpose.TRAIN)
    hosts = [[host.name for host in scenario.hosts].index(name) for name in ("Till", "Db")]
    for host, held in zip(hosts, np.array([one[:2] for one in tries]).swapaxes(0, 1), strict=True):
        batch.state.level[:, host], batch.state.pid_known[:, host] = held.T
    batch.step(np.array([one[2:] for one in tries]))
    left = (batch.state.level[:, hosts] != Level.NONE).sum(axis=1)
    return bool((left == 1).any())


@pytest.mark.parametrize(
    ("agents", "image", "torn"),
    [
        ("R1 Till restore,An Db analyse,R2 Db restore", UNSEEN, True),
        ("R1 Till remove,An Db analyse,R2 Db restore", UNSEEN, True),
        ("R1 Db restore,An Db analyse,R2 Till restore", UNSEEN, True),
        ("R1 Db restore,An Db analyse,R2 Till remove", UNSEEN, True),
        ("An Db analyse,R1 Till restore,R2 Db restore", UNSEEN, False),
        ("R1 Till restore,R2 Db restore,An Db analyse", UNSEEN, False),
        ("R1 Till restore,An Web analyse,R2 Db restore", UNSEEN, False),
        ("R1 Till restore,An Db analyse,R2 Db remove", UNSEEN, False),  # of a root that it finds
        ("R1 Till restore,An Db analyse,R2 Db restore", ALWAYS_SEEN, False),
        (f"R1 Till {FULL},R3 Web {FULL},R2 Db {FULL}", UNSEEN, False),
    ],
)
def test_a_group_that_a_discovery_would_tear_apart_is_refused(
    tmp_path: Path, agents: str, image: str, torn: bool
) -> None:
    scenario = shop(tmp_path, agents, image, joint=[["Till", "Db"]])
    assert is_torn(scenario) == torn
    found = problems_of(scenario)
    if torn:
        (problem,) = found
        assert problem.startswith("joint group ['Till', 'Db']: An acts after R1 and before R2")
        assert problem.endswith("list An before R1 in 'agents', or after R2")
    else:
        assert found == []


@pytest.mark.parametrize(
    ("agents", "image", "exclusive", "told"),
    [
        ("R1 Till restore,R2 Db remove", UNSEEN, ["remove"], "only R2 has"),
        ("R1 Till restore,R2 Db remove,R3 Web remove", UNSEEN, ["remove"], None),
        ("R1 Till restore,R2 Db remove", ALWAYS_SEEN, [], "no agent evicts from Db: give one"),
        ("R1 Till restore,R2 Db analyse", UNSEEN, [], "no agent evicts from Db: give one"),
        ("R1 Till+Db remove+analyse", UNSEEN, [], "in one step, and there is only R1: let"),
        ("R1 Till+Db restore", UNSEEN, [], "in one step, and there is only R1: let"),
        ("R1 Till+Db restore,R2 Db remove", UNSEEN, [], None),
        ("R1 Till remove,R2 Db remove", UNSEEN, [], None),
        ("R1 Till remove,R2 Db remove", UNSEEN, ["remove"], "R1, R2 and of 'remove' one in a step"),
    ],
)
def test_a_group_that_can_never_be_cleaned_is_refused(
    tmp_path: Path, agents: str, image: str, exclusive: list[str], told: str | None
) -> None:
    scenario = shop(tmp_path, agents, image, joint=[["Till", "Db"]], exclusive=exclusive)
    found = problems_of(scenario)
    assert len(found) == (told is not None), found
    assert all(told in problem for problem in found if told is not None)


@pytest.mark.parametrize(
    ("agents", "action", "told"),
    [
        ("", "analyse", "'exclusive' has 'analyse', which no agent has, so that it changes"),
        ("R1 Till analyse", "analyse", "'exclusive' has 'analyse', which only R1 has, so"),
        ("R1 Till analyse,R2 Db analyse", "analyse", None),
        ("R1 Street block", "block", "'exclusive' has 'block', which only R1 has, so that"),
        ("R1 Street block,R2 Shop block", "block", None),
    ],
)
def test_what_only_one_agent_can_do_is_not_exclusive(
    tmp_path: Path, agents: str, action: str, told: str | None
) -> None:
    found = problems_of(shop(tmp_path, agents, exclusive=[action]))
    assert len(found) == (told is not None), found
    assert all(told in problem for problem in found if told is not None)


@pytest.mark.parametrize(
    ("sees", "told"),
    [
        ({"An": "nothing", "Rest": ["Street"]}, "no agent sees 'Till', where there is a clue"),
        ({"An": "nothing", "Rest": ["Street", "Till"]}, None),
        ({"An": "nothing", "Rest": "own"}, None),
        ({"An": "nothing", "Rest": "nothing"}, "no agent sees a host"),
    ],
)
def test_a_clue_that_tells_nobody_is_refused(
    tmp_path: Path, sees: dict[str, str | list[str]], told: str | None
) -> None:
    scenario = shop(tmp_path, "An Till analyse", clues=["Till"])
    agents = [agent.model_copy(update={"sees": sees[agent.name]}) for agent in scenario.agents]
    found = problems_of(scenario.model_copy(update={"agents": agents}))
    assert len(found) == (told is not None), found
    assert all(told in problem for problem in found if told is not None)


def test_a_subnet_of_nothing_but_the_foothold_is_nothing_to_see(tmp_path: Path) -> None:
    text = SHOP.replace("IMAGE", UNSEEN).replace("foothold: Laptop", "foothold: Lamp")
    text = text.replace(", Web, Street]", ", Web, Laptop]").replace(
        "{name: Lamp, image", "{name: Lamp, reveals: Shop, image"
    )
    text = text.replace("[protect]", "[protect], sees: [Street, Till]")
    file = tmp_path / "shop.yaml"
    file.write_text(text)
    with pytest.raises(
        UserError, match="'sees' of Rest has 'Street', where there is only the foot"
    ):
        load_scenario(str(file))
