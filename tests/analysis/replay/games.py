"""A recorded game made by hand, whose every step is known."""

from __future__ import annotations

from acd_plugin.analysis.replay.record import (
    AgentStep,
    Caption,
    GameRecord,
    GameStep,
    HeardMessage,
    Replay,
)
from acd_plugin.envs.scene import Attack, Deed, Host, HostState, Network, Scene, Subnet

NETWORK = Network(
    defenders=("Ann", "Bob"),
    duties=(("Lobby",), ("Vaults",)),
    subnets=(Subnet("Lobby", (0,)), Subnet("Vaults", (1,))),
    hosts=(
        Host("Visitor", 0, "none", None),
        Host("Desk", 0, "low", 1),
        Host("Vault", 1, "high", None),
    ),
    foothold=0,
)
VAULT = 2  # what the attacker wants
CLEAN = HostState("none", "none", "no", process_known=False)
OWN = HostState("root", "none", "no", process_known=False)
SLEPT = Deed("unknown", 0.0, useless=False, blocks=None)
CAPTION = Caption("dial on vaults", "run results/1", 640, "greedy games", 0, {"n_bits": "1"})


def silent(action: str, said: str = "") -> AgentStep:
    return AgentStep(action, (), (), action, said, ())


def the_game() -> GameRecord:
    """Three steps: an exploit that is seen, a warning that is heeded, the fall of the vault."""
    seen = HostState("user", "exploit", "user", process_known=True)
    exploited = Scene(
        (OWN, seen, CLEAN), 0.0, Attack("ExploitRemoteService", 0, 1, False, "success"),
        None, (SLEPT, SLEPT), VAULT,
    )  # fmt: skip
    blocked = Scene(
        (OWN, HostState("user", "none", "user", process_known=True), CLEAN), 0.0,
        Attack("DiscoverRemoteSystems", 1, 1, True, "blocked"),
        None, (SLEPT, Deed("success", 1.0, useless=False, blocks=0)), VAULT,
    )  # fmt: skip
    fallen = Scene(
        (OWN, HostState("root", "none", "user", process_known=True),
         HostState("root", "none", "no", process_known=False)),
        10.1, None, 1, (SLEPT, SLEPT), VAULT,
    )  # fmt: skip
    warned = HeardMessage(0, "1", ("Block Lobby", "Block Street"), "Sleep")
    return GameRecord(
        start=Scene((OWN, CLEAN, CLEAN), 0.0, None, None, (), VAULT),
        steps=(
            GameStep(0.0, (silent("Sleep", said="1"), silent("Sleep")), exploited),
            GameStep(
                -1.0,
                (
                    silent("Sleep"),
                    AgentStep("Block Lobby", (warned,), warned.unlocked, "Sleep", "", ()),
                ),
                blocked,
            ),
            GameStep(-10.1, (silent("Sleep"), silent("Sleep")), fallen),
        ),
    )


def the_replay(games: int = 1, network: Network = NETWORK) -> Replay:
    return Replay(network.defenders, talks=True, network=network, games=(the_game(),) * games)
