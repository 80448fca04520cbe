/* SEL-06, as policies/selection/carbon.rego has it: a copy stands where the electricity is under the ceiling. */
#include "bailiwick.h"

/* The reasons of the manifest, by the basis of the request. */
#define BY_LOCATION 1
#define BY_MARKET 2

/* What prepare leaves to judge. */
static bw_column grid, market;

static int32_t prepare(bw_setup *s) {
	bw_table sites = bw_table_of(s->snapshot, "sites");
	grid = bw_column_of(sites, "carbon.gridGramsPerKWh", BW_FLOAT64);
	market = bw_column_of(sites, "carbon.marketGramsPerKWh", BW_FLOAT64);
	return 0;
}

static int32_t judge(bw_call *c) {
	bw_table request = bw_table_of(c->request, "request");
	bw_column most = bw_column_of(request, "carbon.maxGramsPerKWh", BW_FLOAT64), basis = bw_column_of(request, "carbon.basis", BW_STRING);
	if (!bw_is(most, 0) || !bw_is(basis, 0)) return 0;
	bool by_market = bw_equal(bw_string(basis, 0), bw_c("market"));
	bw_column figures = by_market ? market : grid;
	uint16_t code = by_market ? BY_MARKET : BY_LOCATION;
	double ceiling = bw_float64(most, 0);
	BW_EACH(row, c->selected) {
		bw_state known = bw_state_of(figures, row);
		double grams = bw_float64(figures, row);
		if (known == BW_UNKNOWN) bw_may_deny(c, row, code, BW_ARGS(bw_site(row), bw_c_arg("unknown"), bw_number(ceiling)));
		else if (known == BW_VALUE && grams > ceiling)
			bw_deny(c, row, code, BW_ARGS(bw_site(row), bw_number(grams), bw_number(ceiling)));
	}
	return 0;
}

BW_GUEST
BW_CONFIGURE(prepare)
BW_SITE(judge)
