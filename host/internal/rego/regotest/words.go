package regotest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// field is a part of a record.
type field struct {
	name string
	kind kind
	// often is how often it is written, beside others of its kind.
	often int
}

// records are the documents that rules see, as far as they are written about.
var records = map[string][]field{
	"site": {
		{"country", text("country"), 20},
		{"jurisdictions", list(text("area")), 20},
		{"kind", text("tier"), 4},
		{"partition", text("partition"), 10},
		{"provider", text("provider"), 6},
		{"region", text("site"), 10},
		{"parent", text("site"), 3},
		{"id", text("site"), 12},
		{"status", text("status"), 10},
		{"optIn", truth, 12},
		{"zoneCount", number("few"), 10},
		{"city", text("city"), 8},
		{"countryName", text("word"), 6},
		{"name", text("word"), 6},
		{"lat", number("lat"), 12},
		{"lon", number("lon"), 12},
		{"launched", text("date"), 8},
		{"control", list(text("area")), 5},
		{"personnel", list(text("area")), 3},
		{"carrier", text("word"), 2},
		{"services", list(text("service")), 12},
		{"programmes", list(text("programme")), 3},
		{"riskGroups", list(text("group")), 1},
		{"carbon", record("carbon"), 3},
		{"price", record("price"), 3},
		{"regionOptIn", truth, 1},
		{"owner", text("word"), 4},
		{"subdivision", text("word"), 1},
		{"pops", number("few"), 1},
	},
	"carbon": {
		{"gridGramsPerKWh", number("grams"), 15},
		{"marketGramsPerKWh", number("grams"), 4},
		{"pue", number("ratio"), 12},
		{"wueLitresPerKWh", number("litres"), 6},
	},
	"price": {{"index", number("ratio"), 12}},
	// A site as it is asked about: with what depends on the request.
	"candidate": {
		{"offers", table("service", truth), 8},
		{"parentServices", table("service", number("ms")), 1},
		{"latency", record("latency"), 3},
		{"serviceLink", record("link"), 1},
	},
	"latency": {
		{"weightedMs", number("ms"), 12},
		{"worstMs", number("ms"), 12},
		{"byPopulation", table("population", number("ms")), 12},
	},
	"link": {{"disconnectedHours", number("hours"), 1}},
	"component": {
		{"name", text("name"), 4},
		{"services", list(text("service")), 6},
		{"data", list(record("dataset")), 10},
		{"tier", text("tier"), 3},
		{"copies", record("copies"), 4},
		{"roles", list(text("role")), 3},
		{"survive", text("loss"), 3},
		{"spread", record("spread"), 2},
		{"latency", record("goal"), 2},
		{"dependsOn", list(record("dependency")), 1},
		{"userFacing", truth, 4},
		{"rtoSeconds", number("seconds"), 1},
		{"rpoSeconds", number("seconds"), 1},
		{"energyKWh", number("few"), 2},
		{"units", number("few"), 3},
		{"disconnectedHours", number("hours"), 3},
	},
	// A component as the request has it: with the names of its data.
	"written": {
		{"name", text("name"), 2},
		{"services", list(text("service")), 1},
		{"data", list(text("name")), 2},
		{"tier", text("tier"), 1},
		{"copies", record("copies"), 1},
		{"latency", record("goal"), 1},
	},
	"copies":     {{"min", number("few"), 6}, {"max", number("few"), 6}},
	"spread":     {{"separationKm", number("km"), 3}, {"perRegion", number("few"), 3}, {"perCountry", number("few"), 2}},
	"goal":       {{"maxMs", number("ms"), 3}, {"accelerated", truth, 2}},
	"dependency": {{"component", text("name"), 1}, {"maxMs", number("ms"), 1}, {"trafficGB", number("few"), 1}},
	"dataset": {
		{"name", text("name"), 6},
		{"class", text("class"), 8},
		{"subjects", list(text("area")), 6},
		{"residency", list(text("area")), 6},
		{"processing", list(text("area")), 5},
		{"logs", list(text("area")), 1},
		{"transfer", list(record("transfer")), 3},
		{"keys", record("keys"), 1},
		{"encryption", text("word"), 1},
	},
	"transfer": {{"tool", text("tool"), 2}, {"to", text("area"), 2}, {"until", text("date"), 2}},
	"keys":     {{"custodian", text("word"), 1}, {"location", text("area"), 1}},
	"request": {
		{"at", text("date"), 4},
		{"partitions", list(text("partition")), 4},
		{"users", list(record("user")), 4},
		{"data", list(record("dataset")), 2},
		{"components", list(record("written")), 2},
		{"carbon", record("ceiling"), 2},
		{"cost", record("price-ceiling"), 1},
		{"sites", record("filter"), 2},
		{"unknown", text("word"), 2},
		{"current", table("name", list(text("site"))), 1},
		{"objective", list(text("objective")), 1},
	},
	"user":          {{"population", text("population"), 3}, {"weight", number("many"), 3}},
	"ceiling":       {{"maxGramsPerKWh", number("grams"), 3}, {"basis", text("word"), 1}},
	"price-ceiling": {{"maxIndex", number("ratio"), 1}},
	"filter":        {{"include", list(text("site")), 1}, {"exclude", list(text("site")), 1}},
	"settings": {
		{"grams", number("grams"), 6},
		{"ms", number("ms"), 6},
		{"lat", number("lat"), 4},
		{"areas", list(text("area")), 10},
		{"services", list(text("service")), 4},
		{"strict", truth, 3},
		{"home", table("country", text("area")), 4},
		{"weights", table("area", number("few")), 4},
	},
	"jurisdiction": {
		{"id", text("area"), 3},
		{"name", text("word"), 3},
		{"members", list(text("area")), 4},
		{"adequate", list(text("area")), 4},
		{"keepsList", truth, 2},
		{"kind", text("word"), 2},
		{"adequateWithin", table("area", text("word")), 2},
	},
	"service": {
		{"id", text("service"), 4},
		{"scope", text("word"), 2},
		{"controlPlane", text("word"), 1},
		{"zones", record("zones"), 1},
		{"failover", record("failover"), 1},
		{"crossRegion", record("cross"), 1},
		{"variantOf", text("service"), 1},
	},
	"zones":    {{"copies", number("few"), 1}, {"synchronous", truth, 1}},
	"failover": {{"seconds", number("seconds"), 1}},
	"cross":    {{"mode", text("word"), 1}, {"rpoSeconds", number("seconds"), 1}},
	"regime": {
		{"id", text("regime"), 1},
		{"subjects", list(text("area")), 1},
		{"storeIn", list(text("area")), 1},
		{"processIn", list(text("area")), 1},
		{"classes", list(text("class")), 1},
		{"copiesAbroad", truth, 1},
		{"since", text("date"), 1},
	},
	"programme":  {{"sites", list(text("site")), 8}, {"complete", truth, 1}, {"name", text("word"), 2}},
	"population": {{"country", text("country"), 3}, {"kind", text("word"), 2}, {"lat", number("lat"), 2}, {"weight", number("many"), 1}},
	"topology": {
		{"sites", table("site", record("site")), 1},
		{"jurisdictions", table("area", record("jurisdiction")), 1},
		{"regimes", table("regime", record("regime")), 1},
		{"services", table("service", record("service")), 1},
		{"programmes", table("programme", record("programme")), 1},
		{"populations", table("population", record("population")), 1},
		{"rttMs", table("site", table("site", number("ms"))), 1},
		{"partitions", list(text("partition")), 8},
		{"asOf", text("date"), 3},
		{"riskGroups", table("group", record("group")), 1},
	},
	"group": {{"sites", list(text("site")), 1}, {"kind", text("word"), 1}},
}

// roots are where records stand that need no other to be found.
var roots = map[string]string{
	"site": "input.site", "candidate": "input.site", "component": "input.component", "request": "input.request",
	"settings": "input.settings", "topology": "data.topology",
}

// domains are texts and numbers worth comparing with, in Rego's notation: those that the facts of many
// sites differ by.
var domains = map[string][]string{
	"country":    quoted("US", "DE", "AU", "JP", "IN", "CA", "CN", "GB", "FR", "BR", "SG", "KR", "IE", "MX"),
	"area":       quoted("EU", "EEA", "US", "five-eyes", "DE", "asean-defa", "CN", "JP", "IN", "GB", "CA", "AU"),
	"tier":       quoted("region", "availability-zone", "local-zone"),
	"partition":  quoted("aws", "aws-cn", "aws-us-gov", "aws-eusc", "aws-iso"),
	"provider":   quoted("aws", "aws-cn", "aws-eusc"),
	"status":     quoted("available", "restricted", "doubtful", "address-space-only"),
	"site":       quoted("eu-central-1", "us-east-1", "eu-west-1", "ap-northeast-1", "us-west-2", "sa-east-1", "ap-south-1", "cn-north-1", "us-gov-west-1", "euc1-az1"),
	"city":       quoted("Frankfurt", "Tokyo", "Sydney", "Dublin", "London", "Mumbai"),
	"date":       quoted("2013-01-01", "2016-06-27", "2019-05-01", "2021-01-01", "2024-01-01", "2027-01-01"),
	"service":    quoted("s3", "lambda", "bedrock", "aiq", "apprunner", "braket", "dynamodb", "ec2", "eks", "amplify"),
	"programme":  quoted("fedramp-moderate", "dod-srg-il2", "fedramp-high", "itar", "hds-v2"),
	"group":      quoted("g1", "g2"),
	"name":       quoted("api", "db", "customers", "orders", "web"),
	"role":       quoted("primary", "replica", "standby"),
	"loss":       quoted("none", "zone", "region"),
	"class":      quoted("personal", "health", "payment", "logs"),
	"tool":       quoted("SCC", "BCR"),
	"objective":  quoted("latency", "carbon", "copies"),
	"population": quoted("DE", "US", "JP", "FR", "BR", "tokyo-jp", "berlin-de"),
	"regime":     quoted("ru-152fz-18-5", "cn-pipl-40"),
	"word":       quoted("Europe", "United States", "provider", "Ohio", "location", "deny", "a", "b-c", "Germany", "bloc"),
	"grams":      {"300", "36.72", "184.99", "365.13", "404.1", "0", "550", "700"},
	"ratio":      {"1.15", "1.09", "1.18", "1.2", "1", "1.25", "1.3"},
	"litres":     {"0.18", "0.1", "0.5", "1"},
	"lat":        {"40", "0", "38.9519", "25.0478", "50", "-20", "51.5074"},
	"lon":        {"0", "8.6821", "-77.448", "100", "-100", "50", "139.6503"},
	"few":        {"3", "2", "1", "0", "4", "5", "100"},
	"many":       {"200", "150", "250", "100", "300", "4", "0"},
	"ms":         {"80", "20", "50", "120", "150.5", "200", "5"},
	"seconds":    {"60", "300", "5", "0"},
	"hours":      {"12", "0", "24"},
	"km":         {"300", "0", "1000"},
}

func quoted(texts ...string) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = fmt.Sprintf("%q", t)
	}
	return out
}

// settings are the defaults of the settings that a module declares, as METADATA has them.
const settings = "{grams: 300, ms: 90, lat: 38.5, areas: [EU, US, JP], services: [s3, bedrock], strict: true, " +
	"home: {DE: EU, FR: EU, US: five-eyes}, weights: {EU: 3, five-eyes: 2, US: 1}, rule: h1}"

// place is a field of a record.
type place struct {
	record, field string
}

// places lists where values of a kind stand, each as often as it is to be written.
var places = func() map[kind][]place {
	all := map[kind][]place{}
	for _, name := range slices.Sorted(maps.Keys(records)) {
		for _, f := range records[name] {
			often := f.often
			switch name {
			case "site", "carbon", "price", "candidate", "latency":
				often *= 3 // what rules are mostly about
			}
			for range often {
				all[f.kind] = append(all[f.kind], place{name, f.name})
			}
		}
	}
	return all
}()

// literal writes a text or a number that stands for itself.
func (w *writer) literal(k kind) string {
	switch k.form() {
	case "text", "number":
		if all := domains[k.of()]; len(all) > 0 {
			// The first ones split sites best.
			return all[min(w.roll(len(all)), w.roll(len(all)))]
		}
	case "truth":
		return w.pick("true", "false")
	}
	panic("regotest: no literal of " + string(k))
}

// literals writes a few different ones, with commas between them.
func (w *writer) literals(k kind, n int) string {
	return strings.Join(some(w, n, domains[k.of()]), ", ")
}
