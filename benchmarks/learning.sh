#!/usr/bin/env bash
# The runs behind docs/learning.md: DIAL, three seeds of each environment; about an hour on one core.
#   benchmarks/learning.sh [RESULTS]     then: python benchmarks/learning_curves.py RESULTS docs/learning
set -euo pipefail
results=${1:-results}
for seed in 0 1 2; do
  for run in cyborg_small_no_block:400:30 cyborg_small:600:30 cyborg_large:400:60; do
    IFS=: read -r env epochs steps <<< "$run"
    python main.py --config=dial --env-config="$env" \
      with seed="$seed" t_max=$((epochs * 128 * steps)) local_results_path="$results"
  done
done
