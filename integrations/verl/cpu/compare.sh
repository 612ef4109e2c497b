#!/usr/bin/env bash
# The runs of protocol.md, one after the other, each kept once it is checked; then their numbers and the picture.
#
#   WORK=/tmp/compare SEEDS="1 3 4" compare.sh [ARM …]     all arms where none is named; slip_align and slip_bag are two
#
#   WORK         folder for everything that is made; what is there is used again
#   SEEDS        seeds (default 1 3 4)
#   STEPS, WARM_STEPS, SAMPLES    as in run.sh (default 40, 540, 4)
#   UNTIL        time of day (HH:MM) after which no further run is started (default: none)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=${WORK:?"WORK: expected a folder to work in"}
export STEPS=${STEPS:-40} WARM_STEPS=${WARM_STEPS:-540} SAMPLES=${SAMPLES:-4}
arms=("$@")
[ ${#arms[@]} -gt 0 ] || arms=(mix f1 slip_bag slip_align f1_critical precision recall)
mkdir -p "$work/results"

one() { # NAME SEED
  local name=$1 seed=$2 arm=$1 slip="" folder=$work
  [ ! -e "$work/results/$name-$seed.csv" ] || return 0
  case $name in
    slip_align) arm=f1 slip=0.6 folder=$work/slips ;;
    slip_bag) arm=f1_bag slip=0.6 folder=$work/slips ;;
  esac
  WORK=$folder SEED=$seed ARM=$arm SLIP=$slip "$here/run.sh" text
  python "$here/measure.py" "$folder/arm-$arm-$seed" --arm "$name" --seed "$seed" --out "$work/results/$name-$seed.csv"
}

for seed in ${SEEDS:-1 3 4}; do
  for arm in "${arms[@]}"; do
    if [ -n "${UNTIL:-}" ] && [[ $(date +%H:%M) > $UNTIL ]]; then
      echo "$(date +%T) past $UNTIL: $arm of seed $seed is not made"
    else
      one "$arm" "$seed" || echo "$(date +%T) $arm of seed $seed FAILED"
    fi
  done
done
