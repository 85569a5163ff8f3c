from .advising.balancing import (
    ToBalance as ToBalance,
    apply_balance as apply_balance,
    balanced as balanced,
)
from .advising.chain_copy import (
    check_free as check_free,
)
from .advising.fit_page import (
    check_fit_page as check_fit_page,
)
from .advising.fit_writing import (
    fit_into_chain as fit_into_chain,
    fit_into_copy as fit_into_copy,
    fit_into_job as fit_into_job,
)
from .advising.fitting import (
    Fitted as Fitted,
    ToFit as ToFit,
    fit_inserts as fit_inserts,
)
from .advising.song_chain import (
    check_song_chain as check_song_chain,
)
from .advising.stand_in_writing import (
    check_stand_in as check_stand_in,
    stand_in_into_copy as stand_in_into_copy,
    stand_in_into_job as stand_in_into_job,
)
from .advising.standing_in import (
    StoodIn as StoodIn,
    ToStandIn as ToStandIn,
    stand_in_for as stand_in_for,
)
from .advising.starting import (
    NewChain as NewChain,
    new_chain as new_chain,
)
from .advising.unmasking import (
    ToUnmask as ToUnmask,
    apply_unmasking as apply_unmasking,
    freed as freed,
)
from .again import (
    FinishedAgain as FinishedAgain,
)
from .asking import (
    checked_digests as checked_digests,
    compared as compared,
    doubts as doubts,
    measured as measured,
    report_again as report_again,
    verified as verified,
    without_insert as without_insert,
)
from .deliveries.asked import (
    ToDeliver as ToDeliver,
)
from .delivering import (
    Deliverable as Deliverable,
    Planned as Planned,
    deliver as deliver,
    deliverables as deliverables,
    planned_delivery as planned_delivery,
)
from .documents import (
    compared_chains as compared_chains,
    compared_jobs as compared_jobs,
    compared_kind as compared_kind,
    compared_revisions as compared_revisions,
    compared_sessions as compared_sessions,
)
from .drafts import (
    check_draft as check_draft,
)
from .freezing import (
    freeze as freeze,
    freeze_sizes as freeze_sizes,
)
from .inputs import (
    InMemory as InMemory,
    Inputs as Inputs,
    cores as cores,
)
from .planning import (
    installed_plugins as installed_plugins,
    plan_master as plan_master,
)
from .printed_sessions import (
    PrintedStems as PrintedStems,
    may_be_session as may_be_session,
    stems_of as stems_of,
    with_stems as with_stems,
)
from .proof import (
    KNOWN as KNOWN,
    Loudness as Loudness,
    Proof as Proof,
    loudness_beside_pyloudnorm as loudness_beside_pyloudnorm,
    proofs as proofs,
)
from .rendering import (
    Work as Work,
    render_master as render_master,
    write_lock as write_lock,
)
from .sheets import (
    sheet_of_draft as sheet_of_draft,
    sheet_of_folder as sheet_of_folder,
    sheet_of_revision as sheet_of_revision,
)
from .state_texts import (
    StateTexts as StateTexts,
)
from .stem_checking.quick_checks import (
    QuickCheck as QuickCheck,
    diagnostic_of as diagnostic_of,
    quick_check as quick_check,
)
from .stem_checking.repairs import (
    are_repairs as are_repairs,
    check_repairs_folder as check_repairs_folder,
    checked_repairs as checked_repairs,
    repaired_stems as repaired_stems,
)
from .stem_checking.stem_checks import (
    ToCheck as ToCheck,
    accept_findings as accept_findings,
    check_page_place as check_page_place,
    checked_stems as checked_stems,
    title_of_song as title_of_song,
    write_page_of_check as write_page_of_check,
)
from .tagging import (
    loudness_in as loudness_in,
    set_metadata as set_metadata,
    song_metadata as song_metadata,
    tag_changes as tag_changes,
    version_in as version_in,
)

__all__ = [
    "KNOWN",
    "Deliverable",
    "FinishedAgain",
    "Fitted",
    "InMemory",
    "Inputs",
    "Loudness",
    "NewChain",
    "Planned",
    "PrintedStems",
    "Proof",
    "QuickCheck",
    "StateTexts",
    "StoodIn",
    "ToBalance",
    "ToCheck",
    "ToDeliver",
    "ToFit",
    "ToStandIn",
    "ToUnmask",
    "Work",
    "accept_findings",
    "apply_balance",
    "apply_unmasking",
    "are_repairs",
    "balanced",
    "check_draft",
    "check_fit_page",
    "check_free",
    "check_page_place",
    "check_repairs_folder",
    "check_song_chain",
    "check_stand_in",
    "checked_digests",
    "checked_repairs",
    "checked_stems",
    "compared",
    "compared_chains",
    "compared_jobs",
    "compared_kind",
    "compared_revisions",
    "compared_sessions",
    "cores",
    "deliver",
    "deliverables",
    "diagnostic_of",
    "doubts",
    "fit_inserts",
    "fit_into_chain",
    "fit_into_copy",
    "fit_into_job",
    "freed",
    "freeze",
    "freeze_sizes",
    "installed_plugins",
    "loudness_beside_pyloudnorm",
    "loudness_in",
    "may_be_session",
    "measured",
    "new_chain",
    "plan_master",
    "planned_delivery",
    "proofs",
    "quick_check",
    "render_master",
    "repaired_stems",
    "report_again",
    "set_metadata",
    "sheet_of_draft",
    "sheet_of_folder",
    "sheet_of_revision",
    "song_metadata",
    "stand_in_for",
    "stand_in_into_copy",
    "stand_in_into_job",
    "stems_of",
    "tag_changes",
    "title_of_song",
    "verified",
    "version_in",
    "with_stems",
    "without_insert",
    "write_lock",
    "write_page_of_check",
]
