#!/usr/bin/env bash
# Do README's commands on a bare Debian 12 and a bare Debian 13, and install the wheel there: `make test-install`.
#
#   tests/bare_debian.sh [build] [test] [wheel]     without an argument: all three
#   SUITES=trixie tests/bare_debian.sh test         one of both alone
#
# What is tried is the last commit. Each Debian is made in a folder of its own, with python3, make and git alone,
# from where this machine's apt has its packages; pip is told what it is told here. Afterwards the folder is gone.
# PYTEST_OPTIONS goes to the tests. Takes root, and an hour with `test`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

stop() {
    printf 'error: %s\n  fix: %s\n' "$1" "$2" >&2
    exit 1
}

[ "$(id -u)" = 0 ] || stop 'a Debian in a folder is made by root' 'run it as root'
command -v debootstrap >/dev/null || stop 'debootstrap is not installed' 'sudo apt-get install debootstrap'
mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Origin: Debian' | head -n 1)
[ -n "$mirror" ] || stop 'apt of this machine has no packages of Debian' 'run it on a Debian, after apt-get update'
[ -z "$(git status --porcelain)" ] || echo 'note: what is not committed is not tried' >&2

certificates=${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}
[ -f "$certificates" ] || stop "no certificates in $certificates" 'sudo apt-get install ca-certificates'
todo="${*:-build test wheel}"
folder=$(mktemp -d)
suites=${SUITES:-bookworm trixie}
failed=''
leave() {
    # A process that a test left behind would keep the folder busy.
    for process in /proc/[0-9]*; do
        case "$(readlink "$process/root" 2>/dev/null)" in "$folder"/*) kill -KILL "${process##*/}" 2>/dev/null || true ;; esac
    done
    for suite in $suites; do
        for place in dev/pts dev/shm dev proc; do
            ! mountpoint --quiet "$folder/$suite/$place" || umount "$folder/$suite/$place"
        done
    done
    rm -rf --one-file-system "$folder"
}
trap leave EXIT

inside() {
    local suite=$1
    shift
    local kept=()
    while IFS= read -r setting; do kept+=("$setting"); done < <(
        env | grep -E '^(PIP_[A-Z_]+|UV_[A-Z_]+|[a-z]+_proxy|[A-Z]+_PROXY|PYTEST_OPTIONS)=' | grep -Ev '^PIP_(CERT|FIND_LINKS)='
    )
    chroot "$folder/$suite" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive \
        PIP_CERT=/certificates.crt SSL_CERT_FILE=/certificates.crt "${kept[@]}" sh -euc "$*"
}

for suite in $suites; do
    root=$folder/$suite
    echo "== $suite: a bare one"
    debootstrap --variant=minbase "$suite" "$root" "$mirror" >"$folder/$suite.log" ||
        { tail -n 5 "$folder/$suite.log" >&2; stop "debootstrap made no $suite" 'look at the lines above'; }
    chroot "$root" true || stop 'this machine refuses a chroot' 'run it on one that allows it: a virtual machine'
    mkdir -p "$root/dev/shm"
    { mount --bind --make-private /dev "$root/dev" && mount -t proc proc "$root/proc" && mount -t tmpfs tmpfs "$root/dev/shm" &&
        mount -t devpts devpts "$root/dev/pts"; } ||
        stop 'this machine refuses to mount /dev and /proc in a folder' 'run it on one that allows it: a virtual machine'
    cp --dereference /etc/resolv.conf /etc/hosts "$root/etc/"
    inside "$suite" 'apt-get update -qq && apt-get install -qq --no-install-recommends python3 make git >/dev/null'
    # The certificates that this machine trusts: its way to the packages may need its own.
    cp --dereference "$certificates" "$root/certificates.crt"
    git bundle create --quiet "$root/tmp/handout.bundle" HEAD
    inside "$suite" 'git clone --quiet --config advice.detachedHead=false /tmp/handout.bundle /handout'
    for step in $todo; do
        echo "== $suite: $step"
        case $step in
        build) inside "$suite" "cd /handout && make build" ;;
        # What fails is told at the end: the other Debian has something to say too.
        test) inside "$suite" "cd /handout && make test" || failed="$failed $suite" ;;
        wheel)
            inside "$suite" '
                cd /handout
                make .venv/.developing wheel
                for age in oldest newest; do
                    python3 -m venv --without-pip /$age
                    .venv/bin/python -m zipfile -e .venv/pips/$age/*.whl /$age/lib/python3.*/site-packages
                    /$age/bin/python -m pip install --quiet dist/*.whl
                    cp -r tests/second_project /project-$age
                    cd /project-$age
                    /$age/bin/handout build
                    cd /handout
                done'
            ;;
        *) stop "unknown step \"$step\"" 'name some of: build test wheel' ;;
        esac
    done
done

case " $todo |$suites" in
*' build '*'|bookworm trixie') .venv/bin/python tests/same_pages.py "$folder"/{bookworm,trixie}/handout/build ;;
esac
[ -z "$failed" ] || stop "make test failed on$failed" 'look at the lines above'

