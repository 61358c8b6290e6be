#!/usr/bin/env bash
# Plants the faults of tests/mutants one at a time; every one must be noticed by some C++ test. RESIL_MUTANTS names some.
# build: none
# on-demand: yes
# minutes: 1440
set -euo pipefail
exec python3 -B tests/mutants/run.py ${RESIL_MUTANTS:-}
