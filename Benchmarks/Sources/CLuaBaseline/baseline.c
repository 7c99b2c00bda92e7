#include "lua_baseline.h"
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

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
