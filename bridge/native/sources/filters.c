/* Second-order sections in a row. */
#include "kernels.h"
#include <string.h>

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

#ifdef WIDE
typedef double Quad __attribute__((vector_size(32)));

/* Two rows that come in `stride` doubles apart and go out as many as there are frames; their sections. */
typedef struct {
    const double *in;
    int64_t stride;
    double *out;
    const double *sections;
    double *state;
} Stereo;

enum { STEREO_STEP = 4 }; /* doubles from a section's state to the next's where there are two rows */

/* One stream through `count` sections, another through `fewer` or as many in the other half of the registers. */
static inline __attribute__((always_inline)) void run_two(const Stereo one, const Stereo two, int64_t frames,
                                                          const int count, const int fewer) {
    Quad b0[MOST_AT_ONCE], b1[MOST_AT_ONCE], b2[MOST_AT_ONCE], a1[MOST_AT_ONCE], a2[MOST_AT_ONCE];
    Quad first[MOST_AT_ONCE], second[MOST_AT_ONCE];
    const double none[6] = {0.0}; /* what comes of it is read by nobody */
    for (int s = 0; s < count; s++) {
        const double *c = one.sections + 6 * s, *d = s < fewer ? two.sections + 6 * s : none;
        const double *z = one.state + STEREO_STEP * s, *w = s < fewer ? two.state + STEREO_STEP * s : none;
        b0[s] = (Quad){c[0], c[0], d[0], d[0]};
        b1[s] = (Quad){c[1], c[1], d[1], d[1]};
        b2[s] = (Quad){c[2], c[2], d[2], d[2]};
        a1[s] = (Quad){c[4], c[4], d[4], d[4]};
        a2[s] = (Quad){c[5], c[5], d[5], d[5]};
        first[s] = (Quad){z[0], z[2], w[0], w[2]};
        second[s] = (Quad){z[1], z[3], w[1], w[3]};
    }
    for (int64_t n = 0; n < frames; n++) {
        Quad x = {one.in[n], one.in[one.stride + n], two.in[n], two.in[two.stride + n]};
        for (int s = 0; s < count; s++) {
            Quad y = b0[s] * x + first[s];
            first[s] = b1[s] * x - a1[s] * y + second[s];
            second[s] = b2[s] * x - a2[s] * y;
            x = y;
            if (s == fewer - 1) {
                two.out[n] = y[2];
                two.out[frames + n] = y[3];
            }
        }
        one.out[n] = x[0];
        one.out[frames + n] = x[1];
    }
    for (int s = 0; s < count; s++) {
        const Quad kept = first[s], later = second[s];
        memcpy(one.state + STEREO_STEP * s, (double[]){kept[0], later[0], kept[1], later[1]}, 4 * sizeof(double));
        if (s < fewer)
            memcpy(two.state + STEREO_STEP * s, (double[]){kept[2], later[2], kept[3], later[3]}, 4 * sizeof(double));
    }
}

static WIDE void run_wide(const Stereo *first, const Stereo *second, int64_t frames, int64_t count, int64_t fewer) {
    const Stereo one = *first, two = *second;
    if (count == 1)
        run_two(one, two, frames, 1, 1);
    else if (count == 2 && fewer == 1)
        run_two(one, two, frames, 2, 1);
    else if (count == 2)
        run_two(one, two, frames, 2, 2);
    else if (fewer == 1)
        run_two(one, two, frames, 3, 1);
    else if (fewer == 2)
        run_two(one, two, frames, 3, 2);
    else
        run_two(one, two, frames, 3, 3);
}
#endif

/* Two stereo streams, each through sections of its own, `count` of at most 3 for the one and no more for the other:
   beside each other where registers hold both, as each by itself mostly waits for its own sample before.
   Twin: scipy.signal.sosfilt, twice, in bridge/audio/sections.py. */
void sw_sosfilt_beside(const double *in, int64_t stride, double *out, const double *sections, int64_t count,
                       double *state, const double *other_in, int64_t other_stride, double *other_out,
                       const double *other_sections, int64_t fewer, double *other_state, int64_t frames) {
#ifdef WIDE
    if (HAS_WIDE()) {
        const Stereo one = {in, stride, out, sections, state};
        const Stereo two = {other_in, other_stride, other_out, other_sections, other_state};
        run_wide(&one, &two, frames, count, fewer);
        return;
    }
#endif
    sw_sosfilt(in, stride, out, frames, 2, frames, sections, count, state);
    sw_sosfilt(other_in, other_stride, other_out, frames, 2, frames, other_sections, fewer, other_state);
}
