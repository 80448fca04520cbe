package topology

import (
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/internal/image"
)

// tables are the columns a snapshot reads, looked up once when it opens.
type tables struct {
	metaName, metaAsOf image.StringColumn

	sourceCount                                                 int
	sourceID, sourceTitle, sourceURL, sourceAsOf, sourceLicence image.StringColumn

	providers, partitions                              int
	providerID, partitionID                            image.StringColumn
	controlComplete                                    image.BoolColumn
	control, personnel                                 image.Relation
	partitionProvider, providerSource, partitionSource image.RefColumn

	jurisdictions                                      int
	jurisdictionID, jurisdictionName, jurisdictionKind image.StringColumn
	in, members                                        image.Relation
	jurisdictionSites                                  image.BitsColumn

	findings                                 int
	findingBy, findingOf, findingSource      image.RefColumn
	findingSince, findingUntil, findingScope image.StringColumn

	regimes                                        int
	regimeText                                     map[string]image.StringColumn
	copiesAbroad, processingAbroad                 image.BoolColumn
	regimeClasses                                  image.Lists
	regimeSubjects, regimeStoreIn, regimeProcessIn image.Relation

	sites                                                                           int
	siteID, siteName, subdivision, city, launched, status, carrier, owner, siteNote image.StringColumn
	kind                                                                            image.Uint8Column
	parent, region, partition, country, siteSource                                  image.RefColumn
	lat, lon, disconnected, grid, market, pue, wue, price                           image.Float64Column
	optIn                                                                           image.BoolColumn
	pops, zoneCount, carbonYear                                                     image.Int32Column
	children, ancestors                                                             image.Relation
	factNames, factSources                                                          image.Lists

	regions    int
	regionSite image.RefColumn
	rtt        image.Matrix
	measured   image.BitsColumn

	spans            int
	spanFrom, spanTo image.RefColumn
	spanRTT          image.Int32Column

	links                        int
	linkFrom, linkTo, linkSource image.RefColumn
	linkRTT                      image.Int32Column
	linkPrivate, linkViaKnown    image.BoolColumn
	linkVia                      image.Relation
	linkRiskGroups               image.Lists

	services, serviceNames                                           int
	serviceID, serviceName, scope, controlPlane, crossMode, nameText image.StringColumn
	cutMode, cutNote                                                 image.StringColumn
	zoneCopies, zonesReadable                                        image.Int32Column
	zonesSynchronous                                                 image.BoolColumn
	rpo, failover, failoverAtLeast, cutHours                         image.Float64Column
	serviceSource, variantOf, nameService                            image.RefColumn
	offered, offeredKnown                                            image.BitsColumn
	serviceFactNames, serviceFactSources                             image.Lists

	offeringSources                 int // rows of service and source, sorted by both
	offeringService, offeringSource image.RefColumn
	offeringSites                   image.BitsColumn

	programmes                 int
	programmeID, programmeName image.StringColumn
	held, heldKnown            image.BitsColumn

	populations                                    int
	populationID, populationName, populationKind   image.StringColumn
	populationCountry, populationSite              image.RefColumn
	populationLat, populationLon, populationWeight image.Float64Column
	fixedLine, mobileLine                          image.Int32Column

	access                             int
	accessFrom, accessTo, accessSource image.RefColumn
	accessRTT                          image.Int32Column

	egress                   int
	egressFrom, egressSource image.RefColumn
	egressTo                 image.StringColumn
	egressUSD                image.Float64Column

	riskGroups                 int
	riskGroupID, riskGroupKind image.StringColumn
	riskGroupSites             image.Relation
	riskGroupFrom, riskGroupTo image.Lists // ends of links, beside each other

	overrides    int
	overrideText []image.StringColumn // as overrideColumns
}

// opener looks columns up and keeps the first failure.
type opener struct {
	img   *image.Image
	table image.Table
	name  string
	err   error
}

func (o *opener) open(name string) int {
	t, err := o.img.Table(name)
	o.fail(err)
	o.table, o.name = t, name
	if err != nil {
		return 0
	}
	return t.Rows()
}

func (o *opener) fail(err error) {
	if err != nil && o.err == nil {
		o.err = fmt.Errorf("%w: table %s: %w", ErrSchema, o.name, err)
	}
}

// points checks that a column's row numbers are those of the table it is about.
func (o *opener) points(name, target string) {
	for c := range o.table.Columns() {
		if c.Name == name && c.Target != target {
			o.fail(fmt.Errorf("column %s points into table %s, not %s", name, c.Target, target))
		}
	}
}

// ordered walks a map by its keys, so that the first failure is always the same one.
func ordered[V any](m map[string]V) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if !yield(k, m[k]) {
				return
			}
		}
	}
}

// get looks one column of the open table up.
func get[C any](o *opener, to *C, open func(image.Table, string) (C, error), name string) {
	if o.err != nil {
		return
	}
	c, err := open(o.table, name)
	o.fail(err)
	*to = c
}

func (t *tables) open(img *image.Image) error {
	o := &opener{img: img}
	str := func(to *image.StringColumn, name string) { get(o, to, image.Table.Strings, name) }
	ref := func(to *image.RefColumn, name, target string) {
		o.points(name, target)
		get(o, to, image.Table.Refs, name)
	}
	rel := func(to *image.Relation, name, target string) {
		o.points(name, target)
		get(o, to, image.Table.Relation, name)
	}
	bits := func(to *image.BitsColumn, name, target string) {
		o.points(name, target)
		get(o, to, image.Table.Bits, name)
	}
	f64 := func(to *image.Float64Column, name string) { get(o, to, image.Table.Float64s, name) }
	i32 := func(to *image.Int32Column, name string) { get(o, to, image.Table.Int32s, name) }
	yes := func(to *image.BoolColumn, name string) { get(o, to, image.Table.Bools, name) }
	list := func(to *image.Lists, name string) { get(o, to, image.Table.Lists, name) }

	if o.open("meta") != 1 && o.err == nil {
		return fmt.Errorf("%w: table meta must have one row", ErrSchema)
	}
	var schema image.Int32Column
	i32(&schema, "schema")
	if o.err == nil && schema.At(0) != schemaVersion {
		return fmt.Errorf("%w: its schema is version %d, and this version reads %d; build it again", ErrSchema, schema.At(0), schemaVersion)
	}
	str(&t.metaName, "name")
	str(&t.metaAsOf, "asOf")

	t.sourceCount = o.open("sources")
	str(&t.sourceID, "id")
	str(&t.sourceTitle, "title")
	str(&t.sourceURL, "url")
	str(&t.sourceAsOf, "asOf")
	str(&t.sourceLicence, "licence")

	t.providers = o.open("providers")
	str(&t.providerID, "id")
	yes(&t.controlComplete, "controlComplete")
	rel(&t.control, "control", "jurisdictions")
	ref(&t.providerSource, "source", "sources")
	t.partitions = o.open("partitions")
	str(&t.partitionID, "id")
	ref(&t.partitionProvider, "provider", "providers")
	ref(&t.partitionSource, "source", "sources")
	rel(&t.personnel, "personnel", "jurisdictions")

	t.jurisdictions = o.open("jurisdictions")
	str(&t.jurisdictionID, "id")
	str(&t.jurisdictionName, "name")
	str(&t.jurisdictionKind, "kind")
	rel(&t.in, "in", "jurisdictions")
	rel(&t.members, "members", "jurisdictions")
	bits(&t.jurisdictionSites, "sites", "sites")
	t.findings = o.open("adequacy")
	ref(&t.findingBy, "by", "jurisdictions")
	ref(&t.findingOf, "of", "jurisdictions")
	ref(&t.findingSource, "source", "sources")
	str(&t.findingSince, "since")
	str(&t.findingUntil, "until")
	str(&t.findingScope, "scope")
	t.regimes = o.open("regimes")
	t.regimeText = map[string]image.StringColumn{}
	for _, name := range []string{"id", "approval", "since", "until", "ref", "reviewed", "note"} {
		var c image.StringColumn
		str(&c, name)
		t.regimeText[name] = c
	}
	yes(&t.copiesAbroad, "copiesAbroad")
	yes(&t.processingAbroad, "processingAbroad")
	list(&t.regimeClasses, "classes")
	rel(&t.regimeSubjects, "subjects", "jurisdictions")
	rel(&t.regimeStoreIn, "storeIn", "jurisdictions")
	rel(&t.regimeProcessIn, "processIn", "jurisdictions")

	t.sites = o.open("sites")
	for name, to := range ordered(map[string]*image.StringColumn{
		"id": &t.siteID, "name": &t.siteName, "subdivision": &t.subdivision, "city": &t.city, "launched": &t.launched,
		"status": &t.status, "carrier": &t.carrier, "owner": &t.owner, "note": &t.siteNote,
	}) {
		str(to, name)
	}
	get(o, &t.kind, image.Table.Uint8s, "kind")
	ref(&t.parent, "parent", "sites")
	ref(&t.region, "region", "sites")
	ref(&t.partition, "partition", "partitions")
	ref(&t.country, "country", "jurisdictions")
	ref(&t.siteSource, "source", "sources")
	for name, to := range ordered(map[string]*image.Float64Column{
		"lat": &t.lat, "lon": &t.lon, "disconnectedHours": &t.disconnected, "carbon.gridGramsPerKWh": &t.grid,
		"carbon.marketGramsPerKWh": &t.market, "carbon.pue": &t.pue, "carbon.wueLitresPerKWh": &t.wue, "price.index": &t.price,
	}) {
		f64(to, name)
	}
	yes(&t.optIn, "optIn")
	i32(&t.pops, "pops")
	i32(&t.zoneCount, "zoneCount")
	i32(&t.carbonYear, "carbon.year")
	rel(&t.children, "children", "sites")
	rel(&t.ancestors, "ancestors", "sites")
	list(&t.factNames, "factNames")
	list(&t.factSources, "factSources")

	t.regions = o.open("regions")
	ref(&t.regionSite, "site", "sites")
	o.points("rtt", "regions")
	get(o, &t.rtt, image.Table.Matrix, "rtt")
	bits(&t.measured, "measured", "regions")
	t.spans = o.open("backbone")
	ref(&t.spanFrom, "from", "regions")
	ref(&t.spanTo, "to", "regions")
	i32(&t.spanRTT, "rtt")
	t.links = o.open("links")
	ref(&t.linkFrom, "from", "sites")
	ref(&t.linkTo, "to", "sites")
	ref(&t.linkSource, "source", "sources")
	i32(&t.linkRTT, "rtt")
	yes(&t.linkPrivate, "private")
	yes(&t.linkViaKnown, "viaKnown")
	rel(&t.linkVia, "via", "jurisdictions")
	list(&t.linkRiskGroups, "riskGroups")

	t.services = o.open("services")
	str(&t.serviceID, "id")
	str(&t.serviceName, "name")
	str(&t.scope, "scope")
	str(&t.controlPlane, "controlPlane")
	str(&t.crossMode, "crossRegion.mode")
	i32(&t.zoneCopies, "zones.copies")
	yes(&t.zonesSynchronous, "zones.synchronous")
	f64(&t.rpo, "crossRegion.rpoSeconds")
	i32(&t.zonesReadable, "zones.readable")
	f64(&t.failover, "failover.seconds")
	f64(&t.failoverAtLeast, "failover.atLeastSeconds")
	str(&t.cutMode, "disconnected.mode")
	f64(&t.cutHours, "disconnected.hours")
	str(&t.cutNote, "disconnected.note")
	ref(&t.variantOf, "variantOf", "services")
	ref(&t.serviceSource, "source", "sources")
	bits(&t.offered, "sites", "sites")
	bits(&t.offeredKnown, "sitesKnown", "sites")
	list(&t.serviceFactNames, "factNames")
	list(&t.serviceFactSources, "factSources")
	t.offeringSources = o.open("offeringSources")
	ref(&t.offeringService, "service", "services")
	ref(&t.offeringSource, "source", "sources")
	bits(&t.offeringSites, "sites", "sites")
	t.serviceNames = o.open("serviceNames")
	str(&t.nameText, "name")
	ref(&t.nameService, "service", "services")

	t.programmes = o.open("programmes")
	str(&t.programmeID, "id")
	str(&t.programmeName, "name")
	bits(&t.held, "sites", "sites")
	bits(&t.heldKnown, "sitesKnown", "sites")

	t.populations = o.open("populations")
	str(&t.populationID, "id")
	str(&t.populationName, "name")
	str(&t.populationKind, "kind")
	ref(&t.populationCountry, "country", "jurisdictions")
	ref(&t.populationSite, "site", "sites")
	f64(&t.populationLat, "lat")
	f64(&t.populationLon, "lon")
	f64(&t.populationWeight, "weight")
	i32(&t.fixedLine, "fixedLine")
	i32(&t.mobileLine, "mobileLine")
	t.access = o.open("access")
	ref(&t.accessFrom, "from", "populations")
	ref(&t.accessTo, "to", "sites")
	ref(&t.accessSource, "source", "sources")
	i32(&t.accessRTT, "rtt")
	t.egress = o.open("egress")
	ref(&t.egressFrom, "from", "sites")
	str(&t.egressTo, "to")
	f64(&t.egressUSD, "usdPerGB")
	ref(&t.egressSource, "source", "sources")

	t.riskGroups = o.open("riskGroups")
	str(&t.riskGroupID, "id")
	str(&t.riskGroupKind, "kind")
	rel(&t.riskGroupSites, "sites", "sites")
	list(&t.riskGroupFrom, "linksFrom")
	list(&t.riskGroupTo, "linksTo")

	t.overrides = o.open("overrides")
	t.overrideText = make([]image.StringColumn, len(overrideColumns))
	for i, c := range overrideColumns {
		str(&t.overrideText[i], c.name)
	}
	if o.err != nil {
		return o.err
	}
	return t.check()
}
