/* SOV-01, as policies/sovereignty/residency.rego has it: data is stored only where it may reside. */
#define PLACES "residency"
#include "places.h"
