// `require`: modules of preludes and of scripts, each loaded once per VM.
#include "internal.h"
#include <string.h>

int clb_load_chunk(lua_State *L, clb_bytes name, clb_bytes text, bool trusted) {
    clb_vm *vm = clb_vm_of(L);
    if (trusted)
        lua_pushfstring(L, "=[%s]", lua_pushlstring(L, (const char *)name.bytes, name.count));
    else
        lua_pushfstring(L, "@%s", lua_pushlstring(L, (const char *)name.bytes, name.count));
    const char *chunk = lua_tostring(L, -1);
    if (!clb_remember_chunk(vm, chunk + 1, strlen(chunk + 1), trusted))
        return luaL_error(L, "not enough memory");
    int status = luaL_loadbufferx(L, text.count > 0 ? (const char *)text.bytes : "", text.count, chunk, "t");
    if (status == LUA_OK) {
        lua_rawgetp(L, LUA_REGISTRYINDEX, &clb_key_env);
        lua_setupvalue(L, -2, 1);
    } else if (status != LUA_ERRMEM) {
        // Remembered, so that a syntax error of a required file is still told from others at the end.
        lua_pushvalue(L, -1);
        lua_rawsetp(L, LUA_REGISTRYINDEX, &clb_key_syntax);
    }
    lua_insert(L, -3);
    lua_pop(L, 2);
    return status;
}

// `__index` of a module's table while files load. Upvalues: module name, file.
static int unknown_field(lua_State *L) {
    if (!clb_vm_of(L)->loading || lua_type(L, 2) != LUA_TSTRING)
        return 0;
    size_t count;
    const char *file = lua_tolstring(L, lua_upvalueindex(2), &count);
    clb_place place = clb_script_place(L, 1);
    // The module itself may ask for what it has not set yet.
    if (place.file.count == count && memcmp(place.file.bytes, file, count) == 0)
        return 0;
    char hint[96];
    clb_suggestion s;
    clb_suggest_begin(&s, lua_tostring(L, 2));
    clb_suggest_keys(L, 1, &s);
    clb_suggest_text(&s, hint, sizeof hint);
    return clb_raise(L, "'%s' has no '%s'%s", lua_tostring(L, lua_upvalueindex(1)), lua_tostring(L, 2), hint);
}

static void watch_fields(lua_State *L, int module, int name, int file) {
    if (!lua_istable(L, module) || lua_getmetatable(L, module)) {
        lua_settop(L, module);
        return;
    }
    lua_createtable(L, 0, 1);
    lua_pushvalue(L, name);
    lua_pushvalue(L, file);
    lua_pushcclosure(L, unknown_field, 2);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, module);
}

// How many calls of `require` are on the stack below this one.
static int requires_running(lua_State *L) {
    lua_Debug ar;
    int count = 0;
    for (int level = 1; lua_getstack(L, level, &ar); level++) {
        lua_getinfo(L, "f", &ar);
        count += lua_tocfunction(L, -1) == clb_require;
        lua_pop(L, 1);
    }
    return count;
}

static void raise_circle(lua_State *L, int modules, int from, int to) {
    luaL_Buffer text;
    luaL_buffinit(L, &text);
    for (int i = from; i <= to; i++) {
        lua_rawgeti(L, modules, i);
        luaL_addvalue(&text);
        luaL_addstring(&text, " -> ");
    }
    lua_rawgeti(L, modules, from);
    luaL_addvalue(&text);
    luaL_pushresult(&text);
    clb_raise(L, "modules require one another in a circle: %s", lua_tostring(L, -1));
}

// The table of modules holds values by name and, at its positions, the names that are loading now. Names left behind
// by an error that a pcall caught lie beyond the calls of `require` that are really on the stack.
static int begin_loading(lua_State *L, int modules) {
    int depth = requires_running(L);
    for (int i = 1; i <= depth; i++) {
        lua_rawgeti(L, modules, i);
        bool same = lua_rawequal(L, -1, 1);
        lua_pop(L, 1);
        if (same)
            raise_circle(L, modules, i, depth);
    }
    lua_pushvalue(L, 1);
    lua_rawseti(L, modules, depth + 1);
    return depth;
}

static clb_bytes find(lua_State *L, clb_vm *vm, clb_bytes name, clb_bytes *text) {
    clb_buffer_clear(&vm->scratch);
    clb_answer answer = vm->host.find_module(vm->host.context, name, &vm->scratch);
    // The Swift frame is gone: raising is allowed again.
    const uint8_t *bytes = vm->scratch.bytes;
    size_t count = vm->scratch.count;
    if (answer == CLB_RAISE)
        clb_raise(L, "%.*s", (int)count, count > 0 ? (const char *)bytes : "");
    uint32_t length = 0;
    if (answer == CLB_VALUES && count >= sizeof length)
        memcpy(&length, bytes, sizeof length);
    if (answer != CLB_VALUES || count < sizeof length || count - sizeof length < length)
        clb_raise(L, "module '%s' was not found", lua_tostring(L, 1));
    *text = (clb_bytes){bytes + sizeof length + length, count - sizeof length - length};
    return (clb_bytes){bytes + sizeof length, length};
}

int clb_require(lua_State *L) {
    clb_vm *vm = clb_vm_of(L);
    clb_bytes name, text;
    luaL_checktype(L, 1, LUA_TSTRING);
    name.bytes = (const uint8_t *)lua_tolstring(L, 1, &name.count);
    lua_settop(L, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &clb_key_modules);
    lua_pushvalue(L, 1);
    if (lua_rawget(L, 2) != LUA_TNIL)
        return 1;
    lua_settop(L, 2);
    int depth = begin_loading(L, 2);
    clb_bytes file = find(L, vm, name, &text);
    lua_pushlstring(L, (const char *)file.bytes, file.count);
    if (clb_load_chunk(L, file, text, false) != LUA_OK)
        return lua_error(L);
    lua_pushvalue(L, 1);
    // Not lua_callk: while a file loads nothing waits, so that no two calls load the same file.
    lua_call(L, 1, 1);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        lua_pushboolean(L, true);
    }
    lua_pushvalue(L, 1);
    lua_pushvalue(L, -2);
    lua_rawset(L, 2);
    lua_pushnil(L);
    lua_rawseti(L, 2, depth + 1);
    watch_fields(L, 4, 1, 3);
    lua_settop(L, 4);
    return 1;
}
