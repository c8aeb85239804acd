"""One leaflet, edited again and again, while the program stays: from save to picture, and to proved file.

    python -m benchmarks.resident PROJECT HANDOUT AUDIENCE FILE WORD ROUNDS

Prints seconds, medians, as JSON. What is edited is WORD in FILE of PROJECT, by a figure behind it that was
not there before. The first round, which warms, does not count.
"""

from __future__ import annotations

import http.client
import json
import re
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.measure import FailedError
from benchmarks.workplace import SHORT, project_at

from handout.builder import preload
from handout.editions import single
from handout.machine import collector
from handout.model.findings import has_errors
from handout.project import plan
from handout.project.load import Readings, load

FIRST, ALL, SET, PROVED, CPU = "first", "all", "set", "proved", "cpu"
QUIET_S = 0.3
"""After a round, so that what is tidied up in it is no part of the next."""
START = "import sys; from handout.__main__ import main; sys.exit(main())"


@dataclass
class Typist:
    """Who saves a file with another word each time."""

    path: Path
    word: str
    count: int = field(default=0, init=False)

    def save(self) -> None:
        """Save the file."""
        text = self.path.read_text("utf-8")
        self.count += 1
        changed = re.sub(rf"\b{self.word}\d*\b", f"{self.word}{self.count % 10}", text, count=1)
        if changed == text:
            raise FailedError(f"{self.path} does not hold '{self.word}'")
        self.path.write_text(changed, "utf-8")


@dataclass(frozen=True)
class Client:
    """Who looks at the preview at *address*, as a browser does."""

    address: str

    def connection(self) -> tuple[http.client.HTTPConnection, dict[str, str]]:
        port = int(self.address.partition("/?")[0].rpartition(":")[2])
        cookie = f"handout-preview-{port}={self.address.partition('token=')[2]}"
        return http.client.HTTPConnection("127.0.0.1", port, timeout=60), {"Cookie": cookie}

    def fetch(self, target: str) -> None:
        connection, headers = self.connection()
        connection.request("GET", target, headers=headers)
        answer = connection.getresponse()
        if answer.status != 200 or not answer.read():
            raise FailedError(f"{target}: {answer.status}")
        connection.close()

    def looks(self, query: str) -> Iterator[dict[str, object]]:
        connection, headers = self.connection()
        connection.request("GET", f"/events?{query}", headers=headers)
        answer = connection.getresponse()
        event = ""
        while line := answer.readline().decode():
            name, _, value = line.strip().partition(": ")
            event = value if name == "event" else event
            if name == "data" and event == "look":
                yield json.loads(value)


def saved(project: Path, query: str, typist: Typist, rounds: int) -> dict[str, float]:
    """Return the median seconds from a save to each thing that is then seen in a browser."""
    command = [sys.executable, "-c", START, "serve", "--project", str(project), "--port", "0"]
    times: dict[str, list[float]] = defaultdict(list)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as serving:
        try:
            assert serving.stdout is not None
            client = Client(serving.stdout.readline().strip())
            looks = client.looks(query)
            before = _ids(next(look for look in looks if look["is_proved"]))
            for _ in range(1 + rounds):
                time.sleep(QUIET_S)
                typist.save()
                before = _seen(client, looks, before, times)
        finally:
            serving.terminate()
    return {name: statistics.median(seconds[1:]) for name, seconds in times.items()}


def _seen(
    client: Client, looks: Iterator[dict[str, object]], before: list[int], times: dict[str, list[float]]
) -> list[int]:
    """Note when what is shown of a save that was made just now is there; return its pictures in the end."""
    start = time.perf_counter()
    noted: set[str] = set()

    def note(name: str) -> None:
        if name not in noted:
            noted.add(name)
            times[name].append(time.perf_counter() - start)

    for look in looks:
        ids = _ids(look)
        if look["is_old"]:
            raise FailedError(f"the edit made no sheet: {look['findings']}")
        new = [one for one in ids if one not in before]
        if FIRST not in noted and new:
            client.fetch(f"/page/{new[0]}")
            note(FIRST)
        if ids and len(new) == len(ids):
            client.fetch(f"/page/{new[-1]}")
            note(ALL)
        if new and look["is_made"]:
            note(SET)
        if new and look["is_proved"]:
            note(PROVED)
            return ids
    raise FailedError("the preview ended")


def _ids(look: dict[str, object]) -> list[int]:
    pages = look["pages"]
    assert isinstance(pages, list)
    return [page["id"] for page in pages]


def made(project: Path, selection: plan.Selection, typist: Typist, rounds: int) -> float:
    """Return the median seconds of CPU from a changed source to a proved file, in this process."""
    for module in preload.TO_RENDER:
        __import__(module)
    collector.rest_from_now()  # as in each process that works for a build or the preview
    readings = Readings()
    times: list[float] = []
    for _ in range(1 + rounds):
        typist.save()
        start = time.process_time()
        loaded, _found = load(project, readings)
        if loaded is None:
            raise FailedError("the project cannot be loaded")
        found = single.make(loaded, plan.editions(loaded, selection)[0])
        times.append(time.process_time() - start)
        if not found.pdf or has_errors(found.findings):
            raise FailedError("\n".join(map(str, found.findings)))
    return statistics.median(times[1:])


def main() -> int:
    folder, handout, audience, path, word, rounds = sys.argv[1:]
    project = Path(folder)
    typist = Typist(project / path, word)
    language = project_at(project).settings.organisation.language
    named = {"handout": handout, "audience": audience, "format": SHORT, "language": language}
    found = saved(project, urlencode(named), typist, int(rounds))
    found[CPU] = made(project, plan.Selection((handout,), (audience,), (SHORT,)), typist, int(rounds))
    sys.stdout.write(json.dumps(found) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
