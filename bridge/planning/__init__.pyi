from .keys import (
    group_digest as group_digest,
)
from .keys import (
    hosted_key as hosted_key,
)
from .keys import (
    native_key as native_key,
)
from .keys import (
    prepare_facts as prepare_facts,
)
from .keys import (
    stem_facts as stem_facts,
)
from .keys import (
    sum_digest as sum_digest,
)
from .length import (
    TAIL_S as TAIL_S,
)
from .length import (
    Excerpt as Excerpt,
)
from .length import (
    length_words as length_words,
)
from .link import (
    commonest_rate_hz as commonest_rate_hz,
)
from .link import (
    engine_of as engine_of,
)
from .link import (
    hosted_steps as hosted_steps,
)
from .link import (
    plan as plan,
)
from .link import (
    unlinkable as unlinkable,
)
from .model import (
    Engine as Engine,
)
from .model import (
    Finish as Finish,
)
from .model import (
    HostedStep as HostedStep,
)
from .model import (
    Lane as Lane,
)
from .model import (
    NativeInsert as NativeInsert,
)
from .model import (
    NativeStep as NativeStep,
)
from .model import (
    Plan as Plan,
)
from .model import (
    ReturnLane as ReturnLane,
)
from .model import (
    Stem as Stem,
)
from .model import (
    StemFile as StemFile,
)
from .model import (
    Stems as Stems,
)
from .model import (
    Step as Step,
)
from .model import (
    VersionPlan as VersionPlan,
)
from .model import (
    Window as Window,
)
from .steps import (
    built_in as built_in,
)
from .steps import (
    state_path as state_path,
)
from .steps import (
    untrusted as untrusted,
)
from .steps import (
    wanted_plugin as wanted_plugin,
)

__all__ = [
    "Engine",
    "Excerpt",
    "Finish",
    "HostedStep",
    "Lane",
    "NativeInsert",
    "NativeStep",
    "Plan",
    "ReturnLane",
    "Stem",
    "StemFile",
    "Stems",
    "Step",
    "TAIL_S",
    "VersionPlan",
    "Window",
    "built_in",
    "commonest_rate_hz",
    "engine_of",
    "group_digest",
    "hosted_key",
    "hosted_steps",
    "length_words",
    "native_key",
    "plan",
    "prepare_facts",
    "state_path",
    "stem_facts",
    "sum_digest",
    "unlinkable",
    "untrusted",
    "wanted_plugin",
]
