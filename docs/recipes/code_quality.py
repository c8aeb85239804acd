"""Turn what `handout check --json` says into a code quality report of GitLab: code_quality.py FILE."""

import hashlib
import json
import sys
from pathlib import Path

SEVERITIES = {"error": "major", "warning": "minor"}


def entry(finding: dict) -> dict:
    """Return the entry of one finding. Its fingerprint stays the same when the line moves."""
    words = f"{finding['what']}. {finding['fix']}"
    name = "\n".join((finding["path"], finding["rule"] or "", finding["what"]))
    return {
        "description": words,
        "check_name": finding["rule"] or "handout",
        "fingerprint": hashlib.sha256(name.encode()).hexdigest(),
        "severity": SEVERITIES[finding["severity"]],
        "location": {"path": finding["path"], "lines": {"begin": finding["line"] or 1}},
    }


if __name__ == "__main__":
    findings = json.loads(Path(sys.argv[1]).read_text("utf-8"))["findings"]
    json.dump([entry(finding) for finding in findings], sys.stdout, indent=1)
