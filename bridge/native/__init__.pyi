from .build import (
    LIBRARY as LIBRARY,
    CannotCompileError as CannotCompileError,
    compile_kernels as compile_kernels,
    is_built as is_built,
)
from .library import (
    ASKED_FOR_HERE as ASKED_FOR_HERE,
    PURE_VARIABLE as PURE_VARIABLE,
    Kernel as Kernel,
    Lasting as Lasting,
    Library as Library,
    Running as Running,
    library as library,
    numpy_path as numpy_path,
    rows as rows,
    running as running,
    using as using,
)
