#!/usr/bin/env bash
# The runs behind docs/algorithms.md: every algorithm, three seeds, 960,000 steps, two at a time.
#   benchmarks/algorithms.sh [RESULTS]     then: python benchmarks/algorithm_curves.py RESULTS docs/algorithms
set -euo pipefail
export results=${1:-results}
for run in {qmix,vdn,iql,rial,dial,dial_nocomm}:epsilon_anneal_time=500000 {mappo,ippo}:; do
  for seed in 0 1 2; do echo "${run/:/ } seed=$seed"; done
done | xargs -P 2 -L 1 bash -c '
  python main.py --config="$0" --env-config=cyborg_small_no_block \
    with "$@" t_max=960000 save_model_interval=960000 local_results_path="$results"'
for folder in "$results"/[0-9]*; do
  python main.py evaluate "$folder" --episodes 1280
done
