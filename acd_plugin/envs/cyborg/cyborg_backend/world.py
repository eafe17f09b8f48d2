"""One game on CybORG: carries out what everybody decided and reads off what happened."""

from __future__ import annotations

from CybORG.Simulator.Actions import GreenPortScan

from acd_plugin.envs.cyborg.cyborg_backend import blue_actions, red_actions
from acd_plugin.envs.cyborg.cyborg_backend.blue_actions import BlueAction
from acd_plugin.envs.cyborg.cyborg_backend.controller import TurnBasedCybORG, TurnController
from acd_plugin.envs.cyborg.cyborg_backend.network import GREEN, blue_name, generator_of
from acd_plugin.envs.cyborg.cyborg_backend.red_actions import RedAction
from acd_plugin.envs.cyborg.cyborg_backend.sessions import RED, SERVER, is_known, red_sessions_on
from acd_plugin.envs.cyborg.cyborg_backend.shims import random_numbers
from acd_plugin.envs.cyborg.cyborg_backend.step_record import Events, Network, Orders
from acd_plugin.envs.cyborg.game.blue import price
from acd_plugin.envs.cyborg.game.monitor import classify
from acd_plugin.envs.cyborg.game.types import NOBODY, Activity, Blue, Level, Outcome, Red, Result


class World:
    """A network that CybORG simulates; ``red_action`` is the attacker's last one, or None."""

    def __init__(self, network: Network) -> None:
        scenario, self._rules = network
        self._hosts = [host.name for host in scenario.hosts]
        self._subnets = scenario.subnet_names
        self._guarded = [scenario.subnets_of(agent) for agent in scenario.agents]
        self._agents = [blue_name(index) for index in range(len(scenario.agents))]
        generator = generator_of(network)
        self.red_action: RedAction | None = None
        self._cyborg = TurnBasedCybORG(generator, seed=random_numbers(0))

    @property
    def n_hosts(self) -> int:
        return len(self._hosts)

    @property
    def _controller(self) -> TurnController:
        return self._cyborg.environment_controller

    def reset(self, seed: int) -> None:
        """Begin an episode: all of its chances follow from ``seed``."""
        self._cyborg.np_random = random_numbers(seed)
        self._cyborg.reset()

    def step(self, orders: Orders, events: Events, game: int) -> None:
        """Carry out the orders of row ``game`` and fill that row of ``events``."""
        blues = [
            self._thwarted(agent, int(action)) if in_vain else self._blue_action(agent, int(action))
            for agent, (action, in_vain) in enumerate(
                zip(orders.actions[game], orders.thwarted[game], strict=True)
            )
        ]
        kind, target, source = (
            int(field[game]) for field in (orders.red_kind, orders.red_target, orders.red_source)
        )
        self.red_action = red = self._red_action(kind, target, source)
        actions = {
            name: action
            for name, action in zip(self._agents, blues, strict=True)
            if action is not None
        }
        if red is not None:
            actions[RED] = red
        if orders.green_host[game] != NOBODY:
            hostname = self._hosts[orders.green_host[game]]
            actions[GREEN] = GreenPortScan(session=SERVER, agent=GREEN, hostname=hostname)
        self._cyborg.parallel_step(actions, skip_valid_action_check=True)
        self._read_hosts(events, game)
        self._read_blue(blues, events, game)
        events.red_result[game] = self._red_result(red)
        events.red_detected[game] = getattr(red, "is_detected", False)
        events.reward[game] = sum(self._controller.get_reward(self._agents[0]).values())

    def _red_action(self, kind: int, target: int, source: int) -> RedAction | None:
        if kind == Red.SLEEP:
            return None
        if kind == Red.ESCALATE:
            return red_actions.Escalate(self._hosts[target])
        if kind == Red.IMPACT:
            return red_actions.Stop(self._hosts[target])
        session = self._session_on(source)
        if kind == Red.SWEEP:
            name = self._subnets[target]
            return red_actions.Sweep(session, self._controller.subnet_cidr_map[name], name)
        address = self._controller.hostname_ip_map[self._hosts[target]]
        subnet = self._subnets[self._rules.host_subnet[target]]
        if kind == Red.SCAN:
            return red_actions.Scan(session, address, subnet)
        return red_actions.Exploit(session, address, subnet, self._rules.detection_rate)

    def _session_on(self, host: int) -> int:
        """The attacker's session on a host; a number that no session has if there is none."""
        sessions = red_sessions_on(self._controller.state, self._hosts[host])
        return sessions[0].ident if sessions else NOBODY

    def _blue_action(self, agent: int, action: int) -> BlueAction | None:
        name, rules = self._agents[agent], self._rules
        kind = rules.action_kind[agent, action]
        target = rules.action_target[agent, action]
        if kind == Blue.REMOVE:
            return blue_actions.Remove(name, self._hosts[target], rules.remove_cost)
        if kind == Blue.RESTORE:
            price = float(rules.restore_cost[target])
            return blue_actions.Restore(name, self._hosts[target], price)
        if kind == Blue.ANALYSE:
            return blue_actions.Analyse(name, self._hosts[target], rules.analyse_cost)
        if kind == Blue.BLOCK:
            own = self._guarded[agent]
            return blue_actions.Block(name, self._subnets[target], own, rules.block_cost)
        if kind == Blue.PROTECT:
            return blue_actions.Protect(name, self._hosts[target], rules.protect_cost)
        return None

    def _thwarted(self, agent: int, action: int) -> BlueAction:
        rules = self._rules
        kind, target = rules.action_kind[agent, action], rules.action_target[agent, action]
        return blue_actions.Thwarted(self._agents[agent], float(price(rules, kind, target)))

    def _read_hosts(self, events: Events, game: int) -> None:
        for index, host in enumerate(self._hosts):
            sessions = red_sessions_on(self._controller.state, host)
            level = Level.NONE
            if sessions:
                level = Level.ROOT if any(s.is_root for s in sessions) else Level.USER
            events.level[game, index] = level
            events.activity[game, index] = Activity.NONE
            owner = self._rules.host_owner[index]
            if owner == NOBODY:
                continue
            name = self._agents[owner]
            events.pid_known[game, index] = is_known(self._controller.state, name, host)
            events.activity[game, index] = self._activity(name, host)

    def _activity(self, agent: str, host: str) -> int:
        """What the agent's monitor saw on a host in this step."""
        seen = self._cyborg.get_observation(agent).get(host, {}).get("Processes", [])
        ports = {
            connection["local_port"]
            for item in seen
            for connection in item.get("Connections", [])
            if "local_port" in connection
        }
        return classify(len(seen), len(ports))

    @staticmethod
    def _read_blue(actions: list[BlueAction | None], events: Events, game: int) -> None:
        for agent, action in enumerate(actions):
            if action is None:
                outcome = Outcome.UNKNOWN
            else:
                outcome = Outcome.SUCCESS if action.has_worked else Outcome.FAIL
            events.outcome[game, agent] = outcome
            events.cost[game, agent] = getattr(action, "price", 0.0)
            events.useless[game, agent] = getattr(action, "is_useless", False)
            events.found_root[game, agent] = getattr(action, "found_root", False)

    def _red_result(self, action: RedAction | None) -> int:
        if action is None:
            return Result.NOTHING
        if action.is_lost:
            return Result.LOST
        succeeded = self._cyborg.get_observation(RED)["success"] == True  # noqa: E712 - not a bool
        return Result.SUCCESS if succeeded else Result.FAIL
