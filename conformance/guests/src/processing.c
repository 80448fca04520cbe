/* SOV-02, as policies/sovereignty/processing.rego has it: data is processed only where it may be. */
#define PLACES "processing"
#include "places.h"
