# SPDX-License-Identifier: MIT
# bash completion for perflame(1)

_perflame() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=render i
    local input="--input --event --weight --comm --pid --tid --cpu --cgroup --time --only --where
        --alloc-pair --older-than --at --by --ignore
        --focus --show-from --hide --collapse-recursion --frames --max-depth --reverse --names
        --no-inline --inline --lines --addresses --symfs --symbols --kallsyms --vmlinux --buildid-dir
        --debuginfod --debuginfod-timeout --perf-compat --threads --unit --strict
        --output --format --quiet --verbose --help"
    local picture="--title --subtitle --width --row-height --font-size --font --min-width --color
        --palette --theme --script --scale --sort --flamechart --inverted"
    local words

    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        render | fold | top | info | help)
            command=${COMP_WORDS[i]}
            break
            ;;
        esac
    done

    case $before in
    --by) words="comm process thread cpu cgroup none" ;;
    --only | --frames) words="kernel user" ;;
    --names) words="short full raw" ;;
    --weight | -w) words="period samples alloc-bytes alloc-count inuse-bytes inuse-count off-cpu runqueue" ;;
    --at) words="end peak" ;;
    --color) words="kind module name" ;;
    --palette) words="default warm grey" ;;
    --theme) words="auto light dark" ;;
    --script) words="embed none" ;;
    --width) words="fluid" ;;
    --sort)
        [[ $command == top ]] && words="self total name" || words="name weight time"
        ;;
    --format)
        case $command in
        render) words="svg png pdf folded" ;;
        fold) words="folded" ;;
        top) words="txt tsv json" ;;
        *) words="txt json" ;;
        esac
        ;;
    --symfs | --buildid-dir)
        mapfile -t COMPREPLY < <(compgen -d -- "$word")
        return
        ;;
    help) words="render fold top info script csp" ;;
    esac
    if [[ -z $words && $word == -* ]]; then
        case $command in
        render) words="$input $picture --version" ;;
        fold) words="$input --suffixes" ;;
        top) words="$input -n --rows --sort --cum" ;;
        *) words=$input ;;
        esac
    fi
    if [[ -n $words ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
        return
    fi
    if ((COMP_CWORD == 1)); then
        mapfile -t COMPREPLY < <(compgen -W "render fold top info help" -- "$word")
    fi
    mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "$word")
}

complete -o filenames -F _perflame perflame
