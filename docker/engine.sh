# shellcheck shell=sh
# To be sourced. choose_engine docker podman ...: set $engine to the first of these programs that is
# installed and whose engine responds, or to ENGINE if that is set. Prints an error and fails if there is
# none. Engines must respond because docker's client is often installed without a running engine.
choose_engine() {
    engine=${ENGINE:-}
    if [ -n "$engine" ]; then
        command -v "$engine" >/dev/null || { echo "ENGINE: $engine is not installed; install it or name another" >&2; return 1; }
        return 0
    fi
    silent=
    for candidate in "$@"; do
        command -v "$candidate" >/dev/null || continue
        if "$candidate" info >/dev/null 2>&1; then
            engine=$candidate
            [ -z "$silent" ] || echo "no engine responds to $silent; using $engine" >&2
            return 0
        fi
        silent=${silent:+$silent or }$candidate
    done
    if [ -z "$silent" ]; then
        echo "no container engine is installed; install one of $*, or name yours with ENGINE=" >&2
    else
        echo "no engine responds to $silent, which is installed. The reason is printed by: ${silent##* } info" >&2
        echo "Start its service (sudo systemctl start docker), join the group docker or become root," \
            "or name another program with ENGINE=" >&2
    fi
    return 1
}
