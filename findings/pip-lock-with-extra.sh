#!/usr/bin/env bash
# A lock with hashes that is complete is refused by pip up to 23.2 as soon as a newer release is out.
#
# One expects: `pip install --require-hashes -r lock.txt`, where the lock pins every package with == and a hash,
# installs what the lock says for ever, whatever is published later.
# What happens: where one locked package asks for another with an extra, `asked[more]>=1`, pip takes that for a
# requirement of its own, finds asked 2.0, and stops: "In --require-hashes mode, all requirements must have their
# versions pinned with ==". The lock worked until the day on which asked 2.0 came out.
# Versions: pip 23.0.1 (Debian 12) and 23.2.1 (the venv of Python 3.11) refuse; 23.3 and later install the lock;
# all install it with --no-deps.
# Why it matters here: locks are made once and installed for years on machines whose pip is the system's; ours
# holds coverage[toml] and fonttools[woff].
#
# The packages are made here; pip itself is fetched, pinned. Exits with 1 when one of the two behaves otherwise.
set -euo pipefail

OLD=23.2.1
NEW=26.3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 - <<'PY'
import hashlib
import zipfile
from pathlib import Path


def wheel(name: str, version: str, more: str) -> str:
    """Write a wheel with metadata alone; return its line in a lock."""
    file = Path(f"{name}-{version}-py3-none-any.whl")
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{more}\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}\n"


lock = wheel("asking", "1.0", "Requires-Dist: asked[more]>=1") + wheel("asked", "1.0", "Provides-Extra: more")
Path("lock.txt").write_text(lock)
PY
newer() { # publishes asked 2.0: the same wheel under another version
    python3 - <<'PY'
import zipfile

with zipfile.ZipFile("asked-1.0-py3-none-any.whl") as old, zipfile.ZipFile("asked-2.0-py3-none-any.whl", "w") as new:
    for name in old.namelist():
        new.writestr(name.replace("1.0", "2.0"), old.read(name).replace(b"Version: 1.0\nP", b"Version: 2.0\nP"))
PY
}

answer() { # VERSION OPTION… : what pip of that version says to the lock
    local version=$1
    shift
    python3 -m venv --clear "env-$version"
    "env-$version/bin/python" -m pip install --quiet --disable-pip-version-check "pip==$version"
    if PIP_CONFIG_FILE=/dev/null "env-$version/bin/python" -m pip --isolated --disable-pip-version-check install --quiet \
        --no-index --find-links . --require-hashes "$@" -r lock.txt >"out-$version" 2>&1; then
        echo installed
    elif grep -q 'all requirements must have their versions pinned' "out-$version"; then
        echo refused
    else
        cat "out-$version" >&2
        echo failed
    fi
}

failed=0
expect() { # WHAT EXPECTED FOUND
    printf '%-52s %s\n' "$1" "$3"
    [ "$2" = "$3" ] || { echo "  expected: $2" >&2; failed=1; }
}

cat lock.txt
expect "pip $OLD, asked 1.0 is the newest" installed "$(answer $OLD)"
newer
expect "pip $OLD, asked 2.0 is out" refused "$(answer $OLD)"
grep -A 1 'all requirements must' "out-$OLD" | sed 's/^/  /; s/from file:.*whl //'
expect "pip $OLD, asked 2.0 is out, --no-deps" installed "$(answer $OLD --no-deps)"
expect "pip $NEW, asked 2.0 is out" installed "$(answer $NEW)"
exit "$failed"
