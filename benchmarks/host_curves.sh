#!/usr/bin/env bash
# The runs behind "the same curves in both hosts" of docs/hosts.md: QMIX, five seeds in each host.
#   benchmarks/host_curves.sh CHECKOUT [RESULTS]
#   python benchmarks/algorithm_curves.py RESULTS docs/hosts --by host
set -euo pipefail
export checkout=$1 results=${2:-results}
for seed in 0 1 2 3 4; do echo "$seed"; echo "$seed --epymarl=$checkout"; done \
  | xargs -P 2 -L 1 bash -c '
  python main.py --config=qmix --env-config=cyborg_small_no_block ${1:-} with seed="$0" \
    runner=batch t_max=480000 epsilon_anneal_time=250000 save_model=False \
    local_results_path="$results"'
