# SPDX-License-Identifier: MIT
# Which of Debian's packages perflame needs, and how the scripts get them: sourced by
# examples/quickstart.sh and tests/run.sh, so that there is one list.

# shellcheck disable=SC2034 # the lists are used by those who source this file
# To build it.
BUILD_PACKAGES="gcc libc6-dev pkg-config meson ninja-build scdoc zlib1g-dev libdeflate-dev
    liblzma-dev libzstd-dev libelf-dev libdw-dev libiberty-dev libtraceevent-dev libxml2-dev libcairo2-dev libpango1.0-dev"
# Unpacks debug information faster than zlib does, where Debian has it for sure.
if [ "$(dpkg --print-architecture 2>/dev/null)" = amd64 ]; then
    BUILD_PACKAGES="$BUILD_PACKAGES libisal-dev"
fi

# To record something, and to have a font to write labels with.
RECORD_PACKAGES="linux-perf fonts-dejavu-core"

# To test it: man pages, C++ for the headers, XML and style checks, another judge of leaks, another
# reader of SVG, a browser, a compiler to record.
TEST_PACKAGES="libcmocka-dev g++ clang-format libxml2-utils python3 binutils
    bzip2 dwz libc6-dbg libdebuginfod1 heaptrack librsvg2-bin
    chromium chromium-driver python3-selenium golang-go"

# Prints those of the named packages that are not installed.
missing_packages() {
    for package in "$@"; do
        state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || state=
        [ "$state" = installed ] || printf '%s ' "$package"
    done
}

# install_packages PACKAGE...: says what is missing and installs it; does nothing if nothing is.
install_packages() {
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || return 0
    if ! command -v apt-get >/dev/null; then
        echo "missing: $missing(this script installs Debian's packages, and here is no apt-get)" >&2
        return 1
    fi
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "missing: $missing(to install them, run this as root or install sudo)" >&2
            return 1
        fi
        as_root=sudo
    fi
    echo "installing from Debian: $missing"
    # shellcheck disable=SC2086 # a list of words
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq </dev/null &&
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
            --no-install-recommends $missing </dev/null >&2
}
