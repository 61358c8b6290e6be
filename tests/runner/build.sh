#!/usr/bin/env bash
# Configures and builds the preset `release`: both libraries and every test.
set -euo pipefail
cmake --preset release
cmake --build --preset release -j 2
