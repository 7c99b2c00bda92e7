// The environment of every chunk: read-only, strict about unknown names, without what could leave the sandbox.
#include "internal.h"
#include <string.h>

static const struct {
    const char *name;
    const char *instead;
} withheld[] = {
    {"os", "use ctx.time inside a handler"},
    {"io", "files are not reachable from a script"},
    {"coroutine", "waiting functions suspend by themselves"},
    {"xpcall", "use pcall, every defect is logged with its traceback"},
    {"load", "use require"},
    {"loadfile", "use require"},
    {"dofile", "use require"},
    {"loadstring", "use require"},
    {"package", "use require"},
    {"debug", "errors carry their place and the log has the traceback"},
    {"collectgarbage", "the server looks after memory"},
    {"_G", "write the name itself"},
};

int clb_withheld(lua_State *L, const char *name) {
    for (size_t i = 0; i < sizeof withheld / sizeof *withheld; i++)
        if (strcmp(name, withheld[i].name) == 0)
            clb_raise(L, "there is no '%s' here; %s", name, withheld[i].instead);
    return 0;
}

// Names that the frames on the stack could have meant: locals in scope and captured ones.
static void suggest_locals(lua_State *L, clb_suggestion *s) {
    lua_Debug ar;
    for (int level = 1; level < 12 && lua_getstack(L, level, &ar); level++) {
        const char *name;
        for (int i = 1; (name = lua_getlocal(L, &ar, i)) != NULL; i++) {
            lua_pop(L, 1);
            clb_suggest(s, name);
        }
        lua_getinfo(L, "f", &ar);
        if (!lua_iscfunction(L, -1))
            for (int i = 1; (name = lua_getupvalue(L, -1, i)) != NULL; i++) {
                lua_pop(L, 1);
                clb_suggest(s, name);
            }
        lua_pop(L, 1);
    }
}

static int unknown_global(lua_State *L) {
    if (lua_type(L, 2) != LUA_TSTRING)
        return 0;
    const char *name = lua_tostring(L, 2);
    char hint[96];
    clb_suggestion s;
    clb_withheld(L, name);
    clb_suggest_begin(&s, name);
    suggest_locals(L, &s);
    clb_suggest_keys(L, 1, &s);
    clb_suggest_text(&s, hint, sizeof hint);
    return clb_raise(L, "'%s' is not defined%s", name, hint);
}

static int global_write(lua_State *L) {
    if (lua_type(L, 2) != LUA_TSTRING)
        return clb_raise(L, "globals cannot be written");
    const char *name = lua_tostring(L, 2);
    return clb_raise(L, "'%s' would become a global; write 'local %s'", name, name);
}

static int readonly_write(lua_State *L) {
    if (lua_type(L, 2) == LUA_TSTRING)
        return clb_raise(L, "this table is read-only; '%s' cannot be written", lua_tostring(L, 2));
    return clb_raise(L, "this table is read-only");
}

void clb_check_writable(lua_State *L, int index) {
    if (!lua_getmetatable(L, index))
        return;
    bool readonly = lua_rawgetp(L, -1, &clb_key_readonly) != LUA_TNIL;
    lua_pop(L, 2);
    if (readonly)
        clb_raise(L, "this table is read-only");
}

// Pushes an empty stand-in for the table at `index`: reads go through, writes raise. A stand-in rather than a locked
// table, because a write to a field that exists never asks a metatable.
static void push_stand_in(lua_State *L, int index, lua_CFunction on_write) {
    index = lua_absindex(L, index);
    lua_createtable(L, 0, 0);
    lua_createtable(L, 0, 4);
    lua_pushvalue(L, index);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, on_write);
    lua_setfield(L, -2, "__newindex");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_pushboolean(L, true);
    lua_rawsetp(L, -2, &clb_key_readonly);
    lua_setmetatable(L, -2);
}

void clb_push_readonly(lua_State *L, int index) { push_stand_in(L, index, readonly_write); }

// True if the metatable on top is a mark of the codec, which scripts neither see nor are bound by.
static bool is_mark(lua_State *L) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &clb_key_array);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &clb_key_object);
    bool mark = lua_rawequal(L, -3, -2) || lua_rawequal(L, -3, -1);
    lua_pop(L, 2);
    return mark;
}

static int base_getmetatable(lua_State *L) {
    luaL_checkany(L, 1);
    if (!lua_getmetatable(L, 1) || is_mark(L)) {
        lua_pushnil(L);
        return 1;
    }
    lua_pushliteral(L, "__metatable");
    if (lua_rawget(L, -2) == LUA_TNIL)
        lua_pop(L, 1);
    return 1;
}

static int base_setmetatable(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    int type = lua_type(L, 2);
    luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
    lua_settop(L, 2);
    if (lua_getmetatable(L, 1)) {
        if (!is_mark(L)) {
            lua_pushliteral(L, "__metatable");
            if (lua_rawget(L, -2) != LUA_TNIL)
                return clb_raise(L, "this metatable is protected");
        }
        lua_settop(L, 2);
    }
    if (type == LUA_TTABLE) {
        // A finaliser would run where no limit reaches it. Lua looks for it only now, never later.
        lua_pushliteral(L, "__gc");
        if (lua_rawget(L, 2) != LUA_TNIL)
            return clb_raise(L, "there is no '__gc' here; use a local variable with <close>");
        lua_pop(L, 1);
    }
    lua_setmetatable(L, 1);
    return 1;
}

static int base_rawset(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checkany(L, 2);
    luaL_checkany(L, 3);
    clb_check_writable(L, 1);
    lua_settop(L, 3);
    lua_rawset(L, 1);
    return 1;
}

static int no_print(lua_State *L) {
    (void)L;
    return 0;
}

static void add_print(lua_State *L, int globals) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &clb_key_host);
    lua_getfield(L, -1, "call");
    if (lua_getfield(L, -1, "print") == LUA_TFUNCTION)
        lua_pushcclosure(L, clb_invoke_print, 1);
    else
        lua_pushcfunction(L, no_print);
    lua_setfield(L, globals, "print");
    lua_settop(L, globals);
}

// Puts a library of ours into the globals behind a stand-in; the library is on top and is taken.
static void add_library(lua_State *L, int globals, const char *name) {
    clb_push_readonly(L, -1);
    lua_setfield(L, globals, name);
    lua_pop(L, 1);
}

static void add_base(lua_State *L, int stock, int globals) {
    static const char *const kept[] = {"assert",   "error",  "ipairs", "next",     "pairs", "pcall",   "select",
                                       "tostring", "type",   "rawlen", "rawequal", "rawget", "_VERSION"};
    static const luaL_Reg ours[] = {
        {"getmetatable", base_getmetatable}, {"setmetatable", base_setmetatable}, {"rawset", base_rawset},
        {"require", clb_require},            {NULL, NULL},
    };
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        lua_getfield(L, stock, kept[i]);
        lua_setfield(L, globals, kept[i]);
    }
    lua_pushvalue(L, globals);
    luaL_setfuncs(L, ours, 0);
    lua_pop(L, 1);
    lua_getfield(L, stock, "tonumber");
    lua_pushcclosure(L, clb_charged, 1);
    lua_setfield(L, globals, "tonumber");
}

// Copies a library, each function charged for the strings it gets if `charged`.
static void copy_library(lua_State *L, int stock, bool charged) {
    lua_createtable(L, 0, 16);
    lua_pushnil(L);
    while (lua_next(L, stock)) {
        if (charged && lua_iscfunction(L, -1))
            lua_pushcclosure(L, clb_charged, 1);
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, -4);
    }
}

// Removes from the library on top what Lua 5.4 has only in some builds, for scripts of 5.2: what a script finds must not
// depend on how the system's Lua was built.
static void remove_old_math(lua_State *L) {
    static const char *const old[] = {"cosh", "sinh", "tanh", "pow", "frexp", "ldexp", "log10"};
    for (size_t i = 0; i < sizeof old / sizeof *old; i++) {
        lua_pushnil(L);
        lua_setfield(L, -2, old[i]);
    }
}

void clb_open_sandbox(lua_State *L) {
    int base = lua_gettop(L);
    luaL_requiref(L, LUA_GNAME, luaopen_base, 0);
    int stock = lua_gettop(L);
    lua_createtable(L, 0, 40);
    int globals = lua_gettop(L);
    add_base(L, stock, globals);
    add_print(L, globals);

    luaL_requiref(L, LUA_MATHLIBNAME, luaopen_math, 0);
    copy_library(L, lua_gettop(L), false);
    remove_old_math(L);
    add_library(L, globals, "math");
    luaL_requiref(L, LUA_UTF8LIBNAME, luaopen_utf8, 0);
    copy_library(L, lua_gettop(L), true);
    add_library(L, globals, "utf8");
    luaL_requiref(L, LUA_STRLIBNAME, luaopen_string, 0);
    clb_open_strings(L, lua_gettop(L));
    add_library(L, globals, "string");
    luaL_requiref(L, LUA_TABLIBNAME, luaopen_table, 0);
    clb_open_tables(L, lua_gettop(L));
    add_library(L, globals, "table");
    lua_settop(L, globals);
    // Nothing refers to the stock libraries any more.
    lua_pushnil(L);
    lua_setfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lua_pushglobaltable(L);
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        lua_pop(L, 1);
        lua_pushvalue(L, -1);
        lua_pushnil(L);
        lua_rawset(L, -4);
    }
    lua_pop(L, 1);

    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, unknown_global);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, globals);
    push_stand_in(L, globals, global_write);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &clb_key_env);
    lua_settop(L, base);
}
