#!/usr/bin/env bash
# Four letters of Ukrainian stay letters where all others become braille cells.
#
# One expects that lou_translate with the display table unicode.dis writes every letter that a table knows as a cell of Unicode,
# whatever the language: that is what unicode.dis is there for. Of uk.utb it leaves і, ї, є and ґ as they are, among cells. The
# table gives them dots 9, which no cell has, to tell them from Latin letters; what a cell then is, the display says, and only
# ru-unicode.dis knows of dots 9. No error is told, and a file for a printer holds letters that it cannot emboss.
#
# Seen with liblouis 3.24.0 of Debian 12. It matters here because braille is written for a printer, which takes cells alone:
# Ukrainian has the Russian display, and each letter is tried by itself.
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
usual=$(printf 'Київ і ґ\n' | usr/bin/lou_translate unicode.dis,uk.utb)
russian=$(printf 'Київ і ґ\n' | usr/bin/lou_translate ru-unicode.dis,uk.utb)
echo "Київ і ґ with unicode.dis: $usual"
echo "Київ і ґ with ru-unicode.dis: $russian"
case $usual in
*ї*і*ґ*) echo 'unicode.dis leaves ї, і and ґ as letters' ;;
*) echo 'CHANGED: unicode.dis writes them as cells' && exit 1 ;;
esac
case $russian in
*[іїґ]*) echo 'CHANGED: ru-unicode.dis leaves them too' && exit 1 ;;
*) echo 'ru-unicode.dis writes all of them as cells' ;;
esac
