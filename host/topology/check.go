package topology

import (
	"fmt"

	"github.com/bailiwick-dev/bailiwick/host/internal/image"
)

// check refuses an image that is sound as an image and is not what Compile writes: lookups rely on ids
// being sorted, and walks on parents ending. Only a forged image fails it.
func (t *tables) check() error {
	for _, ids := range []struct {
		table string
		c     image.StringColumn
		n     int
	}{
		{"sources", t.sourceID, t.sourceCount},
		{"providers", t.providerID, t.providers},
		{"partitions", t.partitionID, t.partitions},
		{"jurisdictions", t.jurisdictionID, t.jurisdictions},
		{"sites", t.siteID, t.sites},
		{"services", t.serviceID, t.services},
		{"serviceNames", t.nameText, t.serviceNames},
		{"programmes", t.programmeID, t.programmes},
		{"populations", t.populationID, t.populations},
		{"riskGroups", t.riskGroupID, t.riskGroups},
	} {
		for i := range ids.n {
			if ids.c.State(i) != Known || i > 0 && ids.c.At(i-1) >= ids.c.At(i) {
				return fmt.Errorf("%w: the ids of table %s are not in order at row %d", ErrSchema, ids.table, i)
			}
		}
	}
	for i := range t.sites {
		if err := t.checkSite(i); err != nil {
			return err
		}
	}
	for _, f := range t.figures() {
		if err := f.check(); err != nil {
			return err
		}
	}
	for i := range t.regions {
		r := t.regionSite.At(i)
		if t.regionSite.State(i) != Known || i > 0 && t.regionSite.At(i-1) >= r || Kind(t.kind.At(int(r))) != Region {
			return fmt.Errorf("%w: row %d of table regions is no region, or not in order", ErrSchema, i)
		}
	}
	return nil
}

// checkSite checks one site's kind, and that its parent and region are of the kinds they must be: that
// alone makes every walk upwards end.
func (t *tables) checkSite(i int) error {
	k := Kind(t.kind.At(i))
	if int(k) >= len(kindNames) {
		return fmt.Errorf("%w: site %q is of kind %d, which there is not", ErrSchema, t.siteID.At(i), k)
	}
	ok := t.parent.State(i) != Known
	for _, allowed := range parents[k] {
		ok = ok || Kind(t.kind.At(int(t.parent.At(i)))) == allowed
	}
	if !ok {
		return fmt.Errorf("%w: the parent of site %q is of the wrong kind", ErrSchema, t.siteID.At(i))
	}
	if t.region.State(i) == Known && Kind(t.kind.At(int(t.region.At(i)))) != Region {
		return fmt.Errorf("%w: the region of site %q is none", ErrSchema, t.siteID.At(i))
	}
	return nil
}
