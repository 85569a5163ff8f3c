"""The naming rules that come with stemwright, and templates of the studio's own."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from bridge.delivering.names.model import Naming
from bridge.delivering.names.template import template_fields
from stemwright.problems import InputError, Problem
from stemwright.words import nearest


@cache
def naming_rules() -> tuple[Naming, ...]:
    """All sets of naming rules, by the order of their file."""
    text = files(__package__).joinpath("rule_sets.toml").read_text("utf-8")
    return tuple(Naming(name, **table) for name, table in tomllib.loads(text).items())


def naming_of(said: str) -> Naming:
    """The rules of this id, or those of a template: a text with {fields}.

    Raises InputError: `no_naming`, `bad_template`.
    """
    if "{" in said:
        template_fields(said)
        return Naming("the template", said)
    for each in naming_rules():
        if each.id == said:
            return each
    known = [each.id for each in naming_rules()]
    raise InputError(
        Problem(
            "no_naming",
            f'there are no naming rules "{said}"',
            expected=f"one of {', '.join(known)}, or a template such as {{artist}}_{{title}}",
            nearest=nearest(said, known),
        )
    )
