"""`python -m stemwright`, and what the console script `stemwright` runs: the command line."""

import sys

from stemwright.installation import (
    foreign_package_problems,
    foreign_packages,
    leave_out_working_folder,
)

EXIT_MACHINE = 3


def main() -> None:
    """Run the command line, or say which package is in the way, and leave with the exit code."""
    if foreign_packages():
        _tell()
        sys.exit(EXIT_MACHINE)
    from bridge.cli import main as command_line

    command_line()


def _tell() -> None:
    """As the command line tells errors; it cannot be imported here."""
    problems = foreign_package_problems()
    if "--json" in sys.argv:
        import json

        print(json.dumps({"errors": [each.as_json() for each in problems]}))
        return
    for each in problems:
        sys.stderr.write(f"error: {_shown(each.message)}\n  what to do: {each.hint}\n")


def _shown(message: str) -> str:
    """A folder's name steers no terminal, whatever it holds."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in message)


if __name__ == "__main__":
    leave_out_working_folder()
    main()
