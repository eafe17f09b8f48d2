#!/usr/bin/env bash
# Everything under docs/results, in about a day on two cores: the paper's six games, the controls, what
# the messages do, and the report. Stopped, it goes on where it was.
#
#     mkdir -p results/paper && cp docs/results/runs.tar.xz results/paper    # to add to what is there
#     benchmarks/results.sh results/paper docs/results
set -euo pipefail
results=${1:?folder of the runs} out=${2:?folder of the report}

experiment() {
    python main.py experiment run "experiments/$1.yaml" "${@:2}"
}
experiment paper_extended --budget thousand --results "$results"
experiment paper_simple --budget thousand --results "$results"
experiment controls --results "$results"
experiment published_curves

examine=()
for run in "$results"/*/; do
    if grep -q '"name": "dial"' "$run/config.json" 2>/dev/null && [ ! -e "$run/communication.json" ]; then
        examine+=("$run")
    fi
done
if [ ${#examine[@]} -gt 0 ]; then
    python main.py communication "${examine[@]}"
fi
python main.py publish "$results" "$out/runs.tar.xz" --metric test_return_mean --metric test_blocks_mean
python main.py report "$out/runs.tar.xz" --out "$out/report" --title "Does communication pay?"
python benchmarks/published_curves.py results/published_curves "$out"
