// table.sort as a merge sort: equal items keep their order, and a comparator that contradicts itself does no harm.
#include "internal.h"

// Stack while sorting: 1 the table, 2 the comparator or nil, 3 and 4 the two tables that runs move between.
static bool precedes(lua_State *L) {
    // On top: candidate from the right run, then from the left run.
    if (lua_isnil(L, 2))
        return lua_compare(L, -2, -1, LUA_OPLT);
    lua_pushvalue(L, 2);
    lua_pushvalue(L, -3);
    lua_pushvalue(L, -3);
    lua_call(L, 2, 1);
    bool result = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return result;
}

static void merge(lua_State *L, int from, int to, lua_Integer left, lua_Integer middle, lua_Integer end) {
    lua_Integer i = left, j = middle;
    for (lua_Integer at = left; at < end; at++) {
        bool right = i >= middle;
        if (!right && j < end) {
            clb_charge(L, 2);
            lua_rawgeti(L, from, j);
            lua_rawgeti(L, from, i);
            right = precedes(L);
            lua_pop(L, 2);
        }
        lua_rawgeti(L, from, right ? j++ : i++);
        lua_rawseti(L, to, at);
    }
}

int clb_table_sort(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    clb_check_writable(L, 1);
    if (!lua_isnoneornil(L, 2))
        luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    lua_Integer count = (lua_Integer)lua_rawlen(L, 1);
    if (count < 2)
        return 0;
    // Both tables are ours, so that a comparator which changes the list cannot confuse the merge.
    lua_createtable(L, (int)(count < 1 << 24 ? count : 0), 0);
    lua_createtable(L, (int)(count < 1 << 24 ? count : 0), 0);
    clb_charge(L, (uint64_t)count);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(L, 1, i);
        lua_rawseti(L, 3, i);
    }
    int from = 3, to = 4;
    for (lua_Integer width = 1; width < count; width *= 2) {
        for (lua_Integer left = 1; left <= count; left += 2 * width) {
            lua_Integer middle = left + width < count + 1 ? left + width : count + 1;
            lua_Integer end = left + 2 * width < count + 1 ? left + 2 * width : count + 1;
            merge(L, from, to, left, middle, end);
        }
        int spare = from;
        from = to, to = spare;
    }
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(L, from, i);
        lua_rawseti(L, 1, i);
    }
    return 0;
}
