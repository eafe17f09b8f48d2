"""Terms of the reward by the name that stands under ``env_args.reward_terms``."""

from __future__ import annotations

from acd_plugin.envs.cyborg.plugged import checked_rule
from acd_plugin.envs.cyborg.program import RewardTerm

REWARD_TERMS: dict[str, RewardTerm] = {}


def register_reward_term(name: str, term: RewardTerm) -> None:
    """Make ``term(state, rules, game, actions) -> float`` known as a term of the reward.

    It is compiled; see `RewardTerm` for when it is called. Its value, times the weight that stands
    beside its name in ``env_args.reward_terms``, is added to the reward of the step.
    Raises UserError when it is no function of these arguments, or the name is taken.
    """
    arguments = ("state", "rules", "game", "actions")
    REWARD_TERMS[name] = checked_rule("reward term", name, term, arguments, REWARD_TERMS)
