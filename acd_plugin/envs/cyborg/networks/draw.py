"""Draw networks: scenarios like those of a file, as a pure function of settings and number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from acd_plugin.configuration.paths import config_root
from acd_plugin.configuration.validation import parse
from acd_plugin.configuration.yaml_file import read_yaml
from acd_plugin.envs.batch_env import Purpose
from acd_plugin.envs.cyborg.networks.chance import Chance
from acd_plugin.envs.cyborg.networks.generator import GeneratorSettings
from acd_plugin.envs.cyborg.networks.winnable import Side, loser_of
from acd_plugin.envs.cyborg.scenario import Agent, Host, Image, Scenario, Subnet
from acd_plugin.envs.cyborg.scenario_problems import problems_of
from acd_plugin.errors import UserError, find

VERSION = "1"  # raised when the same settings and number give another network
_ATTEMPTS = 100
_FEWEST_SUBNETS = 2  # of one, the attacker takes the objective before it is seen
_FOOTHOLD, _OBJECTIVE, _SERVER = "Foothold", "Server", "op_server"


def draw_network(settings: GeneratorSettings, stream: Purpose, number: int) -> Scenario:
    """Return network ``number`` of a stream, one that both sides can win.

    Networks of different streams have nothing to do with each other. Raises UserError when the
    settings hardly ever give a network that can be won.
    """
    for name in settings.images:
        find(_images(), "image of the generator", name)
    losers: list[Side] = []
    for attempt in range(_ATTEMPTS):
        scenario = _draw(settings, Chance(stream, number, attempt))
        assert not problems_of(scenario), scenario
        loser = loser_of(scenario, settings.steps)
        if loser is None:
            return scenario
        losers.append(loser)
    raise UserError(
        f"generator: none of {_ATTEMPTS} networks can be won by both sides within steps="
        f"{settings.steps}: {_ways_out(settings, losers)}"
    )


def _ways_out(settings: GeneratorSettings, losers: Sequence[Side]) -> str:
    """Return what keeps each side from winning, and which settings can be changed for it."""
    told = []
    if "attacker" in losers:
        ways = ["raise 'steps'"]
        ways += ["lower 'subnets'"] * (settings.subnets[1] > _FEWEST_SUBNETS)
        ways += ["lower 'hosts'"] * (settings.hosts[1] > 1)
        told.append(
            f"in {losers.count('attacker')} the attacker does not get to the objective in time "
            f"({', or '.join(ways)})"
        )
    if "defenders" in losers:
        ways = ["raise 'subnets', so that it has a longer way"]
        ways += ["set 'objective' to farthest"] * (settings.objective == "anywhere")
        ways += ["raise 'agents'"] * (settings.agents[1] < settings.subnets[0])
        told.append(
            f"in {losers.count('defenders')} the defenders cannot keep the attacker from it, "
            f"although they see everything ({', or '.join(ways)})"
        )
    return "; ".join(told)


@cache
def _images() -> Mapping[str, Image]:
    known = read_yaml(config_root() / "scenarios" / "images.yaml")
    return {name: parse(Image, image, f"images.{name}") for name, image in known.items()}


def _draw(settings: GeneratorSettings, chance: Chance) -> Scenario:
    """Return one attempt."""
    sizes = [chance.between(settings.hosts) for _ in range(chance.between(settings.subnets))]
    hosts = [[chance.one_of(settings.images) for _ in range(size)] for size in sizes]
    ways = _ways(settings, chance, sizes)
    target = _objective(settings, chance, sizes, ways)
    foothold = Host(name=_FOOTHOLD, image=settings.images[0], importance="none")
    subnets = []
    for subnet, own in enumerate(hosts):
        made = [foothold] if subnet == 0 else []
        for place, image in enumerate(own):
            is_target = (subnet, place) == target
            shown = ways.get((subnet, place))
            made.append(
                Host(
                    name=_OBJECTIVE if is_target else f"Host{subnet}_{place}",
                    image=_SERVER if is_target else image,
                    importance="high" if is_target else "medium" if subnet else "low",
                    reveals=None if shown is None else _subnet_name(shown),
                )
            )
        subnets.append(Subnet(name=_subnet_name(subnet), hosts=made))
    used = sorted({host.image for subnet in subnets for host in subnet.hosts})
    return Scenario(
        images={name: _images()[name] for name in used},
        block=settings.block,
        foothold=_FOOTHOLD,
        objective=_OBJECTIVE,
        subnets=subnets,
        agents=[
            Agent(name=f"Blue{number}", defends=[_subnet_name(subnet) for subnet in duty])
            for number, duty in enumerate(_duties(settings, chance, len(sizes)))
        ],
    )


def _subnet_name(subnet: int) -> str:
    return f"Subnet{subnet}"


Place = tuple[int, int]  # a subnet, and which of its hosts
Ways = dict[Place, int]  # the subnets that hosts show


def _ways(settings: GeneratorSettings, chance: Chance, sizes: list[int]) -> Ways:
    """Return a tree that leads from the first subnet to all, and extra links as far as hosts go."""
    free = [[(subnet, place) for place in range(size)] for subnet, size in enumerate(sizes)]
    ways: Ways = {}
    for subnet in range(1, len(sizes)):
        parent = chance.one_of([other for other in range(subnet) if free[other]])
        place = chance.one_of(free[parent])
        free[parent].remove(place)
        ways[place] = subnet
    for _ in range(chance.between(settings.extra_links)):
        left = [place for own in free for place in own]
        pairs = [
            (place, subnet)
            for place in left
            for subnet in range(1, len(sizes))
            if subnet != place[0]
        ]
        if not pairs:
            break
        place, subnet = chance.one_of(pairs)
        free[place[0]].remove(place)
        ways[place] = subnet
    return ways


def _objective(settings: GeneratorSettings, chance: Chance, sizes: list[int], ways: Ways) -> Place:
    """Return where the objective is."""
    subnets = list(range(len(sizes)))
    if settings.objective == "farthest":
        found = _distances(len(sizes), ways)
        subnets = [subnet for subnet in subnets if found[subnet] == max(found)]
    subnet = chance.one_of(subnets)
    return subnet, chance.between((0, sizes[subnet] - 1))


def _distances(count: int, ways: Ways) -> list[int]:
    """Return how many subnets the attacker must pass to each."""
    distances = {0: 0}
    reached = [0]
    for subnet in reached:  # grows meanwhile: breadth first
        for (source, _), shown in ways.items():
            if source == subnet and shown not in distances:
                distances[shown] = distances[subnet] + 1
                reached.append(shown)
    return [distances[subnet] for subnet in range(count)]


def _duties(settings: GeneratorSettings, chance: Chance, subnets: int) -> list[list[int]]:
    """Return which subnets each agent defends; the first subnet is the first agent's."""
    agents = chance.between((settings.agents[0], min(settings.agents[1], subnets)))
    dealt = chance.shuffled(range(subnets))
    duties = [[subnet] for subnet in dealt[:agents]]
    for number, subnet in enumerate(dealt[agents:]):
        if settings.owners == "even":
            duties[number % agents].append(subnet)
        else:
            chance.one_of(duties).append(subnet)
    return sorted(sorted(duty) for duty in duties)
