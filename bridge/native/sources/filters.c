/* Second-order sections in a row. */
#include "kernels.h"

typedef double Pair __attribute__((vector_size(16)));

enum { MOST_AT_ONCE = 4 };

/* Two rows through `count` sections, sample by sample, so that the sections overlap in the processor.
   `left_state` and `right_state` are those of the first section, `step` doubles before the next's. */
static inline __attribute__((always_inline)) void run_pair(const double *left, const double *right, double *left_out,
                                                           double *right_out, int64_t frames, const double *sections,
                                                           double *left_state, double *right_state, int64_t step,
                                                           const int count) {
    Pair b0[MOST_AT_ONCE], b1[MOST_AT_ONCE], b2[MOST_AT_ONCE], a1[MOST_AT_ONCE], a2[MOST_AT_ONCE];
    Pair first[MOST_AT_ONCE], second[MOST_AT_ONCE];
    for (int s = 0; s < count; s++) {
        const double *c = sections + 6 * s;
        b0[s] = (Pair){c[0], c[0]};
        b1[s] = (Pair){c[1], c[1]};
        b2[s] = (Pair){c[2], c[2]};
        a1[s] = (Pair){c[4], c[4]};
        a2[s] = (Pair){c[5], c[5]};
        first[s] = (Pair){left_state[step * s], right_state[step * s]};
        second[s] = (Pair){left_state[step * s + 1], right_state[step * s + 1]};
    }
    for (int64_t n = 0; n < frames; n++) {
        Pair x = {left[n], right[n]};
        for (int s = 0; s < count; s++) {
            Pair y = b0[s] * x + first[s];
            first[s] = b1[s] * x - a1[s] * y + second[s];
            second[s] = b2[s] * x - a2[s] * y;
            x = y;
        }
        left_out[n] = x[0];
        right_out[n] = x[1];
    }
    for (int s = 0; s < count; s++) {
        left_state[step * s] = first[s][0];
        right_state[step * s] = first[s][1];
        left_state[step * s + 1] = second[s][0];
        right_state[step * s + 1] = second[s][1];
    }
}

static void run_some(const double *left, const double *right, double *left_out, double *right_out, int64_t frames,
                     const double *sections, double *left_state, double *right_state, int64_t step, int count) {
    switch (count) {
    case 1:
        run_pair(left, right, left_out, right_out, frames, sections, left_state, right_state, step, 1);
        break;
    case 2:
        run_pair(left, right, left_out, right_out, frames, sections, left_state, right_state, step, 2);
        break;
    case 3:
        run_pair(left, right, left_out, right_out, frames, sections, left_state, right_state, step, 3);
        break;
    default:
        run_pair(left, right, left_out, right_out, frames, sections, left_state, right_state, step, 4);
    }
}

/* y = b0 x + z0; z0 = b1 x - a1 y + z1; z1 = b2 x - a2 y, section after section (transposed direct form II).
   `state` is (count, rows, 2) and is left as the next block needs it; `out` may be `in`.
   Twin: scipy.signal.sosfilt, in bridge/audio/sections.py. */
void sw_sosfilt(const double *in, int64_t in_stride, double *out, int64_t out_stride, int64_t rows, int64_t frames,
                const double *sections, int64_t count, double *state) {
    for (int64_t row = 0; row < rows; row += 2) {
        int64_t other = row + 1 < rows ? row + 1 : row; /* an odd row last goes through twice, alike */
        const double *left = in + row * in_stride, *right = in + other * in_stride;
        double *left_out = out + row * out_stride, *right_out = out + other * out_stride;
        for (int64_t done = 0; done < count;) {
            int64_t left_over = count - done;
            int some = left_over == MOST_AT_ONCE + 1 ? 3 : left_over > MOST_AT_ONCE ? MOST_AT_ONCE : (int)left_over;
            double *at = state + 2 * rows * done;
            run_some(left, right, left_out, right_out, frames, sections + 6 * done, at + 2 * row, at + 2 * other,
                     2 * rows, some);
            left = left_out;
            right = right_out;
            done += some;
        }
    }
}
