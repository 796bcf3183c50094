# setup.sh - install what is missing. Sourced by samples/run, tests/run, tests/bench/run and .ci/run.
#
#   wc_setup basic [ci] [browser] [bench]
#
# What is there already is found by using it (a command, a pkg-config module, a header), so nothing is
# installed over a tool of your own, and a second run needs no network. Debian and Ubuntu: missing
# packages are installed with apt-get. Elsewhere they are named, and the caller stops.

# Rows: set, kind, what to look for, Debian's package.
wc_setup_table()
{
    cat <<'TABLE'
basic command cc gcc
basic header stdio.h libc6-dev
basic command make make
basic command cmake cmake
basic command pkg-config pkg-config
basic module libuv libuv1-dev
basic module cmocka libcmocka-dev
basic module libdw libdw-dev
basic header uthash.h uthash-dev
ci command g++ g++
ci command clang-14 clang-14
ci runtime clang-14 libclang-rt-14-dev
ci command clang-format-14 clang-format-14
ci command clang-tidy-14 clang-tidy-14
ci command patch patch
ci command x86_64-w64-mingw32-gcc gcc-mingw-w64-x86-64
ci command gdb gdb
browser command chromium chromium
bench module glib-2.0 libglib2.0-dev
bench module libevent_pthreads libevent-dev
bench header ev.h libev-dev
bench module talloc libtalloc-dev
bench module apr-1 libapr1-dev
bench module liburcu-cds liburcu-dev
bench command python3 python3
TABLE
}

wc_setup_has()
{
    case $1 in
    command) command -v "$2" >/dev/null 2>&1 ;;
    module) pkg-config --cflags "$2" >/dev/null 2>&1 ;;
    header) echo "#include <$2>" | cc -E -x c - >/dev/null 2>&1 ;;
    runtime) # the sanitizers' libraries come apart from the compiler
        probe=$(mktemp) || return 1
        echo 'int main(void) { return 0; }' |
            "$2" -fsanitize=address,fuzzer-no-link -x c - -o "$probe" >/dev/null 2>&1
        set -- $?
        rm -f "$probe"
        return "$1"
        ;;
    esac
}

wc_setup_missing()
{
    wc_setup_table | while read -r set kind what package; do
        case " $* " in
        *" $set "*) wc_setup_has "$kind" "$what" || echo "$package" ;;
        esac
    done | tr '\n' ' '
}

wc_setup()
{
    missing=$(wc_setup_missing "$@")
    if [ -z "$missing" ]; then
        return 0
    fi
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "setup: these are missing (Debian's names): $missing" >&2
        return 1
    fi
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        as_root="sudo -n"
        if ! $as_root true >/dev/null 2>&1; then
            echo "setup: not root and no sudo without a password; first: apt-get install $missing" >&2
            return 1
        fi
    fi
    echo "setup: installing $missing"
    log=$(mktemp)
    # -o: another apt-get (a machine's first boot) may hold the lock for a while.
    if ! {
        $as_root apt-get -q -o DPkg::Lock::Timeout=120 update &&
            $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 \
                install --no-install-recommends $missing
    } >"$log" 2>&1 </dev/null; then
        tail -n 20 "$log" >&2
        echo "setup: apt-get could not install: $missing" >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
    missing=$(wc_setup_missing "$@")
    if [ -n "$missing" ]; then
        echo "setup: installed, but still not usable: $missing" >&2
        return 1
    fi
}

# wc_build PRESET [TARGET...]: configure (quietly, unless it fails) and build.
wc_build()
{
    preset=$1
    shift
    targets=
    for target in "$@"; do
        targets="$targets --target $target"
    done
    mkdir -p build
    if ! cmake --preset "$preset" >"build/$preset.configure.log" 2>&1; then
        cat "build/$preset.configure.log" >&2
        echo "configuring preset $preset failed" >&2
        return 1
    fi
    cmake --build --preset "$preset" --parallel "$(nproc)" $targets
}
