#include "lua_baseline.h"
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <string.h>

// The state itself stands for the baseline; the function lies at the bottom of its stack.
lua_baseline *lua_baseline_open(const char *source) {
    lua_State *L = luaL_newstate();
    if (L == NULL)
        return NULL;
    luaL_openlibs(L);
    if (luaL_dostring(L, source) != LUA_OK || !lua_isfunction(L, 1)) {
        lua_close(L);
        return NULL;
    }
    lua_settop(L, 1);
    return (lua_baseline *)L;
}

void lua_baseline_close(lua_baseline *baseline) { lua_close((lua_State *)baseline); }

bool lua_baseline_call(lua_baseline *baseline, int times) {
    lua_State *L = (lua_State *)baseline;
    for (int i = 0; i < times; i++) {
        lua_pushvalue(L, 1);
        if (lua_pcall(L, 0, 0, 0) != LUA_OK)
            return false;
    }
    return true;
}

static void push_fields(lua_State *L, const lua_baseline_field *fields, size_t count) {
    lua_createtable(L, 0, (int)count);
    for (size_t i = 0; i < count; i++) {
        lua_pushstring(L, fields[i].value);
        lua_setfield(L, -2, fields[i].key);
    }
}

bool lua_baseline_call_with_fields(lua_baseline *baseline, int times, const lua_baseline_field *fields, size_t count,
                                   const lua_baseline_field *arguments, size_t argument_count) {
    lua_State *L = (lua_State *)baseline;
    for (int i = 0; i < times; i++) {
        lua_pushvalue(L, 1);
        push_fields(L, fields, count);
        push_fields(L, arguments, argument_count);
        if (lua_pcall(L, 2, 1, 0) != LUA_OK)
            return false;
        if (lua_getfield(L, -1, "answer") == LUA_TNIL)
            return false;
        lua_settop(L, 1);
    }
    return true;
}

static size_t bytes_held(lua_State *L) {
    lua_gc(L, LUA_GCCOLLECT);
    return (size_t)lua_gc(L, LUA_GCCOUNT) * 1024 + (size_t)lua_gc(L, LUA_GCCOUNTB);
}

// The table that keeps the coroutines has its size before counting begins.
static bool yield_in_coroutines(lua_State *L, int count) {
    for (int i = 1; i <= count; i++) {
        int results = 0;
        lua_State *thread = lua_newthread(L);
        lua_rawseti(L, 2, i);
        lua_pushvalue(L, 1);
        lua_xmove(L, thread, 1);
        if (lua_resume(thread, L, 0, &results) != LUA_YIELD)
            return false;
    }
    return true;
}

size_t lua_baseline_coroutine_bytes(int count) {
    lua_State *L = (lua_State *)lua_baseline_open("return function() coroutine.yield() end");
    if (L == NULL)
        return 0;
    lua_createtable(L, count, 0);
    size_t before = bytes_held(L);
    size_t after = yield_in_coroutines(L, count) ? bytes_held(L) : before;
    lua_close(L);
    return (after - before) / (size_t)count;
}

bool lua_baseline_compile(const char *const *texts, size_t count) {
    lua_State *L = luaL_newstate();
    if (L == NULL)
        return false;
    luaL_openlibs(L);
    bool compiled = true;
    for (size_t i = 0; i < count && compiled; i++)
        compiled = luaL_loadbuffer(L, texts[i], strlen(texts[i]), "=text") == LUA_OK;
    lua_close(L);
    return compiled;
}
