// Shared by the C files of the bridge; Swift never sees it, because it includes Lua.
#ifndef CLB_INTERNAL_H
#define CLB_INTERNAL_H

// For memmem, strndup and clock_gettime.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "clua_bridge.h"
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

struct clb_buffer {
    uint8_t *bytes;
    size_t count;
    size_t capacity;
};

// What a call may still use. `killed` is 0 or the clb_code that the call ended with.
typedef struct {
    int64_t instructions;
    int64_t used;
    int64_t nanoseconds;
    int64_t spent;
    int64_t slice;
    int killed;
} clb_meter;

struct clb_call {
    lua_State *thread;
    int slot;
    bool waits_allowed; // false while a file loads: such a call is never resumed twice
    bool ended;         // finished or failed: its thread was reset already
    bool slicing;       // yielded because its slice was used up
    int32_t waits_for;  // host function it waits for, or -1
    clb_meter meter;
    clb_place place;
};

// A chunk that was loaded: the name that Lua puts before messages, and the whole name.
typedef struct {
    char shown[LUA_IDSIZE];
    char *name;
    bool trusted;
} clb_chunk;

struct clb_vm {
    lua_State *L;
    clb_limits limits;
    clb_host host;
    clb_host_function *functions;
    size_t function_count;

    size_t used;
    size_t big_blocks;
    bool stack_refused;
    size_t fresh_bytes; // newest large block, and the stack that was learned from one
    size_t stack_bytes;
    int64_t fail_after;
    int64_t fail_run;
    bool fail_delivered;

    // The call that runs, if any; everything below is set for the length of one resume.
    clb_call *current;
    lua_State *running;
    clb_meter *meter;
    int period;
    int64_t unchecked;
    int64_t began;
    int64_t deadline;
    int64_t cpu_began;
    bool closing;
    int64_t closing_deadline;

    clb_bytes answer;
    clb_answer answer_kind;
    clb_buffer out;
    clb_buffer scratch;
    clb_error error;
    clb_buffer error_text;
    clb_chunk *chunks;
    size_t chunk_count;
    int *free_slots;
    size_t free_slot_count;
    int slot_count;
    bool loading;
    bool exhausted; // an error of memory was reported; collect when its call ends
};

static inline clb_vm *clb_vm_of(lua_State *L) { return *(clb_vm **)lua_getextraspace(L); }

// Keys of the registry: the address is the key.
extern const char clb_key_env, clb_key_host, clb_key_entries, clb_key_kinds, clb_key_threads,
    clb_key_functions, clb_key_modules, clb_key_array, clb_key_object, clb_key_readonly, clb_key_syntax;

// buffer.c
void clb_buffer_clear(clb_buffer *buffer);
void clb_buffer_free(clb_buffer *buffer);
bool clb_append_format(clb_buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));

// budget.c
void clb_meter_begin(clb_vm *vm, clb_meter *meter, lua_State *thread);
void clb_meter_end(clb_vm *vm);
void clb_hook_soon(clb_vm *vm);
bool clb_past_deadline(clb_vm *vm);
// Charges `steps` as if they were instructions; raises when the budget is used up.
void clb_charge(lua_State *L, uint64_t steps);
void clb_kill_text(const clb_meter *meter, char *text, size_t size);
// Resets a thread, which runs its pending `__close` handlers, each with a small quota of its own.
void clb_reset_thread(clb_vm *vm, lua_State *thread);

// alloc.c
void *clb_allocate(void *ud, void *block, size_t old_size, size_t new_size);

// errors.c
clb_place clb_script_place(lua_State *L, int level);
// Raises with the nearest script line before the text.
int clb_raise(lua_State *L, const char *format, ...) __attribute__((format(printf, 2, 3), noreturn));
void clb_describe(clb_vm *vm, lua_State *thread, int status, clb_code code);
void clb_fail(clb_vm *vm, clb_code code, const char *message);
bool clb_remember_chunk(clb_vm *vm, const char *name, size_t length, bool trusted);

// encode.c, decode.c
// Appends the value at `index`. `root` names it in messages ("argument 1").
void clb_encode(lua_State *L, int index, clb_buffer *out, bool functions, const char *root, int number);
// Pushes the values of a message (u32 count and values) and returns how many.
int clb_decode(lua_State *L, clb_bytes message, const char *root);

// host.c
void clb_open_host(lua_State *L);
void clb_push_handle(lua_State *L, const char *kind, size_t length, int64_t id);
bool clb_is_handle(lua_State *L, int index, clb_bytes *kind, int64_t *id);
int clb_invoke_print(lua_State *L);

// modules.c
int clb_require(lua_State *L);
// Loads text as a chunk of the sandbox; pushes the function or the message and returns Lua's status.
int clb_load_chunk(lua_State *L, clb_bytes name, clb_bytes text, bool trusted);

// sandbox.c
void clb_open_sandbox(lua_State *L);
void clb_check_writable(lua_State *L, int index);
void clb_push_readonly(lua_State *L, int index);
int clb_withheld(lua_State *L, const char *name);

// suggest.c
typedef struct {
    const char *wanted;
    char best[64];
    int distance;
} clb_suggestion;
void clb_suggest_begin(clb_suggestion *s, const char *wanted);
void clb_suggest(clb_suggestion *s, const char *candidate);
void clb_suggest_keys(lua_State *L, int index, clb_suggestion *s);
// " (did you mean 'x'?)" or nothing, into `text`.
void clb_suggest_text(const clb_suggestion *s, char *text, size_t size);

// strings.c, find.c, tables.c, sort.c
void clb_open_strings(lua_State *L, int stock);
void clb_open_tables(lua_State *L, int stock);
int clb_charged(lua_State *L);
int clb_string_find(lua_State *L);
int clb_string_match(lua_State *L);
int clb_string_gmatch(lua_State *L);
int clb_string_gsub(lua_State *L);
int clb_table_sort(lua_State *L);

// match.c: the pattern matcher
enum { CLB_CAPTURES = 32, CLB_CAPTURE_OPEN = -1, CLB_CAPTURE_POSITION = -2 };
typedef struct {
    lua_State *L;
    const char *subject;
    const char *end;
    const char *pattern_end;
    int depth;
    int steps;
    int count;
    struct {
        const char *start;
        ptrdiff_t length; // or CLB_CAPTURE_OPEN, CLB_CAPTURE_POSITION
    } captures[CLB_CAPTURES];
} clb_matcher;
void clb_match_begin(clb_matcher *m, lua_State *L, const char *subject, size_t count, const char *pattern_end);
// The end of the match of the pattern at exactly `at`, or null.
const char *clb_match_at(clb_matcher *m, const char *at, const char *pattern);
void clb_push_capture(clb_matcher *m, int index, const char *start, const char *end);
// Pushes all captures, or the whole match if there are none and `whole`; returns how many.
int clb_push_captures(clb_matcher *m, const char *start, const char *end, bool whole);

#endif
