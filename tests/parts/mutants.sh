#!/usr/bin/env bash
# Plants the faults of tests/mutants one at a time; a test must notice each. RESIL_MUTANTS names some, or some files.
# needs: swig4.0=swig4.0 cc=gcc /usr/include/lua5.4/lua.h=liblua5.4-dev lua5.4=lua5.4
# needs: /usr/share/lua/5.4/dkjson.lua=lua-dkjson
# build: none
# on-demand: yes
# minutes: 1440
set -euo pipefail
# shellcheck disable=SC2086
exec python3 -B tests/mutants/run.py ${RESIL_MUTANTS:-}
