// The whole of Lua that Swift can see: a few entry points, none of which lets a jump cross a Swift frame.
//
// Every entry point runs what may raise inside a protected call and returns a status. Values cross as one flat byte
// buffer, little endian: a tag byte and its payload (see `clb_tag`). All functions of one VM belong to one thread at a
// time; the caller keeps that promise.
#ifndef CLUA_BRIDGE_H
#define CLUA_BRIDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct clb_vm clb_vm;
typedef struct clb_call clb_call;
typedef struct clb_buffer clb_buffer;

/// Bytes that somebody else owns; valid until the next entry point of the same VM unless said otherwise.
typedef struct {
    const uint8_t *bytes;
    size_t count;
} clb_bytes;

/// Tags of the crossing. Strings: u32 length, bytes. Arrays and objects: u32 count, then items, or key and value in
/// turn (a key is a whole string value). A function leaves as i64 id, u32 length, file, u32 line and enters as i64 id
/// alone. A handle: u32 length, kind, i64 id.
typedef enum {
    CLB_NIL = 0,
    CLB_NULL,
    CLB_FALSE,
    CLB_TRUE,
    CLB_INTEGER,
    CLB_NUMBER,
    CLB_STRING,
    CLB_ARRAY,
    CLB_OBJECT,
    CLB_FUNCTION,
    CLB_HANDLE,
} clb_tag;

typedef struct {
    size_t memory_bytes;
    size_t largest_block_bytes;
    int64_t slice_instructions;
    int32_t depth;
} clb_limits;

/// What one call may use. Time counts only while the call runs, in nanoseconds.
typedef struct {
    int64_t instructions;
    int64_t nanoseconds;
} clb_budget;

/// A line of a script; `file.count` is 0 where there is none.
typedef struct {
    clb_bytes file;
    int32_t line;
} clb_place;

typedef enum {
    /// Finished; values, if any, are in `clb_output`.
    CLB_DONE = 0,
    /// Waits for a host function; `clb_waits_for` says which, its arguments are in `clb_output`.
    CLB_WAITS,
    /// Used up its slice; resume it with `CLB_NOTHING` when others had their turn.
    CLB_SLICE,
    /// Failed; `clb_failure` says why. The call must be ended like any other.
    CLB_FAILED,
} clb_status;

typedef enum {
    CLB_CODE_SYNTAX = 1,
    CLB_CODE_RUNTIME,
    CLB_CODE_MEMORY,
    CLB_CODE_INSTRUCTIONS,
    CLB_CODE_TIME,
    CLB_CODE_BAD_VALUE,
} clb_code;

typedef struct {
    clb_code code;
    clb_bytes message;
    clb_place place;
    clb_bytes traceback;
} clb_error;

/// What a Swift callback answers; the bridge acts on it after the Swift frame is gone.
typedef enum {
    CLB_VALUES = 0,
    /// The buffer holds a message, which becomes a Lua error at the script's line.
    CLB_RAISE,
    /// For modules: there is none of that name.
    CLB_ABSENT,
    /// For `clb_resume`: nothing was asked for.
    CLB_NOTHING,
} clb_answer;

typedef struct {
    void *context;
    /// Calls the host function with this index. Must not call back into the VM.
    clb_answer (*invoke)(void *context, int32_t function, clb_bytes arguments, clb_place place, clb_buffer *out);
    /// Finds a module; on `CLB_VALUES` the buffer holds u32 length, file name, text to the end.
    clb_answer (*find_module)(void *context, clb_bytes name, clb_buffer *out);
} clb_host;

typedef struct {
    clb_bytes name;
    bool suspends;
    bool passes_functions;
} clb_host_function;

/// Opens a VM with its sandbox. Null if memory does not suffice (or the limit is too small to hold the sandbox).
clb_vm *clb_open(clb_limits limits, clb_host host, const clb_host_function *functions, size_t count);
/// Closes the VM and frees all of it. All calls must have ended.
void clb_close(clb_vm *vm);

/// Runs a trusted chunk with `host` as its argument; what it returns is what `require(module)` gives.
clb_status clb_load_prelude(clb_vm *vm, clb_bytes module, clb_bytes source, clb_budget budget);
/// Loads and runs a script. Nothing can wait in it.
clb_status clb_run(clb_vm *vm, clb_bytes file, clb_bytes text, clb_budget budget);
/// Prepares a call of an entry; `arguments` is u32 count and the values. On `CLB_DONE`, `*call` can be resumed.
clb_status clb_start(clb_vm *vm, clb_bytes entry, clb_bytes arguments, clb_budget budget, clb_call **call);
/// Runs the call until it finishes, fails, waits or has used its slice.
clb_status clb_resume(clb_vm *vm, clb_call *call, clb_answer kind, clb_bytes answer);
/// Ends the call: pending `__close` handlers run, each with a small quota, and the coroutine is released.
void clb_end(clb_vm *vm, clb_call *call);

clb_bytes clb_output(const clb_vm *vm);
clb_error clb_failure(const clb_vm *vm);
int32_t clb_waits_for(const clb_call *call, clb_place *place);
/// While set, unknown fields of required modules raise.
void clb_set_loading(clb_vm *vm, bool loading);

/// Appends to a buffer that a callback was given. False if there is no memory; the buffer is then unchanged.
bool clb_append(clb_buffer *buffer, const void *bytes, size_t count);

/// Names the calling thread for debuggers; the first 15 bytes count.
void clb_name_thread(const char *name);
/// Bytes that Lua holds now.
size_t clb_memory(const clb_vm *vm);
/// For tests: how many values the stack of the main state holds between entry points (always the same number).
int32_t clb_stack_height(const clb_vm *vm);
/// For tests: entries of the registry and of the tables that live there, after a full collection. -1 if memory fails.
int64_t clb_registry_size(clb_vm *vm);
/// For tests: the `after`-th allocation from now fails, and so do the `run - 1` after it. `after` 0 ends it.
void clb_fail_allocations(clb_vm *vm, int64_t after, int64_t run);
/// For tests: true if an injected failure was delivered since `clb_fail_allocations`.
bool clb_failure_delivered(const clb_vm *vm);
/// Errors that reached Lua's panic function in this process. Anything but 0 is a defect of the bridge.
int64_t clb_panics(void);

#endif
