"""Say what `handout check --json` found at a pull request: comment.py FILE URL, with TOKEN set."""

import json
import os
import sys
import urllib.request
from pathlib import Path

MOST = 50


def comment(findings: list) -> str:
    """Return the words of the comment, as Markdown."""
    rows = [
        f"- `{one['path']}:{one['line'] or 1}` {one['severity']}: {one['what']}\n  {one['fix']}"
        for one in findings[:MOST]
    ]
    more = f"\n\nand {len(findings) - MOST} more" if len(findings) > MOST else ""
    return "There is something to mend:\n\n" + "\n".join(rows) + more


if __name__ == "__main__":
    found = json.loads(Path(sys.argv[1]).read_text("utf-8"))["findings"]
    request = urllib.request.Request(
        sys.argv[2],
        json.dumps({"body": comment(found)}).encode(),
        {"Content-Type": "application/json", "Authorization": f"token {os.environ['TOKEN']}"},
    )
    with urllib.request.urlopen(request, timeout=30):
        pass  # a forge that does not take it stops the step
