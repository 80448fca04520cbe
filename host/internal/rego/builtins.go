package rego

// group is a set of built-in functions that are allowed, or refused, for one
// reason.
type group struct {
	reason string
	names  []string
}

// allowed lists every built-in function a policy may call. All are functions of
// their operands alone, take time that is near linear in their size, and are
// bounded; see caps.go for those that could make much out of little. A test
// compares both lists with what OPA has, so that an upgrade adds none silently.
var allowed = []group{
	{"the language itself", []string{
		"eq", "assign", "internal.member_2", "internal.member_3", "internal.template_string",
		"gt", "gte", "lt", "lte", "neq", "equal",
	}},
	{"arithmetic; numbers are capped", []string{
		"plus", "minus", "mul", "div", "rem", "ceil", "floor", "round", "abs",
		"bits.or", "bits.and", "bits.negate", "bits.xor", "bits.lsh", "bits.rsh",
		"numbers.range", "numbers.range_step", "to_number", "format_int",
		"units.parse", "units.parse_bytes",
	}},
	{"collections; what they build is capped", []string{
		"and", "or", "count", "sum", "product", "max", "min", "sort",
		"array.concat", "array.flatten", "array.slice", "array.reverse",
		"intersection", "union",
		"object.union", "object.union_n", "object.remove", "object.filter", "object.get", "object.keys", "object.subset",
		"json.filter", "json.remove", "walk", "graph.reachable",
	}},
	{"types", []string{
		"is_number", "is_string", "is_boolean", "is_array", "is_set", "is_object", "is_null", "type_name",
	}},
	{"text; what they build is capped", []string{
		"strings.any_prefix_match", "strings.any_suffix_match", "concat", "indexof", "indexof_n",
		"substring", "lower", "upper", "contains", "strings.count", "startswith", "endswith",
		"split", "strings.split_n", "replace", "strings.replace_n",
		"trim", "trim_left", "trim_prefix", "trim_right", "trim_suffix", "trim_space",
		"sprintf", "strings.reverse",
	}},
	{"regular expressions; Go's match in linear time, and patterns are capped", []string{
		"regex.is_valid", "regex.match", "regex.split", "regex.find_n",
		"regex.find_all_string_submatch_n", "regex.replace",
	}},
	{"encodings; what they build is capped", []string{
		"json.marshal", "json.unmarshal", "json.is_valid",
		"base64.encode", "base64.decode", "base64.is_valid",
		"base64url.encode", "base64url.encode_no_pad", "base64url.decode",
		"hex.encode", "hex.decode", "urlquery.decode", "urlquery.encode",
		"urlquery.encode_object", "urlquery.decode_object", "uri.parse", "uri.is_valid",
	}},
	{"dates as values, in UTC; time zones are the machine's and are refused when called", []string{
		"time.parse_rfc3339_ns", "time.parse_duration_ns", "time.format", "time.date",
		"time.clock", "time.weekday", "time.add_date", "time.diff",
	}},
	{"hashes of values", []string{"crypto.md5", "crypto.sha1", "crypto.sha256"}},
	{"addresses as values", []string{
		"net.cidr_overlap", "net.cidr_intersects", "net.cidr_contains", "net.cidr_is_valid",
	}},
	{"identifiers as values", []string{"semver.is_valid", "semver.compare", "uuid.parse"}},
	{"the module's own METADATA, put in by the compiler", []string{"rego.metadata.chain", "rego.metadata.rule"}},
	{"text for the author, taken out by the compiler: it decides nothing", []string{"print", "internal.print"}},
}

// refused lists every other built-in function of OPA and why a policy may not
// call it. The reason ends in what to do instead.
var refused = []group{
	{"it reaches the network; put the fact in the topology", []string{
		"http.send", "net.lookup_ip_addr", "json.verify_schema", "json.match_schema",
	}},
	{"it reads the machine's environment; declare a setting instead", []string{"opa.runtime"}},
	{"it reads the machine's clock; use input.request.at", []string{
		"time.now_ns", "io.jwt.decode_verify",
		"crypto.x509.parse_and_verify_certificates", "crypto.x509.parse_and_verify_certificates_with_options",
	}},
	{"it depends on the machine's time zone; use time.parse_rfc3339_ns", []string{"time.parse_ns"}},
	{"it is random; a decision must come out the same again", []string{"rand.intn", "uuid.rfc4122"}},
	{"policies hold no keys and see no credentials; leave it out", []string{
		"io.jwt.decode", "io.jwt.verify_rs256", "io.jwt.verify_rs384", "io.jwt.verify_rs512",
		"io.jwt.verify_ps256", "io.jwt.verify_ps384", "io.jwt.verify_ps512",
		"io.jwt.verify_es256", "io.jwt.verify_es384", "io.jwt.verify_es512", "io.jwt.verify_eddsa",
		"io.jwt.verify_hs256", "io.jwt.verify_hs384", "io.jwt.verify_hs512",
		"io.jwt.encode_sign_raw", "io.jwt.encode_sign", "providers.aws.sign_req",
		"crypto.x509.parse_certificates", "crypto.x509.parse_certificate_request",
		"crypto.x509.parse_rsa_private_key", "crypto.x509.parse_keypair", "crypto.parse_private_keys",
		"crypto.hmac.md5", "crypto.hmac.sha1", "crypto.hmac.sha256", "crypto.hmac.sha512", "crypto.hmac.equal",
	}},
	{"it can make very much out of little; write out what is needed", []string{
		"yaml.marshal", "yaml.unmarshal", "yaml.is_valid", "json.patch", "graph.reachable_paths",
		"net.cidr_expand", "net.cidr_merge", "net.cidr_contains_matches", "strings.render_template",
		"json.marshal_with_options",
		"rego.parse_module", "graphql.parse", "graphql.parse_and_verify", "graphql.parse_query",
		"graphql.parse_schema", "graphql.is_valid", "graphql.schema_is_valid",
	}},
	{"its matching can take exponential time; use regex.match", []string{
		"glob.match", "glob.quote_meta", "regex.globs_match", "regex.template_match",
	}},
	{"OPA deprecates it; use its successor", []string{
		"any", "all", "re_match", "set_diff", "cast_object", "cast_null", "cast_boolean",
		"cast_string", "cast_set", "cast_array",
	}},
	{"it is for OPA's own tools; leave it out", []string{"trace", "internal.test_case"}},
}

// refusals maps the name of each refused function to the reason.
var refusals = func() map[string]string {
	m := map[string]string{}
	for _, g := range refused {
		for _, n := range g.names {
			m[n] = g.reason
		}
	}
	return m
}()
