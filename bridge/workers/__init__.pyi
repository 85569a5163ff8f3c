from .crew import (
    WorkerLostError as WorkerLostError,
    apart as apart,
    dismiss_workers as dismiss_workers,
    end_workers as end_workers,
    workers as workers,
    working as working,
)

__all__ = ["WorkerLostError", "apart", "dismiss_workers", "end_workers", "workers", "working"]
