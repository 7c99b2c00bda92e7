// The system's MongoDB client. Only ParlantMongo imports this module: its calls block.
#include <mongoc/mongoc.h>
