"""How the game's speed grows with the network, and what it costs if one defender owns most of it.

    python benchmarks/growth.py [--seconds 1.0] [--repeats 3] [--against CHECKOUT]

Prints game steps per second times hosts, in millions: if cost follows hosts, that does not fall.
20 defenders have as many hosts each, or one of them nearly all. 128 games on one thread; with
another checkout of this project both are measured in turn, as in `simulator.py`.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import yaml
from simulator import read_measurement

DEFENDERS = 20
HOSTS = (40, 100, 300, 1000)
GAMES = 128


def scenario(hosts: int, is_equal: bool) -> dict[str, object]:
    """Return a chain of subnets, one for each defender; the first one has all that is left."""
    each = hosts // DEFENDERS if is_equal else 1
    sizes = [hosts - (DEFENDERS - 1) * each] + [each] * (DEFENDERS - 1)
    subnets = []
    for number, size in enumerate(sizes):
        own: list[dict[str, object]] = [
            {"name": f"Host{number}_{place}", "image": "linux_user_2", "importance": "low"}
            for place in range(size)
        ]
        if number + 1 < DEFENDERS:
            own[0]["reveals"] = f"Subnet{number + 1}"
        if number == 0:
            own.append({"name": "Foothold", "image": "gateway", "importance": "none"})
        subnets.append({"name": f"Subnet{number}", "hosts": own})
    return {
        "images": "images.yaml",
        "block": False,
        "foothold": "Foothold",
        "objective": f"Host{DEFENDERS - 1}_0",
        "subnets": subnets,
        "agents": [
            {"name": f"Blue{number}", "defends": [f"Subnet{number}"]} for number in range(DEFENDERS)
        ],
    }


def environment(folder: Path, hosts: int, is_equal: bool) -> str:
    """Write an environment and its scenario; returns the path of its file."""
    name = f"{hosts}_{'equal' if is_equal else 'one'}"
    (folder / f"net_{name}.yaml").write_text(yaml.safe_dump(scenario(hosts, is_equal)))
    path = folder / f"env_{name}.yaml"
    told = {"scenario": str(folder / f"net_{name}.yaml"), "time_limit": 60}
    path.write_text(yaml.safe_dump({"extends": "cyborg_small", "env_args": told}))
    return str(path)


def main() -> None:
    measurement = read_measurement(__doc__.splitlines()[0])
    print("steps/s times hosts, in millions")
    with tempfile.TemporaryDirectory() as folder:
        for hosts in HOSTS:
            for is_equal in (True, False):
                env = environment(Path(folder), hosts, is_equal)
                best = map(max, measurement.speeds(env, GAMES, 1))
                told = "".join(f"{hosts * steps / 1e6:>9.1f}" for steps in best)
                owners = "equal owners" if is_equal else "one owns most"
                print(f"{hosts:>6} hosts, {owners:<14}{told}", flush=True)


if __name__ == "__main__":
    main()
