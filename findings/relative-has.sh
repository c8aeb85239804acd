#!/usr/bin/env bash
# A selector `:has(+ .b > .c)` matches nothing in a page that WeasyPrint lays out, and nobody says so.
#
# One expects of `.a:has(+ .b > .c)` what Selectors Level 4 says: an .a whose next sibling is a .b with a child .c. The
# parts are understood one by one, `:has(> .c)` and `:has(+ .b)`, and so is `:has(.b > .c)`, which begins with no sign. But
# a relative selector that begins with a sign (`>`, `+`, `~`) and goes on with a second step matches no element at all,
# without a warning.
#
# Seen with cssselect2 0.10.1 and WeasyPrint 70.0. It matters here because a stylesheet that keeps two pictures apart by
# such a rule reads as if it did: where neighbours decide, a template sets a class.
#
# Exits 0 while that is so, 1 when it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check weasyprint==70.0 cssselect2==0.10.1 tinycss2==1.5.1
"$folder/venv/bin/python" - <<'PYTHON'
import io
import logging
import sys

import cssselect2
import weasyprint

told = io.StringIO()
logging.getLogger("weasyprint").addHandler(logging.StreamHandler(told))
page = "<style>@page { size: 100px 500px; margin: 0 } p { height: 10px; margin: 0 } %s { height: 90px }</style>" \
    "<p class=a>1</p><p class=b><i class=c>2</i></p>"


def matches(selector: str) -> bool:
    """Tell whether the first paragraph is made higher: then the second begins at 90 px and not at 10."""
    document = weasyprint.HTML(string=page % selector).render()
    html = document.pages[0]._page_box.children[0]
    first = html.children[0].children[0]
    return first.height == 90


print(f"cssselect2 {cssselect2.VERSION}, WeasyPrint {weasyprint.__version__}")
one_step = ("body:has(> .b) .a", ".a:has(+ .b)", "body:has(.b > .c) .a")
two_steps = ("body:has(> .b > .c) .a", ".a:has(+ .b > .c)", ".a:has(~ .b .c)")
found = {selector: matches(selector) for selector in (*one_step, *two_steps)}
for selector, is_match in found.items():
    print(f"{selector:<24} {'matches' if is_match else 'does not match'} the first paragraph")
print(f"said by the engine: {told.getvalue().strip() or 'nothing'}")
is_so = all(found[one] for one in one_step) and not any(found[one] for one in two_steps) and not told.getvalue()
print("two steps after a sign match nothing" if is_so else "CHANGED")
sys.exit(0 if is_so else 1)
PYTHON
