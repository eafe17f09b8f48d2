"""CybORG's controller with the paper's order of play, one-step blocks and team reward."""

from __future__ import annotations

from collections.abc import Mapping

from CybORG import CybORG
from CybORG.Shared.EnvironmentController import EnvironmentController
from CybORG.Shared.RewardCalculator import RewardCalculator
from CybORG.Simulator.Actions import Action
from CybORG.Simulator.SimulationController import SimulationController

from acd_plugin.envs.cyborg.cyborg_backend.sessions import red_sessions_on

Actions = dict[str, Action]  # by the names of those who act


class RootDamage(RewardCalculator):  # type: ignore[misc]
    """Minus the value of every host on which the attacker is root or SYSTEM."""

    def __init__(self, team: str, values: Mapping[str, float]) -> None:
        super().__init__(team)
        self._values = values

    def calculate_simulation_reward(self, env_controller: EnvironmentController) -> float:
        state = env_controller.state
        damage = 0.0
        for host, value in self._values.items():
            if any(session.is_root for session in red_sessions_on(state, host)):
                damage += value
        return 0.0 - damage


class TurnController(SimulationController):  # type: ignore[misc]
    """Agents act in the order in which their actions are given; blocks last for one step."""

    def sort_action_order(self, actions: Actions) -> Actions:
        # Not the parent's: it shuffles, drops for want of bandwidth and sorts by priority.
        ordered: Actions = EnvironmentController.sort_action_order(self, actions)
        return ordered

    def step(self, actions: Actions | None = None, skip_valid_action_check: bool = False) -> None:
        super().step(actions, skip_valid_action_check)
        self.state.blocks.clear()


class TurnBasedCybORG(CybORG):  # type: ignore[misc]
    """CybORG with that controller."""

    def _create_env_controller(self, env_config: object, agents: object) -> TurnController:  # noqa: ARG002
        return TurnController(self.scenario_generator, agents, self.np_random)
