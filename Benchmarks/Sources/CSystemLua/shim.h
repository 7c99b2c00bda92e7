// The system's Lua 5.4, for the baseline only.
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
