"""Scenario files: what is right loads, what is wrong is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from acd_plugin.configuration.paths import config_root, names_in
from acd_plugin.envs.cyborg.scenario_file import load_scenario
from acd_plugin.errors import UserError

SCENARIOS = [name for name in names_in("scenarios") if name != "images"]


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_of_the_project_loads(name: str) -> None:
    scenario = load_scenario(name)
    defended = {host.name for agent in scenario.agents for host in scenario.hosts_of(agent)}
    assert len(defended) == len(scenario.hosts) - 1


def test_a_scenario_may_extend_another() -> None:
    assert load_scenario("dial_2_subnets").green is None
    green = load_scenario("dial_2_subnets_green").green
    assert green is not None
    assert green.hosts == ["User1", "User2", "Op_Host0"]
    assert not load_scenario("dial_2_subnets_no_block").block


def small() -> dict[str, Any]:
    path = config_root() / "scenarios" / "dial_2_subnets.yaml"
    data: dict[str, Any] = yaml.safe_load(path.read_text())
    return data


def write(folder: Path, data: object, name: str = "mine.yaml") -> str:
    path = folder / name
    path.write_text(data if isinstance(data, str) else yaml.safe_dump(data))
    return str(path)


def test_a_file_of_ones_own_loads_from_its_path(tmp_path: Path) -> None:
    assert load_scenario(write(tmp_path, small())).foothold == "User0"
    extended = write(tmp_path, {"extends": "dial_3_subnets", "block": False}, "other.yaml")
    assert len(load_scenario(extended).agents) == 3
    local = {**small(), "images": "own.yaml"}
    images = yaml.safe_load((config_root() / "scenarios" / "images.yaml").read_text())
    write(tmp_path, images, "own.yaml")
    assert load_scenario(write(tmp_path, local)).images.keys() == images.keys()


def changed(path: str, value: object) -> dict[str, Any]:
    """Return the small scenario with one value replaced; ``path`` is like subnets.0.name."""
    data = small()
    place: Any = data
    *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    for part in parents:
        place = place[part]
    place[last] = value
    return data


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("blocks", True, "unknown key 'blocks'; did you mean 'block'? (legal: agents, block"),
        ("block", "yes", "'block' is 'yes': input should be a valid boolean"),
        ("subnets.0.hosts.1.importence", "low", "did you mean 'importance'? (legal: image"),
        ("subnets.0.hosts.1.importance", "huge", "should be 'none', 'low', 'medium' or 'high'"),
        ("subnets.0.hosts.1.image", "linux_user1", "did you mean 'linux_user_1'? (legal: gateway"),
        ("subnets.0.hosts.1.name", "User2", "host 'User2' appears twice"),
        ("subnets.0.hosts.2.reveals", "Operation", "did you mean 'Operational'?"),
        ("subnets.0.hosts.2.reveals", "User", "reveals of User2 is its own subnet"),
        ("subnets.0.hosts", [], "'subnets.0.hosts' is []: must have at least one item"),
        ("subnets.0.name", "", "'subnets.0.name' is '': a name must have letters"),
        ("agents.0.name", "Blue\n0", "'agents.0.name' is 'Blue\\n0': a name must have letters"),
        (
            "agents.0.sees",
            "both",
            "'agents.0.sees' is 'both': must be own, team, nothing, or a list",
        ),
        ("agents.0.sees", [3], "'agents.0.sees.0' is 3: must be text"),
        ("objective", 3, "'objective' is 3: must be text, or a list of texts"),
        ("foothold", "User9", "foothold is 'User9'"),
        ("objective", "User0", "foothold and objective are both 'User0'"),
        ("agents.1.defends", ["User"], "Blue0, Blue1 guard subnet 'User' with the same action 'bl"),
        ("agents.1.defends", ["User"], "the same action 'remove' on User1, User2: leave it out of"),
        ("agents.1.defends", ["Operational", "User2"], "the same action 'restore' on User2: leave"),
        ("agents.1.defends", ["User", "User"], "in 'defends' of Blue1 'User' appears twice"),
        ("agents.1.defends", ["Op_Host1"], "defends of Blue1 is 'Op_Host1'; did you mean 'Op_Host"),
        ("agents.1.defends", ["User0"], "defends of Blue1 is 'User0'; did you mean 'User"),
        ("agents.1.defends", ["Op_Host0"], "no agent defends Op_Server0: add each to one agent's"),
        ("agents.1.defends", ["Operational", "Op_Host0"], "'Operational' and Op_Host0, which is"),
        ("agents.1.defends", ["User"], "subnet 'Operational' has no defender"),
        ("agents.1.name", "Blue0", "agent 'Blue0' appears twice"),
        ("agents.1.actions", ["block"], "no agent can act on Op_Host0, Op_Server0: give one that"),
        ("agents.1.actions", ["restart"], "should be 'remove', 'restore', 'analyse', 'protect'"),
        ("agents.1.actions", ["remove", "remove"], "in 'actions' of Blue1 'remove' appears twice"),
        ("agents.1.sees", ["User3"], "sees of Blue1 is 'User3'; did you mean 'User"),
        ("agents.1.sees", ["User1", "User1"], "in 'sees' of Blue1 'User1' appears twice"),
        ("agents.1.sees", ["User0"], "has 'User0', where there is only the foothold, which nobody"),
        ("agents.1.sees", [], "'sees' of Blue1 is []: write own, team, nothing or names"),
        ("objective", [], "objective is []: name a host, or several"),
        ("objective", ["Op_Server0", "Op_Server0"], "objective 'Op_Server0' appears twice"),
        ("objective", ["Op_Server0", "User0"], "foothold and objective are both 'User0'"),
        (
            "clues",
            ["User1"],
            "clues tell which of several objectives a game has, and there is only",
        ),
        ("clues", ["User1", "User1"], "in 'clues' host 'User1' appears twice"),
        ("exclusive", ["analyse", "analyse"], "exclusive action 'analyse' appears twice"),
        ("joint", [["User1"]], "joint has the group ['User1']: must be two hosts or more"),
        ("joint", [["User1", "Op_Host1"]], "joint is 'Op_Host1'; did you mean 'Op_Host0'?"),
        ("exclusive", ["protect"], "'exclusive' has 'protect', which no agent has, so that it"),
        (
            "joint",
            [["User1", "User2"]],
            "takes another agent for every host in one step, and there",
        ),
        ("joint", [["User0", "Op_Host0"]], "joint has the foothold 'User0', from which nobody"),
        ("green", {"hosts": ["User0"], "sleep_probability": 0.5}, "green can only scan defended"),
        ("green", {"hosts": ["User1"], "sleep_probability": 2.0}, "less than or equal to 1"),
        ("images", {"a": {"ports": [], "exploits": []}}, "'images.a.ports' is []"),
        ("images", {"a": {"ports": [70000], "exploits": []}}, "'images.a.ports.0' is 70000"),
        ("images", "nowhere.yaml", "nowhere.yaml: no such file"),
        ("extends", 3, "'extends' is 3: must be the name of a scenario"),
        ("extends", "mine", "extends itself"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, path: str, value: object, message: str) -> None:
    name = write(tmp_path, changed(path, value))
    with pytest.raises(UserError) as error:
        load_scenario(name)
    assert message in str(error.value)
    assert ".yaml: " in str(error.value)
    assert "\n" not in str(error.value)


def test_mistakes_that_take_two_keys_are_named(tmp_path: Path) -> None:
    agents = [
        {"name": "Blue0", "defends": ["User"], "actions": ["remove"], "sees": "nothing"},
        {"name": "Blue1", "defends": ["Operational"], "actions": ["protect"], "sees": "nothing"},
    ]
    data = {
        **small(),
        "agents": agents,
        "objective": ["Op_Host0", "Op_Server0"],
        "clues": ["User1"],
    }
    with pytest.raises(UserError) as error:
        load_scenario(write(tmp_path, data))
    assert "no agent has 'analyse' on 'User1', where there is a clue" in str(error.value)
    assert "no agent sees a host" in str(error.value)
    data = {**small(), "block": False, "exclusive": ["restore"], "joint": [["User1", "Op_Host0"]]}
    data["agents"] = [{**agents[0], "actions": ["restore", "block"]}, agents[1]]
    with pytest.raises(UserError) as error:
        load_scenario(write(tmp_path, data))
    assert "'restore' cannot be exclusive where hosts are restored together" in str(error.value)
    assert "agent 'Blue0' has 'block', and 'block' of the scenario is false" in str(error.value)


def test_who_defends_single_hosts_only_cannot_block(tmp_path: Path) -> None:
    single = {"name": "Blue1", "defends": ["Op_Host0", "Op_Server0"]}
    data = {**small(), "agents": [{"name": "Blue0", "defends": ["User"]}, single]}
    scenario = load_scenario(write(tmp_path, data))
    assert scenario.actions_of(scenario.agents[0]) == ["remove", "restore", "analyse", "block"]
    assert scenario.actions_of(scenario.agents[1]) == ["remove", "restore", "analyse"]
    single["actions"] = ["remove", "block"]
    message = "agent 'Blue1' has 'block' and defends no whole subnet: add the one"
    with pytest.raises(UserError, match=message):
        load_scenario(write(tmp_path, data))


def test_a_name_of_a_subnet_and_a_host_means_the_subnet(tmp_path: Path) -> None:
    data = small()
    data["subnets"][1]["hosts"][0]["name"] = "User"
    scenario = load_scenario(write(tmp_path, data))
    own = [[host.name for host in scenario.hosts_of(agent)] for agent in scenario.agents]
    assert own == [["User1", "User2"], ["User", "Op_Server0"]]


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    data = changed("foothold", "User9")
    data["objective"] = "Op_Server9"
    with pytest.raises(UserError, match=r"foothold is 'User9'.*objective is 'Op_Server9'"):
        load_scenario(write(tmp_path, data))


def told(name: str) -> list[str]:
    with pytest.raises(UserError) as error:
        load_scenario(name)
    assert str(error.value).count(".yaml: ") == 1
    return [problem.removeprefix(f"{name}: ") for problem in error.value.problems]


def test_mistakes_of_form_and_of_meaning_are_told_together(tmp_path: Path) -> None:
    data = changed("agents.1", {"name": "Blue1", "defend": ["Operational"]})
    data |= {"exclusive": ["restart"], "joint": [["User1"]], "objektive": data.pop("objective")}
    found = told(write(tmp_path, data))
    assert [problem[:35] for problem in found] == [
        "unknown key 'agents.1.defend'; did ",  # and nothing of who defends what
        "'exclusive.0' is 'restart': input s",
        "unknown key 'objektive'; did you me",  # and not that 'objective' is missing
        "joint has the group ['User1']: must",
    ]


def test_what_only_follows_from_an_unknown_name_is_not_told(tmp_path: Path) -> None:
    data = changed("agents.1.defends", ["Operatoinal"])
    data["green"] = {"hosts": ["User0"], "sleep_probability": 0.5}
    defends, green = told(write(tmp_path, data))
    assert defends.startswith("defends of Blue1 is 'Operatoinal'; did you mean 'Operational'?")
    assert green.startswith("green.hosts has the foothold 'User0'")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("block: [", "not valid YAML"),
        ("- a\n- b\n", "expected 'key: value' lines, got list"),
        ("", "expected 'key: value' lines, got nothing"),
        ("block: !!python/object/apply:os.system ['touch hacked']", "not valid YAML"),
        ("a: " + "[" * 5000, "not valid YAML"),
    ],
)
def test_files_that_are_no_scenario(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        load_scenario(write(tmp_path, text))
    assert not Path("hacked").exists()


def test_a_file_that_is_no_text_or_missing(tmp_path: Path) -> None:
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00block")
    with pytest.raises(UserError, match="cannot be read"):
        load_scenario(str(tmp_path / "binary.yaml"))
    with pytest.raises(UserError, match="no such file"):
        load_scenario(str(tmp_path / "missing.yaml"))


@pytest.mark.parametrize(
    ("gives", "detected"), [("fails", "rate"), ("user", "never"), ("root", "never")]
)
def test_an_exploit_is_detected_only_if_it_opens_a_session(
    tmp_path: Path, gives: str, detected: str
) -> None:
    exploit = {"name": "X", "gives": gives, "detected": detected}
    images = yaml.safe_load((config_root() / "scenarios" / "images.yaml").read_text())
    images["gateway"]["exploits"] = [exploit]
    with pytest.raises(UserError, match=r"images\.gateway\.X"):
        load_scenario(write(tmp_path, {**small(), "images": images}))
