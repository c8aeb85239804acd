"""The command line: its commands, and the one place where an error becomes words and an exit code."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from typing import Annotated

import typer

from handout import __version__
from handout.commands import build, cache, check, codes, doctor, new, routes, schema, serve, translate
from handout.commands import list as listed
from handout.commands import print as printed
from handout.commands.build import StoppedLate
from handout.commands.language import begin, told
from handout.commands.output import print_error, print_found, stderr, stdout
from handout.machine.refusals import reason
from handout.model.findings import ExitCode, HandoutError, UsageError
from handout.model.messages import say
from handout.model.names import quoted

app = typer.Typer(
    name="handout",
    help="Turn Markdown procedures into printed leaflets, posters and cards.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(build.build)
app.command()(check.check)
app.command()(codes.codes)
app.command("list")(listed.list_editions)
app.command()(routes.routes)
app.command("print")(printed.print_files)
app.command()(schema.schema)
app.command()(serve.serve)
app.command()(doctor.doctor)

caches = typer.Typer(help="Look after what builds keep.", no_args_is_help=True, rich_markup_mode=None)
caches.command()(cache.clear)
app.add_typer(caches, name="cache")
app.add_typer(new.group, name="new")
app.add_typer(translate.group, name="translate")


def _version(asked: bool) -> None:
    if asked:
        stdout.print(f"handout {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Turn Markdown procedures into printed leaflets, posters and cards."""


def run(arguments: Sequence[str]) -> int:
    """Run the command line and return its exit code. The only place where an exception becomes a message."""
    begin()
    try:
        app(args=list(arguments), prog_name="handout", standalone_mode=True, obj=tuple(arguments))
    except SystemExit as leaving:
        if leaving.code == ExitCode.INTERRUPTED:
            stderr.print(told(say("interrupted: nothing was written")))
        return leaving.code if isinstance(leaving.code, int) else ExitCode.USAGE
    except (StoppedLate, serve.Stopped) as stopped:
        stderr.print(told(stopped.what))
        return ExitCode.INTERRUPTED
    except HandoutError as error:
        if isinstance(error, UsageError):
            print_found(error.findings, {}, as_json=False, quiet=False)
        print_error(error.what, error.fix)
        if error.exit_code == ExitCode.RENDERER:
            _print_traceback(error, arguments)
        return error.exit_code
    except OSError as error:  # a stream that is full, a machine without file handles
        what = say("the machine refused: {reason}", reason=reason(error))
        if error.filename:
            what = say("{what}: {file}", what=what, file=quoted(str(error.filename)))
        fix = say("look whether a disk is full, and whether the folders may be read and written")
        print_error(what, fix)
        _print_traceback(error, arguments)
        return ExitCode.ENVIRONMENT
    except Exception as error:
        _report_crash(error, arguments)
        return ExitCode.RENDERER
    return ExitCode.DONE


def _report_crash(error: Exception, arguments: Sequence[str]) -> None:
    what = say(
        "handout {version} failed: {kind}: {error}",
        version=__version__,
        kind=type(error).__name__,
        error=error,
    )
    print_error(what, say("this is a fault of the program; report it with the text that -v prints"))
    _print_traceback(error, arguments)


def _print_traceback(error: Exception, arguments: Sequence[str]) -> None:
    if {"-v", "--verbose"} & set(arguments):
        stderr.print("".join(traceback.format_exception(error)))
