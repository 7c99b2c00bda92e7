// What preludes get: host functions, entries, handles, marks for arrays and objects.
#include "internal.h"
#include <string.h>

// `kind` is kept alive by the table of kinds, which never forgets one.
typedef struct {
    int64_t id;
    const char *kind;
    size_t kind_count;
} handle;

bool clb_is_handle(lua_State *L, int index, clb_bytes *kind, int64_t *id) {
    // The bridge makes no other userdata than handles and the buffers of Lua's own library, which scripts never see.
    if (lua_type(L, index) != LUA_TUSERDATA || lua_rawlen(L, index) != sizeof(handle))
        return false;
    const handle *h = lua_touserdata(L, index);
    *kind = (clb_bytes){(const uint8_t *)h->kind, h->kind_count};
    *id = h->id;
    return true;
}

static int handle_equal(lua_State *L) {
    clb_bytes a, b;
    int64_t ia, ib;
    lua_pushboolean(L, clb_is_handle(L, 1, &a, &ia) && clb_is_handle(L, 2, &b, &ib) && ia == ib &&
                           a.bytes == b.bytes);
    return 1;
}

static int handle_text(lua_State *L) {
    clb_bytes kind;
    int64_t id;
    if (!clb_is_handle(L, 1, &kind, &id))
        return luaL_error(L, "handle expected");
    lua_pushfstring(L, "%s %I", (const char *)kind.bytes, (LUAI_UACINT)id);
    return 1;
}

// Completes the metatable at `index` with what the bridge guarantees of every handle.
static void complete_metatable(lua_State *L, int index) {
    static const struct {
        const char *name;
        lua_CFunction function;
    } defaults[] = {{"__eq", handle_equal}, {"__tostring", handle_text}};
    for (size_t i = 0; i < 2; i++) {
        lua_pushstring(L, defaults[i].name);
        lua_rawget(L, index);
        bool absent = lua_isnil(L, -1);
        lua_pop(L, 1);
        if (!absent)
            continue;
        lua_pushstring(L, defaults[i].name);
        lua_pushcfunction(L, defaults[i].function);
        lua_rawset(L, index);
    }
    lua_pushliteral(L, "__metatable");
    lua_pushboolean(L, false);
    lua_rawset(L, index);
}

// Pushes the record of a kind, { name, metatable }, made if there is none. Handles point into that name.
static void push_kind(lua_State *L, const char *kind, size_t length) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &clb_key_kinds);
    lua_pushlstring(L, kind, length);
    if (lua_rawget(L, -2) == LUA_TNIL) {
        lua_pop(L, 1);
        lua_createtable(L, 2, 0);
        lua_pushlstring(L, kind, length);
        lua_rawseti(L, -2, 1);
        lua_createtable(L, 0, 4);
        complete_metatable(L, lua_gettop(L));
        lua_rawseti(L, -2, 2);
        lua_pushlstring(L, kind, length);
        lua_pushvalue(L, -2);
        lua_rawset(L, -4);
    }
    lua_remove(L, -2);
}

void clb_push_handle(lua_State *L, const char *kind, size_t length, int64_t id) {
    luaL_checkstack(L, 8, "too many nested values");
    push_kind(L, kind, length);
    lua_rawgeti(L, -1, 1);
    size_t kept;
    const char *name = lua_tolstring(L, -1, &kept);
    lua_pop(L, 1);
    handle *h = lua_newuserdatauv(L, sizeof *h, 0);
    *h = (handle){id, name, kept};
    lua_rawgeti(L, -2, 2);
    lua_setmetatable(L, -2);
    lua_remove(L, -2);
}

static int host_handle(lua_State *L) {
    size_t length;
    const char *kind = luaL_checklstring(L, 1, &length);
    clb_push_handle(L, kind, length, luaL_checkinteger(L, 2));
    return 1;
}

static int host_handle_id(lua_State *L) {
    clb_bytes kind;
    int64_t id;
    if (!clb_is_handle(L, 1, &kind, &id)) {
        lua_pushnil(L);
        return 1;
    }
    lua_pushlstring(L, (const char *)kind.bytes, kind.count);
    lua_pushinteger(L, id);
    return 2;
}

static int host_type(lua_State *L) {
    size_t length;
    const char *kind = luaL_checklstring(L, 1, &length);
    luaL_checktype(L, 2, LUA_TTABLE);
    static const char *const refused[] = {"__gc", "__close"};
    for (size_t i = 0; i < 2; i++) {
        lua_pushstring(L, refused[i]);
        lua_rawget(L, 2);
        if (!lua_isnil(L, -1))
            return clb_raise(L, "a handle cannot have '%s'", refused[i]);
        lua_pop(L, 1);
    }
    complete_metatable(L, 2);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &clb_key_kinds);
    lua_pushvalue(L, 1);
    lua_rawget(L, -2);
    if (!lua_isnil(L, -1))
        return clb_raise(L, "handles of kind '%s' have a type already", kind);
    lua_pop(L, 1);
    lua_pushvalue(L, 1);
    lua_createtable(L, 2, 0);
    lua_pushvalue(L, 1);
    lua_rawseti(L, -2, 1);
    lua_pushvalue(L, 2);
    lua_rawseti(L, -2, 2);
    lua_rawset(L, -3);
    return 0;
}

static int host_entry(lua_State *L) {
    luaL_checkstring(L, 1);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &clb_key_entries);
    lua_insert(L, 1);
    lua_rawset(L, 1);
    return 0;
}

static int set_mark(lua_State *L, const char *key) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, key);
    lua_setmetatable(L, 1);
    return 1;
}

static int host_array(lua_State *L) { return set_mark(L, &clb_key_array); }
static int host_object(lua_State *L) { return set_mark(L, &clb_key_object); }

static int framed_done(lua_State *L, int status, lua_KContext context) {
    (void)status, (void)context;
    return lua_gettop(L);
}

static int call_framed(lua_State *L) {
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_callk(L, lua_gettop(L) - 1, LUA_MULTRET, 0, framed_done);
    return lua_gettop(L);
}

// A script's `return parlant.plugin { … }` is a tail call: calling a Lua function it would leave no frame behind, and
// with it no line for errors. A C function in between keeps the frame; the continuation keeps waiting possible.
static int host_framed(lua_State *L) {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_settop(L, 1);
    lua_pushcclosure(L, call_framed, 1);
    return 1;
}

// Acts on what Swift answered. A message is raised whole: a report of many problems may be long.
static int answer_values(lua_State *L, clb_answer kind, clb_bytes answer) {
    if (kind == CLB_VALUES)
        return clb_decode(L, answer, "result of a host function");
    clb_place place = clb_script_place(L, 0);
    if (place.file.count > 0)
        lua_pushfstring(L, "%s:%d: ", (const char *)place.file.bytes, place.line);
    else
        lua_pushliteral(L, "");
    lua_pushlstring(L, answer.count > 0 ? (const char *)answer.bytes : "", answer.count);
    lua_concat(L, 2);
    return lua_error(L);
}

static int resumed(lua_State *L, int status, lua_KContext context) {
    (void)status, (void)context;
    clb_vm *vm = clb_vm_of(L);
    return answer_values(L, vm->answer_kind, vm->answer);
}

// The library function between the waiting host function and the coroutine, by its full name.
static void raise_cannot_wait(lua_State *L, clb_vm *vm) {
    lua_Debug ar;
    if (vm->closing)
        clb_raise(L, "cannot wait while a call is being closed");
    for (int level = 1; lua_getstack(L, level, &ar); level++) {
        lua_getinfo(L, "Snf", &ar);
        bool framed = lua_tocfunction(L, -1) == call_framed;
        lua_pop(L, 1);
        if (framed)
            continue;
        if (ar.name != NULL && strcmp(ar.name, "require") == 0)
            break;
        if (ar.what[0] != 'C' || ar.name == NULL || strcmp(ar.name, "pcall") == 0)
            continue;
        static const char *const libraries[] = {"string", "table"};
        static const char *const names[] = {"gsub", "sort"};
        for (size_t i = 0; i < 2; i++)
            if (strcmp(ar.name, names[i]) == 0)
                clb_raise(L, "cannot wait inside %s.%s; collect first, then call", libraries[i], ar.name);
        clb_raise(L, "cannot wait inside %s; collect first, then call", ar.name);
    }
    clb_raise(L, "cannot wait while a file loads");
}

static int call_host(lua_State *L) {
    clb_vm *vm = clb_vm_of(L);
    int32_t function = (int32_t)lua_tointeger(L, lua_upvalueindex(1));
    const clb_host_function *described = &vm->functions[function];
    clb_call *call = vm->current;
    uint32_t count = (uint32_t)lua_gettop(L);
    if (described->suspends &&
        (vm->closing || call == NULL || !call->waits_allowed || L != call->thread || !lua_isyieldable(L)))
        raise_cannot_wait(L, vm);
    clb_charge(L, 50);
    clb_buffer_clear(&vm->out);
    if (!clb_append(&vm->out, &count, sizeof count))
        return luaL_error(L, "not enough memory");
    for (uint32_t i = 1; i <= count; i++)
        clb_encode(L, (int)i, &vm->out, described->passes_functions, "argument", (int)i);
    clb_place place = clb_script_place(L, 0);
    if (described->suspends) {
        call->waits_for = function;
        call->place = place;
        return lua_yieldk(L, 0, 0, resumed);
    }
    clb_buffer_clear(&vm->scratch);
    clb_answer answer = vm->host.invoke(vm->host.context, function, clb_output(vm), place, &vm->scratch);
    // The Swift frame is gone: raising is allowed again.
    return answer_values(L, answer, (clb_bytes){vm->scratch.bytes, vm->scratch.count});
}

// `print` joins its arguments as Lua does and gives the host function one string.
int clb_invoke_print(lua_State *L) {
    int count = lua_gettop(L);
    luaL_Buffer text;
    luaL_buffinit(L, &text);
    for (int i = 1; i <= count; i++) {
        if (i > 1)
            luaL_addchar(&text, '\t');
        luaL_tolstring(L, i, NULL);
        luaL_addvalue(&text);
    }
    luaL_pushresult(&text);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, -2);
    lua_call(L, 1, 0);
    return 0;
}

void clb_open_host(lua_State *L) {
    clb_vm *vm = clb_vm_of(L);
    static const luaL_Reg functions[] = {
        {"handle", host_handle}, {"handle_id", host_handle_id}, {"type", host_type}, {"entry", host_entry},
        {"array", host_array},   {"object", host_object},       {"framed", host_framed},
        {NULL, NULL},
    };
    luaL_newlib(L, functions);
    lua_pushlightuserdata(L, NULL);
    lua_setfield(L, -2, "null");
    lua_createtable(L, 0, (int)vm->function_count);
    for (size_t i = 0; i < vm->function_count; i++) {
        lua_pushlstring(L, (const char *)vm->functions[i].name.bytes, vm->functions[i].name.count);
        lua_pushinteger(L, (lua_Integer)i);
        lua_pushcclosure(L, call_host, 1);
        lua_rawset(L, -3);
    }
    lua_setfield(L, -2, "call");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &clb_key_host);
}
