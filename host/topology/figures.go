package topology

import (
	"fmt"
	"math"

	"github.com/bailiwick-dev/bailiwick/host/internal/image"
)

// figure is a column of floating-point numbers with the bounds that topology files keep to.
type figure struct {
	table, column string
	values        image.Float64Column
	least, most   float64
}

// figures are the columns of floating-point numbers that snapshots read, with the bounds of the fields
// they come from (model.go, site.go).
func (t *tables) figures() []figure {
	const unbounded = math.MaxFloat64
	return []figure{
		{"sites", "lat", t.lat, -90, 90},
		{"sites", "lon", t.lon, -180, 180},
		{"sites", "disconnectedHours", t.disconnected, 0, 100_000},
		{"sites", "carbon.gridGramsPerKWh", t.grid, 0, 2000},
		{"sites", "carbon.marketGramsPerKWh", t.market, 0, 2000},
		{"sites", "carbon.pue", t.pue, 1, 10},
		{"sites", "carbon.wueLitresPerKWh", t.wue, 0, 100},
		{"sites", "price.index", t.price, 0.0001, 1000},
		{"services", "crossRegion.rpoSeconds", t.rpo, 0, unbounded},
		{"services", "failover.seconds", t.failover, 0, unbounded},
		{"services", "failover.atLeastSeconds", t.failoverAtLeast, 0, unbounded},
		{"services", "disconnected.hours", t.cutHours, 0, unbounded},
		{"populations", "lat", t.populationLat, -90, 90},
		{"populations", "lon", t.populationLon, -180, 180},
		{"populations", "weight", t.populationWeight, 0, unbounded},
	}
}

// check refuses a number that no topology file could have given: decisions add and multiply them, and
// count on the result being a number too.
func (f figure) check() error {
	for i, v := range f.values.Values() {
		// What is not a number is inside no bounds. Where the state is not Known the number is not read.
		if v >= f.least && v <= f.most || f.values.State(i) != Known {
			continue
		}
		return fmt.Errorf("%w: %g in row %d of column %s of table %s is not from %g to %g", ErrSchema, v, i, f.column, f.table, f.least, f.most)
	}
	return nil
}
