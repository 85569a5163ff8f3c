"""`stemwright schema`."""

from __future__ import annotations

from bridge.cli.printing import print_json


def schema() -> None:
    """Print the JSON Schema of chain files, for editors and checks.

    Example: stemwright schema > chain.schema.json
    """
    from chains import schema as chain_schema

    print_json(chain_schema())
