package topology

import "github.com/bailiwick-dev/bailiwick/host/internal/decode"

// APIVersion and DocumentKind head every topology file that is not CSV.
const (
	APIVersion   = "bailiwick/v1"
	DocumentKind = "Topology"
)

// Document is one topology file as it is written. [Load] merges documents into a [Topology].
type Document struct {
	APIVersion string   `json:"apiVersion" omit:"required" enum:"bailiwick/v1" doc:"Format of the document."`
	Kind       string   `json:"kind" omit:"required" enum:"Topology" doc:"What the document is."`
	Metadata   Metadata `json:"metadata" omit:"none" doc:"Name and date of the whole."`
	Sections
}

// Metadata names a topology.
type Metadata struct {
	Name string `json:"name" omit:"none" format:"id" doc:"Short name of the topology."`
	AsOf string `json:"asOf" omit:"none" format:"date" doc:"Day the facts were last gathered; the latest among merged files counts, and is a request's decision time when it names none."`
}

// Sections are the lists of facts that make up a topology. Every list may also come as CSV.
type Sections struct {
	Sources       []Source       `json:"sources" omit:"none" doc:"Where facts come from."`
	Providers     []Provider     `json:"providers" omit:"none" doc:"Who operates."`
	Partitions    []Partition    `json:"partitions" omit:"none" doc:"Groups of sites that share identity, network and replication."`
	Jurisdictions []Jurisdiction `json:"jurisdictions" omit:"none" doc:"Countries and blocs."`
	Regimes       []Regime       `json:"regimes" omit:"none" doc:"Localisation and transfer law as data. Not legal advice."`
	Sites         []Site         `json:"sites" omit:"none" doc:"Everything that can host something."`
	Services      []Service      `json:"services" omit:"none" doc:"What is offered."`
	Offerings     []Offering     `json:"offerings" omit:"none" doc:"Which service is offered where."`
	Links         []Link         `json:"links" omit:"none" doc:"Round-trip times between sites; directed."`
	Populations   []Population   `json:"populations" omit:"none" doc:"Groups of users."`
	Access        []Access       `json:"access" omit:"none" doc:"Measured round-trip times from populations to sites."`
	Programmes    []Programme    `json:"programmes" omit:"none" doc:"Compliance programmes and the sites that hold them."`
	Carbon        []Carbon       `json:"carbon" omit:"none" doc:"Carbon and water figures of sites."`
	Prices        []Price        `json:"prices" omit:"none" doc:"Price level of sites."`
	Egress        []Egress       `json:"egress" omit:"none" doc:"Prices of traffic between sites."`
	RiskGroups    []RiskGroup    `json:"riskGroups" omit:"none" doc:"Sites and links that fail together."`
}

// Topology is the merged catalogue, before compilation.
type Topology struct {
	Metadata Metadata
	Sections

	shorts map[string]string // file as errors name it → its name below its layer's directory
	ever   *names            // what has a name on any day; nil: there are no other days
}

// Source says where facts come from and when they held.
type Source struct {
	Entry
	ID      string `json:"id" omit:"required" format:"id" doc:"Identifier that facts refer to."`
	Title   string `json:"title" omit:"required" doc:"What it is."`
	URL     string `json:"url" omit:"none" doc:"Where it can be read."`
	AsOf    string `json:"asOf" omit:"required" format:"date" doc:"Day the source speaks of."`
	Licence string `json:"licence" omit:"none" doc:"Licence of the source."`
	Note    string `json:"note" omit:"none" doc:"Known faults."`
}

// Provider operates partitions.
type Provider struct {
	Dated
	ID              string   `json:"id" omit:"required" format:"id" doc:"Identifier."`
	Name            string   `json:"name" omit:"none" doc:"Name for people."`
	LegalEntity     string   `json:"legalEntity" omit:"unknown" doc:"Legal entity that operates."`
	Control         []string `json:"control" omit:"unknown" doc:"Jurisdictions whose law reaches the operator."`
	ControlComplete *bool    `json:"controlComplete" omit:"default" default:"true" doc:"Whether control lists them all; what a list that is not complete leaves out is unknown."`
}

// Partition is a group of sites that share identity, network and replication.
type Partition struct {
	Dated
	ID        string   `json:"id" omit:"required" format:"id" doc:"Identifier."`
	Name      string   `json:"name" omit:"none" doc:"Name for people."`
	Provider  string   `json:"provider" omit:"required" doc:"Provider that operates it."`
	Personnel []string `json:"personnel" omit:"unknown" doc:"Jurisdictions whose persons alone operate it."`
}

// Jurisdiction is a country (ISO 3166-1 alpha-2 id) or a bloc of countries.
type Jurisdiction struct {
	Dated
	ID       string     `json:"id" omit:"required" format:"id" doc:"ISO 3166-1 alpha-2 code of a country, or the name of a bloc."`
	Name     string     `json:"name" omit:"none" doc:"Name for people."`
	Kind     string     `json:"kind" omit:"default" default:"country" enum:"country|bloc" doc:"Country or bloc."`
	MemberOf []string   `json:"memberOf" omit:"none" doc:"Blocs it belongs to; the list is complete."`
	Adequate []Adequacy `json:"adequate" omit:"none" doc:"Jurisdictions this one has found to protect personal data adequately."`
}

// Adequacy is a finding that another jurisdiction protects personal data adequately.
type Adequacy struct {
	Pos          decode.Pos `json:"-" decode:"pos"`
	Jurisdiction string     `json:"jurisdiction" omit:"required" doc:"Jurisdiction found adequate."`
	Since        string     `json:"since" omit:"none" format:"date" doc:"First day in force; omitted: in force at every decision time before until."`
	Until        string     `json:"until" omit:"none" format:"date" doc:"First day no longer in force; omitted: no end is known."`
	Scope        string     `json:"scope" omit:"none" doc:"Holds only inside this scope; omitted: without limit."`
	Instrument   string     `json:"instrument" omit:"none" doc:"Legal instrument."`
	Source       string     `json:"source" omit:"none" doc:"Source of the finding."`
}

// Regime is a law about where data must be, as data for rules to read. Not legal advice.
type Regime struct {
	Entry
	ID               string   `json:"id" omit:"required" format:"id" doc:"Identifier."`
	Subjects         []string `json:"subjects" omit:"none" doc:"Jurisdictions whose subjects it protects."`
	Classes          []string `json:"classes" omit:"none" doc:"Classes of data it covers."`
	StoreIn          []string `json:"storeIn" omit:"none" doc:"Jurisdictions where a first copy must be."`
	ProcessIn        []string `json:"processIn" omit:"none" doc:"Jurisdictions where processing must be."`
	CopiesAbroad     *bool    `json:"copiesAbroad" omit:"unknown" doc:"Whether further copies may be elsewhere."`
	ProcessingAbroad *bool    `json:"processingAbroad" omit:"unknown" doc:"Whether processing may be elsewhere."`
	Approval         string   `json:"approval" omit:"none" doc:"Approval a transfer needs first."`
	Since            string   `json:"since" omit:"none" format:"date" doc:"First day in force."`
	Until            string   `json:"until" omit:"none" format:"date" doc:"First day no longer in force."`
	Ref              string   `json:"ref" omit:"required" doc:"Legal reference."`
	Reviewed         string   `json:"reviewed" omit:"required" format:"date" doc:"Day a person last checked it."`
	Note             string   `json:"note" omit:"none" doc:"What else to know."`
	Source           string   `json:"source" omit:"none" doc:"Source."`
	Confidence       string   `json:"confidence" omit:"none" enum:"high|medium|low" doc:"How far to trust it."`
}

// Service is something a provider offers at sites.
type Service struct {
	Dated
	ID           string            `json:"id" omit:"required" format:"id" doc:"Identifier."`
	Name         string            `json:"name" omit:"none" doc:"Name for people."`
	Aliases      []string          `json:"aliases" omit:"none" doc:"Other names requests may use; unique across services."`
	VariantOf    string            `json:"variantOf" omit:"inapplicable" doc:"Service that this one is a way of running. It is offered where that service is unless an offering names it, be it for other days, and scope, controlPlane, zones, crossRegion, failover and disconnected are that service's, each as a whole, where they are omitted. A variant has no variants."`
	Scope        string            `json:"scope" omit:"unknown" enum:"zonal|regional|global|edge" doc:"What one instance of it spans."`
	ControlPlane string            `json:"controlPlane" omit:"unknown" doc:"Where its control plane lives: local (with the data plane), or a region."`
	Zones        *ServiceZones     `json:"zones" omit:"unknown" doc:"How a regional service keeps copies in zones."`
	CrossRegion  *CrossRegion      `json:"crossRegion" omit:"unknown" doc:"How it replicates between regions."`
	Failover     *Failover         `json:"failover" omit:"unknown" doc:"How it fails over inside a region."`
	Disconnected *Disconnected     `json:"disconnected" omit:"unknown" doc:"How it goes on at an Outpost while the service link is cut."`
	Note         string            `json:"note" omit:"none" doc:"What else to know."`
	FieldSources map[string]string `json:"sources" omit:"none" doc:"Source of a single field, where it is another than source."`
}

// ServiceZones says how a service keeps copies in availability zones.
type ServiceZones struct {
	Copies      int  `json:"copies" omit:"required" min:"1" max:"64" doc:"Zones that hold a copy."`
	Synchronous bool `json:"synchronous" omit:"required" doc:"Whether a write that was acknowledged survives the loss of any one of them; true where the service keeps no data of its own."`
	Readable    *int `json:"readable" omit:"unknown" min:"0" max:"63" doc:"How many of the copies beside the primary can be read."`
}

// CrossRegion says how a service replicates between regions.
type CrossRegion struct {
	Mode       string   `json:"mode" omit:"required" enum:"asynchronous|synchronous|none" doc:"How."`
	RPOSeconds *float64 `json:"rpoSeconds" omit:"unknown" min:"0" doc:"Seconds of writes that the loss of a region may lose."`
}

// Failover says how a service fails over inside a region.
type Failover struct {
	AtLeastSeconds *float64 `json:"atLeastSeconds" omit:"unknown" min:"0" doc:"Seconds it takes even when it goes well."`
	Seconds        float64  `json:"seconds" omit:"required" min:"0" doc:"Seconds until it serves again: the figure to count on, the upper one of a range."`
}

// Disconnected says how a service on an Outpost goes on while the Outpost is cut off from its region.
type Disconnected struct {
	Mode  string   `json:"mode" omit:"required" enum:"continues|limited|stops" doc:"continues: what runs goes on serving; limited: part of it does, and the note says which; stops: it does not serve."`
	Hours *float64 `json:"hours" omit:"unknown" min:"0" doc:"Hours it goes on so; nothing is known of it after that. Omitted with mode stops: 0."`
	Note  string   `json:"note" omit:"none" doc:"What goes on and what does not."`
}

// Offering says where services are offered. An entry with complete and no sites is a survey: it makes
// what the other entries leave out known not to be offered.
type Offering struct {
	Dated
	Service  string   `json:"service" omit:"none" doc:"The service; or give services."`
	Services []string `json:"services" omit:"none" doc:"Several services at once."`
	Site     string   `json:"site" omit:"none" doc:"The site; or give sites."`
	Sites    []string `json:"sites" omit:"none" doc:"Sites that offer the services. An availability zone of which no entry speaks has what its region has."`
	Complete bool     `json:"complete" omit:"none" doc:"Whether sites that no entry lists for these services are known not to offer them; otherwise it is unknown."`
	Among    []string `json:"among" omit:"none" doc:"Sites or partitions that complete speaks of; omitted: all. Availability zones are spoken of only by their own ids."`

	layer int // a later layer's statement counts before a lower one's
}

// Link is a round-trip time from one site to another, measured.
type Link struct {
	Dated
	From       string   `json:"from" omit:"required" doc:"Site."`
	To         string   `json:"to" omit:"required" doc:"Site; the same one for the time inside it."`
	RTTMs      float64  `json:"rttMs" omit:"required" min:"0" max:"2000" doc:"Round-trip time in milliseconds; kept as whole microseconds."`
	Private    *bool    `json:"private" omit:"unknown" doc:"Whether it stays on the private backbone."`
	Via        []string `json:"via" omit:"unknown" doc:"Jurisdictions crossed."`
	RiskGroups []string `json:"riskGroups" omit:"none" doc:"Risk groups the link is in."`
}

// Population is a group of users at a point.
type Population struct {
	Dated
	ID       string   `json:"id" omit:"required" format:"id" doc:"Identifier: a country's code, a metro's name, or a site's id, whose links it then uses."`
	Name     string   `json:"name" omit:"none" doc:"Name for people."`
	Kind     string   `json:"kind" omit:"default" default:"metro" enum:"country|metro" doc:"Country or metro."`
	Country  string   `json:"country" omit:"unknown" doc:"Country of a metro; a population of kind country is its own."`
	Lat      *float64 `json:"lat" omit:"unknown" min:"-90" max:"90" doc:"Latitude in degrees."`
	Lon      *float64 `json:"lon" omit:"unknown" min:"-180" max:"180" doc:"Longitude in degrees."`
	Weight   float64  `json:"weight" omit:"default" default:"1" min:"0" doc:"Size, in persons."`
	FixedMs  *float64 `json:"fixedMs" omit:"unknown" min:"0" max:"2000" doc:"Round-trip time of the users' own fixed line, in milliseconds; if unknown, the latency model's."`
	MobileMs *float64 `json:"mobileMs" omit:"unknown" min:"0" max:"2000" doc:"Round-trip time of the users' mobile network, in milliseconds; if unknown, the latency model's."`
}

// Access is a measured round-trip time from a population to a site.
type Access struct {
	Dated
	From  string  `json:"from" omit:"required" doc:"Population."`
	To    string  `json:"to" omit:"required" doc:"Site."`
	RTTMs float64 `json:"rttMs" omit:"required" min:"0" max:"2000" doc:"Round-trip time in milliseconds."`
}

// Programme is a compliance programme and the sites that hold it.
type Programme struct {
	Dated
	ID       string   `json:"id" omit:"required" format:"id" doc:"Identifier."`
	Name     string   `json:"name" omit:"none" doc:"Name for people."`
	Sites    []string `json:"sites" omit:"none" doc:"Sites that hold it; availability zones of which nothing is said hold it with their region."`
	Complete bool     `json:"complete" omit:"none" doc:"Whether sites not listed are known not to hold it; otherwise it is unknown."`
	Among    []string `json:"among" omit:"none" doc:"Sites or partitions that complete speaks of; omitted: all. Availability zones are spoken of only by their own ids."`

	below []Programme // what lower layers say of it, the lowest first
}

// Carbon holds the carbon and water figures of one site.
type Carbon struct {
	Dated
	Site              string            `json:"site" omit:"required" doc:"Site; its zones inherit."`
	GridGramsPerKWh   *float64          `json:"gridGramsPerKWh" omit:"unknown" min:"0" max:"2000" doc:"Location-based grid intensity, g CO2e per kWh."`
	MarketGramsPerKWh *float64          `json:"marketGramsPerKWh" omit:"unknown" min:"0" max:"2000" doc:"Market-based intensity, g CO2e per kWh."`
	PUE               *float64          `json:"pue" omit:"unknown" min:"1" max:"10" doc:"Power usage effectiveness."`
	WUELitresPerKWh   *float64          `json:"wueLitresPerKWh" omit:"unknown" min:"0" max:"100" doc:"Water usage, litres per kWh."`
	Year              int               `json:"year" omit:"none" min:"1990" max:"2200" doc:"Year the figures speak of."`
	Note              string            `json:"note" omit:"none" doc:"What else to know."`
	FieldSources      map[string]string `json:"sources" omit:"none" doc:"Source of a single field, where it is another than source."`
}

// Price is the price level of one site.
type Price struct {
	Dated
	Site  string  `json:"site" omit:"required" doc:"Site; its zones inherit."`
	Index float64 `json:"index" omit:"required" min:"0.0001" max:"1000" doc:"Price relative to us-east-1 = 1."`
}

// Egress is the price of traffic from one site to another.
type Egress struct {
	Dated
	From     string  `json:"from" omit:"required" doc:"Site."`
	To       string  `json:"to" omit:"required" doc:"Site, or internet."`
	USDPerGB float64 `json:"usdPerGB" omit:"required" min:"0" max:"100" doc:"US dollars per gigabyte."`
}

// RiskGroup is a set of sites and links that fail together.
type RiskGroup struct {
	Dated
	ID    string     `json:"id" omit:"required" format:"id" doc:"Identifier."`
	Kind  string     `json:"kind" omit:"required" enum:"power|grid|hazard|conduit|software|control-plane|operator" doc:"What they share."`
	Sites []string   `json:"sites" omit:"none" doc:"Sites in the group; the list is complete."`
	Links [][]string `json:"links" omit:"none" doc:"Links in the group, each [from, to]."`
}
