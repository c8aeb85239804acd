"""The print queues of this machine, through the commands of CUPS: `lpstat`, `lpoptions`, `lp`."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from handout.model.findings import EnvironmentFault, UsageError, suggest
from handout.model.messages import Message, say

LONGEST_ANSWER_S = 30
"""A queue of a printer that is off answers late; one that never does is told of."""


@dataclass(frozen=True)
class Queue:
    """What a queue says that its printer can do. Empty where it says nothing: a raw or a remote queue."""

    name: str
    papers: frozenset[str] = frozenset()
    """By the names of CUPS: `A4`, `A3`, `Letter`."""
    has_duplex: bool | None = None
    """Whether it prints both sides of a sheet; None where it does not say."""


def find_queue(name: str) -> Queue:
    """Return the queue *name*, or that of the system where it is empty.

    Raises EnvironmentFault where CUPS is not there or does not answer, UsageError where it has no such queue.
    """
    names = tuple(line for line in _answer("lpstat", "-e").splitlines() if line)
    usual = _answer("lpstat", "-d").rpartition(": ")[2].strip()
    wanted = name or (usual if usual in names else "")
    if not wanted:
        raise UsageError(say("no queue is named, and this machine has no usual one"), _choose(names))
    if wanted not in names:
        raise UsageError(
            say("there is no print queue '{wanted}'", wanted=wanted), suggest(wanted, names, _NO_QUEUES)
        )
    return read_queue(wanted, _answer("lpoptions", "-p", wanted, "-l").splitlines())


_NO_QUEUES = say("add a printer first: in the settings of the system, or with lpadmin")


def _choose(names: Sequence[str]) -> Message:
    if not names:
        return _NO_QUEUES
    return say("add --queue NAME, one of: {names}", names=", ".join(names))


def read_queue(name: str, options: Iterable[str]) -> Queue:
    """Return what the lines of `lpoptions -l` say of the queue *name*.

    A line is one option with its choices, the usual one with a star:

        PageSize/Media Size: A5 *A4 A3 Letter.Fullbleed
        Duplex/2-Sided Printing: *None DuplexNoTumble DuplexTumble
        Option1/Duplexer: *False True

    The last says that the printer is taken to have no unit for it: CUPS then refuses what the one before
    offers.
    """
    papers: frozenset[str] = frozenset()
    sides: list[bool] = []
    for line in options:
        head, _, choices = line.partition(":")
        keyword, _, label = head.partition("/")
        words = choices.split()
        if keyword == "PageSize":
            papers = frozenset(word.lstrip("*").partition(".")[0] for word in words)
        elif keyword == "Duplex":
            sides.append(any("Tumble" in word for word in words))
        elif "duplex" in label.casefold() and {word.lstrip("*") for word in words} == {"True", "False"}:
            sides.append("*True" in words)
    return Queue(name, papers, all(sides) if sides else None)


@dataclass(frozen=True)
class PrintRequest:
    """One file on its way to a queue."""

    path: str
    """Of the file, absolute."""
    title: str
    """What the queue and its cover pages call it."""
    paper: str
    """By the name of CUPS."""
    sides: str
    """As IPP says it (PWG 5100.13): `one-sided`, `two-sided-long-edge`, `two-sided-short-edge`."""
    copies: int = 1
    monochrome: bool = False


def command(queue: str, request: PrintRequest) -> tuple[str, ...]:
    """Return the `lp` command that prints *request* at its own size: nothing is scaled or turned over."""
    return (
        "lp",
        "-d",
        queue,
        "-n",
        str(request.copies),
        "-t",
        request.title,
        *_options(request),
        "--",
        request.path,
    )


def _options(request: PrintRequest) -> Iterator[str]:
    options = [f"media={request.paper}", f"sides={request.sides}", "print-scaling=none"]
    if request.copies > 1:
        options.append("collate=true")
    if request.monochrome:
        options.append("print-color-mode=monochrome")
    for option in options:
        yield from ("-o", option)


def send(queue: str, request: PrintRequest) -> str:
    """Put *request* in *queue*, and return what CUPS calls the job: `Lokaal12-7`. Raises EnvironmentFault."""
    # request id is Lokaal12-7 (1 file(s))
    return _answer(*command(queue, request)).removeprefix("request id is ").partition(" (")[0].strip()


def _answer(*words: str) -> str:
    try:
        done = subprocess.run(
            words,
            env={**os.environ, "LC_ALL": "C"},  # in the words that are read above
            capture_output=True,
            text=True,
            errors="replace",
            timeout=LONGEST_ANSWER_S,
            check=False,
        )
    except FileNotFoundError as error:
        raise EnvironmentFault(
            say("this machine has no '{command}', the command of CUPS that prints", command=words[0]),
            say(
                "install it (Debian, Ubuntu: sudo apt-get install cups-client), or print from a PDF "
                "reader, at 100 %: build/index.html says on which paper and sides"
            ),
        ) from error
    except subprocess.TimeoutExpired as error:
        raise EnvironmentFault(
            say("the print service does not answer '{command}'", command=words[0]),
            say("see whether CUPS runs: lpstat -r"),
        ) from error
    if done.returncode and words[:2] != ("lpstat", "-e"):  # which fails where there are no queues
        said = done.stderr.strip() or done.stdout.strip()
        raise EnvironmentFault(
            say("the print service refused '{command}': {said}", command=words[0], said=said),
            say("see whether CUPS runs: lpstat -r"),
        )
    return done.stdout
