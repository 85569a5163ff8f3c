/* A player and a recorder for the ends of a host's graph: they read and write a file buffer by buffer, so that what
   a hosted plugin is fed and gives is never held whole. The host loads them as what it hosts anyway, VST 2.4 effects;
   the layout of one is that of a 64-bit system. No kernels: they keep files and places, and numpy has no twin. */
#if defined(__linux__)
#define _POSIX_C_SOURCE 200809L
#define _FILE_OFFSET_BITS 64
#include "kernels.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HELD_FRAMES = 8192, FRAME_BYTES = 8, BOTH = 2, MEAN = 3 };
enum { MAGIC = 0x56737450, REPLACES = 1 << 4, VERSION = 2400, EFFECT = 1 };
enum { CLOSE = 1, STARTED = 12, CATEGORY = 35, NAME = 45, SPEAKS = 58 };

/* One end of a file of interleaved stereo; bridge/hosting/engines/tapes.py has the same structure. */
typedef struct {
    int32_t file;        /* its descriptor; -1 plays silence, and records nothing */
    int32_t records;     /* whether it takes audio; else it gives */
    int32_t sides;       /* what it gives: 0 left, 1 right, BOTH, MEAN of them */
    int32_t error;       /* the errno of the first failure */
    int64_t position;    /* frames since the host started it */
    int64_t skip;        /* frames that are left out at the front of a record */
    int64_t frames;      /* of a record; 0 records nothing */
    int64_t not_finite;  /* the first frame it took that is no finite number, -1 for none */
    int64_t held_from;   /* the file's frame that `held` begins with */
    int64_t held_frames;
    float held[2 * HELD_FRAMES];
} Tape;

typedef struct Effect {
    int32_t magic;
    intptr_t (*dispatcher)(struct Effect *, int32_t, int32_t, intptr_t, void *, float);
    void (*accumulating)(struct Effect *, float **, float **, int32_t);
    void (*set_parameter)(struct Effect *, int32_t, float);
    float (*get_parameter)(struct Effect *, int32_t);
    int32_t programs, parameters, inputs, outputs, flags;
    intptr_t reserved[2];
    int32_t initial_delay, qualities[2];
    float ratio;
    void *tape, *user;
    int32_t unique_id, version;
    void (*replacing)(struct Effect *, float **, float **, int32_t);
    void (*replacing_double)(struct Effect *, double **, double **, int32_t);
    char future[56];
} Effect;

static Tape *next_tape;

/* The effects that are made from now on are this tape's. */
EXPORTED void sw_next_tape(Tape *tape) { next_tape = tape; }

static void read_on(Tape *tape) {
    char *into = (char *)tape->held;
    size_t wanted = sizeof tape->held, got = 0;
    while (got < wanted) {
        ssize_t some = pread(tape->file, into + got, wanted - got, (off_t)(tape->position * FRAME_BYTES + (off_t)got));
        if (some < 0 && errno == EINTR)
            continue;
        if (some < 0 && !tape->error)
            tape->error = errno;
        if (some <= 0)
            break;
        got += (size_t)some;
    }
    tape->held_from = tape->position;
    tape->held_frames = (int64_t)got / FRAME_BYTES;
}

static void write_held(Tape *tape) {
    const char *from = (const char *)tape->held;
    size_t left = (size_t)tape->held_frames * FRAME_BYTES;
    off_t at = (off_t)(tape->held_from * FRAME_BYTES);
    while (left && !tape->error) {
        ssize_t some = pwrite(tape->file, from, left, at);
        if (some < 0 && errno == EINTR)
            continue;
        if (some < 0) {
            tape->error = errno;
            break;
        }
        from += some;
        at += some;
        left -= (size_t)some;
    }
    tape->held_from += tape->held_frames;
    tape->held_frames = 0;
}

static void give(const float *held, int32_t sides, float **out, int32_t at, int32_t frames) {
    for (int32_t n = 0; n < frames; n++) {
        float left = held[2 * n], right = held[2 * n + 1];
        if (sides == BOTH)
            out[1][at + n] = right;
        out[0][at + n] = sides == MEAN ? (left + right) * 0.5f : sides == 1 ? right : left;
    }
}

static void play(Effect *effect, float **in, float **out, int32_t frames) {
    Tape *tape = effect->tape;
    (void)in;
    for (int32_t at = 0; at < frames;) {
        int is_held = tape->position >= tape->held_from && tape->position < tape->held_from + tape->held_frames;
        if (tape->file >= 0 && !is_held)
            read_on(tape);
        int64_t first = tape->position - tape->held_from, there = tape->held_frames - first;
        int32_t some = there < frames - at ? (int32_t)there : frames - at;
        if (some <= 0) { /* behind the file's end: silence */
            for (int32_t channel = 0; channel < effect->outputs; channel++)
                memset(out[channel] + at, 0, (size_t)(frames - at) * sizeof(float));
            some = frames - at;
        } else
            give(tape->held + 2 * first, tape->sides, out, at, some);
        tape->position += some;
        at += some;
    }
}

static void record(Effect *effect, float **in, float **out, int32_t frames) {
    Tape *tape = effect->tape;
    (void)out;
    for (int32_t n = 0; n < frames; n++, tape->position++) {
        float left = in[0][n], right = in[1][n];
        if (!(isfinite(left) && isfinite(right)) && tape->not_finite < 0)
            tape->not_finite = tape->position;
        if (tape->position < tape->skip || tape->position >= tape->skip + tape->frames)
            continue;
        tape->held[2 * tape->held_frames] = left;
        tape->held[2 * tape->held_frames + 1] = right;
        tape->held_frames++;
        if (tape->held_frames == HELD_FRAMES || tape->position == tape->skip + tape->frames - 1)
            write_held(tape);
    }
}

static void rewound(Tape *tape) {
    tape->position = tape->held_from = tape->held_frames = 0;
    tape->not_finite = -1;
}

static intptr_t dispatched(Effect *effect, int32_t asked, int32_t index, intptr_t value, void *text, float number) {
    (void)index;
    (void)number;
    if (asked == STARTED && value)
        rewound(effect->tape);
    if (asked == NAME)
        strcpy(text, "tape");
    if (asked == CLOSE)
        free(effect);
    return asked == NAME ? 1 : asked == CATEGORY ? EFFECT : asked == SPEAKS ? VERSION : 0;
}

static void set_nothing(Effect *effect, int32_t index, float value) {
    (void)effect;
    (void)index;
    (void)value;
}

static float nothing(Effect *effect, int32_t index) {
    (void)effect;
    (void)index;
    return 0.0f;
}

EXPORTED Effect *VSTPluginMain(void *host) {
    Tape *tape = next_tape;
    Effect *effect = tape && host ? calloc(1, sizeof(Effect)) : NULL;
    if (!effect)
        return NULL;
    effect->magic = MAGIC;
    effect->dispatcher = dispatched;
    effect->accumulating = effect->replacing = tape->records ? record : play;
    effect->set_parameter = set_nothing;
    effect->get_parameter = nothing;
    effect->inputs = tape->records ? 2 : 0;
    effect->outputs = tape->records ? 0 : tape->sides == BOTH ? 2 : 1;
    effect->flags = REPLACES;
    effect->ratio = 1.0f;
    effect->tape = tape;
    effect->unique_id = 0x73775470;
    effect->version = 1;
    return effect;
}
#endif
