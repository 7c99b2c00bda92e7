// find, match, gmatch and gsub over the bounded matcher.
#include "internal.h"
#include <ctype.h>
#include <string.h>

// Where a search starts, as an offset; past the end if there is nothing to search.
static size_t start_offset(lua_Integer init, size_t count) {
    if (init > 0)
        return (lua_Unsigned)init - 1 > count ? count + 1 : (size_t)init - 1;
    if (init == 0 || init < -(lua_Integer)count)
        return 0;
    return count - (size_t)(-init);
}

static bool is_plain(const char *pattern, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (memchr("^$*+?.([%-", pattern[i], 10) != NULL)
            return false;
    return true;
}

static int find_plain(lua_State *L, const char *subject, size_t count, size_t init, const char *wanted, size_t length) {
    clb_charge(L, (count - init) / 16 + length / 16);
    const char *at = length == 0 ? subject + init : memmem(subject + init, count - init, wanted, length);
    if (at == NULL) {
        luaL_pushfail(L);
        return 1;
    }
    lua_pushinteger(L, at - subject + 1);
    lua_pushinteger(L, at - subject + (lua_Integer)length);
    return 2;
}

static int search(lua_State *L, bool find) {
    size_t count, length;
    const char *subject = luaL_checklstring(L, 1, &count);
    const char *pattern = luaL_checklstring(L, 2, &length);
    size_t init = start_offset(luaL_optinteger(L, 3, 1), count);
    if (init > count) {
        luaL_pushfail(L);
        return 1;
    }
    if (find && (lua_toboolean(L, 4) || is_plain(pattern, length)))
        return find_plain(L, subject, count, init, pattern, length);
    clb_matcher m;
    bool anchored = length > 0 && *pattern == '^';
    clb_match_begin(&m, L, subject, count, pattern + length);
    for (const char *at = subject + init; at <= m.end; at++) {
        const char *end = clb_match_at(&m, at, pattern + anchored);
        if (end != NULL && find) {
            lua_pushinteger(L, at - subject + 1);
            lua_pushinteger(L, end - subject);
            return clb_push_captures(&m, NULL, NULL, false) + 2;
        }
        if (end != NULL)
            return clb_push_captures(&m, at, end, true);
        if (anchored)
            break;
    }
    luaL_pushfail(L);
    return 1;
}

int clb_string_find(lua_State *L) { return search(L, true); }
int clb_string_match(lua_State *L) { return search(L, false); }

// Upvalues: subject, pattern, offset to go on from, end of the last match as an offset (or -1).
static int gmatch_next(lua_State *L) {
    size_t count, length;
    const char *subject = lua_tolstring(L, lua_upvalueindex(1), &count);
    const char *pattern = lua_tolstring(L, lua_upvalueindex(2), &length);
    lua_Integer from = lua_tointeger(L, lua_upvalueindex(3)), last = lua_tointeger(L, lua_upvalueindex(4));
    clb_matcher m;
    clb_match_begin(&m, L, subject, count, pattern + length);
    for (const char *at = subject + from; at <= m.end; at++) {
        const char *end = clb_match_at(&m, at, pattern);
        // An empty match right where the last one ended is no new match.
        if (end == NULL || end - subject == last)
            continue;
        lua_pushinteger(L, end - subject);
        lua_copy(L, -1, lua_upvalueindex(3));
        lua_replace(L, lua_upvalueindex(4));
        return clb_push_captures(&m, at, end, true);
    }
    lua_pushinteger(L, (lua_Integer)count + 1);
    lua_replace(L, lua_upvalueindex(3));
    return 0;
}

int clb_string_gmatch(lua_State *L) {
    size_t count;
    luaL_checklstring(L, 1, &count);
    luaL_checkstring(L, 2);
    size_t init = start_offset(luaL_optinteger(L, 3, 1), count);
    lua_settop(L, 2);
    lua_pushinteger(L, (lua_Integer)init);
    lua_pushinteger(L, -1);
    lua_pushcclosure(L, gmatch_next, 4);
    return 1;
}

// Adds the replacement string (third argument) with its captures filled in.
static void add_template(clb_matcher *m, luaL_Buffer *out, const char *start, const char *end) {
    lua_State *L = m->L;
    size_t count;
    const char *text = lua_tolstring(L, 3, &count);
    clb_charge(L, count / 8 + 1);
    for (size_t i = 0; i < count; i++) {
        if (text[i] != '%') {
            luaL_addchar(out, text[i]);
            continue;
        }
        char kind = ++i < count ? text[i] : 0;
        if (kind == '%') {
            luaL_addchar(out, '%');
        } else if (kind == '0') {
            clb_charge(L, (uint64_t)(end - start) / 8);
            luaL_addlstring(out, start, (size_t)(end - start));
        } else if (isdigit((unsigned char)kind)) {
            clb_push_capture(m, kind - '1', start, end);
            luaL_tolstring(L, -1, NULL);
            lua_remove(L, -2);
            clb_charge(L, lua_rawlen(L, -1) / 8);
            luaL_addvalue(out);
        } else {
            luaL_error(L, "invalid use of '%%' in replacement string");
        }
    }
}

static void add_replacement(clb_matcher *m, luaL_Buffer *out, const char *start, const char *end, int type) {
    lua_State *L = m->L;
    if (type == LUA_TFUNCTION) {
        lua_pushvalue(L, 3);
        lua_call(L, clb_push_captures(m, start, end, true), 1);
    } else if (type == LUA_TTABLE) {
        clb_push_capture(m, 0, start, end);
        lua_gettable(L, 3);
    } else {
        add_template(m, out, start, end);
        return;
    }
    if (!lua_toboolean(L, -1)) {
        lua_pop(L, 1);
        luaL_addlstring(out, start, (size_t)(end - start));
        return;
    }
    if (!lua_isstring(L, -1))
        luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
    size_t count;
    lua_tolstring(L, -1, &count);
    clb_charge(L, count / 8 + 1);
    luaL_addvalue(out);
}

int clb_string_gsub(lua_State *L) {
    size_t count, length;
    const char *subject = luaL_checklstring(L, 1, &count);
    const char *pattern = luaL_checklstring(L, 2, &length);
    int type = lua_type(L, 3);
    luaL_argexpected(L, type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TFUNCTION || type == LUA_TTABLE, 3,
                     "string/function/table");
    if (type == LUA_TNUMBER)
        lua_tostring(L, 3);
    lua_Integer most = luaL_optinteger(L, 4, (lua_Integer)count + 1), replaced = 0;
    bool anchored = length > 0 && *pattern == '^';
    const char *at = subject, *last = NULL;
    clb_matcher m;
    luaL_Buffer out;
    lua_settop(L, 4);
    luaL_buffinit(L, &out);
    clb_match_begin(&m, L, subject, count, pattern + length);
    while (replaced < most) {
        const char *end = clb_match_at(&m, at, pattern + anchored);
        if (end != NULL && end != last) {
            replaced++;
            add_replacement(&m, &out, at, end, type);
            at = last = end;
        } else if (at < m.end) {
            luaL_addchar(&out, *at++);
        } else {
            break;
        }
        if (anchored)
            break;
    }
    luaL_addlstring(&out, at, (size_t)(m.end - at));
    luaL_pushresult(&out);
    lua_pushinteger(L, replaced);
    return 2;
}
