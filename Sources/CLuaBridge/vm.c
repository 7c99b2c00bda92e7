// Opening and closing a VM, and what can be asked about it from outside.
#include "internal.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char clb_key_env, clb_key_host, clb_key_entries, clb_key_kinds, clb_key_threads,
    clb_key_functions, clb_key_modules, clb_key_array, clb_key_object, clb_key_readonly, clb_key_syntax;

static _Atomic int64_t panics;

int64_t clb_panics(void) { return atomic_load(&panics); }

// Lua aborts the process when this returns; the count is for a debugger and for the message.
static int on_panic(lua_State *L) {
    const char *message = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "an error that is no string";
    atomic_fetch_add(&panics, 1);
    fprintf(stderr, "Lua error outside of a protected call: %s\n", message);
    return 0;
}

static void ignore_warning(void *ud, const char *message, int more) { (void)ud, (void)message, (void)more; }

static int open_all(lua_State *L) {
    const char *const tables[] = {&clb_key_entries,   &clb_key_kinds,   &clb_key_threads,
                                  &clb_key_functions, &clb_key_modules};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        lua_createtable(L, 0, 0);
        lua_rawsetp(L, LUA_REGISTRYINDEX, tables[i]);
    }
    const char *const marks[] = {&clb_key_array, &clb_key_object};
    for (size_t i = 0; i < 2; i++) {
        lua_createtable(L, 0, 1);
        lua_pushstring(L, i == 0 ? "array" : "object");
        lua_setfield(L, -2, "__name");
        lua_rawsetp(L, LUA_REGISTRYINDEX, marks[i]);
    }
    clb_open_host(L);
    clb_open_sandbox(L);
    return 0;
}

static bool copy_functions(clb_vm *vm, const clb_host_function *functions, size_t count) {
    vm->functions = calloc(count + 1, sizeof *functions);
    if (vm->functions == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        uint8_t *name = malloc(functions[i].name.count + 1);
        if (name == NULL)
            return false;
        memcpy(name, functions[i].name.bytes, functions[i].name.count);
        vm->functions[i] = functions[i];
        vm->functions[i].name.bytes = name;
        vm->function_count = i + 1;
    }
    return true;
}

clb_vm *clb_open(clb_limits limits, clb_host host, const clb_host_function *functions, size_t count) {
    clb_vm *vm = calloc(1, sizeof *vm);
    if (vm == NULL)
        return NULL;
    vm->limits = limits;
    vm->host = host;
    if (copy_functions(vm, functions, count))
        vm->L = lua_newstate(clb_allocate, vm);
    if (vm->L == NULL) {
        clb_close(vm);
        return NULL;
    }
    *(clb_vm **)lua_getextraspace(vm->L) = vm;
    lua_atpanic(vm->L, on_panic);
    lua_setwarnf(vm->L, ignore_warning, NULL);
    lua_pushcfunction(vm->L, open_all);
    if (lua_pcall(vm->L, 0, 0, 0) != LUA_OK) {
        clb_close(vm);
        return NULL;
    }
    return vm;
}

void clb_close(clb_vm *vm) {
    if (vm->L != NULL)
        lua_close(vm->L);
    for (size_t i = 0; i < vm->function_count; i++)
        free((void *)vm->functions[i].name.bytes);
    for (size_t i = 0; i < vm->chunk_count; i++)
        free(vm->chunks[i].name);
    free(vm->functions);
    free(vm->chunks);
    free(vm->free_slots);
    clb_buffer_free(&vm->out);
    clb_buffer_free(&vm->scratch);
    clb_buffer_free(&vm->error_text);
    free(vm);
}

// Here and not in Swift, which does not see this extension of the C library.
void clb_name_thread(const char *name) {
    char shown[16];
    snprintf(shown, sizeof shown, "%s", name);
    pthread_setname_np(pthread_self(), shown);
}

clb_bytes clb_output(const clb_vm *vm) { return (clb_bytes){vm->out.bytes, vm->out.count}; }
clb_error clb_failure(const clb_vm *vm) { return vm->error; }
void clb_set_loading(clb_vm *vm, bool loading) { vm->loading = loading; }
size_t clb_memory(const clb_vm *vm) { return vm->used; }
int32_t clb_stack_height(const clb_vm *vm) { return lua_gettop(vm->L); }

void clb_fail_allocations(clb_vm *vm, int64_t after, int64_t run) {
    vm->fail_after = after;
    vm->fail_run = run;
    vm->fail_delivered = false;
}

bool clb_failure_delivered(const clb_vm *vm) { return vm->fail_delivered; }

static int64_t count_entries(lua_State *L, int index) {
    int64_t count = 0;
    lua_pushnil(L);
    while (lua_next(L, index)) {
        lua_pop(L, 1);
        count++;
    }
    return count;
}

static int measure_registry(lua_State *L) {
    int64_t *total = lua_touserdata(L, 1);
    lua_gc(L, LUA_GCCOLLECT);
    *total = count_entries(L, LUA_REGISTRYINDEX);
    const char *const tables[] = {&clb_key_entries, &clb_key_threads, &clb_key_functions, &clb_key_modules};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        lua_rawgetp(L, LUA_REGISTRYINDEX, tables[i]);
        *total += count_entries(L, lua_gettop(L));
    }
    return 0;
}

int64_t clb_registry_size(clb_vm *vm) {
    int64_t total = -1;
    lua_pushcfunction(vm->L, measure_registry);
    lua_pushlightuserdata(vm->L, &total);
    if (lua_pcall(vm->L, 1, 0, 0) != LUA_OK) {
        lua_settop(vm->L, 0);
        return -1;
    }
    return total;
}
