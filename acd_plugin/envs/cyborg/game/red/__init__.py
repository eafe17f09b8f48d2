"""The scripted attacker of the paper: what it believes, what it chooses, and what its actions do.

Every action but ESCALATE and IMPACT is launched from a source host: the foothold in its own
subnet, the gateway that revealed it in any other.
"""
