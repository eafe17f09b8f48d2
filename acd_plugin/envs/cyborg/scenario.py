"""A network, who defends it and what its hosts are: read from YAML and checked.

Scenario files live in ``config/scenarios``; a path to a file of the user's own works as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from acd_plugin.configuration.paths import config_root, names_in
from acd_plugin.configuration.validation import Settings, parse
from acd_plugin.configuration.yaml_file import read_yaml
from acd_plugin.errors import UserError, brief, listing, nearest

Importance = Literal["none", "low", "medium", "high"]


class Content(Settings):
    """Part of a scenario file.

    Its content names the game in every run's record. A key that is added later therefore gets a
    default, with which the game is what it was, and stands in ``added``: while it has its default
    it is left out of the content, and old names stay as they are.
    """

    added: ClassVar[frozenset[str]] = frozenset()

    @model_serializer(mode="wrap")
    def _without_what_was_added(self, write: SerializerFunctionWrapHandler) -> dict[str, object]:
        fields = type(self).model_fields
        unchanged = {name for name in self.added if getattr(self, name) == fields[name].default}
        content: dict[str, object] = write(self)
        return {name: value for name, value in content.items() if name not in unchanged}


class Exploit(Content):
    """One way into a host: what it opens and whether the defender's monitor sees it."""

    name: str
    gives: Literal["fails", "user", "root"]
    detected: Literal["never", "rate", "always"]


class Image(Content):
    """What is installed on a host."""

    ports: list[Annotated[int, Field(ge=0, le=65535)]] = Field(min_length=1)
    exploits: list[Exploit] = Field(min_length=1)


class Host(Content):
    name: str
    image: str
    importance: Importance
    reveals: str | None = None


class Subnet(Content):
    name: str
    hosts: list[Host] = Field(min_length=1)


class Agent(Content):
    """A defender and the subnets it is responsible for."""

    name: str
    defends: list[str] = Field(min_length=1)


class Green(Content):
    """An innocent user who scans random hosts."""

    hosts: list[str] = Field(min_length=1)
    sleep_probability: float = Field(ge=0.0, le=1.0)


class Scenario(Content):
    """A checked scenario: every name that is used exists, and every subnet has one defender."""

    images: dict[str, Image]
    block: bool
    foothold: str
    objective: str
    subnets: list[Subnet] = Field(min_length=1)
    agents: list[Agent] = Field(min_length=1)
    green: Green | None = None

    @property
    def hosts(self) -> list[Host]:
        """All hosts in file order, the foothold included."""
        return [host for subnet in self.subnets for host in subnet.hosts]

    @property
    def subnet_names(self) -> list[str]:
        return [subnet.name for subnet in self.subnets]

    @property
    def home(self) -> str:
        """The subnet of the foothold."""
        return next(
            subnet.name
            for subnet in self.subnets
            if self.foothold in [host.name for host in subnet.hosts]
        )

    @property
    def ways_in(self) -> dict[str, str]:
        """For every subnet that the attacker can find, the host that is its shortest way there."""
        hosts = {subnet.name: subnet.hosts for subnet in self.subnets}
        ways: dict[str, str] = {}
        found = [self.home]
        for subnet in found:  # grows meanwhile: breadth first
            for host in hosts[subnet]:
                if host.reveals is not None and host.reveals not in found:
                    ways[host.reveals] = host.name
                    found.append(host.reveals)
        return ways

    def hosts_of(self, agent: Agent) -> list[Host]:
        """The hosts that ``agent`` sees and acts on, in file order."""
        return [
            host
            for subnet in self.subnets
            if subnet.name in agent.defends
            for host in subnet.hosts
            if host.name != self.foothold
        ]

    def blockable_by(self, agent: Agent) -> list[str]:
        """The other subnets, in file order, whose traffic ``agent`` can block."""
        if not self.block:
            return []
        return [name for name in self.subnet_names if name not in agent.defends]


def load_scenario(name: str) -> Scenario:
    """Return the scenario called ``name`` (or stored at that path).

    Raises UserError, naming file, key and legal values, when anything in it is wrong.
    """
    path = _find(name)
    scenario = parse(Scenario, _read_with_parents(path, seen=()), str(path))
    problems = list(_problems(scenario))
    if problems:
        raise UserError(f"{path}: " + "; ".join(problems))
    return scenario


def _find(name: str) -> Path:
    if name.endswith((".yaml", ".yml")):
        return Path(name)
    known = [option for option in names_in("scenarios") if option != "images"]
    if name not in known:
        raise UserError(
            f"unknown scenario '{brief(name)}'{nearest(name, known)} "
            f"(legal: {listing(known)}, or the path of a .yaml file)"
        )
    return config_root() / "scenarios" / f"{name}.yaml"


def _read_with_parents(path: Path, seen: tuple[Path, ...]) -> dict[str, object]:
    if path in seen:
        raise UserError(f"{path}: extends itself")
    data = read_yaml(path)
    parent = data.pop("extends", None)
    images = data.get("images")
    if isinstance(images, str):
        data["images"] = read_yaml(_beside(path, images))
    if parent is None:
        return data
    if not isinstance(parent, str):
        raise UserError(
            f"{path}: 'extends' is {brief(repr(parent))}: must be the name of a scenario"
        )
    sibling = path.parent / f"{parent}.yaml"
    parent_path = sibling if sibling.exists() else _find(parent)
    return {**_read_with_parents(parent_path, (*seen, path)), **data}


def _beside(path: Path, name: str) -> Path:
    sibling = path.parent / name
    return sibling if sibling.exists() else config_root() / "scenarios" / name


def _problems(scenario: Scenario) -> Iterable[str]:
    """Yield what pydantic cannot see: references between the parts of the file."""
    hosts = {host.name: host for host in scenario.hosts}
    subnets = scenario.subnet_names
    yield from _repeated("host", [host.name for host in scenario.hosts])
    yield from _repeated("subnet", subnets)
    yield from _repeated("agent", [agent.name for agent in scenario.agents])
    yield from _unknown("foothold", scenario.foothold, hosts)
    yield from _unknown("objective", scenario.objective, hosts)
    if scenario.foothold == scenario.objective:
        yield f"foothold and objective are both '{scenario.foothold}': they must be two hosts"
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
    for name in scenario.green.hosts if scenario.green else []:
        yield from _unknown("green.hosts", name, hosts)
        if name == scenario.foothold:
            yield f"green.hosts has the foothold '{name}': green can only scan defended hosts"


def _agent_problems(scenario: Scenario) -> Iterable[str]:
    defended = [name for agent in scenario.agents for name in agent.defends]
    for name in defended:
        yield from _unknown("agents.defends", name, scenario.subnet_names)
    yield from _repeated("defended subnet", defended)
    for name in scenario.subnet_names:
        if name not in defended:
            yield f"subnet '{brief(name)}' has no defender: add it to one agent's 'defends'"
    for agent in scenario.agents:
        if not scenario.hosts_of(agent):
            yield f"agent '{agent.name}' has no host to defend"


def _unknown(key: str, name: str, legal: Mapping[str, object] | list[str]) -> Iterable[str]:
    if name not in legal:
        yield f"{key} is '{brief(name)}'{nearest(name, legal)} (legal: {listing(legal)})"


def _repeated(kind: str, names: list[str]) -> Iterable[str]:
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{kind} '{brief(name)}' appears twice"
