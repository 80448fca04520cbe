package topology

// Site is anything that can host something. What an omitted field means depends on the kind.
type Site struct {
	Dated
	ID           string            `json:"id" omit:"required" format:"id" doc:"Identifier: a region's code, an availability zone's AZ ID (never an account's zone name)."`
	Kind         string            `json:"kind" omit:"required" discriminator:"true" enum:"region|availability-zone|local-zone|wavelength-zone|outpost|edge-location|regional-edge-cache|direct-connect" doc:"What it is."`
	Name         string            `json:"name" omit:"none" doc:"Name for people."`
	Partition    string            `json:"partition" omit:"region=required,edge-location=required,direct-connect=required,*=inherited" doc:"Partition it belongs to."`
	Parent       string            `json:"parent" omit:"region=inapplicable,edge-location=inapplicable,direct-connect=inapplicable,*=required" doc:"Site it belongs to: a zone's region, an Outpost's zone or region."`
	Country      string            `json:"country" omit:"availability-zone=inherited,regional-edge-cache=inherited,*=unknown" doc:"Country whose ground it stands on, ISO 3166-1 alpha-2. A Local or Wavelength Zone never takes its parent's."`
	Subdivision  string            `json:"subdivision" omit:"availability-zone=inherited,regional-edge-cache=inherited,*=unknown" doc:"State or province."`
	City         string            `json:"city" omit:"availability-zone=inherited,regional-edge-cache=inherited,*=unknown" doc:"City."`
	Lat          *float64          `json:"lat" omit:"availability-zone=inherited,regional-edge-cache=inherited,*=unknown" min:"-90" max:"90" doc:"Latitude in degrees; city-level."`
	Lon          *float64          `json:"lon" omit:"availability-zone=inherited,regional-edge-cache=inherited,*=unknown" min:"-180" max:"180" doc:"Longitude in degrees; city-level."`
	OptIn        *bool             `json:"optIn" omit:"availability-zone=inherited,region=unknown,local-zone=unknown,wavelength-zone=unknown,*=inapplicable" doc:"Whether an account must enable it first."`
	Launched     string            `json:"launched" omit:"unknown" format:"date" doc:"Day it opened."`
	Status       string            `json:"status" omit:"availability-zone=inherited,*=unknown" enum:"available|restricted|announced|doubtful|address-space-only|retired" doc:"available: open to customers; restricted: open to a few (air-gapped); doubtful: listed by some sources and missing in others; address-space-only: seen only in published address ranges."`
	Carrier      string            `json:"carrier" omit:"wavelength-zone=unknown,*=inapplicable" doc:"Carrier whose network a Wavelength Zone is in."`
	Owner        string            `json:"owner" omit:"default" default:"provider" enum:"provider|customer" doc:"Who owns the ground it stands on."`
	ServiceLink  *ServiceLink      `json:"serviceLink" omit:"outpost=unknown,*=inapplicable" doc:"An Outpost's tie to its region."`
	Pops         *int              `json:"pops" omit:"edge-location=unknown,*=inapplicable" min:"0" max:"100000" doc:"Points of presence in the metro."`
	ZoneCount    *int              `json:"zoneCount" omit:"region=unknown,*=inapplicable" min:"0" max:"64" doc:"How many availability zones the region has, whether or not their ids are known."`
	Remote       bool              `json:"remote" omit:"none" doc:"Says that it is meant to be more than 1000 km from its parent."`
	Note         string            `json:"note" omit:"none" doc:"Conflicts and gaps in the facts."`
	FieldSources map[string]string `json:"sources" omit:"none" doc:"Source of a single field, where it is another than source."`
}

// ServiceLink is an Outpost's tie to its region.
type ServiceLink struct {
	DisconnectedHours *float64 `json:"disconnectedHours" omit:"unknown" min:"0" max:"100000" doc:"Hours it goes on when cut off."`
}

// Kind is a kind of site.
type Kind uint8

// The kinds of site, in the order of the image's kind column.
const (
	Region Kind = iota
	AvailabilityZone
	LocalZone
	WavelengthZone
	Outpost
	EdgeLocation
	RegionalEdgeCache
	DirectConnect
)

var kindNames = [...]string{"region", "availability-zone", "local-zone", "wavelength-zone", "outpost", "edge-location", "regional-edge-cache", "direct-connect"}

// String returns the kind as topology files write it.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "unknown-kind"
}

// ParseKind returns the kind that topology files write as s.
func ParseKind(s string) (Kind, bool) {
	for i, n := range kindNames {
		if n == s {
			return Kind(i), true
		}
	}
	return 0, false
}

// parents lists the kinds a site's parent may have; a kind that is not listed has no parent.
var parents = map[Kind][]Kind{
	AvailabilityZone:  {Region},
	LocalZone:         {Region},
	WavelengthZone:    {Region},
	Outpost:           {AvailabilityZone, Region},
	RegionalEdgeCache: {Region},
}

// inheritsGround reports whether a site of kind k stands on its parent's ground: an availability zone does,
// and a regional edge cache, which is in its region. A Local Zone's country is its own even when its parent
// is across a border.
func inheritsGround(k Kind) bool { return k == AvailabilityZone || k == RegionalEdgeCache }
