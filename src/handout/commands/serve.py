"""Show the sheets in a browser while somebody writes: `handout serve`."""

from __future__ import annotations

import webbrowser
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from handout.builder import preload
from handout.commands.language import told
from handout.commands.loading import today, use_language_of
from handout.commands.options import Messages, ProjectFolder
from handout.commands.output import stderr, stdout
from handout.machine import workers
from handout.model.messages import Message, say

DEFAULT_PORT = 8017


class Stopped(Exception):
    """A Ctrl-C, with which a preview is meant to end: *what* a person is told."""

    def __init__(self, what: Message) -> None:
        super().__init__(what)
        self.what = what


def serve(
    project: ProjectFolder = Path(),
    port: Annotated[
        int,
        typer.Option(min=0, max=65535, metavar="N", help="The port to listen at; 0 takes one that is free."),
    ] = DEFAULT_PORT,
    editor: Annotated[
        str,
        typer.Option(
            envvar="HANDOUT_EDITOR",
            metavar="NAME",
            help="The editor that links open: vscode, vscodium, zed, idea, none; or its address, with {path} "
            "and {line} in it.",
        ),
    ] = "vscode",
    messages: Messages = None,
    open_: Annotated[bool, typer.Option("--open", help="Open the browser.")] = False,
) -> None:
    """Show the sheets in a browser while you write.

    Each change stands there as soon as it is saved. Ctrl-C ends it.

    Example: handout serve --open
    """
    from handout.preview.editor import address_of_editor

    address = address_of_editor(editor)
    # Before anything is loaded: they get ready while this goes on.
    workers.warm_up(preload.TO_RENDER)
    from handout.preview import server
    from handout.preview.desk import Desk
    from handout.preview.guard import Guard, new_token

    listening = server.bound(port)
    try:
        desk = Desk(project.resolve(), today)
        guard = Guard(listening.getsockname()[1], new_token())
        stdout.print(guard.address, soft_wrap=True)
        use_language_of(project)
        stderr.print(told(say("open this address, for this machine alone; Ctrl-C ends it")))
        if open_:
            webbrowser.open(guard.address)
        with suppress(KeyboardInterrupt):  # the server is down by then
            server.serve(desk, guard, address, listening)
        raise Stopped(say("stopped"))
    finally:
        listening.close()
