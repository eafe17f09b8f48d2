"""The attacker's actions: CybORG's, launched from any session, blockable, with one detection draw.

CybORG lets only the attacker's first session (`SERVER`) scan and exploit. Here any session can be
the source, while what was learned (open ports, operating systems) is still kept by the first.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from CybORG.Shared import Observation
from CybORG.Simulator.Actions import (
    DiscoverNetworkServices,
    DiscoverRemoteSystems,
    ExploitRemoteService,
    Impact,
    PrivilegeEscalate,
    SSHBruteForce,
)
from CybORG.Simulator.Actions.ConcreteActions.Portscan import Portscan
from CybORG.Simulator.State import State

from acd_plugin.envs.cyborg.cyborg_backend.sessions import (
    PROTECTED,
    RED,
    SERVER,
    red_sessions_on,
)

_USER_DENSITY = 0.8  # malware of a plain user; CybORG's own 0.9 is what Analyse finds


class _Launched:
    """Mixin: an action from a source session, which may be gone, to a subnet, which may be blocked.

    ``is_lost`` tells afterwards that the session was gone.
    """

    session: int
    is_lost = False

    def _is_stopped(self, state: State, target_subnet: str) -> bool:
        if self.session not in state.sessions[RED]:
            self.is_lost = True
            return True
        source = state.sessions[RED][self.session].hostname
        (subnet,) = state.scenario.get_host_subnet_names(source)
        return subnet != target_subnet and subnet in state.blocks.get(target_subnet, ())


class Sweep(_Launched, DiscoverRemoteSystems):  # type: ignore[misc]
    def __init__(self, session: int, subnet: IPv4Network, target_subnet: str) -> None:
        super().__init__(subnet=subnet, session=session, agent=RED)
        self._target_subnet = target_subnet

    def execute(self, state: State) -> Observation:
        if self._is_stopped(state, self._target_subnet):
            return Observation(False)
        return super().execute(state)


class Scan(_Launched, DiscoverNetworkServices):  # type: ignore[misc]
    def __init__(self, session: int, ip_address: IPv4Address, target_subnet: str) -> None:
        super().__init__(session=session, agent=RED, ip_address=ip_address)
        self._target_subnet = target_subnet

    def execute(self, state: State) -> Observation:
        if self._is_stopped(state, self._target_subnet):
            return Observation(False)
        seen = Portscan(self.session, RED, self.ip_address).execute(state)
        server = state.sessions[RED][SERVER]
        server.clearports(self.ip_address)
        for process in seen.data[str(self.ip_address)]["Processes"]:
            for connection in process["Connections"]:
                server.addport(self.ip_address, connection["local_port"])
        return seen


class Exploit(_Launched, ExploitRemoteService):  # type: ignore[misc]
    """CybORG picks the exploit and decides whether it works.

    Whether it is seen is one draw for all of its traces (CybORG: two draws, and one trace always);
    failures leave none, and neither do hosts on the way. SSH brute force is always seen.
    """

    is_detected = False

    def __init__(
        self, session: int, ip_address: IPv4Address, target_subnet: str, detection_rate: float
    ) -> None:
        super().__init__(ip_address=ip_address, session=session, agent=RED)
        self._target_subnet = target_subnet
        self._detection_rate = detection_rate

    def execute(self, state: State) -> Observation:
        if self._is_stopped(state, self._target_subnet):
            return Observation(False)
        if state.ip_addresses[self.ip_address] in state.blocks.get(PROTECTED, ()):
            return Observation(False)
        server = state.sessions[RED][SERVER]
        target = state.hosts[state.ip_addresses[self.ip_address]]
        if self.ip_address not in server.ports:
            raise ValueError(f"the attacker exploits {target.hostname}, which it has not scanned")
        exploit = self.exploit_action_selector.get_exploit_action(
            state=state, session=SERVER, agent=RED, ip_address=self.ip_address
        )
        exploit.session = self.session
        exploit.detection_rate = 1.0
        is_seen = isinstance(exploit, SSHBruteForce) or (
            state.np_random.random() < self._detection_rate
        )
        traces = _trace_counts(state)
        outcome = exploit.execute(state)
        self.sub_action = exploit
        has_worked = bool(outcome.data["success"] == True)  # noqa: E712 - CybORG's own truth values
        self.is_detected = has_worked and is_seen
        if self.is_detected:
            del traces[target.hostname]
        _forget_traces(state, traces)
        if has_worked:
            server.addos(target.hostname, target.os_type)
            (session,) = red_sessions_on(state, target.hostname)
            if not session.is_root:
                target.files[-1].density = _USER_DENSITY
        return outcome


def _trace_counts(state: State) -> dict[str, dict[str, int]]:
    """Return, per host and kind of event, how many there are now."""
    return {
        name: {kind: len(events) for kind, events in host.events.items()}
        for name, host in state.hosts.items()
    }


def _forget_traces(state: State, counts: dict[str, dict[str, int]]) -> None:
    """Remove all events that came after ``counts`` was taken."""
    for name, by_kind in counts.items():
        for kind, count in by_kind.items():
            del state.hosts[name].events[kind][count:]


class _OnHost:
    """Mixin: an action on a host by the attacker's session there, which may be gone."""

    hostname: str
    is_lost = False

    def __init__(self, hostname: str) -> None:
        super().__init__(hostname=hostname, session=SERVER, agent=RED)  # type: ignore[call-arg]

    def execute(self, state: State) -> Observation:
        self.is_lost = not red_sessions_on(state, self.hostname)
        return super().execute(state)  # type: ignore[misc]


class Escalate(_OnHost, PrivilegeEscalate):  # type: ignore[misc]
    """Become root or SYSTEM on a host."""


class Stop(_OnHost, Impact):  # type: ignore[misc]
    """Impact on the objective: stop its service."""


RedAction = Sweep | Scan | Exploit | Escalate | Stop
