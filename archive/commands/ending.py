"""How ``gongkai`` ends: an exit status (contract §1), and one line for what a user can cause."""

from __future__ import annotations

import io
import os
import sys

import typer
from typer.exceptions import TyperException
from typer.main import get_command

from archive.commands.options import say
from archive.errors import GongkaiError, of_the_machine


def run(app: typer.Typer) -> int:
    """Run the command that the arguments of the process name; returns the exit status.

    Typer's own ending is passed by: it tells a slip in a box of many lines, and keeps an interruption
    and a closed pipe to itself.
    """
    for stream in (sys.stdout, sys.stderr):
        # A terminal that is not UTF-8 lacks characters that reports have: they are told by number.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    command = get_command(app)
    try:
        with command.make_context("gongkai", sys.argv[1:]) as context:
            command.invoke(context)
        sys.stdout.flush()
    except typer.Exit as ended:
        return ended.exit_code
    except TyperException as error:
        if refusal := _refused(error):
            say(f"gongkai: {refusal}")
        return error.exit_code
    except GongkaiError as error:
        say(f"gongkai: {error}")
        return error.status
    except (KeyboardInterrupt, typer.Abort):
        say("gongkai: stopped; run the same command again to go on")
        return 130
    except BrokenPipeError:
        # The reader of our output (head, less) has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:
        if (line := of_the_machine(error)) is None:
            raise
        say(f"gongkai: {line}")
        return 1
    return 0


_PLAINER = {
    "Value error, ": "",
    "Input should be": "it should be",
    "the formats '%Y-%m-%d'": "YYYY-MM-DD, such as 2025-01-31",
    "Possible options: ": "did you mean: ",
}


def _refused(error: TyperException) -> str:
    """What is wrong with the arguments, and where to see which are right."""
    said = " ".join(error.format_message().split()).rstrip(".")
    if not said:
        # A group without a subcommand has shown its help already.
        return ""
    for theirs, ours in _PLAINER.items():
        said = said.replace(theirs, ours)
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "gongkai"
    return f"{said[0].lower()}{said[1:]}; see: {path} --help"
