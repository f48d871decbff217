#!/bin/sh
# Fuzzes what reaches the kernel from outside (frames, messages, connection files, cells, notebooks), and prints for each
# target the CPU-minutes that it took and the size of its corpus. `make soak PART=fuzz1` calls it.
#
# MINUTES of CPU for each target (20), on CORES (all of them): a target that other programs kept from its CPU goes on
# until it has had them. Alone on one core the whole takes 7 x MINUTES. TARGETS names some of the targets (all of them).
set -eu
cd "$(dirname "$0")/.."
GO=${GO:-go}
MINUTES=${MINUTES:-20}
CORES=${CORES:-$(nproc 2>/dev/null || sysctl -n hw.ncpu)}
module=$($GO list -m)
cache=$($GO env GOCACHE)/fuzz

list=$(mktemp)
log=$(mktemp)
trap 'rm -f "$list" "$log"' EXIT
# spent sets $seconds to the CPU that this script's children have used so far. A pipe would ask a child of its own.
spent() {
  times >"$list"
  seconds=$(awk 'NR == 2 { for (i = 1; i <= 2; i++) { split($i, t, /[ms]/); s += 60 * t[1] + t[2] } printf "%d", s }' "$list")
}

# fuzz fuzzes a target for some seconds. Go itself fails now and then with "context deadline exceeded" where only the
# time is over; a finding names its input.
fuzz() {
  if ! $GO test -run '^$' -fuzz "^$2\$" -fuzztime "$3s" -fuzzminimizetime 5s -parallel "$CORES" "./$1" >"$log" 2>&1; then
    if grep -q 'Failing input' "$log" || ! grep -q 'context deadline exceeded' "$log"; then
      cat "$log"
      exit 1
    fi
  fi
  grep '^fuzz: elapsed' "$log" | tail -n 1
}

while read -r folder target; do
  case " ${TARGETS:-$target} " in *" $target "*) ;; *) continue ;; esac
  $GO test -run '^$' -fuzz "^$target\$" -fuzztime 1x "./$folder" >/dev/null # built, so that only fuzzing is timed
  spent
  before=$seconds
  used=0
  while [ $used -lt $((MINUTES * 60)) ]; do
    left=$(((MINUTES * 60 - used) / CORES + 1))
    fuzz "$folder" "$target" "$left"
    spent
    used=$((seconds - before))
  done
  stored=$(find "$folder/testdata/fuzz/$target" -type f 2>/dev/null | wc -l)
  found=$(find "$cache/$module/$folder/$target" -type f 2>/dev/null | wc -l)
  echo "$target: $((used / 60)).$((used % 60 / 6)) CPU-minutes, corpus $((stored + found)) files"
done <<'END'
kernel/wire/zmtp FuzzFrames
kernel/wire/zmtp FuzzGreeting
kernel/wire FuzzDecode
kernel/wire FuzzConnection
kernel FuzzMessages
kernel/interp FuzzFrontEnd
kernel/notebook FuzzParse
END
