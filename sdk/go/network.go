package guest

// Basis says how a round-trip time is known.
type Basis uint8

// The bases, from worst to best.
const (
	NoBasis Basis = iota
	Modelled
	Measured
)

// Network are the round-trip times that stand in the snapshot: those of links, and those between regions. Open
// it once, when the guest is configured.
//
// The times that a decision goes by are the host's, and stand in the request: users.rtt in the site hook, paths.rtt,
// routes.rtt. This is for what is not asked about there, and knows less: it has no model for the way
// between a site and its region, or for sites that belong to no region.
type Network struct {
	links      int
	from, to   RefColumn
	linkRTT    Int32Column
	regionOf   RefColumn
	kind       Uint8Column
	regionSite RefColumn
	rtt        Matrix
	measured   BitsColumn
}

// Kinds of sites, as in column kind of the snapshot's sites.
const (
	KindRegion = iota
	KindAvailabilityZone
	KindLocalZone
	KindWavelengthZone
	KindOutpost
	KindEdgeLocation
	KindRegionalEdgeCache
	KindDirectConnect
)

// OpenNetwork finds the tables of a snapshot.
func OpenNetwork(snapshot *Image) (n *Network, err error) {
	n = &Network{}
	return n, safely(func() error {
		links := Must(snapshot.Table("links"))
		n.links = links.Rows()
		n.from, n.to = Must(links.Refs("from")), Must(links.Refs("to"))
		n.linkRTT = Must(links.Int32s("rtt"))
		sites := Must(snapshot.Table("sites"))
		n.regionOf, n.kind = Must(sites.Refs("region")), Must(sites.Uint8s("kind"))
		regions := Must(snapshot.Table("regions"))
		n.regionSite = Must(regions.Refs("site"))
		n.rtt, n.measured = Must(regions.Matrix("rtt")), Must(regions.Bits("measured"))
		return nil
	})
}

// RTT is the round-trip time between two sites in microseconds, as far as the snapshot's tables tell, and how it is
// known: by a link between exactly these two, else by the regions they belong to. An availability zone has its
// region's times; any other site of a region's needs a link to it. With NoBasis the time means nothing.
func (n *Network) RTT(from, to int) (micros int32, basis Basis) {
	if i := n.link(from, to); i >= 0 {
		return n.linkRTT.At(i), Measured
	}
	a, legA := n.region(from)
	b, legB := n.region(to)
	if a < 0 || b < 0 {
		return 0, NoBasis
	}
	micros = n.rtt.At(a, b)
	if micros < 0 {
		return 0, NoBasis
	}
	basis = Modelled
	// Between two sites of one region the region's time to itself was not measured between these two.
	if n.measured.At(a).Has(b) && (a != b || from == to) {
		basis = Measured
	}
	return micros + legA + legB, basis
}

// link is the row of the link between exactly these two sites, or -1. Links are sorted by both ends.
func (n *Network) link(from, to int) int {
	low, high := 0, n.links
	for low < high {
		mid := int(uint(low+high) / 2)
		if f, t := n.from.At(mid), n.to.At(mid); f < from || f == from && t < to {
			low = mid + 1
		} else {
			high = mid
		}
	}
	if low < n.links && n.from.At(low) == from && n.to.At(low) == to {
		return low
	}
	return -1
}

// region is the row of the table of regions that a site's region has, or -1, and the time on the way there.
func (n *Network) region(site int) (row int, leg int32) {
	region := n.regionOf.At(site)
	if region < 0 {
		return -1, 0
	}
	switch n.kind.At(site) {
	case KindRegion, KindAvailabilityZone, KindRegionalEdgeCache:
	default:
		i := n.link(site, region)
		if i < 0 {
			return -1, 0
		}
		leg = n.linkRTT.At(i)
	}
	low, high := 0, n.regionSite.Rows()
	for low < high {
		mid := int(uint(low+high) / 2)
		if n.regionSite.At(mid) < region {
			low = mid + 1
		} else {
			high = mid
		}
	}
	if low < n.regionSite.Rows() && n.regionSite.At(low) == region {
		return low, leg
	}
	return -1, 0
}
