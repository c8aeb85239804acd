"""`make soak`: go on building generated projects, for as long as is asked, or until Ctrl-C."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from handout.paper.engine import fonts

fonts.isolate()  # before anything imports the engine

from tests.soak import soaking  # noqa: E402
from tests.soak.building import write  # noqa: E402
from tests.soak.minimizing import minimized  # noqa: E402


def main() -> int:
    """Run; return 1 where something is not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=0, help="how long; 0: until Ctrl-C")
    parser.add_argument("--state", type=Path, default=Path(".soak"), help="folder of the counts and cases")
    parser.add_argument("--seed", type=int, help="build this one alone, as it was, and count nothing")
    parser.add_argument("--minimize", action="store_true", help="with --seed: make what is kept of it small")
    parser.add_argument("--brief", action="store_true", help="do not list what was not met")
    asked = parser.parse_args()
    if asked.seed is not None:
        aim = soaking.kept_aim(asked.seed, asked.state)
        faults = soaking.soaked(asked.seed, soaking.Count(), asked.state / "cases", aim)
        if asked.minimize:
            for fault in {fault.kind: fault for fault in faults}.values():
                small = asked.state / "small" / f"{asked.seed}-{fault.kind.rpartition(' ')[2]}"
                write(minimized(soaking.of_seed(asked.seed, aim), fault), small)
                _say(f"minimized in {small}")
        _say(*(f"{fault.kind} {fault.edition}: {fault.what}" for fault in faults))
        return bool(faults)
    file = asked.state / "counts.json"
    count = soaking.Count.load(file)
    end = time.monotonic() + asked.seconds if asked.seconds else float("inf")
    try:
        while time.monotonic() < end:
            seed = count.next_seed
            faults = soaking.soaked(seed, count, asked.state / "cases", soaking.next_aim(count))
            count.next_seed += 1
            count.save(file)
            for fault in faults:
                _say(f"seed {seed}: {fault.kind} {fault.edition}: {fault.what}")
    except KeyboardInterrupt:
        _say("stopped; the next run goes on from here")
    _say(soaking.told(count, with_missing=not asked.brief))
    return bool(count.faults)


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
