// Calls: each runs in a coroutine of its own, from preparation to its end.
#include "internal.h"
#include <stdlib.h>
#include <string.h>

typedef enum { ENTRY, SCRIPT, PRELUDE } purpose;

typedef struct {
    clb_vm *vm;
    clb_call *call;
    purpose purpose;
    clb_bytes name;
    clb_bytes text; // source, or the arguments of an entry
    clb_code code;  // what a failure now counts as
} preparation;

// Runs a function of ours on the main state with one pointer and the `moved` topmost values of the main stack.
static int protect(clb_vm *vm, lua_CFunction function, void *pointer, int moved) {
    lua_State *L = vm->L;
    lua_pushcfunction(L, function);
    lua_insert(L, -moved - 1);
    lua_pushlightuserdata(L, pointer);
    lua_insert(L, -moved - 1);
    return lua_pcall(L, moved + 1, 0, 0);
}

static int take_slot(clb_vm *vm) {
    if (vm->free_slot_count > 0)
        return vm->free_slots[--vm->free_slot_count];
    int *grown = realloc(vm->free_slots, (size_t)(vm->slot_count + 1) * sizeof *grown);
    if (grown == NULL)
        return 0;
    vm->free_slots = grown;
    return ++vm->slot_count;
}

static int prepare(lua_State *L) {
    preparation *p = lua_touserdata(L, 1);
    int values = 1;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &clb_key_threads);
    lua_State *thread = lua_newthread(L);
    lua_rawseti(L, -2, p->call->slot);
    p->call->thread = thread;
    lua_settop(L, 0);
    if (p->purpose == ENTRY) {
        lua_rawgetp(L, LUA_REGISTRYINDEX, &clb_key_entries);
        lua_pushlstring(L, (const char *)p->name.bytes, p->name.count);
        if (lua_rawget(L, 1) != LUA_TFUNCTION)
            return luaL_error(L, "no entry '%s' is registered",
                              lua_pushlstring(L, (const char *)p->name.bytes, p->name.count));
        lua_remove(L, 1);
        p->code = CLB_CODE_BAD_VALUE;
        values += clb_decode(L, p->text, "arguments");
        p->code = CLB_CODE_RUNTIME;
    } else {
        // Also text that nests too deeply for the parser is text to mend.
        p->code = CLB_CODE_SYNTAX;
        if (clb_load_chunk(L, p->name, p->text, p->purpose == PRELUDE) != LUA_OK)
            return lua_error(L);
        p->code = CLB_CODE_RUNTIME;
        if (p->purpose == PRELUDE) {
            lua_rawgetp(L, LUA_REGISTRYINDEX, &clb_key_host);
            values++;
        }
    }
    if (!lua_checkstack(thread, values + LUA_MINSTACK))
        return luaL_error(L, "not enough memory");
    lua_xmove(L, thread, values);
    return 0;
}

static clb_status begin(clb_vm *vm, preparation p, clb_budget budget, clb_call **out) {
    clb_call *call = calloc(1, sizeof *call);
    *out = NULL;
    if (call == NULL || (call->slot = take_slot(vm)) == 0) {
        free(call);
        clb_fail(vm, CLB_CODE_MEMORY, "out of memory");
        return CLB_FAILED;
    }
    call->waits_for = -1;
    call->waits_allowed = p.purpose == ENTRY;
    call->meter = (clb_meter){.instructions = budget.instructions, .nanoseconds = budget.nanoseconds};
    call->meter.slice = vm->limits.slice_instructions;
    p.vm = vm;
    p.call = call;
    p.code = CLB_CODE_RUNTIME;
    vm->stack_refused = false;
    int status = protect(vm, prepare, &p, 0);
    if (status == LUA_OK) {
        *out = call;
        return CLB_DONE;
    }
    clb_describe(vm, vm->L, status, p.code);
    lua_settop(vm->L, 0);
    call->ended = true; // it never ran, so there is nothing to close
    clb_end(vm, call);
    return CLB_FAILED;
}

typedef struct {
    clb_vm *vm;
    bool functions;
} results;

static int encode_results(lua_State *L) {
    results *r = lua_touserdata(L, 1);
    uint32_t count = (uint32_t)lua_gettop(L) - 1;
    clb_buffer_clear(&r->vm->out);
    if (!clb_append(&r->vm->out, &count, sizeof count))
        return luaL_error(L, "not enough memory");
    for (uint32_t i = 1; i <= count; i++)
        clb_encode(L, (int)i + 1, &r->vm->out, r->functions, "result", (int)i);
    return 0;
}

static int keep_module(lua_State *L) {
    const clb_bytes *name = lua_touserdata(L, 1);
    lua_settop(L, 2);
    if (lua_isnil(L, 2))
        return 0;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &clb_key_modules);
    lua_pushlstring(L, (const char *)name->bytes, name->count);
    lua_pushvalue(L, 2);
    lua_rawset(L, 3);
    return 0;
}

// Takes the results from a finished thread; `module` is the name under which a prelude's value is kept, or null.
static clb_status settle(clb_vm *vm, clb_call *call, int count, const clb_bytes *module) {
    results r = {vm, !call->waits_allowed};
    int status;
    if (lua_checkstack(vm->L, count + 8)) {
        lua_xmove(call->thread, vm->L, count);
        status = module != NULL ? protect(vm, keep_module, (void *)module, count)
                                : protect(vm, encode_results, &r, count);
    } else {
        clb_fail(vm, CLB_CODE_MEMORY, "out of memory");
        return CLB_FAILED;
    }
    if (status == LUA_OK)
        return CLB_DONE;
    clb_describe(vm, vm->L, status, CLB_CODE_BAD_VALUE);
    lua_settop(vm->L, 0);
    return CLB_FAILED;
}

static clb_status advance(clb_vm *vm, clb_call *call, const clb_bytes *module) {
    lua_State *thread = call->thread;
    int count = 0;
    int arguments = lua_status(thread) == LUA_OK ? lua_gettop(thread) - 1 : 0;
    int status = lua_resume(thread, vm->L, arguments, &count);
    if (!call->meter.killed) {
        if (status == LUA_OK) {
            call->ended = true;
            return settle(vm, call, count, module);
        }
        if (status == LUA_YIELD && call->slicing)
            return CLB_SLICE;
        if (status == LUA_YIELD && call->waits_for >= 0)
            return CLB_WAITS;
    }
    clb_describe(vm, thread, status, CLB_CODE_RUNTIME);
    return CLB_FAILED;
}

static clb_status resume(clb_vm *vm, clb_call *call, const clb_bytes *module) {
    vm->current = call;
    vm->stack_refused = false;
    call->waits_for = -1;
    if (call->slicing) {
        call->slicing = false;
        call->meter.slice = vm->limits.slice_instructions;
    }
    clb_meter_begin(vm, &call->meter, call->thread);
    clb_status status = advance(vm, call, module);
    clb_meter_end(vm);
    vm->current = NULL;
    return status;
}

clb_status clb_resume(clb_vm *vm, clb_call *call, clb_answer kind, clb_bytes answer) {
    vm->answer_kind = kind;
    vm->answer = answer;
    return resume(vm, call, NULL);
}

static int release(lua_State *L) {
    const clb_call *call = lua_touserdata(L, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &clb_key_threads);
    lua_pushnil(L);
    lua_rawseti(L, -2, call->slot);
    return 0;
}

static int collect(lua_State *L) {
    lua_gc(L, LUA_GCCOLLECT);
    return 0;
}

void clb_end(clb_vm *vm, clb_call *call) {
    if (!call->ended && call->thread != NULL) {
        vm->current = call;
        clb_reset_thread(vm, call->thread);
        vm->current = NULL;
    }
    // If this fails, the slot holds a dead thread until the next call takes it.
    if (protect(vm, release, call, 0) != LUA_OK)
        lua_settop(vm->L, 0);
    vm->free_slots[vm->free_slot_count++] = call->slot;
    free(call);
    // What filled the memory is garbage now; the next call must not meet it.
    if (vm->exhausted && protect(vm, collect, NULL, 0) != LUA_OK)
        lua_settop(vm->L, 0);
    vm->exhausted = false;
}

clb_status clb_start(clb_vm *vm, clb_bytes entry, clb_bytes arguments, clb_budget budget, clb_call **call) {
    return begin(vm, (preparation){.purpose = ENTRY, .name = entry, .text = arguments}, budget, call);
}

static clb_status run(clb_vm *vm, preparation p, clb_budget budget) {
    clb_call *call;
    if (begin(vm, p, budget, &call) != CLB_DONE)
        return CLB_FAILED;
    clb_status status = resume(vm, call, p.purpose == PRELUDE ? &p.name : NULL);
    clb_end(vm, call);
    return status;
}

clb_status clb_run(clb_vm *vm, clb_bytes file, clb_bytes text, clb_budget budget) {
    return run(vm, (preparation){.purpose = SCRIPT, .name = file, .text = text}, budget);
}

clb_status clb_load_prelude(clb_vm *vm, clb_bytes module, clb_bytes source, clb_budget budget) {
    return run(vm, (preparation){.purpose = PRELUDE, .name = module, .text = source}, budget);
}

int32_t clb_waits_for(const clb_call *call, clb_place *place) {
    *place = call->place;
    return call->waits_for;
}
