#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes a report of recordings: report.sh FOLDER RECORDING... writes FOLDER/index.html, which shows each
# recording's picture, table of functions and facts. No server, no network; the folder can be sent as
# it is. PERFLAME and OPTIONS in the environment say which perflame, and with which options.
set -eu
perflame=${PERFLAME:-perflame}
folder=$1
shift
mkdir -p "$folder"

# What stands in HTML as text, or between the quotes of an attribute.
escape() {
    sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g; s/"/\&quot;/g'
}

# shellcheck disable=SC2086 # OPTIONS is a list of words
section() {
    name=$(basename "$1" | escape)
    "$perflame" -q ${OPTIONS:-} -o "$folder/$2.svg" -o "$folder/$2.png" "$1"
    printf '<section>\n<h2>%s</h2>\n' "$name"
    printf '<iframe src="%s.svg" title="Flame graph of %s" loading="lazy"></iframe>\n' "$2" "$name"
    printf '<p><a href="%s.svg">alone</a>, <a href="%s.png">as PNG</a></p>\n<pre>' "$2" "$2"
    "$perflame" top -q -n 15 ${OPTIONS:-} "$1" | escape
    printf '</pre>\n<details><summary>The recording</summary><pre>'
    "$perflame" info -q "$1" | escape
    printf '</pre></details>\n</section>\n'
}

{
    cat <<'HEAD'
<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Profiles</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem }
iframe { width: 100%; height: 36rem; border: 1px solid color-mix(in srgb, currentColor 25%, transparent) }
pre { overflow-x: auto }
</style>
<h1>Profiles</h1>
HEAD
    number=0
    for recording in "$@"; do
        number=$((number + 1))
        section "$recording" "$number"
    done
} >"$folder/index.html.new"
mv "$folder/index.html.new" "$folder/index.html"
echo "$folder/index.html: $# recordings"
