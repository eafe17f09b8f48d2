"""What axes say: metrics in words, with their units."""

from __future__ import annotations

_OF_GAMES = {
    "return_mean": "Mean return per {game}",
    "return_std": "Standard deviation of the return per {game}",
    "ep_length_mean": "Length of a {game} (steps)",
    "messages_sent_mean": "Messages per {game}",
    "bits_sent_mean": "Bits per {game}",
    "hosts_compromised_mean": "Hosts the attacker holds at the end of a {game}",
    "server_compromised_steps_mean": "Steps the server is compromised per {game}",
    "server_safe_steps_mean": "Steps before the server falls per {game}",
    "blocks_mean": "Blocks per {game}",
    "useless_actions_mean": "Useless actions per {game}",
}
_OTHERS = {
    "loss": "Loss",
    "grad_norm": "Norm of the gradient",
    "td_error_abs": "Absolute TD error",
    "q_taken_mean": "Mean value of the actions taken",
    "target_mean": "Mean target value",
    "epsilon": "Exploration rate",
    "episode": "Training games",
    "steps_per_second": "Speed (game steps per second)",
}
_SETTINGS = {
    "lr": "Learning rate",
    "n_bits": "Bits per message",
    "hidden_dim": "Width of the network's layers",
    "rnn_layers": "Recurrent layers",
    "dru_sigma": "Noise on messages in training (standard deviation)",
    "gamma": "Discount factor",
    "batch_size": "Games per update",
    "batch_size_run": "Games played at once",
    "buffer_size": "Games in the replay buffer",
    "epsilon_start": "Exploration rate at the start",
    "epsilon_finish": "Exploration rate at the end",
    "epsilon_anneal_time": "Game steps until exploration has faded",
    "grad_norm_clip": "Norm at which gradients are clipped",
    "target_update_interval_or_tau": "Updates between copies of the target network",
    "detection_rate": "Share of exploits that are seen",
    "time_limit": "Length of a game (steps)",
    "analyse_mode": "When Analyse is available",
    "message_content": "What messages say",
    "attacker": "Attacker",
    "scenario": "Network",
}
_TEST = "test_"
_UNITS = ((1e6, "million game steps"), (1e3, "thousand game steps"), (1.0, "game steps"))


def in_words(metric: str) -> str:
    """Return a recorded metric as an axis names it; one that is not known keeps its name."""
    game = "greedy test game" if metric.startswith(_TEST) else "training game"
    name = metric.removeprefix(_TEST)
    if name in _OF_GAMES:
        return _OF_GAMES[name].format(game=game)
    if name.startswith("cost_") and name.endswith("_mean"):
        cost = name[len("cost_") : -len("_mean")].replace("_", " and ")
        return f"Cost of {cost} per {game}"
    return _OTHERS.get(metric, metric)


def setting_in_words(key: str) -> str:
    """Return a setting as an axis names it, with its key; one that is not known is its key."""
    name = key.removeprefix("env_args.")
    return f"{_SETTINGS[name]} ({name})" if name in _SETTINGS else name


def unit_of_steps(last: float) -> tuple[float, str]:
    """Return in how many steps an axis that ends there counts, and what it is called."""
    return next(unit for unit in _UNITS if last >= 2 * unit[0] or unit[0] == 1)
