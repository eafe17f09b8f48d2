"""The same game on an installed CybORG: ``env_args.backend=cyborg``.

CybORG simulates the network: sessions, processes, files, ports, exploits, traffic and what its
monitor sees. Put on top, without editing it: `network` (our scenario in CybORG's terms), `actions`
(what the paper changes in its actions), `controller` (order of play, blocks, team reward) and
`world` (one game). The attacker's mind and the defenders' table are those of the native backend;
`batch` joins both halves of a step, with the worlds in worker processes (`workers`).

Only `package`, `shims`, `workers` and `batch` can be imported without CybORG.
"""
