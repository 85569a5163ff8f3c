#include "kernels.h"

#ifndef SOURCES_DIGEST
#define SOURCES_DIGEST "unknown"
#endif

const char *sw_sources(void) { return SOURCES_DIGEST; }
