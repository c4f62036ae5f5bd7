# shellcheck shell=sh
# To be sourced. choose_engine docker podman ...: sets $engine to the first of these programs that is
# there and whose engine answers; ENGINE, where it is set, is taken as it is. Says what is wrong, and fails,
# when there is none. That a program is there is not enough: docker's client often is without its engine.
choose_engine() {
    engine=${ENGINE:-}
    if [ -n "$engine" ]; then
        command -v "$engine" >/dev/null || { echo "ENGINE is $engine, which is not there" >&2; return 1; }
        return 0
    fi
    silent=
    for candidate in "$@"; do
        command -v "$candidate" >/dev/null || continue
        if "$candidate" info >/dev/null 2>&1; then
            engine=$candidate
            [ -z "$silent" ] || echo "no engine answers $silent: taking $engine" >&2
            return 0
        fi
        silent=${silent:+$silent or }$candidate
    done
    if [ -z "$silent" ]; then
        echo "no engine for images is there: install one of $*, or name yours with ENGINE=" >&2
    else
        echo "no engine answers $silent, which is there. Ask why with: ${silent##* } info" >&2
        echo "Start its service (sudo systemctl start docker), be let in (a member of the group docker," \
            "or root), or name another program with ENGINE=" >&2
    fi
    return 1
}
