from .child.process import (
    stop_all as stop_all,
)
from .child.scratch import (
    scratch as scratch,
)
from .engines.output_checks import (
    FILTER_FRAMES as FILTER_FRAMES,
)
from .finding.bundles import (
    search_folders as search_folders,
)
from .finding.scan import (
    scan as scan,
)
from .finding.states import (
    SUFFIXES as SUFFIXES,
)
from .finding.states import (
    opened_state as opened_state,
)
from .finding.trust import (
    lies_in as lies_in,
)
from .finding.trust import (
    own_file as own_file,
)
from .finding.trust import (
    trusted_folders as trusted_folders,
)
from .hosts import (
    DawDreamerHost as DawDreamerHost,
)
from .hosts import (
    PedalboardHost as PedalboardHost,
)
from .hosts import (
    host as host,
)
from .port import (
    LOAD_DEADLINE_S as LOAD_DEADLINE_S,
)
from .port import (
    Host as Host,
)
from .port import (
    HostedInsert as HostedInsert,
)
from .port import (
    Prepared as Prepared,
)
from .port import (
    PrepareJob as PrepareJob,
)
from .port import (
    RunJob as RunJob,
)
from .port import (
    RunResult as RunResult,
)
from .port import (
    deadline_s as deadline_s,
)
from .probing.bake import (
    BAKED_SUFFIXES as BAKED_SUFFIXES,
)
from .probing.bake import (
    Baked as Baked,
)
from .probing.bake import (
    bake as bake,
)
from .probing.bake import (
    unbakeable as unbakeable,
)
from .probing.cards import (
    Card as Card,
)
from .probing.cards import (
    deadline_from as deadline_from,
)
from .probing.cards import (
    find_card as find_card,
)
from .probing.cards import (
    keep_card as keep_card,
)
from .probing.cards import (
    known_deadline as known_deadline,
)
from .probing.crosscheck import (
    differs as differs,
)
from .probing.describe import (
    Described as Described,
)
from .probing.describe import (
    ParameterText as ParameterText,
)
from .probing.describe import (
    describe as describe,
)
from .probing.probe import (
    RATE_HZ as RATE_HZ,
)
from .probing.probe import (
    all_cores_busy as all_cores_busy,
)
from .probing.probe import (
    probe as probe,
)
from .probing.probe import (
    programme as programme,
)
from .probing.window import (
    open_window as open_window,
)
from .probing.window import (
    refuse_window as refuse_window,
)

__all__ = [
    "BAKED_SUFFIXES",
    "Baked",
    "Card",
    "DawDreamerHost",
    "Described",
    "FILTER_FRAMES",
    "Host",
    "HostedInsert",
    "LOAD_DEADLINE_S",
    "ParameterText",
    "PedalboardHost",
    "PrepareJob",
    "Prepared",
    "RATE_HZ",
    "RunJob",
    "RunResult",
    "SUFFIXES",
    "all_cores_busy",
    "bake",
    "deadline_from",
    "deadline_s",
    "describe",
    "differs",
    "find_card",
    "host",
    "keep_card",
    "known_deadline",
    "lies_in",
    "open_window",
    "opened_state",
    "own_file",
    "probe",
    "programme",
    "refuse_window",
    "scan",
    "scratch",
    "search_folders",
    "stop_all",
    "trusted_folders",
    "unbakeable",
]
