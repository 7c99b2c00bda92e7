// The table library of the sandbox: lengths and fields are raw, counts are bounded, and work is paid for.
#include "internal.h"

enum { MOST_RESULTS = 16000, MOST_MOVED = 1 << 20 };

static lua_Integer writable_length(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    clb_check_writable(L, 1);
    return (lua_Integer)lua_rawlen(L, 1);
}

static int table_insert(lua_State *L) {
    lua_Integer end = writable_length(L) + 1, position = end;
    if (lua_gettop(L) == 3) {
        position = luaL_checkinteger(L, 2);
        luaL_argcheck(L, (lua_Unsigned)position - 1u < (lua_Unsigned)end, 2, "position out of bounds");
    } else if (lua_gettop(L) != 2) {
        return luaL_error(L, "wrong number of arguments to 'insert'");
    }
    clb_charge(L, (uint64_t)(end - position) / 4 + 1);
    for (lua_Integer i = end; i > position; i--) {
        lua_rawgeti(L, 1, i - 1);
        lua_rawseti(L, 1, i);
    }
    lua_settop(L, lua_gettop(L) == 3 ? 3 : 2);
    lua_rawseti(L, 1, position);
    return 0;
}

static int table_remove(lua_State *L) {
    lua_Integer length = writable_length(L);
    lua_Integer position = luaL_optinteger(L, 2, length);
    if (position != length)
        luaL_argcheck(L, (lua_Unsigned)position - 1u <= (lua_Unsigned)length, 2, "position out of bounds");
    clb_charge(L, (uint64_t)(position < length ? length - position : 0) / 4 + 1);
    lua_rawgeti(L, 1, position);
    for (; position < length; position++) {
        lua_rawgeti(L, 1, position + 1);
        lua_rawseti(L, 1, position);
    }
    lua_pushnil(L);
    lua_rawseti(L, 1, position);
    return 1;
}

static int table_move(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_Integer from = luaL_checkinteger(L, 2), end = luaL_checkinteger(L, 3), to = luaL_checkinteger(L, 4);
    int target = lua_isnoneornil(L, 5) ? 1 : 5;
    luaL_checktype(L, target, LUA_TTABLE);
    clb_check_writable(L, target);
    if (end >= from) {
        lua_Unsigned count = (lua_Unsigned)end - (lua_Unsigned)from;
        luaL_argcheck(L, count < MOST_MOVED, 3, "too many elements to move");
        luaL_argcheck(L, to <= LUA_MAXINTEGER - (lua_Integer)count, 4, "destination wrap around");
        clb_charge(L, count + 1);
        bool forwards = to > end || to <= from || (target != 1 && !lua_rawequal(L, 1, target));
        for (lua_Integer i = 0; i <= (lua_Integer)count; i++) {
            lua_Integer offset = forwards ? i : (lua_Integer)count - i;
            lua_rawgeti(L, 1, from + offset);
            lua_rawseti(L, target, to + offset);
        }
    }
    lua_pushvalue(L, target);
    return 1;
}

static int table_concat(lua_State *L) {
    size_t between;
    luaL_checktype(L, 1, LUA_TTABLE);
    const char *separator = luaL_optlstring(L, 2, "", &between);
    lua_Integer i = luaL_optinteger(L, 3, 1), end = luaL_optinteger(L, 4, (lua_Integer)lua_rawlen(L, 1));
    luaL_Buffer out;
    luaL_buffinit(L, &out);
    for (bool first = true; i <= end; i++, first = false) {
        if (!first)
            luaL_addlstring(&out, separator, between);
        lua_rawgeti(L, 1, i);
        if (!lua_isstring(L, -1))
            return luaL_error(L, "invalid value (at index %I) in table for 'concat'", (LUAI_UACINT)i);
        size_t count;
        lua_tolstring(L, -1, &count);
        clb_charge(L, (count + between) / 8 + 1);
        luaL_addvalue(&out);
        if (i == LUA_MAXINTEGER)
            break;
    }
    luaL_pushresult(&out);
    return 1;
}

static int table_unpack(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_Integer from = luaL_optinteger(L, 2, 1), end = luaL_optinteger(L, 3, (lua_Integer)lua_rawlen(L, 1));
    if (from > end)
        return 0;
    lua_Unsigned count = (lua_Unsigned)end - (lua_Unsigned)from;
    if (count >= MOST_RESULTS || !lua_checkstack(L, (int)count + 1))
        return luaL_error(L, "too many results to unpack");
    clb_charge(L, count / 4 + 1);
    for (lua_Unsigned i = 0; i <= count; i++)
        lua_rawgeti(L, 1, from + (lua_Integer)i);
    return (int)count + 1;
}

void clb_open_tables(lua_State *L, int stock) {
    static const luaL_Reg ours[] = {
        {"insert", table_insert}, {"remove", table_remove}, {"move", table_move}, {"concat", table_concat},
        {"unpack", table_unpack}, {"sort", clb_table_sort}, {NULL, NULL},
    };
    lua_createtable(L, 0, 8);
    lua_getfield(L, stock, "pack");
    lua_setfield(L, -2, "pack");
    luaL_setfuncs(L, ours, 0);
}
