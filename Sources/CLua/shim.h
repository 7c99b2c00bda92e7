// The system's Lua 5.4. Only CLuaBridge imports this module: nothing in Swift may reach a call that jumps.
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
