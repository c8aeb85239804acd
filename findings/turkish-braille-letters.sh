#!/usr/bin/env bash
# Turkish letters in braille become English letters with a sign before them, though the Turkish table has cells for them.
#
# One expects of liblouis' uncontracted Turkish table, tr-g1.ctb, that ü is dots 1256, ç 16 and ğ 126: it says so, line by
# line. It writes ü as UEB does, as a sign for two dots above and then u, three cells that a Turkish reader has never met: the
# table includes en-ueb-g1.ctb first, whose rules for these letters come before its own. The ı, which UEB does not know, is as
# Turkish has it, so that a text reads as Turkish here and there.
#
# Seen with liblouis 3.24.0 of Debian 12. It matters here because a sheet that reads wrong must not leave the printer: Turkish
# is refused for braille, and the other tables were looked at letter by letter.
#
# Exits 0 while that is so, 1 when it changes. Takes a Debian 12 that knows where its packages are.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
apt-get download --quiet=2 liblouis-bin=3.24.0-1 liblouis-data=3.24.0-1 liblouis20=3.24.0-1 2>/dev/null
for package in *.deb; do dpkg-deb --extract "$package" .; done
export LOUIS_TABLEPATH=$folder/usr/share/liblouis/tables
LD_LIBRARY_PATH=$(dirname "$(find "$folder/usr/lib" -name 'liblouis.so.20')")
export LD_LIBRARY_PATH
usr/bin/lou_translate --version | head -n 1
grep --extended-regexp '^lowercase .x00(fc|e7)' "$LOUIS_TABLEPATH/tr-g1.ctb"
written=$(printf 'ü ç ı\n' | usr/bin/lou_translate unicode.dis,tr-g1.ctb)
echo "ü ç ı is written $written"
if [ "$written" = '⠘⠒⠥⠀⠘⠯⠉⠀⠔' ]; then
    echo 'ü and ç are those of UEB, ı is that of the table'
else
    echo 'CHANGED: the letters are written otherwise'
    exit 1
fi
