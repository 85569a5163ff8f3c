"""The JSON Schema of a chain file, for editors and for other tools (`stemwright schema`).

chains/schema.json holds `text()`; after a change of the wire models, write it anew.
"""

from __future__ import annotations

import json
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from chains.fault_words import Grammar
from chains.wire import chain_file

SCHEMA_PATH = Path(__file__).with_name("schema.json")


class _ForFiles(GenerateJsonSchema):
    """A file cannot hold null, and field titles only repeat the keys."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        made = super().default_schema(schema)
        if made.get("default", ...) is None:
            del made["default"]
        return made

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 - the base's signature
        return False


def schema_of(file: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a kind of file, by the model of its whole."""
    made = file.model_json_schema(by_alias=True, schema_generator=_ForFiles)
    return {"$schema": GenerateJsonSchema.schema_dialect, **made}


@cache
def grammar() -> Grammar:
    """Return what a chain file may hold: to read, never to change."""
    return Grammar(schema_of(chain_file()))


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the chain file, as a fresh dict."""
    return deepcopy(dict(grammar().schema))


def text() -> str:
    """Write the schema the way chains/schema.json holds it."""
    return json.dumps(grammar().schema, indent=2, ensure_ascii=False) + "\n"
