// What Lua itself takes for a protected call, with nothing of ours around it.
#ifndef LUA_BASELINE_H
#define LUA_BASELINE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct lua_baseline lua_baseline;

/// One string field of the argument.
typedef struct {
    const char *key;
    const char *value;
} lua_baseline_field;

/// Opens a Lua state with the function that `source` returns. Null if that fails.
lua_baseline *lua_baseline_open(const char *source);
void lua_baseline_close(lua_baseline *baseline);
/// Calls the function under lua_pcall, `times` times, without arguments and results. False if a call raised.
bool lua_baseline_call(lua_baseline *baseline, int times);
/// The same with a new table of `fields` as the first argument and a new table of `arguments` as the second; takes
/// one table as the result and looks at its field `answer`.
bool lua_baseline_call_with_fields(lua_baseline *baseline, int times, const lua_baseline_field *fields, size_t count,
                                   const lua_baseline_field *arguments, size_t argument_count);
/// Bytes that Lua holds for each of `count` coroutines that have yielded once; 0 if that fails.
size_t lua_baseline_coroutine_bytes(int count);
/// Compiles each text in a new state, which it closes. False if one is no Lua.
bool lua_baseline_compile(const char *const *texts, size_t count);

#endif
