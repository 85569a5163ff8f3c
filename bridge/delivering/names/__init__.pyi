from .model import (
    NamedFile as NamedFile,
    Naming as Naming,
)
from .rule_sets import (
    naming_of as naming_of,
    naming_rules as naming_rules,
)
from .template import (
    NAME_FIELDS as NAME_FIELDS,
    file_name as file_name,
    how_to_say as how_to_say,
    job_key as job_key,
    name_faults as name_faults,
    refuse_collisions as refuse_collisions,
    said_in_name as said_in_name,
    template_fields as template_fields,
)

__all__ = [
    "NAME_FIELDS",
    "NamedFile",
    "Naming",
    "file_name",
    "how_to_say",
    "job_key",
    "name_faults",
    "naming_of",
    "naming_rules",
    "refuse_collisions",
    "said_in_name",
    "template_fields",
]
