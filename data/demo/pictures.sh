#!/bin/sh
# SPDX-License-Identifier: MIT
# Draws the README's pictures from the demo recording: data/demo/pictures.sh [PERFLAME].
set -eu
perflame=$(command -v "${1:-build/src/cli/perflame}")
perflame=$(realpath "$perflame")
cd "$(dirname "$0")/../.."
for theme in light dark; do
    "$perflame" -q --symfs data/demo/root --kallsyms data/demo/kallsyms --theme $theme --width 960 \
        --scale 1.5 --title "perf record -g ./demo" -o doc/demo-$theme.png data/demo/perf.data
done
