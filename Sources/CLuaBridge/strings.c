// The string library of the sandbox: the stock functions paid for by size, `rep` bounded, patterns our own.
#include "internal.h"
#include <string.h>

// Calls the stock function in the upvalue, after charging for the strings it gets.
int clb_charged(lua_State *L) {
    lua_CFunction stock = lua_tocfunction(L, lua_upvalueindex(1));
    size_t bytes = 0;
    int count = lua_gettop(L);
    for (int i = 1; i <= count; i++)
        if (lua_type(L, i) == LUA_TSTRING)
            bytes += lua_rawlen(L, i);
    clb_charge(L, bytes / 8 + (uint64_t)count);
    return stock(L);
}

static int string_rep(lua_State *L) {
    size_t count, between;
    const char *text = luaL_checklstring(L, 1, &count);
    lua_Integer times = luaL_checkinteger(L, 2);
    const char *separator = luaL_optlstring(L, 3, "", &between);
    size_t limit = clb_vm_of(L)->limits.largest_block_bytes;
    if (times <= 0 || count + between == 0) {
        lua_pushliteral(L, "");
        return 1;
    }
    if ((lua_Unsigned)times > limit || (count + between) > limit / (size_t)times)
        return luaL_error(L, "resulting string too large");
    size_t total = count * (size_t)times + between * (size_t)(times - 1);
    clb_charge(L, total / 16 + (uint64_t)times / 4);
    luaL_Buffer out;
    char *at = luaL_buffinitsize(L, &out, total);
    for (lua_Integer i = 0; i < times; i++) {
        if (i > 0) {
            memcpy(at, separator, between);
            at += between;
        }
        memcpy(at, text, count);
        at += count;
    }
    luaL_pushresultsize(&out, total);
    return 1;
}

// The metatable of all strings: methods, and arithmetic on numerals as in stock Lua, charged by length.
static void set_string_metatable(lua_State *L, int library) {
    lua_pushliteral(L, "");
    lua_createtable(L, 0, 12);
    if (lua_getmetatable(L, -2)) {
        lua_pushnil(L);
        while (lua_next(L, -2)) {
            if (lua_iscfunction(L, -1)) {
                lua_pushcclosure(L, clb_charged, 1);
                lua_pushvalue(L, -2);
                lua_insert(L, -2);
                lua_rawset(L, -5);
            } else {
                lua_pop(L, 1);
            }
        }
        lua_pop(L, 1);
    }
    lua_pushvalue(L, library);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    lua_pop(L, 1);
}

void clb_open_strings(lua_State *L, int stock) {
    static const char *const charged[] = {"byte", "char",    "format", "len",      "lower",  "reverse",
                                          "sub",  "upper",   "pack",   "packsize", "unpack", NULL};
    static const luaL_Reg ours[] = {
        {"find", clb_string_find}, {"match", clb_string_match}, {"gmatch", clb_string_gmatch},
        {"gsub", clb_string_gsub}, {"rep", string_rep},         {NULL, NULL},
    };
    lua_createtable(L, 0, 20);
    for (int i = 0; charged[i] != NULL; i++) {
        lua_getfield(L, stock, charged[i]);
        lua_pushcclosure(L, clb_charged, 1);
        lua_setfield(L, -2, charged[i]);
    }
    luaL_setfuncs(L, ours, 0);
    set_string_metatable(L, lua_gettop(L));
}
