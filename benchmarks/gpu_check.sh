#!/usr/bin/env bash
# Everything that only a machine with a GPU can show, in about six minutes: the tests of what is done
# there, how fast the game is, and how long an epoch takes for one seed and for many.
#   [EPYMARL_HOME=CHECKOUT] benchmarks/gpu_check.sh [FOLDER FOR LOGS]
# It prints the tables; exit code 1 when a test fails.
set -uo pipefail
cd "$(dirname "$0")/.."
logs=${1:-$(mktemp -d)}
export PYTHONPATH=$PWD PYTHONUNBUFFERED=1
failed=0
timeout 300 python3 -m pytest -q -n auto -rf tests/gpu tests/envs/cyborg/test_device_games.py \
  2>&1 | tee "$logs/tests.txt" | tail -40 || failed=1
python3 benchmarks/gpu_game.py 2>&1 | tee "$logs/game.txt" | tail -40
python3 benchmarks/gpu_training.py --seconds 2 2>&1 | tee "$logs/training.txt"
exit $failed
