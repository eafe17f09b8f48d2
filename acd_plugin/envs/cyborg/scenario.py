"""A network, who defends it and what its hosts are."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from acd_plugin.configuration.validation import Name, Settings

Importance = Literal["none", "low", "medium", "high"]
AgentAction = Literal["remove", "restore", "analyse", "protect", "block"]
HOST_ACTIONS: tuple[AgentAction, ...] = ("remove", "restore", "analyse", "protect")
_USUAL: tuple[AgentAction, ...] = ("remove", "restore", "analyse")


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
        unchanged = {
            name
            for name in self.added
            if getattr(self, name) == fields[name].get_default(call_default_factory=True)
        }
        content: dict[str, object] = write(self)
        return {name: value for name, value in content.items() if name not in unchanged}


class Exploit(Content):
    """One way into a host: what it opens and whether the defender's monitor sees it."""

    name: Name
    gives: Literal["fails", "user", "root"]
    detected: Literal["never", "rate", "always"]


class Image(Content):
    """What is installed on a host."""

    ports: list[Annotated[int, Field(ge=0, le=65535)]] = Field(min_length=1)
    exploits: list[Exploit] = Field(min_length=1)


class Host(Content):
    name: Name
    image: str
    importance: Importance
    reveals: str | None = None


class Subnet(Content):
    name: Name
    hosts: list[Host] = Field(min_length=1)


class Agent(Content):
    """A defender: what it is responsible for, what it can do there, and what it sees.

    ``defends`` names subnets and single hosts; a name of both means the subnet. It can always
    sleep. ``actions`` None: Remove, Restore and Analyse, and Block if the scenario has it and the
    agent defends a whole subnet. ``sees`` is ``own`` (what it defends), ``team`` (all that others
    see, too), ``nothing``, or names of hosts and subnets.
    """

    added = frozenset({"actions", "sees"})
    name: Name
    defends: list[str] = Field(min_length=1)
    actions: list[AgentAction] | None = None
    sees: Literal["own", "team", "nothing"] | list[str] = "own"


class Green(Content):
    """An innocent user who scans random hosts."""

    hosts: list[str] = Field(min_length=1)
    sleep_probability: float = Field(ge=0.0, le=1.0)


class Scenario(Content):
    """A scenario: every name that is used exists, and every host has a defender.

    ``objective`` may be several hosts, of which every game draws one; finding root on one of the
    ``clues`` tells which. Of ``exclusive`` actions the team has one in a step; from the hosts of a
    ``joint`` group the attacker can only be evicted together. ``broadcast`` changes nothing of the
    game: it names, for each bit of an agent's message, the observations of which one at least must
    be 1 for the control of that name to send it.
    """

    added = frozenset({"clues", "exclusive", "joint", "broadcast"})
    images: dict[Name, Image]
    block: bool
    foothold: str
    objective: str | list[str]
    subnets: list[Subnet] = Field(min_length=1)
    agents: list[Agent] = Field(min_length=1)
    green: Green | None = None
    clues: list[str] = Field(default_factory=list)
    exclusive: list[AgentAction] = Field(default_factory=list)
    joint: list[list[str]] = Field(default_factory=list)
    broadcast: dict[str, list[list[str]]] = Field(default_factory=dict)

    @property
    def hosts(self) -> list[Host]:
        """All hosts in file order, the foothold included."""
        return [host for subnet in self.subnets for host in subnet.hosts]

    @property
    def subnet_names(self) -> list[str]:
        return [subnet.name for subnet in self.subnets]

    @property
    def objectives(self) -> list[str]:
        return self.objective if isinstance(self.objective, list) else [self.objective]

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

    def actions_of(self, agent: Agent) -> list[AgentAction]:
        """What ``agent`` can do beside sleeping."""
        if agent.actions is not None:
            return agent.actions
        return [*_USUAL, "block"] if self.block and self.subnets_of(agent) else [*_USUAL]

    def subnets_of(self, agent: Agent) -> list[str]:
        """The subnets that ``agent`` defends as a whole, in file order."""
        return [name for name in self.subnet_names if name in agent.defends]

    def hosts_of(self, agent: Agent) -> list[Host]:
        """The hosts that ``agent`` defends, in file order."""
        single = set(agent.defends).difference(self.subnet_names)
        return [
            host
            for subnet in self.subnets
            for host in subnet.hosts
            if subnet.name in agent.defends or host.name in single
            if host.name != self.foothold
        ]

    def hosts_for(self, agent: Agent, action: AgentAction) -> list[Host]:
        """The hosts on which ``agent`` has an action."""
        return self.hosts_of(agent) if action in self.actions_of(agent) else []

    def defenders_of(self, subnet: Subnet) -> list[Agent]:
        """The agents that defend a subnet or hosts of it."""
        return [
            agent
            for agent in self.agents
            if subnet.name in agent.defends
            or any(host in subnet.hosts for host in self.hosts_of(agent))
        ]

    def acts_on_hosts(self, agent: Agent) -> bool:
        """Whether ``agent`` can do anything on the hosts that it defends."""
        return not set(HOST_ACTIONS).isdisjoint(self.actions_of(agent))

    def blockable_by(self, agent: Agent) -> list[str]:
        """The other subnets, in file order, whose traffic ``agent`` can block."""
        if "block" not in self.actions_of(agent):
            return []
        return [name for name in self.subnet_names if name not in agent.defends]

    def seen_by(self, agent: Agent, as_team: bool = False) -> list[Host]:
        """The hosts that ``agent`` sees: those that it defends first, then in file order.

        ``as_team``: whatever any agent sees.
        """
        team = self.agents if as_team or agent.sees == "team" else [agent]
        names = {name for member in team for name in self._shown_to(member)}
        own = self.hosts_of(agent)
        ordered = own + [host for host in self.hosts if host not in own]
        return [host for host in ordered if host.name in names]

    def _shown_to(self, agent: Agent) -> list[str]:
        """The names of the hosts that are an agent's own to see."""
        if agent.sees == "nothing":
            return []
        if agent.sees in ("own", "team"):
            return [host.name for host in self.hosts_of(agent)]
        hosts = {subnet.name: [host.name for host in subnet.hosts] for subnet in self.subnets}
        shown = [host for name in agent.sees for host in hosts.get(name, [name])]
        return [name for name in shown if name != self.foothold]
