"""The defenders' actions: CybORG's, acting on suspected processes only, at the paper's prices.

After execution ``has_worked``, ``is_useless`` and ``price`` tell how it went.
"""

from __future__ import annotations

from CybORG.Shared import Observation
from CybORG.Simulator.Actions import Action as CyborgAction
from CybORG.Simulator.Actions import Analyse as CyborgAnalyse
from CybORG.Simulator.Actions import Remove as CyborgRemove
from CybORG.Simulator.Actions import Restore as CyborgRestore
from CybORG.Simulator.State import State

from acd_plugin.envs.cyborg.cyborg_backend.sessions import (
    PROTECTED,
    SERVER,
    is_known,
    red_sessions_on,
    suspicions,
)

_FOUND_DENSITY = 0.9  # from here on, Analyse takes a file for malware of root


class _Priced:
    """Mixin: CybORG adds the ``cost`` of all actions to the team reward."""

    has_worked = True
    is_useless = False
    price = 0.0

    @property
    def cost(self) -> float:
        return -self.price


class Remove(_Priced, CyborgRemove):  # type: ignore[misc]
    """Kill the suspected processes; root's survive. Costs ``price`` if there was none to kill."""

    def __init__(self, agent: str, hostname: str, price: float) -> None:
        super().__init__(session=SERVER, agent=agent, hostname=hostname)
        self._full_price = price

    def execute(self, state: State) -> Observation:
        before = red_sessions_on(state, self.hostname)
        seen = super().execute(state)
        self.has_worked = bool(before) and not red_sessions_on(state, self.hostname)
        self.is_useless = not self.has_worked
        if self.has_worked:
            suspicions(state, self.agent, self.hostname).clear()
            state.hosts[self.hostname].files.clear()
        else:
            self.price = self._full_price
        return seen


class Restore(_Priced, CyborgRestore):  # type: ignore[misc]
    """Restore a host from its backup if a process on it is suspected; costs ``price`` anyway."""

    def __init__(self, agent: str, hostname: str, price: float) -> None:
        super().__init__(session=SERVER, agent=agent, hostname=hostname)
        self.price = price

    @property
    def cost(self) -> float:  # CybORG's class has a price of its own
        return -self.price

    def execute(self, state: State) -> Observation:
        self.has_worked = is_known(state, self.agent, self.hostname)
        self.is_useless = not self.has_worked
        if not self.has_worked:
            return Observation(False)
        suspicions(state, self.agent, self.hostname).clear()
        return super().execute(state)


class Analyse(_Priced, CyborgAnalyse):  # type: ignore[misc]
    """Look for malware of root, and suspect its process; costs ``price`` unless that was news."""

    found_root = False

    def __init__(self, agent: str, hostname: str, price: float) -> None:
        super().__init__(session=SERVER, agent=agent, hostname=hostname)
        self._full_price = price

    def execute(self, state: State) -> Observation:
        seen = super().execute(state)
        files = seen.data.get(self.hostname, {}).get("Files", [])
        malware = [file for file in files if file.get("Density", 0.0) >= _FOUND_DENSITY]
        self.found_root = bool(malware)
        self.is_useless = not malware or is_known(state, self.agent, self.hostname)
        if self.is_useless:
            self.price = self._full_price
        folders = {file["Path"] for file in malware}
        suspicions(state, self.agent, self.hostname).extend(
            process.pid
            for process in state.hosts[self.hostname].processes
            if process.path in folders
        )
        return seen


class Block(_Priced, CyborgAction):  # type: ignore[misc]
    """Let nothing from ``subnet`` into the ``own`` subnets during this step."""

    def __init__(self, agent: str, subnet: str, own: list[str], price: float) -> None:
        super().__init__()
        self.agent = agent
        self.session = SERVER
        self.price = price
        self._subnet = subnet
        self._own = own

    def execute(self, state: State) -> Observation:
        for name in self._own:
            state.blocks.setdefault(name, []).append(self._subnet)
        return Observation(True)


class Protect(_Priced, CyborgAction):  # type: ignore[misc]
    """Let no exploit of a host work during this step."""

    def __init__(self, agent: str, hostname: str, price: float) -> None:
        super().__init__()
        self.agent = agent
        self.session = SERVER
        self.price = price
        self._hostname = hostname

    def execute(self, state: State) -> Observation:
        state.blocks.setdefault(PROTECTED, []).append(self._hostname)
        return Observation(True)


class Thwarted(_Priced, CyborgAction):  # type: ignore[misc]
    """Any action that what the others do keeps from having an effect; it is paid for."""

    has_worked = False
    is_useless = True

    def __init__(self, agent: str, price: float) -> None:
        super().__init__()
        self.agent = agent
        self.session = SERVER
        self.price = price

    def execute(self, state: State) -> Observation:
        del state  # part of CybORG's contract
        return Observation(False)


BlueAction = Remove | Restore | Analyse | Block | Protect | Thwarted
