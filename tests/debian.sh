# Debian's packages for tests and the bench: sourced by tests/journeys/install-browser, tests/checker/install, tests/relay/install-postfix, tests/relay/install-nginx, bench/peers/eleventy/install.

# install_packages NAME PURPOSE ADVICE PACKAGE...: nothing where no package is named; installs as root
# or through `sudo -n`; otherwise says what is missing and fails, because what was not tested has not passed.
install_packages() {
    name=$1 purpose=$2 advice=$3
    shift 3
    [ $# -gt 0 ] || return 0
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "$name: missing: $*, and this is not a Debian system  [$name-missing]" >&2
        echo "  $purpose" >&2
        echo "  $advice" >&2
        return 1
    fi
    as_root=""
    if [ "$(id -u)" -ne 0 ]; then
        as_root="sudo -n"
        if ! sudo -n true 2>/dev/null; then
            echo "$name: missing: $*, and only root may install them  [$name-missing]" >&2
            echo "  $purpose" >&2
            echo "  Run once: sudo apt-get install --no-install-recommends $*" >&2
            return 1
        fi
    fi
    echo "Installing $*"
    log=$(mktemp)
    if ! { DEBIAN_FRONTEND=noninteractive $as_root apt-get update -qq \
        && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends "$@"; } >"$log" 2>&1
    then
        tail -n 20 "$log" >&2
        return 1
    fi
    rm -f "$log"
}
