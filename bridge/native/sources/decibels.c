/* Decibels to gains and back. */
#include "decibels.h"
#include "kernels.h"

/* Twin: bridge/processing/gain_series.py, levels_db. */
WIDER void sw_levels_db(const double *gains, double *out, int64_t count) {
    for (int64_t n = 0; n < count; n++)
        out[n] = level_db(gains[n]);
}

/* 10**(level / 20). Twin: bridge/processing/gain_series.py, gains_of. */
WIDER void sw_gains_of(const double *levels_db, double *out, int64_t count) {
    for (int64_t n = 0; n < count; n++)
        out[n] = gain_of_db(levels_db[n]);
}
